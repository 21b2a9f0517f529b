/** The rotation over the real stores, in real processes that are really killed. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../src/core/secret.ts';
import { systemClock } from '../../src/node/clock.ts';
import { createLocalIntegrations } from '../../src/node/database/integrations.ts';
import { createJournal } from '../../src/node/database/journal.ts';
import { openStore } from '../../src/node/database/open.ts';
import { systemKeychain } from '../../src/node/vault/keychain.ts';
import { Vault } from '../../src/node/vault/vault.ts';
import type { IssuedChain } from '../simulators/slack-tokens.ts';
import type { SlackSimulator } from '../simulators/slack.ts';
import { startSlackSimulator } from '../simulators/slack.ts';
import type { TestPostgres } from '../support/postgres.ts';
import { connectTo, createApplicationTables, startPostgres } from '../support/postgres.ts';

const masterKey = randomBytes(32).toString('base64');
const runReport = z.object({ steps: z.number(), renewed: z.number(), failed: z.number() });

let slack: SlackSimulator;
let postgres: TestPostgres;
let databaseUrl: string;
let client: Client;
const homes: string[] = [];

beforeAll(async () => {
  slack = await startSlackSimulator({ latency: 2 });
  postgres = await startPostgres();
  databaseUrl = await postgres.createDatabase();
  client = await connectTo(databaseUrl);
  await createApplicationTables(client);
});

afterAll(async () => {
  await client.end();
  await postgres.dispose();
  await slack.stop();
  await Promise.all(homes.map((home) => rm(home, { recursive: true, force: true })));
});

/** A home of its own: a machine. */
async function newHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'jeton-storm-'));
  homes.push(home);
  await withHome(home, ({ vault }) => vault.init());
  return home;
}

async function withHome<T>(home: string, use: (open: ReturnType<typeof openHome>) => Promise<T>): Promise<T> {
  const open = openHome(home);
  try {
    return await use(open);
  } finally {
    open.store.dispose();
  }
}

function openHome(home: string) {
  const store = openStore(home);
  const vault = new Vault({ store, env: { JETON_MASTER_KEY: masterKey }, keychain: systemKeychain() });
  const journal = createJournal(store, vault, systemClock);
  const local = createLocalIntegrations({ store, vault, clock: systemClock, isDead: () => false });
  return { store, vault, journal, local };
}

/** Runs test/support/rotation-process.ts; `undefined` when it was killed. */
function runProcess(home: string, options: { diesAt?: number; force?: boolean } = {}) {
  const script = join(import.meta.dirname, '../support/rotation-process.ts');
  const env = {
    PATH: process.env['PATH'],
    JETON_HOME: home,
    JETON_MASTER_KEY: masterKey,
    SLACK_URL: slack.url,
    DATABASE_URL: databaseUrl,
    ...(options.diesAt !== undefined && { DIES_AT: String(options.diesAt) }),
    ...(options.force === true && { FORCE: '1' }),
  };
  return new Promise<z.infer<typeof runReport> | undefined>((resolve, reject) => {
    execFile(process.execPath, [script], { env }, (error, stdout, stderr) => {
      if (error?.signal === 'SIGKILL') resolve(undefined);
      else if (error !== null) reject(new Error(stderr, { cause: error }));
      else resolve(runReport.parse(JSON.parse(stdout)));
    });
  });
}

async function addApplicationRow(chain: IssuedChain, expiresAt: Date): Promise<number> {
  const config = {
    client_id: chain.clientId,
    client_secret: chain.clientSecret,
    refresh_token: chain.refreshToken,
    token_expiry: expiresAt.toISOString(),
    team_settings: { emoji: '🪙' },
  };
  const { rows } = await client.query<{ id: number }>(
    'INSERT INTO alyawebapp_userintegration (integration_id, access_token, config) VALUES (1, $1, $2) RETURNING id::int',
    [chain.accessToken, config],
  );
  return rows[0]?.id ?? 0;
}

async function storedTokens(id: number): Promise<{ access: string; refresh: string; lease: unknown }> {
  const { rows } = await client.query<{ access: string; refresh: string; lease: unknown }>(
    `SELECT access_token AS access, config->>'refresh_token' AS refresh, config->'jeton_lease' AS lease
       FROM alyawebapp_userintegration WHERE id = $1`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`row ${id} is gone`);
  return row;
}

describe('killed with SIGKILL at every step of a run over SQLite and PostgreSQL', () => {
  test('the next process brings every chain home', async () => {
    const home = await newHome();
    const chains = { local: slack.issueChain(), app: slack.issueChain() };
    const { clientId, clientSecret, refreshToken, accessToken } = chains.local;
    await withHome(home, ({ local }) =>
      local.add({
        name: 'local',
        expiresAt: Date.now(),
        credentials: {
          clientId,
          clientSecret: new Secret(clientSecret),
          refreshToken: new Secret(refreshToken),
          accessToken: new Secret(accessToken),
        },
      }),
    );
    const row = await addApplicationRow(chains.app, new Date());
    const { steps = 0 } = (await runProcess(home, { force: true })) ?? {};
    expect(steps).toBeGreaterThan(25);

    for (let diesAt = 1; diesAt <= steps; diesAt += 1) {
      await runProcess(home, { diesAt, force: true });
      const recovery = await runProcess(home);
      const context = `killed at step ${diesAt}`;
      expect(recovery, context).toMatchObject({ failed: 0 });

      const app = await storedTokens(row);
      expect(app.refresh, context).toBe(slack.chain(chains.app).refreshToken);
      expect(app.lease, context).toBeNull();
      expect(slack.chain(chains.app).accessTokens, context).toContain(app.access);
      await withHome(home, async ({ local, journal }) => {
        expect(await journal.pending(), context).toEqual([]);
        const [listed] = await local.list();
        expect(listed?.lease, context).toBeUndefined();
        const token = await local.accessToken(listed?.id ?? 'local:0');
        expect(slack.chain(chains.local).accessTokens, context).toContain(token?.reveal());
      });
    }
    // A token in doubt is sent again by the process after the kill, and by nobody else.
    for (const [label, sends] of slack.resends()) expect(sends.length, label).toBeLessThanOrEqual(2);
    expect(slack.count('refused')).toBe(0);
  }, 180_000);
});

describe('many processes on one PostgreSQL', () => {
  test('four at once, on two machines, with 200 due rows: each chain is renewed exactly once', async () => {
    await client.query('TRUNCATE alyawebapp_userintegration');
    const chains = Array.from({ length: 200 }, () => slack.issueChain());
    const ids: number[] = [];
    for (const chain of chains) ids.push(await addApplicationRow(chain, new Date(Date.now() + 600_000)));
    const desktop = await newHome();
    const server = await newHome();
    const before = slack.count('spent');

    const reports = await Promise.all([desktop, desktop, server, server].map((home) => runProcess(home)));

    expect(slack.count('spent') - before).toBe(200);
    for (const report of reports) expect(report?.failed).toBe(0);
    expect(reports.reduce((sum, report) => sum + (report?.renewed ?? 0), 0)).toBe(200);
    for (const [index, id] of ids.entries()) {
      const { refresh, lease } = await storedTokens(id);
      expect(refresh).toBe(slack.chain(chains[index]?.refreshToken ?? '').refreshToken);
      expect(lease).toBeNull();
    }
  }, 60_000);
});
