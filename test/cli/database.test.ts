import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startSlackSimulator, type SlackSimulator } from '../simulators/slack.ts';
import { makeApplicationHarness, type ApplicationHarness } from '../support/application-database.ts';
import { createTestCli, type TestCli } from '../support/cli.ts';
import { connectTo, startPostgres, type TestPostgres } from '../support/postgres.ts';

const HOUR = 3_600_000;

let postgres: TestPostgres;
let slack: SlackSimulator;

beforeAll(async () => {
  [postgres, slack] = await Promise.all([startPostgres(), startSlackSimulator()]);
});
afterAll(() => Promise.all([postgres.dispose(), slack.stop()]));

interface World {
  readonly cli: TestCli;
  readonly url: string;
  readonly rows: ApplicationHarness;
  /** Adds a row whose tokens Slack knows, and which expire so soon. */
  readonly seed: (expiresInMs: number) => Promise<`app:${string}`>;
}

async function createWorld(): Promise<World> {
  const url = await postgres.createDatabase();
  const rows = await makeApplicationHarness(url);
  onTestFinished(() => rows.dispose());
  const cli = createTestCli({ JETON_SLACK_API_URL: slack.url });
  return {
    cli,
    url,
    rows,
    async seed(expiresInMs) {
      const { clientId, clientSecret, accessToken, refreshToken } = slack.issueChain();
      const expiresAt = Date.now() + expiresInMs;
      const id = await rows.seed({
        enabled: true,
        clientId,
        clientSecret,
        accessToken,
        refreshToken,
        expiresAt,
      });
      return `app:${id.slice('app:'.length)}`;
    },
  };
}

test('connect, test, refresh, status, disconnect: the main job', async () => {
  const { cli, url, rows, seed } = await createWorld();
  const due = await seed(HOUR / 4);
  const fresh = await seed(11 * HOUR);

  const connected = await cli.run(['database', 'connect'], { input: `${url}\n` });
  expect(connected).toMatchObject({ code: 0, stderr: expect.stringContaining('The vault has its key now') });
  expect(connected.stdout).toContain('Connected; the URL is kept in the vault.');
  expect(connected.stdout).toContain('2 Slack rows, none lacks anything');
  expect(readFileSync(join(cli.home, 'jeton.db')).includes('test-database-password')).toBe(false);

  const before = await rows.read(due);
  const dryRun = await cli.json(['slack', 'refresh', '--dry-run']);
  expect(dryRun).toMatchObject({
    code: 0,
    document: { results: [{ id: due, outcome: 'would-renew' }, { id: fresh }] },
  });
  expect(await rows.read(due)).toEqual(before);

  const refreshed = await cli.json(['slack', 'refresh']);
  expect(refreshed).toMatchObject({
    code: 0,
    document: {
      renewed: 1,
      unchanged: 1,
      failed: 0,
      results: [
        { id: due, outcome: 'renewed', expiresAt: expect.any(String), error: null },
        { id: fresh, outcome: 'unchanged' },
      ],
    },
  });
  const after = await rows.read(due);
  expect(after?.refreshToken).not.toBe(before?.refreshToken);
  expect(after?.expiresAt).toBeGreaterThan(Date.now() + 11 * HOUR);

  const status = await cli.json(['status']);
  expect(status).toMatchObject({
    code: 0,
    document: {
      vault: 'ready',
      integrations: [
        { id: due, source: 'app', state: 'fresh', lastRenewedAt: expect.any(String) },
        { id: fresh, source: 'app', state: 'fresh' },
      ],
    },
  });

  expect((await cli.json(['database', 'disconnect'])).document).toEqual({ disconnected: true });
  expect((await cli.json(['status'])).document).toHaveProperty('integrations', []);
  expect((await cli.run(['database', 'test'])).code).toBe(3);
});

test('a URL in the environment needs no connect', async () => {
  const { cli, url, seed } = await createWorld();
  await seed(HOUR / 4);
  const env = { DATABASE_URL: url };
  expect((await cli.json(['status'], { env })).document).toMatchObject({ integrations: [{ state: 'due' }] });
  expect((await cli.json(['slack', 'refresh'], { env })).document).toHaveProperty('renewed', 1);

  const { hostname, port, username, password, pathname } = new URL(url);
  const parts = {
    DB_HOST: hostname,
    DB_PORT: port,
    DB_USER: username,
    DB_PASSWORD: password,
    DB_NAME: pathname.slice(1),
  };
  expect((await cli.json(['database', 'test'], { env: parts })).document).toMatchObject({
    serverVersion: expect.any(String),
    slackRows: 1,
    lacking: [],
  });
});

test('a run reads the rows once, as a list does', async () => {
  const { cli, url, seed } = await createWorld();
  await seed(11 * HOUR);
  const client = await connectTo(url);
  onTestFinished(() => client.end());
  await client.query(`
    CREATE SEQUENCE looks;
    ALTER TABLE alyawebapp_integration RENAME TO kept_integration;
    CREATE VIEW alyawebapp_integration AS SELECT * FROM kept_integration WHERE nextval('looks') > 0`);
  const looksOf = async (...args: string[]): Promise<number> => {
    await client.query(`SELECT setval('looks', 1)`);
    expect(await cli.json(args, { env: { DATABASE_URL: url } })).toMatchObject({ code: 0 });
    const { rows } = await client.query<{ last_value: string }>('SELECT last_value FROM looks');
    return Number(rows[0]?.last_value);
  };

  // The first run makes the vault's key and verifies the token; nothing is left to do for the second.
  await looksOf('slack', 'refresh');
  const once = await looksOf('slack', 'list');
  expect(once).toBeGreaterThan(1);
  expect(await looksOf('slack', 'refresh')).toBe(once);
});

test('backfill fills what rows lack, and nothing else', async () => {
  const { cli, url, rows } = await createWorld();
  const chain = slack.issueChain();
  const id = await rows.insert(
    JSON.stringify({ refresh_token: chain.refreshToken, note: 'kept' }),
    chain.accessToken,
  );
  const broken = await rows.insert('[1]');
  const env = { DATABASE_URL: url, JETON_SLACK_CLIENT_SECRET: chain.clientSecret };

  expect((await cli.json(['database', 'test'], { env })).document).toMatchObject({
    lacking: [
      { id, missing: ['client_id', 'client_secret', 'token_expiry'] },
      { id: broken, missing: ['config-broken'] },
    ],
  });
  const args = ['slack', 'backfill', '--client-id', chain.clientId];
  expect((await cli.json([...args, '--dry-run'], { env })).document).toMatchObject({
    rows: [
      { id, outcome: 'would-fill', filled: ['clientId', 'clientSecret', 'expiresAt'] },
      { id: broken, outcome: 'unusable' },
    ],
  });
  expect((await rows.read(id))?.clientId).toBeUndefined();

  const { code, stdout } = await cli.run(args, { env });
  expect(code).toBe(0);
  expect(stdout).toContain('1 row filled in, 1 unusable.');
  expect(stdout).toMatch(/FIELDS\n.*client id, client secret, expiry\n/);
  expect(await rows.read(id)).toMatchObject({ clientId: chain.clientId, clientSecret: chain.clientSecret });
  expect(JSON.parse((await rows.config(id)) ?? '')).toMatchObject({ note: 'kept' });

  // A row that nobody can renew needs a person, and keeps nobody from renewing the other.
  const refreshed = await cli.json(['slack', 'refresh', '--force'], { env });
  expect(refreshed).toMatchObject({ code: 4, document: { renewed: 1, failed: 0 } });
});

test('a dry run leaves nothing behind in a new home', async () => {
  const { cli, url, seed } = await createWorld();
  const id = await seed(HOUR / 4);
  for (const verbose of [[], ['--verbose']]) {
    const args = ['slack', 'refresh', '--dry-run', ...verbose];
    expect(await cli.json(args)).toMatchObject({ code: 0, document: { results: [] } });
    expect(await cli.json(args, { env: { DATABASE_URL: url } })).toMatchObject({
      code: 0,
      document: { results: [{ id, outcome: 'would-renew' }] },
    });
    // What goes wrong is said, and not logged either.
    const env = { DATABASE_URL: 'postgresql://u:test-password@127.0.0.1:9/x' };
    expect(await cli.json(args, { env })).toMatchObject({ code: 3, document: { results: [] } });
  }
  expect(existsSync(cli.home)).toBe(false);

  mkdirSync(cli.home);
  await cli.run(['slack', 'refresh', '--dry-run'], { env: { DATABASE_URL: url } });
  // What start.ts keeps of the program itself, in a home that is there.
  expect(readdirSync(cli.home).filter((name) => name !== 'cache')).toEqual([]);
});

test('a row without an expiry lacks one, which is no reason to be unusable', async () => {
  const { cli, url, rows } = await createWorld();
  const { clientId, clientSecret, accessToken, refreshToken } = slack.issueChain();
  const config = { client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken };
  const id = await rows.insert(JSON.stringify(config), accessToken);
  const dated = JSON.stringify({ ...config, token_expiry: '2030-01-01T00:00:00+00:00' });
  await rows.insert(dated, accessToken);
  const env = { DATABASE_URL: url };
  expect(await cli.json(['database', 'test'], { env })).toMatchObject({
    code: 0,
    document: { slackRows: 2, lacking: [{ id, missing: ['token_expiry'] }] },
  });
  const { code, stdout } = await cli.run(['database', 'test'], { env });
  expect(code).toBe(0);
  expect(stdout).toContain('2 Slack rows, 1 lacks something');
  expect(stdout).toMatch(/LACKS\n.*expiry\n/);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'renewed all the same; “jeton slack backfill” writes one.',
  );
});

test('a database with the tables and no Slack integration is said to be none, and is not connected', async () => {
  const { cli, url, rows } = await createWorld();
  const args = ['database', 'connect'];
  expect((await cli.run(args, { input: url })).code).toBe(0);
  await cli.run(['database', 'disconnect']);
  await rows.client.query(`UPDATE alyawebapp_integration SET name = 'Teams' WHERE name ILIKE '%slack%'`);

  const refused = await cli.run(args, { input: url });
  expect(refused).toMatchObject({ code: 3, stdout: '' });
  expect(refused.stderr.replaceAll(/\s+/g, ' ')).toMatch(
    /✗ This database has no Slack integrations: no name in alyawebapp_integration has “slack” in it. → Check /,
  );
  expect((await cli.json(['database', 'test'])).document).toHaveProperty(
    'error.code',
    'database-not-connected',
  );

  const env = { DATABASE_URL: url };
  for (const command of [['database', 'test'], ['slack', 'refresh'], ['slack', 'list'], ['status']]) {
    const error = { code: 'database-without-slack', remedy: expect.stringContaining('right database') };
    expect(await cli.json(command, { env })).toMatchObject({ code: 3, document: { error } });
    const { stdout } = await cli.run(command, { env });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('no name in alyawebapp_integration has “slack” in it');
    expect(stdout).not.toMatch(/✓.* rows?/);
  }
  const { stdout } = await cli.run(['status'], { env });
  expect(stdout).toContain('The database that is connected has no Slack integrations.');

  await rows.client.query(`UPDATE alyawebapp_integration SET name = 'my-sLaCk' WHERE id = 1`);
  expect(await cli.json(['database', 'test'], { env })).toMatchObject({
    code: 0,
    document: { slackRows: 0 },
  });
  expect((await cli.run(['slack', 'list'], { env })).stdout).toContain(
    'There are no Slack integrations yet.',
  );
});

test('exchange turns a long-lived token into a pair', async () => {
  const { cli, url, rows } = await createWorld();
  const { clientId, clientSecret, accessToken } = slack.issueLongLived();
  const id = await rows.insert(
    JSON.stringify({ client_id: clientId, client_secret: clientSecret }),
    accessToken,
  );
  const env = { DATABASE_URL: url };
  const before = await cli.run(['status'], { env });
  expect(before.code).toBe(4);
  expect(before.stdout.replaceAll(/\s+/g, ' ')).toContain(`jeton slack exchange ${id}`);

  expect((await cli.run(['slack', 'exchange', '--id', id], { env })).stdout).toContain(
    'has a rotating token pair now',
  );
  expect((await rows.read(id))?.refreshToken).toMatch(/^xoxe-1-/);
  expect(await cli.json(['slack', 'exchange', id], { env })).toMatchObject({
    code: 2,
    document: { error: { code: 'already-rotating' } },
  });
});

test('rows of the application are paused, and never removed', async () => {
  const { cli, url, seed } = await createWorld();
  const id = await seed(HOUR / 4);
  const env = { DATABASE_URL: url };
  expect((await cli.run(['slack', 'pause', id], { env })).code).toBe(0);
  expect((await cli.json(['slack', 'refresh'], { env })).document).toMatchObject({
    results: [{ outcome: 'skipped' }],
  });
  expect(await cli.json(['slack', 'remove', id, '--yes'], { env })).toMatchObject({
    code: 2,
    document: { error: { code: 'integration-read-only' } },
  });
  const given = { ...env, JETON_SLACK_REFRESH_TOKEN: slack.issueChain().refreshToken };
  const update = await cli.run(['slack', 'update', id], { env: given });
  expect(update.code).toBe(2);
  expect(update.stderr.replaceAll(/\s+/g, ' ')).toContain('Install the app again in the application.');
});

test('bad input gets one clear line, exit code 3, and is not kept', async () => {
  const { cli, url } = await createWorld();
  const empty = await postgres.createDatabase();
  const wrongPassword = new URL(url);
  wrongPassword.password = 'test-wrong-password';
  const cases = [
    ['mysql://u:p@localhost/x', 'database-url-invalid'],
    ['not a url', 'database-url-invalid'],
    ['postgresql://u:test-password@127.0.0.1:9/x', 'database-unreachable'],
    [wrongPassword.href, 'database-refused'],
    [empty, 'database-tables-missing'],
  ] as const;
  for (const [input, errorCode] of cases) {
    const { code, stdout, stderr } = await cli.run(['database', 'connect', '--json'], { input });
    expect({ errorCode, code, stderr }).toEqual({ errorCode, code: 3, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: errorCode } });
    expect(stdout).not.toMatch(/test-(wrong-)?password/);
  }
  expect((await cli.json(['database', 'test'])).document).toHaveProperty(
    'error.code',
    'database-not-connected',
  );
  const refused = { input: wrongPassword.href };
  expect((await cli.run(['database', 'connect'], refused)).stderr).toContain('wrong user or password');
  const inFrench = await cli.run(['database', 'connect', '--lang', 'fr'], refused);
  expect(inFrench.stderr.replaceAll(/\s+/g, ' ')).toContain('utilisateur ou mot de passe erroné');

  const notOurs = await cli.run(['database', 'connect'], { input: empty });
  expect(notOurs.stderr.replaceAll(/\s+/g, ' ')).toContain(
    'it lacks alyawebapp_integration, alyawebapp_userintegration. → Check that it is the right database.',
  );
  expect(notOurs.stderr).toContain('database.integrationTable NAME');
  await cli.run(['config', 'set', 'database.integrationTable', 'other_integration']);
  const renamed = await cli.run(['status'], { env: { DATABASE_URL: url } });
  expect(renamed.stdout.replaceAll(/\s+/g, ' ')).toContain('it lacks other_integration.');

  const status = await cli.run(['status'], { env: { DATABASE_URL: 'postgresql://u:p@127.0.0.1:9/x' } });
  expect(status.code).toBe(3);
  expect(status.stdout).toContain('nothing listens');
});

describe('a database that does not answer', () => {
  const env = { DATABASE_URL: 'postgresql://u:test-password@127.0.0.1:9/x' };
  const error = {
    code: 'database-unreachable',
    message: 'The application’s database at 127.0.0.1 does not answer: nothing listens there.',
    remedy: expect.stringContaining('jeton database test'),
  };
  const sources = expect.arrayContaining([{ source: 'app', state: 'unreachable', error }]);

  test.each([
    [['status'], { error, sources, integrations: [] }],
    [['slack', 'list'], { error, sources, integrations: [] }],
    [['slack', 'refresh'], { error, sources, results: [] }],
    [['slack', 'refresh', '--dry-run'], { error, sources, results: [] }],
    [['schedule', 'install', '--test'], { error, installed: false, test: { error, sources } }],
    [['slack', 'pause', 'app:1'], { error }],
    [['slack', 'resume', '1'], { error }],
    [['slack', 'exchange', 'app:1'], { error }],
  ])('is the reason that %j gives with --json', async (args, document) => {
    expect(await createTestCli().json(args, { env })).toMatchObject({ code: 3, document });
  });

  test('hides nothing that another source has', async () => {
    const { cli } = await createWorld();
    const { clientId, clientSecret, refreshToken } = slack.issueChain();
    const secrets = { JETON_SLACK_CLIENT_SECRET: clientSecret, JETON_SLACK_REFRESH_TOKEN: refreshToken };
    await cli.run(['slack', 'add', '--name', 'Ops', '--client-id', clientId], { env: secrets });
    const connected = { source: 'local', state: 'connected', error: null };
    expect(await cli.json(['slack', 'list'], { env })).toMatchObject({
      code: 3,
      document: { error, integrations: [{ id: 'local:1' }], sources: [connected, { source: 'app', error }] },
    });
    const { document } = await cli.json(['slack', 'list']);
    expect(document).toMatchObject({
      sources: [connected, { source: 'app', state: 'not-connected', error: null }],
    });
    expect(document).not.toHaveProperty('error');
  });

  test('is told in the list of integrations, which is not called empty', async () => {
    const { code, stdout, stderr } = await createTestCli().run(['slack', 'list'], { env });
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(/^ ✗ The application’s database at 127.0.0.1 .* → Check /);
    expect(stdout).not.toContain('no Slack integrations');
  });
});
