import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { JetonError } from '../../src/core/errors.ts';
import { rowIdOf, type IntegrationId } from '../../src/core/integration.ts';
import { Secret } from '../../src/core/secret.ts';
import { ApplicationDatabase } from '../../src/node/postgres/application-database.ts';
import { parseDatabaseUrl } from '../../src/node/postgres/connection.ts';
import { parseConfig } from '../../src/node/postgres/row-config.ts';
import { claimOf, findRow, sha256, storedRow, tokenPair } from '../contracts/integration-source.ts';
import { makeApplicationHarness, type ApplicationHarness } from '../support/application-database.ts';
import {
  connectTo,
  createApplicationTables,
  startPostgres,
  type ApplicationTables,
  type TestPostgres,
} from '../support/postgres.ts';

const table = 'alyawebapp_userintegration';
const tables = { integrationTable: 'alyawebapp_integration', userIntegrationTable: table };
const chain = sha256('xoxe-1-test-refresh-1');
const now = Date.UTC(2026, 0, 15, 10, 0, 0);
const ttlMs = 90_000;
/** What Jeton reads, as an application writes it. */
const credentials = `"refresh_token": "xoxe-1-test-refresh-1", "client_id": "111.222", "client_secret": "test-client-secret"`;
const ownKeys = `'{refresh_token,client_id,client_secret,token_expiry,refresh_failure_time,refresh_errors,jeton_lease}'`;

let postgres: TestPostgres;
let url: string;
let harness: ApplicationHarness;
let source: ApplicationDatabase;

beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.createDatabase();
});

afterAll(async () => {
  await postgres.dispose();
});

async function useTables(made: ApplicationTables): Promise<void> {
  harness = await makeApplicationHarness(url, made);
  source = await harness.open();
}

function openAt(address: string, change: Partial<typeof tables> = {}): ApplicationDatabase {
  return new ApplicationDatabase({
    connection: parseDatabaseUrl(new Secret(address)),
    tables: { ...tables, ...change },
    isDead: () => false,
  });
}

async function errorOf(promise: Promise<unknown>): Promise<JetonError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof JetonError) return error;
  throw new Error(`expected a JetonError, got ${String(error)}`);
}

/** Waits until so many statements of ours wait for a row that is locked. */
async function untilWaiting(count: number): Promise<void> {
  // Not the connection that holds the lock: within a transaction, pg_stat_activity does not change.
  const observer = await connectTo(url);
  try {
    await vi.waitFor(
      async () => {
        const { rows } = await observer.query(
          `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'jeton'`,
        );
        expect(rows).toHaveLength(count);
      },
      { timeout: 10_000, interval: 5 },
    );
  } finally {
    await observer.end();
  }
}

describe.each(['jsonb', 'json', 'text'] as const)('a config column of type %s', (config) => {
  beforeEach(() => useTables({ config }));
  afterEach(() => harness.dispose());

  test('keeps every key that is not ours through a whole rotation', async () => {
    const key = fc.string({ unit: 'binary', maxLength: 8 }).filter(isStorable);
    const leaf = fc.oneof(
      fc.constantFrom('null', 'true', 'false', '1e400', '-0.10', '12345678901234567890.12345678901234567890'),
      fc.bigInt().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc
        .string({ unit: 'binary', maxLength: 12 })
        .filter(isStorable)
        .map((text) => JSON.stringify(text)),
    );
    const { value } = fc.letrec<{ value: string }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
        fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map(objectText),
      ),
    }));
    const members = fc.array(fc.tuple(key, value), { maxLength: 6 });

    await fc.assert(
      fc.asyncProperty(members, async (others) => {
        const before = objectText(others).replace(/\}$/, `${others.length > 0 ? ',' : ''}${credentials}}`);
        const id = await harness.insert(before);

        claimOf(await source.claim([id], chain, 'owner-a', ttlMs));
        await source.recordFailure(id, chain, now, 'ratelimited');
        await source.fillMissing(id, { expiresAt: now });
        expect(await source.save(id, chain, tokenPair(2))).toBe('saved');

        const { rows } = await harness.client.query<{ same: boolean }>(
          `SELECT config::text::jsonb - ${ownKeys}::text[] = $2::text::jsonb - ${ownKeys}::text[] AS same
           FROM ${table} WHERE id = $1`,
          [rowIdOf(id), before],
        );
        expect(rows).toEqual([{ same: true }]);
      }),
      { numRuns: 60 },
    );
  });

  test('keeps the digits of numbers that JavaScript cannot hold', async () => {
    const id = await harness.insert(
      `{${credentials}, "big": 12345678901234567890, "exact": 0.1000000000000000055511151231257827, "wide": 1e400, "float": 1.0}`,
    );

    await source.claim([id], chain, 'owner-a', ttlMs);
    await source.save(id, chain, tokenPair(2));

    const text = await harness.config(id);
    expect(text).toContain('"big": 12345678901234567890,');
    expect(text).toContain('"exact": 0.1000000000000000055511151231257827');
    expect(text).toContain(`"wide": 1${'0'.repeat(400)}`);
    expect(text).toContain('"float": 1.0');
  });

  test('keeps a deeply nested value', async () => {
    const deep = `${'['.repeat(500)}1${']'.repeat(500)}`;
    const id = await harness.insert(`{${credentials}, "deep": ${deep}}`);

    expect(await source.save(id, chain, tokenPair(2))).toBe('saved');
    expect(await harness.config(id)).toContain(deep);
  });

  test('reads the last of duplicate keys, as PostgreSQL does', async () => {
    const id = await harness.insert(`{"refresh_token": "xoxe-1-test-refresh-0", ${credentials}}`);

    expect((await findRow(source, id)).chain).toBe(chain);
    expect((await source.claim([id], chain, 'owner-a', ttlMs)).kind).toBe('claimed');
  });

  test('that is NULL is reported, and never rewritten', async () => {
    const id = await harness.insert(null, 'xoxb-test-long-lived');
    const good = await harness.seed(storedRow());

    expect(await findRow(source, id)).toMatchObject({
      defect: 'config-missing',
      missing: [],
      chain: undefined,
    });
    expect(await tryToWrite(id)).toEqual(refused);
    expect(await harness.config(id)).toBeNull();
    expect((await source.claim([good], chain, 'owner-a', ttlMs)).kind).toBe('claimed');
  });
});

const notObjects = ['[1, 2]', '"a string"', '7', 'true', 'null'];
const notJsonb = [
  String.raw`{"refresh_token": "xoxe-1-test-refresh-1", "nul": "a\u0000b"}`,
  String.raw`{"refresh_token": "xoxe-1-test-refresh-1", "lone": "\ud83d"}`,
  String.raw`{"\udc00": 1}`,
  `{"number": 1e999999}`,
];
const notJson = [
  '',
  '{',
  "{'refresh_token': 'xoxe-1-test-refresh-1'}",
  '{"a": NaN}',
  `{"deep": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
];

describe.each([
  { config: 'jsonb', broken: notObjects },
  { config: 'json', broken: [...notObjects, ...notJsonb] },
  { config: 'text', broken: [...notObjects, ...notJsonb, ...notJson] },
] as const)('broken rows in a $config column', ({ config, broken }) => {
  beforeEach(() => useTables({ config }));
  afterEach(() => harness.dispose());

  test('are reported and never rewritten', async () => {
    const ids: IntegrationId[] = [];
    for (const text of broken) ids.push(await harness.insert(text, 'xoxb-test-long-lived'));

    for (const [index, id] of ids.entries()) {
      expect(await findRow(source, id)).toMatchObject({
        defect: 'config-broken',
        missing: [],
        chain: undefined,
      });
      expect(await tryToWrite(id)).toEqual(refused);
      expect(await harness.config(id)).toBe(broken[index]);
      expect((await source.accessToken(id))?.reveal()).toBe('xoxb-test-long-lived');
    }
  });

  test('do not stand in the way of the others', async () => {
    for (const text of broken) await harness.insert(text);
    const good = await harness.seed(storedRow());
    for (const text of broken) await harness.insert(text);

    expect(await findRow(source, good)).toMatchObject({ defect: undefined, chain });
    const claim = claimOf(await source.claim([good], chain, 'owner-a', ttlMs));
    await source.recordFailure(good, chain, now, 'ratelimited');
    await source.release(claim, 'in-doubt');
    expect((await source.accessToken(good))?.reveal()).toBe('xoxe.xoxb-1-test-access-1');
    expect(await source.save(good, chain, tokenPair(2))).toBe('saved');
  });
});

/** Tries every write on a row that cannot be used, under each name that its chain could have. */
async function tryToWrite(id: IntegrationId): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  for (const name of [chain, sha256('xoxb-test-long-lived')]) {
    answers.push((await source.claim([id], name, 'owner-a', ttlMs)).kind);
    answers.push(await source.save(id, name, tokenPair(2)));
    await source.recordFailure(id, name, now, 'invalid_refresh_token');
  }
  answers.push(await source.fillMissing(id, { clientId: '333.444', expiresAt: now }));
  return answers;
}

const refused = ['changed', 'superseded', 'changed', 'superseded', []];

test('PostgreSQL and the reader of config agree on what is broken', async () => {
  await useTables({});
  const piece = fc.constantFrom(
    ...String.raw`{ } [ ] " , : 1 -0 1e5 1. .5 01 null tru \u0000 \\u0000 \ud83d \ude00 \u00e9 é \n "a": {"a": " \ `.split(
      ' ',
    ),
    ' ',
  );
  const loose = fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join(''));
  const inString = loose.map((text) => `{"a": "${text}"}`);
  const asValue = loose.map((text) => `{"a": ${text}}`);
  try {
    await fc.assert(
      fc.asyncProperty(fc.oneof(loose, inString, asValue), async (text) => {
        const { rows } = await harness.client.query<{ valid: boolean }>(
          // The fence keeps the planner from casting the parameter before it was judged.
          `WITH given AS MATERIALIZED (SELECT $1::text AS config)
           SELECT CASE WHEN pg_input_is_valid(config, 'jsonb') THEN jsonb_typeof(config::jsonb) = 'object'
                       ELSE false END AS valid
           FROM given`,
          [text],
        );
        expect(parseConfig(text).defect === undefined).toBe(rows[0]?.valid);
      }),
      { numRuns: 1500 },
    );
  } finally {
    await harness.dispose();
  }
});

describe('in the application database', () => {
  beforeEach(() => useTables({}));
  afterEach(() => harness.dispose());

  test('only Slack rows are ours, whatever the case', async () => {
    await harness.client.query(`INSERT INTO alyawebapp_integration VALUES (3, 'SLACK workspace')`);
    const slack = await harness.seed(storedRow());
    const upper = await harness.seed(storedRow());
    const other = await harness.seed(storedRow());
    await harness.client.query(
      `UPDATE ${table} SET integration_id = CASE id::text WHEN $1 THEN 3 WHEN $2 THEN 2 ELSE 1 END`,
      [rowIdOf(upper), rowIdOf(other)],
    );

    expect((await source.list()).map((row) => row.id)).toEqual([slack, upper]);
    expect(await source.claim([other], chain, 'owner-a', ttlMs)).toEqual({ kind: 'changed' });
    expect(await source.save(other, chain, tokenPair(2))).toBe('gone');
    expect(await source.accessToken(other)).toBeUndefined();
    expect(await harness.read(other)).toEqual(storedRow());
  });

  test('a row is named after its integration, its team and its user', async () => {
    const ids = [
      await harness.insert('{"team": {"name": "Acme"}}'),
      await harness.insert('{"team_name": "Umbrella"}'),
      await harness.insert('{"team": 5}'),
      await harness.insert(null),
    ];
    await harness.client.query(`UPDATE ${table} SET user_id = NULL WHERE config IS NULL`);

    expect((await source.list()).map((row) => row.name)).toEqual([
      'My Slack bot Acme (user 7)',
      'My Slack bot Umbrella (user 7)',
      'My Slack bot (user 7)',
      `My Slack bot (row ${rowIdOf(ids[3] ?? 'app:')})`,
    ]);
  });

  test('blank values are missing values', async () => {
    const id = await harness.insert(
      String.raw`{"refresh_token": " \t\n", "client_id": "", "client_secret": null, "token_expiry": " "}`,
      ' ',
    );

    expect(await findRow(source, id)).toMatchObject({
      missing: ['access_token', 'refresh_token', 'client_id', 'client_secret'],
      chain: undefined,
    });
    expect(
      await source.fillMissing(id, {
        clientId: '333.444',
        clientSecret: new Secret('test-filled-secret'),
        expiresAt: now,
      }),
    ).toEqual(['clientId', 'clientSecret', 'expiresAt']);
    expect((await findRow(source, id)).expiresAt).toBe(now);
  });

  test('a value of another type is neither used nor overwritten', async () => {
    const id = await harness.insert(
      '{"refresh_token": "xoxe-1-test-refresh-1", "client_id": 111.2220, "client_secret": "test-client-secret", "token_expiry": "soon"}',
    );

    expect(await findRow(source, id)).toMatchObject({ missing: ['client_id'], expiresAt: undefined });
    expect(await source.fillMissing(id, { clientId: '333.444', expiresAt: now })).toEqual([]);
    expect(await harness.config(id)).toContain('111.2220');
  });

  test('blanks around a token belong to the row, not to the token', async () => {
    const id = await harness.insert(
      String.raw`{"refresh_token": "\n xoxe-1-test-refresh-1\r\n", "client_id": " 111.222", "client_secret": "test-client-secret\n"}`,
    );

    expect((await findRow(source, id)).chain).toBe(chain);
    const claim = claimOf(await source.claim([id], chain, 'owner-a', ttlMs));
    expect(claim.credentials.clientId).toBe('111.222');
    expect(claim.credentials.clientSecret.reveal()).toBe('test-client-secret');
    expect(claim.credentials.refreshToken?.reveal()).toBe('xoxe-1-test-refresh-1');
  });

  test.each([
    ['2026-01-15T10:30:00+00:00', Date.UTC(2026, 0, 15, 10, 30)],
    ['2026-01-15T10:30:00.123456+02:00', Date.UTC(2026, 0, 15, 8, 30, 0, 123)],
    ['2026-01-15T10:30:00', new Date(2026, 0, 15, 10, 30).getTime()],
    ['2026-01-15 10:30:00.123456', new Date(2026, 0, 15, 10, 30, 0, 123).getTime()],
    ['tomorrow', undefined],
  ])('an expiry of %s is understood', async (text, expected) => {
    const id = await harness.insert(JSON.stringify({ token_expiry: text }));

    expect((await findRow(source, id)).expiresAt).toBe(expected);
  });

  test('an expiry is written with its offset', async () => {
    const id = await harness.seed(storedRow());
    await source.save(id, chain, tokenPair(2));

    expect(await harness.config(id)).toMatch(
      /"token_expiry": "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000[+-]\d\d:\d\d"/,
    );
  });

  test('failures are kept as the application shows them: the last five, gone after a success', async () => {
    const id = await harness.insert(`{${credentials}, "refresh_errors": "not a list"}`);
    for (let number = 1; number <= 7; number += 1) {
      await source.recordFailure(id, chain, now + number * 1000, `failure-${number}`);
    }

    const { refresh_failure_time, refresh_errors } = await failureFields(id);
    expect(refresh_errors?.map((error) => error.message)).toEqual(
      [3, 4, 5, 6, 7].map((number) => `failure-${number}`),
    );
    expect(refresh_errors?.map((error) => Date.parse(error.timestamp))).toEqual(
      [3, 4, 5, 6, 7].map((number) => now + number * 1000),
    );
    expect(refresh_failure_time).toBe(refresh_errors?.at(-1)?.timestamp);

    await source.save(id, chain, tokenPair(2));
    expect(await failureFields(id)).toEqual({});
  });

  test('a failure of an earlier chain is not written to the row of a newer one', async () => {
    const id = await harness.seed(storedRow({ refreshToken: 'xoxe-1-test-refresh-2' }));

    await source.recordFailure(id, chain, now, 'invalid_refresh_token');

    expect(await failureFields(id)).toEqual({});
  });

  test('updated_at follows what the application can see, not our leases', async () => {
    const id = await harness.seed(storedRow());
    const updatedAt = async (): Promise<number | undefined> =>
      (
        await harness.client.query<{ updated_at: Date }>(`SELECT updated_at FROM ${table}`)
      ).rows[0]?.updated_at.getTime();

    const claim = claimOf(await source.claim([id], chain, 'owner-a', ttlMs));
    await source.release(claim, 'in-doubt');
    expect(await updatedAt()).toBe(Date.UTC(2020, 0, 1));

    await source.save(id, chain, tokenPair(2));
    expect(await updatedAt()).toBeGreaterThan(Date.UTC(2026, 0, 1) - 365 * 86_400_000);
  });

  test('a lease runs by the clock of the database', async () => {
    const id = await harness.seed(storedRow());
    const { rows } = await harness.client.query<{ now: number }>(
      'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now',
    );

    await source.claim([id], chain, 'owner-a', ttlMs);

    const until = (await findRow(source, id)).lease?.until ?? 0;
    expect(until - ttlMs - (rows[0]?.now ?? 0)).toBeGreaterThanOrEqual(-1);
    expect(until - ttlMs - (rows[0]?.now ?? 0)).toBeLessThan(5_000);
  });

  test('a mark that is no lease of ours is no lease', async () => {
    const id = await harness.insert(`{${credentials}, "jeton_lease": [1]}`);

    expect((await findRow(source, id)).lease).toBeUndefined();
    expect(claimOf(await source.claim([id], chain, 'owner-a', ttlMs)).inDoubt).toBe(false);
  });

  test('two machines that race for 50 rows take each exactly once', async () => {
    const ids: IntegrationId[] = [];
    for (let number = 0; number < 50; number += 1) {
      ids.push(await harness.seed(storedRow({ refreshToken: `xoxe-1-test-refresh-${number}` })));
    }
    const machines = [source, await harness.open()];

    const results = await Promise.all(
      ids.map((id, number) =>
        Promise.all(
          machines.map((machine, owner) =>
            machine.claim([id], sha256(`xoxe-1-test-refresh-${number}`), `owner-${owner}`, ttlMs),
          ),
        ),
      ),
    );

    for (const result of results) expect(result.map(({ kind }) => kind).sort()).toEqual(['busy', 'claimed']);
  });

  test('machines that race for rows of one chain in different order neither share them nor deadlock', async () => {
    const ids: IntegrationId[] = [];
    for (let number = 0; number < 6; number += 1) ids.push(await harness.seed(storedRow()));
    const other = await harness.open();
    await harness.client.query('BEGIN');
    await harness.client.query(`SELECT FROM ${table} WHERE id = $1 FOR UPDATE`, [rowIdOf(ids[3] ?? 'app:')]);
    const claiming = Promise.all([
      source.claim(ids, chain, 'owner-a', ttlMs),
      other.claim(ids.toReversed(), chain, 'owner-b', ttlMs),
    ]);
    await untilWaiting(2);
    await harness.client.query('COMMIT');

    expect((await claiming).map(({ kind }) => kind).sort()).toEqual(['busy', 'claimed']);
  });
});

describe('a row that somebody else changes between claim and save', () => {
  beforeEach(() => useTables({}));
  afterEach(() => harness.dispose());

  test('keeps their access token, even where they left the refresh token', async () => {
    const id = await harness.seed(storedRow());
    await source.claim([id], chain, 'owner-a', ttlMs);
    await harness.change(id, { accessToken: 'xoxe.xoxb-1-test-access-9' });

    expect(await source.save(id, chain, tokenPair(2))).toBe('superseded');
    expect(await harness.read(id)).toEqual(storedRow({ accessToken: 'xoxe.xoxb-1-test-access-9' }));
  });

  test('keeps the keys they wrote beside ours', async () => {
    const id = await harness.seed(storedRow());
    await source.claim([id], chain, 'owner-a', ttlMs);
    await harness.client.query(`UPDATE ${table} SET config = config || '{"channel": "#general"}'`);

    expect(await source.save(id, chain, tokenPair(2))).toBe('saved');
    expect(await harness.config(id)).toContain('"channel": "#general"');
  });

  test('keeps their pair when they commit while the save waits', async () => {
    const id = await harness.seed(storedRow());
    await source.claim([id], chain, 'owner-a', ttlMs);
    await harness.client.query('BEGIN');
    await harness.change(id, {
      refreshToken: 'xoxe-1-test-refresh-9',
      accessToken: 'xoxe.xoxb-1-test-access-9',
    });
    const saving = source.save(id, chain, tokenPair(2));
    await untilWaiting(1);
    await harness.client.query('COMMIT');

    expect(await saving).toBe('superseded');
    expect((await harness.read(id))?.refreshToken).toBe('xoxe-1-test-refresh-9');
    expect((await harness.read(id))?.accessToken).toBe('xoxe.xoxb-1-test-access-9');
  });

  test('keeps a key that they commit while the save waits', async () => {
    const id = await harness.seed(storedRow());
    await harness.client.query('BEGIN');
    await harness.client.query(`UPDATE ${table} SET config = config || '{"channel": "#general"}'`);
    const saving = source.save(id, chain, tokenPair(2));
    await untilWaiting(1);
    await harness.client.query('COMMIT');

    expect(await saving).toBe('saved');
    expect(await harness.config(id)).toContain('"channel": "#general"');
    expect((await findRow(source, id)).chain).toBe(sha256('xoxe-1-test-refresh-2'));
  });

  test('is gone when they delete it while the save waits', async () => {
    const id = await harness.seed(storedRow());
    await harness.client.query('BEGIN');
    await harness.remove(id);
    const saving = source.save(id, chain, tokenPair(2));
    await untilWaiting(1);
    await harness.client.query('COMMIT');

    expect(await saving).toBe('gone');
  });

  test('is not claimed under a chain that it leaves while the claim waits', async () => {
    const id = await harness.seed(storedRow());
    await harness.client.query('BEGIN');
    await harness.change(id, { refreshToken: 'xoxe-1-test-refresh-9' });
    const claiming = source.claim([id], chain, 'owner-a', ttlMs);
    await untilWaiting(1);
    await harness.client.query('COMMIT');

    expect(await claiming).toEqual({ kind: 'changed' });
  });
});

describe('tables made otherwise', () => {
  afterEach(() => harness.dispose());

  test('names with capitals and reserved words, in a schema', async () => {
    await useTables({});
    await harness.client.query('DROP SCHEMA IF EXISTS "Select" CASCADE; CREATE SCHEMA "Select"');
    await createApplicationTables(harness.client, {
      integrationTable: '"Select"."Order"',
      userIntegrationTable: '"Select"."Group"',
    });
    await harness.client.query(
      `INSERT INTO "Select"."Group" (integration_id, config) VALUES (1, '{${credentials}}')`,
    );
    const named = openAt(url, { integrationTable: 'Select.Order', userIntegrationTable: 'Select.Group' });
    try {
      expect((await named.claim(['app:1'], chain, 'owner-a', ttlMs)).kind).toBe('claimed');
      expect(await named.save('app:1', chain, tokenPair(2))).toBe('saved');
    } finally {
      await named.dispose();
    }
  });

  test('an id that the table cannot have is a row that is gone', async () => {
    await useTables({});

    expect(await source.claim(['app:abc'], chain, 'owner-a', ttlMs)).toEqual({ kind: 'changed' });
    expect(await source.accessToken('app:99999999999999999999')).toBeUndefined();
    expect(await source.fillMissing('app:1;2', { clientId: '333.444' })).toEqual([]);
  });

  test('a column that changes its type while we are connected costs one failure', async () => {
    await useTables({ config: 'text' });
    const id = await harness.seed(storedRow());
    await source.claim([id], chain, 'owner-a', ttlMs);
    await harness.client.query(`ALTER TABLE ${table} ALTER COLUMN config TYPE jsonb USING config::jsonb`);

    expect((await errorOf(source.save(id, chain, tokenPair(2)))).code).toBe('database-refused');
    expect(await source.save(id, chain, tokenPair(2))).toBe('saved');
  });
});

describe('inspect', () => {
  afterEach(() => harness.dispose());

  test('says what is there and what the rows lack', async () => {
    await useTables({ config: 'json', updatedAt: false });
    await harness.seed(storedRow());
    await harness.seed(storedRow({ clientSecret: undefined }));
    await harness.insert(null);

    const found = await source.inspect();

    expect(found.serverVersion).toMatch(/^18/);
    expect(found.tables).toEqual([
      { name: 'alyawebapp_integration', found: true },
      { name: table, found: true },
    ]);
    expect(found.configType).toBe('json');
    expect(found.hasUpdatedAt).toBe(false);
    expect(found.hasSlack).toBe(true);
    expect(found.rows.map(({ missing, defect }) => ({ missing, defect }))).toEqual([
      { missing: [], defect: undefined },
      { missing: ['client_secret'], defect: undefined },
      { missing: [], defect: 'config-missing' },
    ]);
  });

  test('says which table is missing', async () => {
    await useTables({});
    await harness.client.query(`DROP TABLE ${table}`);

    expect(await source.inspect()).toMatchObject({
      tables: [
        { name: 'alyawebapp_integration', found: true },
        { name: table, found: false },
      ],
      configType: undefined,
      hasSlack: undefined,
      rows: [],
    });
  });

  test('says that there is no Slack integration, which a list of no rows would hide', async () => {
    await useTables({});
    expect(await source.list()).toEqual([]);
    await harness.client.query(`UPDATE alyawebapp_integration SET name = 'Teams'`);

    expect(await source.inspect()).toMatchObject({ hasSlack: false, rows: [] });
    await expect(source.list()).rejects.toMatchObject({
      code: 'database-without-slack',
      details: { table: 'alyawebapp_integration' },
    });
  });
});

const failures = z.object({
  refresh_failure_time: z.string().optional(),
  refresh_errors: z.array(z.object({ timestamp: z.string(), message: z.string() })).optional(),
});

async function failureFields(id: IntegrationId): Promise<z.infer<typeof failures>> {
  return failures.parse(JSON.parse((await harness.config(id)) ?? '{}'));
}

function objectText(members: readonly (readonly [string, string])[]): string {
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}: ${value}`).join(', ')}}`;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
