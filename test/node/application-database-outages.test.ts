import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import type { Client } from 'pg';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';
import { ApplicationDatabase } from '../../src/node/postgres/application-database.ts';
import { parseDatabaseUrl } from '../../src/node/postgres/connection.ts';
import { claimOf, findRow, sha256, storedRow, tokenPair } from '../contracts/integration-source.ts';
import { makeApplicationHarness, type ApplicationHarness } from '../support/application-database.ts';
import { selfSignedCertificate } from '../support/certificate.ts';
import { freePort } from '../support/free-port.ts';
import { connectTo, startPostgres, type TestPostgres } from '../support/postgres.ts';

const tables = {
  integrationTable: 'alyawebapp_integration',
  userIntegrationTable: 'alyawebapp_userintegration',
};
const chain = sha256('xoxe-1-test-refresh-1');
const ttlMs = 90_000;

let postgres: TestPostgres;
let url: string;
let harness: ApplicationHarness;
let opened: ApplicationDatabase[];

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
});

afterAll(async () => {
  await postgres.dispose();
});

beforeEach(async () => {
  opened = [];
  harness = await makeApplicationHarness(url);
});

afterEach(async () => {
  await Promise.all(opened.map((source) => source.dispose()));
  await harness.dispose();
});

function open(address: string): ApplicationDatabase {
  const connection = parseDatabaseUrl(new Secret(address));
  const source = new ApplicationDatabase({ connection, tables, isDead: () => false });
  opened.push(source);
  return source;
}

function changed(change: (address: URL) => void): string {
  const address = new URL(url);
  change(address);
  return address.href;
}

async function errorOf(promise: Promise<unknown>): Promise<JetonError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof JetonError) return error;
  throw new Error(`expected a JetonError, got ${String(error)}`);
}

describe('a database that cannot be used', () => {
  test('because nobody listens', async () => {
    const port = String(await freePort());
    const error = await errorOf(open(changed((address) => (address.port = port))).list());

    expect(error).toMatchObject({
      code: 'database-unreachable',
      details: { host: '127.0.0.1', code: 'ECONNREFUSED', reason: 'ECONNREFUSED' },
    });
  });

  test('because its name is unknown to DNS', async () => {
    const error = await errorOf(open(changed((address) => (address.hostname = 'database.invalid'))).list());

    expect(error.code).toBe('database-unreachable');
    expect(error.details['host']).toBe('database.invalid');
  });

  test('because it cannot speak TLS and we insist', async () => {
    const error = await errorOf(
      open(changed((address) => address.searchParams.set('sslmode', 'require'))).list(),
    );

    expect(error).toMatchObject({ code: 'database-unreachable', details: { code: 'tls-unsupported' } });
  });

  test('because it is no PostgreSQL', async () => {
    const web = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    web.listen(0, '127.0.0.1');
    onTestFinished(() => void web.close());
    await once(web, 'listening');
    const address = web.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    for (const sslmode of ['prefer', 'require']) {
      const url = `postgresql://u:test-password@127.0.0.1:${port}/x?sslmode=${sslmode}`;
      expect(await errorOf(open(url).list())).toMatchObject({
        code: 'database-unreachable',
        details: { reason: 'not-postgresql' },
      });
    }
  });

  test('because the password is wrong', async () => {
    const error = await errorOf(
      open(changed((address) => (address.password = 'test-wrong-password'))).list(),
    );

    expect(error).toMatchObject({
      code: 'database-refused',
      details: { code: '28P01', reason: 'invalid_password' },
    });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('test-wrong-password');
  });

  test('because it does not exist', async () => {
    const error = await errorOf(open(changed((address) => (address.pathname = '/nowhere'))).list());

    expect(error).toMatchObject({ code: 'database-refused', details: { code: '3D000' } });
  });

  test('because we may not read it', async () => {
    await harness.client.query(`
      DROP ROLE IF EXISTS stranger;
      CREATE ROLE stranger LOGIN PASSWORD 'test-stranger-password';
      GRANT USAGE ON SCHEMA public TO stranger`);
    const source = open(
      changed((address) => {
        address.username = 'stranger';
        address.password = 'test-stranger-password';
      }),
    );

    expect(await errorOf(source.list())).toMatchObject({
      code: 'database-refused',
      details: { code: '42501' },
    });
    await harness.client.query('REVOKE ALL ON SCHEMA public FROM stranger');
  });

  test.each([
    ['DROP TABLE alyawebapp_userintegration', { table: 'alyawebapp_userintegration' }],
    ['DROP TABLE alyawebapp_integration CASCADE', { table: 'alyawebapp_integration' }],
    [
      'ALTER TABLE alyawebapp_userintegration DROP COLUMN config',
      { table: 'alyawebapp_userintegration', column: 'config' },
    ],
    [
      'ALTER TABLE alyawebapp_userintegration ALTER COLUMN config TYPE bytea USING NULL',
      { table: 'alyawebapp_userintegration', column: 'config' },
    ],
  ])('because of %s', async (statement, details) => {
    await harness.client.query(statement);

    expect(await errorOf(open(url).list())).toMatchObject({ code: 'database-tables-missing', details });
  });

  test('until its tables appear', async () => {
    const source = open(url);
    await harness.client.query('ALTER TABLE alyawebapp_integration RENAME TO elsewhere');
    await errorOf(source.list());
    await harness.client.query('ALTER TABLE elsewhere RENAME TO alyawebapp_integration');

    expect(await source.list()).toEqual([]);
  });

  test('because it refuses the row: the error quotes nothing of it', async () => {
    const id = await harness.seed(storedRow());
    await harness.client.query(
      `ALTER TABLE alyawebapp_userintegration ADD CHECK (access_token NOT LIKE '%access-2')`,
    );

    const error = await errorOf(open(url).save(id, chain, tokenPair(2)));

    expect(error).toMatchObject({ code: 'database-refused', details: { code: '23514' } });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(
      /test-(access|refresh|client|database)/,
    );
    expect(await harness.read(id)).toEqual(storedRow());
  });
});

describe('a server that speaks TLS', () => {
  const { key, cert } = selfSignedCertificate(['localhost']);
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jeton-tls-'));
    const client = await connectTo(url);
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
    const data = rows[0]?.data_directory ?? '';
    const owner = await stat(data);
    for (const [name, pem] of Object.entries({ 'server.key': key, 'server.crt': cert })) {
      await writeFile(join(data, name), pem, { mode: 0o600 });
      await chown(join(data, name), owner.uid, owner.gid);
    }
    await writeFile(join(folder, 'ca.pem'), cert);
    await client.query('ALTER SYSTEM SET ssl = on');
    await setTls(client, true);
    await client.end();
  });

  afterAll(async () => {
    const client = await connectTo(url);
    await client.query('ALTER SYSTEM SET ssl = off');
    await setTls(client, false);
    await client.end();
    await rm(folder, { recursive: true });
  });

  function tlsUrl(sslmode: string, host: string, ca?: string): string {
    return changed((address) => {
      address.hostname = host;
      address.searchParams.set('sslmode', sslmode);
      if (ca !== undefined) address.searchParams.set('sslrootcert', join(folder, ca));
    });
  }

  test.each([
    ['disable', '127.0.0.1', undefined, false],
    ['prefer', '127.0.0.1', undefined, true],
    ['require', '127.0.0.1', undefined, true],
    ['require', '127.0.0.1', 'ca.pem', true],
    ['verify-ca', '127.0.0.1', 'ca.pem', true],
    ['verify-full', 'localhost', 'ca.pem', true],
  ])('sslmode=%s at %s with %s: encrypted %s', async (sslmode, host, ca, encrypted) => {
    await open(tlsUrl(sslmode, host, ca)).list();

    // Connections of the test before may still be ending.
    await vi.waitFor(async () => {
      const { rows } = await harness.client.query(
        `SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'jeton'`,
      );
      expect(rows).toEqual([{ ssl: encrypted }]);
    });
  });

  test.each([
    ['verify-ca', 'localhost', undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['verify-full', 'localhost', undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['verify-full', '127.0.0.1', 'ca.pem', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('sslmode=%s at %s with %s: refused, %s', async (sslmode, host, ca, code) => {
    expect(await errorOf(open(tlsUrl(sslmode, host, ca)).list())).toMatchObject({
      code: 'database-unreachable',
      details: { code },
    });
  });

  test('a certificate file that is not there is named', async () => {
    expect(await errorOf(open(tlsUrl('verify-full', 'localhost', 'no.pem')).list())).toMatchObject({
      code: 'file-unreadable',
      details: { path: join(folder, 'no.pem') },
    });
  });
});

/** Reloads the server's settings and waits until connections see them. */
async function setTls(client: Client, on: boolean): Promise<void> {
  await client.query('SELECT pg_reload_conf()');
  await vi.waitFor(async () => {
    const { rows } = await client.query('SHOW ssl');
    expect(rows).toEqual([{ ssl: on ? 'on' : 'off' }]);
  });
}

describe('a connection that breaks', () => {
  let proxy: AnswerCuttingProxy;
  let source: ApplicationDatabase;

  beforeEach(async () => {
    proxy = await startProxy(postgres.port);
    source = open(changed((address) => (address.port = String(proxy.port))));
  });

  afterEach(() => proxy.dispose());

  test('before the answer to a save: the save can be repeated', async () => {
    const id = await harness.seed(storedRow());
    await source.claim([id], chain, 'owner-a', ttlMs);

    proxy.cutNextAnswer();
    expect((await errorOf(source.save(id, chain, tokenPair(2)))).code).toBe('database-unreachable');
    expect((await findRow(await harness.open(), id)).chain).toBe(sha256('xoxe-1-test-refresh-2'));

    expect(await source.save(id, chain, tokenPair(2))).toBe('saved');
  });

  test('before the answer to a claim: nobody else sends the token until the lease runs out', async () => {
    const id = await harness.seed(storedRow());
    await source.list();

    proxy.cutNextAnswer();
    expect((await errorOf(source.claim([id], chain, 'owner-a', ttlMs))).code).toBe('database-unreachable');

    expect(await source.claim([id], chain, 'owner-b', ttlMs)).toEqual({ kind: 'busy' });
    await harness.expireLeases();
    expect(claimOf(await source.claim([id], chain, 'owner-b', ttlMs)).inDoubt).toBe(true);
  });

  test('while idle: the next call opens another', async () => {
    await source.list();
    await harness.client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jeton'`,
    );
    await proxy.untilNobodyIsConnected();

    expect(await source.list()).toEqual([]);
  });
});

test('a server that stops is unreachable, and the same source works again when it is back', async () => {
  const own = await startPostgres();
  try {
    const ownUrl = await own.createDatabase();
    const before = await makeApplicationHarness(ownUrl);
    const id = await before.seed(storedRow());
    before.client.on('error', () => {});
    const source = open(ownUrl);
    claimOf(await source.claim([id], chain, 'owner-a', ttlMs));

    await own.stop();
    expect((await errorOf(source.save(id, chain, tokenPair(2)))).code).toBe('database-unreachable');
    expect((await errorOf(source.list())).code).toBe('database-unreachable');

    await own.start();
    expect(await source.save(id, chain, tokenPair(2))).toBe('saved');
    expect((await findRow(source, id)).chain).toBe(sha256('xoxe-1-test-refresh-2'));
    await source.dispose();
  } finally {
    await own.dispose();
  }
});

test('an idle pool does not keep the process alive', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-'], {
    cwd: new URL('../..', import.meta.url),
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stdin.end(`
    import { Secret } from './src/core/secret.ts';
    import { ApplicationDatabase } from './src/node/postgres/application-database.ts';
    import { databaseUrlFromEnvironment, parseDatabaseUrl } from './src/node/postgres/connection.ts';
    const source = new ApplicationDatabase({
      connection: parseDatabaseUrl(databaseUrlFromEnvironment(process.env)),
      tables: ${JSON.stringify(tables)},
      isDead: () => false,
    });
    const started = performance.now();
    console.log(JSON.stringify(await source.list()));
    process.on('exit', () => console.log(performance.now() - started < 5000 ? 'at once' : 'late'));
  `);

  expect(await exited).toEqual([0, null]);
  expect(output).toBe('[]\nat once\n');
});

interface AnswerCuttingProxy {
  readonly port: number;
  /** The next bytes from the server end the connection instead of being passed on. */
  cutNextAnswer(): void;
  untilNobodyIsConnected(): Promise<void>;
  dispose(): Promise<void>;
}

async function startProxy(target: number): Promise<AnswerCuttingProxy> {
  const sockets = new Set<Socket>();
  let cut = false;
  const server: Server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      if (cut) {
        cut = false;
        client.destroy();
      } else {
        client.write(chunk);
      }
    });
  });
  server.listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    cutNextAnswer: () => {
      cut = true;
    },
    untilNobodyIsConnected: async () => {
      await Promise.all([...sockets].map((socket) => once(socket, 'close')));
    },
    dispose: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
