import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { z } from 'zod';
import type { Health, IntegrationId, SlackIntegration } from '../../src/core/integration.ts';
import { blankHealth, memoriesOf, planFor } from '../../src/core/schedule.ts';
import type { SlackSimulator, SlackSimulatorOptions } from '../../test/simulators/slack.ts';
import { startSlackSimulator } from '../../test/simulators/slack.ts';
import type { TestPostgres } from '../../test/support/postgres.ts';
import { connectTo, createApplicationTables } from '../../test/support/postgres.ts';
import type { Home } from './home.ts';
import type { Figure } from './report.ts';
import { atLeast, atMost, median } from './report.ts';

const ROWS = 200;
const LATENCY_MS = 100;

/** 200 due rows: the built command line beside the old script's loop, each on rows and a simulator of its own. */
export async function benchRenewal(postgres: TestPostgres, home: Home): Promise<readonly Figure[]> {
  const renewal = (): Promise<number> => timed(postgres, {}, (world) => renewWithJeton(world, home));
  // The loop takes as long as twenty renewals: one alone would meet another machine than it does.
  const runs = [await renewal()];
  const theirs = await timed(postgres, {}, renewInSequence);
  runs.push(await renewal(), await renewal());
  const ours = median(runs);
  const burst = 10;
  const limited = await timed(postgres, { ratePerMinute: 600, burst }, (world) =>
    renewWithJeton(world, home),
  );
  const floorMs = ((ROWS - burst) / 600) * 60_000 + LATENCY_MS;
  return [
    atLeast(
      `${ROWS} due rows, ${LATENCY_MS} ms a request: times faster than one after the other`,
      theirs / ours,
      15,
      '×',
      ` (${Math.round(ours)} ms, worst of ${runs.length}: ${Math.round(Math.max(...runs))} ms, not ${Math.round(theirs)} ms)`,
    ),
    atMost(
      `the same, Slack allowing 600 a minute: of the least time possible`,
      limited / floorMs,
      1.15,
      '×',
      ` (${Math.round(limited)} ms of ${Math.round(floorMs)} ms)`,
    ),
  ];
}

interface RenewalWorld {
  readonly slack: SlackSimulator;
  readonly databaseUrl: string;
  readonly client: Client;
}

/** Milliseconds that `renew` took, once every row is seen to hold the token that Slack expects next. */
async function timed(
  postgres: TestPostgres,
  options: SlackSimulatorOptions,
  renew: (world: RenewalWorld) => Promise<void>,
): Promise<number> {
  const slack = await startSlackSimulator({ latency: LATENCY_MS, ...options });
  const databaseUrl = await postgres.createDatabase();
  const client = await connectTo(databaseUrl);
  try {
    await createApplicationTables(client);
    for (let row = 0; row < ROWS; row += 1) await addDueRow(client, slack);
    const startedAt = performance.now();
    await renew({ slack, databaseUrl, client });
    const elapsed = performance.now() - startedAt;
    const { rows } = await client.query<{ token: string }>(
      `SELECT config->>'refresh_token' AS token FROM alyawebapp_userintegration`,
    );
    const lost = rows.filter(({ token }) => slack.chain(token).refreshToken !== token);
    if (rows.length !== ROWS || slack.count('spent') !== ROWS || lost.length > 0) {
      throw new Error(`${lost.length} of ${rows.length} chains lost, ${slack.count('spent')} renewed`);
    }
    return elapsed;
  } finally {
    await client.end();
    await slack.stop();
  }
}

export async function addDueRow(client: Client, slack: SlackSimulator): Promise<void> {
  const chain = slack.issueChain();
  const config = {
    client_id: chain.clientId,
    client_secret: chain.clientSecret,
    refresh_token: chain.refreshToken,
    token_expiry: new Date().toISOString(),
  };
  await client.query(
    'INSERT INTO alyawebapp_userintegration (integration_id, access_token, config) VALUES (1, $1, $2)',
    [chain.accessToken, config],
  );
}

async function renewWithJeton({ slack, databaseUrl }: RenewalWorld, home: Home): Promise<void> {
  await home.jeton(['slack', 'refresh', '--json'], {
    JETON_SLACK_API_URL: slack.url,
    DATABASE_URL: databaseUrl,
  });
}

const oldReply = z.object({ access_token: z.string(), refresh_token: z.string(), expires_in: z.number() });

/**
 * What check_and_refresh_slack_tokens.py did with rows that are due, without its verification and its pauses: one
 * request after the other, each row written after its reply.
 */
async function renewInSequence({ slack, client }: RenewalWorld): Promise<void> {
  const { rows } = await client.query<{ id: number; config: Record<string, string> }>(
    'SELECT id, config FROM alyawebapp_userintegration WHERE enabled',
  );
  for (const { id, config } of rows) {
    const { client_id = '', client_secret = '', refresh_token = '' } = config;
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id,
      client_secret,
      refresh_token,
    });
    const response = await fetch(`${slack.url}/oauth.v2.access`, { method: 'POST', body });
    const reply = oldReply.parse(await response.json());
    const token_expiry = new Date(Date.now() + reply.expires_in * 1000).toISOString();
    await client.query('UPDATE alyawebapp_userintegration SET access_token = $1, config = $2 WHERE id = $3', [
      reply.access_token,
      { ...config, refresh_token: reply.refresh_token, token_expiry },
      id,
    ]);
  }
}

/** Deciding what is due among 100,000 rows that are there already. Run with --expose-gc. */
export function benchDecision(): readonly Figure[] {
  const now = Date.now();
  const rows: SlackIntegration[] = [];
  for (let number = 0; number < 100_000; number += 1) {
    const expiresAt = now + Math.round(((number * 7919) % 43_200) * 1000);
    rows.push({
      id: `app:${number}`,
      name: `Team ${number}`,
      enabled: true,
      defect: undefined,
      missing: [],
      app: undefined,
      chain: randomBytes(32).toString('hex'),
      tokenKind: 'rotating',
      expiresAt,
      lease: undefined,
    });
  }
  // As the store gives it: by id as text, and in strings of its own.
  const remembered = new Map<IntegrationId, Health>();
  for (const { id, chain } of structuredClone(rows).sort((a, b) => (a.id < b.id ? -1 : 1))) {
    remembered.set(id, { ...blankHealth(id, chain), verifyAt: now + 3_600_000 });
  }
  const times: number[] = [];
  let mostMemory = 0;
  for (let round = 0; round < 25; round += 1) {
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const startedAt = performance.now();
    const options = { now };
    const memories = memoriesOf(rows, remembered);
    const due = rows.filter((row, position) => planFor(row, memories[position], options).action === 'renew');
    times.push(performance.now() - startedAt);
    mostMemory = Math.max(mostMemory, process.memoryUsage().heapUsed - before);
    if (due.length < 40_000 || due.length > 60_000) throw new Error(`${due.length} rows are due`);
  }
  return [
    atMost(
      'deciding what is due among 100,000 rows',
      median(times),
      50,
      'ms',
      ` (best of ${times.length}: ${Math.round(Math.min(...times))} ms)`,
    ),
    atMost('memory for it, above what the rows take', mostMemory / 1e6, 30, 'MB'),
  ];
}

/** A cold `jeton status` beside a bare Node, alternating so that both meet the same machine. */
export async function benchStatus(home: Home): Promise<readonly Figure[]> {
  const bare: number[] = [];
  const status: number[] = [];
  for (let round = 0; round < 15; round += 1) {
    bare.push(await home.node(['-e', '0']));
    status.push(await home.timeJeton(['status']));
  }
  const note = ` (${Math.round(median(status))} ms, bare Node ${Math.round(median(bare))} ms)`;
  return [atMost('jeton status from cold: of a bare node -e 0', median(status) / median(bare), 3, '×', note)];
}

/** `jeton run` with 100 fresh integrations, for a minute. */
export async function benchIdle(postgres: TestPostgres, home: Home): Promise<readonly Figure[]> {
  const slack = await startSlackSimulator();
  const databaseUrl = await postgres.createDatabase();
  const client = await connectTo(databaseUrl);
  try {
    await createApplicationTables(client);
    for (let row = 0; row < 100; row += 1) await addDueRow(client, slack);
    const environment = { JETON_SLACK_API_URL: slack.url, DATABASE_URL: databaseUrl };
    await home.jeton(['slack', 'refresh', '--json'], environment);
    const daemon = home.start(['run'], environment);
    await delay(10_000);
    const before = daemon.usage();
    await delay(60_000);
    const after = daemon.usage();
    await daemon.stop();
    return [
      atMost('jeton run, 100 integrations: resident memory', after.residentMb, 90, 'MB'),
      atMost(
        'jeton run, idle for a minute: of a core',
        ((after.cpuMs - before.cpuMs) / 60_000) * 100,
        0.2,
        '%',
      ),
    ];
  } finally {
    await client.end();
    await slack.stop();
  }
}
