/** The contract between the window and the main process: what it lets through, and above all what not. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { IntegrationState } from '../../src/core/integration.ts';
import type { Headline, IntegrationView, Snapshot, TargetView } from '../../src/core/snapshot.ts';
import { CALLS, channelOf, EVENTS } from '../../src/shared/ipc/channels.ts';
import { CONTRACT, EVENT_CONTRACT } from '../../src/shared/ipc/contract.ts';
import { snapshotSchema } from '../../src/shared/ipc/snapshot-schema.ts';

const states: readonly IntegrationState[] = [
  { kind: 'fresh' },
  { kind: 'due' },
  { kind: 'renewing' },
  { kind: 'in-doubt' },
  { kind: 'retrying', until: 1 },
  { kind: 'needs-sign-in' },
  { kind: 'needs-reinstall', worksUntil: undefined },
  { kind: 'misconfigured' },
  { kind: 'paused' },
];

const headlines: readonly Headline[] = [
  { kind: 'vault-locked' },
  { kind: 'database-unreachable' },
  { kind: 'database-without-slack' },
  { kind: 'person-needed', count: 1, name: 'Ops' },
  { kind: 'failing', count: 2, name: 'Ops' },
  { kind: 'export-failing', name: 'bot' },
  { kind: 'bot-failing', name: 'bot' },
  { kind: 'bot-waiting', name: 'bot' },
  { kind: 'renewing', count: 1 },
  { kind: 'due', count: 1, name: 'Ops' },
  { kind: 'all-paused' },
  { kind: 'all-fresh', count: 3, nextRunAt: 5, sessionEndsAt: undefined },
  { kind: 'empty' },
];

const view: IntegrationView = {
  id: 'local:1',
  kind: 'slack',
  name: 'Ops',
  source: 'local',
  app: undefined,
  state: { kind: 'fresh' },
  expiresAt: 3,
  worksUntil: undefined,
  lastRenewedAt: 1,
  nextRunAt: 2,
  sessionEndsAt: undefined,
  lastError: { code: 'timeout', class: 'transient', at: 1, fields: ['client_id'] },
};

const bot: TargetView = {
  name: 'bot',
  file: '/srv/bot/config/.env',
  host: undefined,
  restart: 'on-reconnect',
  pending: { since: 1, heldUntil: undefined, reason: 'daemon-down', retryAt: 2, startedAt: undefined },
  lastExport: { at: 1, changedKeys: ['ONEFLEX_TOKEN'] },
  exportFailure: { code: 'env-file-unwritable', details: { path: '/srv' }, at: 1 },
  lastRestart: { at: 1, failure: 'exited', startedAt: '2026-01-01T00:00:00Z' },
};

const snapshot: Snapshot = {
  revision: 7,
  headline: { kind: 'empty' },
  vault: { state: 'ready', keySource: 'keychain' },
  sources: [
    { kind: 'local', state: 'connected', code: undefined },
    { kind: 'app', state: 'unreachable', code: 'database-unreachable', details: { host: 'db', port: 5432 } },
  ],
  integrations: states.map(viewIn),
  targets: [bot, { ...bot, pending: undefined, exportFailure: undefined, lastRestart: undefined }],
};

function viewIn(state: IntegrationState, index: number): IntegrationView {
  return { ...view, id: `app:${index}`, state };
}

describe('the snapshot', () => {
  test.each(headlines.map((headline) => [headline.kind, headline] as const))(
    'crosses whole under the headline %s',
    (_, headline) => {
      expect(snapshotSchema.parse({ ...snapshot, headline })).toEqual({ ...snapshot, headline });
    },
  );

  test('is refused with anything in it that the window is not to have', () => {
    const [first, ...others] = snapshot.integrations;
    const withToken = [{ ...first, accessToken: 'xoxe.xoxb-1-test' }, ...others];
    expect(snapshotSchema.safeParse({ ...snapshot, integrations: withToken }).success).toBe(false);
    expect(snapshotSchema.safeParse({ ...snapshot, secrets: [] }).success).toBe(false);
  });
});

describe('the contract', () => {
  test('has a channel of its own for every call and every event', () => {
    const channels = [...CALLS, ...EVENTS].map(channelOf);
    expect(new Set(channels).size).toBe(channels.length);
    expect(Object.keys(CONTRACT)).toEqual([...CALLS]);
    expect(Object.keys(EVENT_CONTRACT)).toEqual([...EVENTS]);
  });

  test.each(CALLS)('refuses whatever is no argument of %s, and never throws', (call) => {
    const { args } = CONTRACT[call];
    fc.assert(
      fc.property(fc.anything(), (given) => {
        const parsed = args.safeParse(given);
        if (parsed.success) expect(parsed.data).toEqual(given);
      }),
      { numRuns: 200 },
    );
    expect(args.safeParse(undefined).success).toBe(false);
    expect(args.safeParse(null).success).toBe(false);
    expect(args.safeParse({ unknown: 1 }).success).toBe(false);
  });

  test('takes a token in a form, and one of a reasonable length', () => {
    const { args } = CONTRACT.pasteTokens;
    expect(args.safeParse({ accessToken: 'a.b.c' }).success).toBe(true);
    // A cookie holds up to 4,096 bytes, and one that is cut into several is longer.
    for (const token of ['x'.repeat(4_096), 'x'.repeat(16_000)]) {
      expect(args.safeParse({ accessToken: token, refreshToken: token }).success).toBe(true);
    }
    expect(args.safeParse({ accessToken: '' }).success).toBe(false);
    expect(args.safeParse({ accessToken: 'x'.repeat(1_000_000) }).success).toBe(false);
    const ofACookie = 'x'.repeat(4_096);
    expect(args.safeParse({ accessToken: ofACookie, refreshToken: ofACookie }).success).toBe(true);
  });

  test.each([...CALLS])('has no room for a secret in what %s answers', (call) => {
    expect(namesIn(CONTRACT[call].reply).filter(isSecretName)).toEqual([]);
  });

  test.each([...EVENTS])('has no room for a secret in %s', (event) => {
    expect(namesIn(EVENT_CONTRACT[event]).filter(isSecretName)).toEqual([]);
  });

  test('would notice one', () => {
    const nested = z.strictObject({ rows: z.array(z.strictObject({ refreshToken: z.string() })) });
    expect(namesIn(nested).filter(isSecretName)).toEqual(['refreshToken']);
  });
});

function isSecretName(name: string): boolean {
  return /token|secret|password|recoveryKey|^url$|cookie/i.test(name);
}

/** The names of all properties, however deep. */
function namesIn(schema: z.ZodMiniType): readonly string[] {
  const names: string[] = [];
  JSON.stringify(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' }), (key, value: unknown) => {
    if (key === 'properties' && typeof value === 'object' && value !== null)
      names.push(...Object.keys(value));
    return value;
  });
  return names;
}
