import { beforeEach, describe, expect, test } from 'vitest';
import { JetonError } from '../../../src/core/errors.ts';
import type { FailureClass, IntegrationId } from '../../../src/core/integration.ts';
import { stateOf } from '../../../src/core/schedule.ts';
import { Secret } from '../../../src/core/secret.ts';
import type { IntegrationSource } from '../../../src/core/ports.ts';
import type {
  RefreshPorts,
  RefreshProgress,
  RefreshReport,
  RefreshRequest,
} from '../../../src/core/slack/refresh.ts';
import { refresh } from '../../../src/core/slack/refresh.ts';
import type { MemoryRow, MemoryRows } from '../../fakes/memory-source.ts';
import { overriding, World } from '../../support/engine-world.ts';

const HOUR = 3_600_000;

let world: World;
let ports: RefreshPorts;

beforeEach(() => {
  world = new World();
  ports = world.startProcess();
});

/** Adds a row of a chain that Slack knows; due unless said otherwise. */
function addRow(
  name: string,
  rows: MemoryRows = world.rows.app,
  change: Partial<MemoryRow> = {},
): IntegrationId {
  return rows.add({ ...world.slack.issue(name), name, expiresAt: world.time.now() + HOUR, ...change });
}

function rowOf(id: IntegrationId): MemoryRow {
  const row = world.rows[id.startsWith('app:') ? 'app' : 'local'].get(id);
  if (row === undefined) throw new Error(`${id} is gone`);
  return row;
}

async function stateNow(id: IntegrationId, machine = 'home'): Promise<string> {
  const { sources } = world.startProcess(machine);
  const rows = (await Promise.all(sources.map((source) => source.list()))).flat();
  const row = rows.find((candidate) => candidate.id === id);
  const health = (await world.disk(machine).health.all()).get(id);
  return row === undefined ? 'gone' : stateOf(row, health, world.time.now()).kind;
}

async function run(request?: RefreshRequest, within: RefreshPorts = ports): Promise<RefreshReport> {
  let done = false;
  const report = refresh(within, request).finally(() => (done = true));
  for (let second = 0; second < 1800 && !done; second += 1) await world.time.advance(1000);
  return report;
}

function bothSources(): readonly [IntegrationSource, IntegrationSource] {
  const [local, app] = ports.sources;
  if (local === undefined || app === undefined) throw new Error('a process has two sources');
  return [local, app];
}

function fails(failureClass: FailureClass, code: string, retryAfterMs?: number) {
  return { kind: 'fails', failure: { class: failureClass, code, retryAfterMs } } as const;
}

describe('a run', () => {
  test('renews what is due in both sources and leaves the rest alone', async () => {
    const due = addRow('due');
    const local = addRow('local', world.rows.local);
    const fresh = addRow('fresh', world.rows.app, { expiresAt: world.time.now() + 11 * HOUR });

    const report = await run();

    expect(report).toMatchObject({ renewed: 2, unchanged: 1, failed: 0 });
    expect(rowOf(due).refreshToken).toBe('xoxe-1-test-due-2');
    expect(rowOf(local).refreshToken).toBe('xoxe-1-test-local-2');
    expect(rowOf(fresh).refreshToken).toBe('xoxe-1-test-fresh-1');
    expect(rowOf(due).expiresAt).toBeGreaterThan(world.time.now() + 11 * HOUR);
    expect(await stateNow(due)).toBe('fresh');
  });

  test('a second run right after it does nothing', async () => {
    addRow('one');
    await run();
    const sent = world.slack.sent.length;
    expect(await run()).toMatchObject({ renewed: 0, unchanged: 1, failed: 0 });
    expect(world.slack.sent).toHaveLength(sent);
  });

  test('settles the journal and remembers the renewal at once, for both to be synced to disk once', async () => {
    addRow('one');
    const { journal, health } = ports;
    const remembered = Promise.withResolvers<void>();
    const patient = {
      ...ports,
      health: overriding(health, {
        save: (memory) => {
          remembered.resolve();
          return health.save(memory);
        },
      }),
      journal: overriding(journal, {
        remove: async (entryId) => {
          await remembered.promise;
          await journal.remove(entryId);
        },
      }),
    };
    expect(await run({}, patient)).toMatchObject({ renewed: 1 });
    expect(await journal.pending()).toEqual([]);
  });

  test('a journal that cannot be settled spoils no renewal, and is settled by the next run', async () => {
    const id = addRow('one');
    const journal = overriding(ports.journal, {
      remove: () => Promise.reject(new JetonError('store-busy', { file: 'jeton.db' })),
    });
    expect(await run({}, { ...ports, journal })).toMatchObject({ renewed: 1, failed: 0 });
    expect(await ports.journal.pending()).toHaveLength(1);

    const next = await run();
    expect(next).toMatchObject({ renewed: 0, unchanged: 1 });
    expect(await ports.journal.pending()).toEqual([]);
    expect(rowOf(id).refreshToken).toBe('xoxe-1-test-one-2');
    expect(world.slack.sent).toEqual(['xoxe-1-test-one-1']);
    const events = (await ports.activity.list({ limit: 9 })).map(({ event }) => event);
    expect(events).toEqual(['renewed']);
  });

  test('a dry run says what would be done, and touches nothing', async () => {
    const id = addRow('one');
    const before = { ...rowOf(id) };
    const report = await run({ dryRun: true });
    expect(report.results).toMatchObject([{ id, outcome: 'would-renew' }]);
    expect(rowOf(id)).toEqual(before);
    expect(world.slack.sent).toEqual([]);
    expect(world.slack.verified).toEqual([]);
    expect((await world.disk('home').health.all()).size).toBe(0);
    expect(await world.disk('home').activity.list({ limit: 9 })).toEqual([]);
  });

  test('only the rows that were named, and a name that is unknown is an error before anything is sent', async () => {
    const one = addRow('one');
    addRow('two');
    expect((await run({ ids: [one] })).results.map(({ id }) => id)).toEqual([one]);
    await expect(refresh(ports, { ids: ['app:77'] })).rejects.toMatchObject({
      code: 'integration-not-found',
    });
    expect(world.slack.sent).toEqual(['xoxe-1-test-one-1']);
  });

  test('rows that share a refresh token are one chain: one request, written to all, the switched-off too', async () => {
    const tokens = world.slack.issue('shared');
    const ids = [true, true, false].map((enabled) =>
      world.rows.app.add({ ...tokens, enabled, expiresAt: world.time.now() }),
    );
    const report = await run();
    expect(world.slack.sent).toEqual(['xoxe-1-test-shared-1']);
    for (const id of ids) expect(rowOf(id).refreshToken).toBe('xoxe-1-test-shared-2');
    expect(report.renewed).toBe(3);
  });

  test('they are one chain, too, when they are in two sources', async () => {
    const tokens = world.slack.issue('shared');
    const expiresAt = world.time.now();
    const ids = [
      world.rows.local.add({ ...tokens, expiresAt }),
      world.rows.app.add({ ...tokens, expiresAt }),
      world.rows.app.add({ ...tokens, expiresAt, clientSecret: undefined }),
    ];
    await run();
    expect(world.slack.sent).toEqual(['xoxe-1-test-shared-1']);
    for (const id of ids)
      expect(rowOf(id)).toMatchObject({ refreshToken: 'xoxe-1-test-shared-2', lease: undefined });
  });

  test('broken, incomplete, paused and long-lived rows are reported, and nothing of them is sent', async () => {
    addRow('broken', world.rows.app, { defect: 'config-broken' });
    addRow('incomplete', world.rows.app, { clientSecret: '  ' });
    addRow('off', world.rows.app, { enabled: false });
    addRow('old', world.rows.app, { refreshToken: undefined, accessToken: 'xoxb-test-old' });
    const report = await run();
    expect(report.results.map(({ outcome, error }) => [outcome, error?.code, error?.fields])).toEqual([
      ['skipped', 'config-broken', []],
      ['skipped', 'fields-missing', ['client_secret']],
      ['skipped', undefined, undefined],
      ['skipped', 'long-lived-token', []],
    ]);
    expect(world.slack.sent).toEqual([]);
  });

  test('a source that cannot be read is reported, and the other one is served', async () => {
    const local = addRow('local', world.rows.local);
    const [memory, app] = bothSources();
    const down = overriding(app, {
      list: async () => Promise.reject(new JetonError('database-unreachable')),
    });
    const report = await run({}, { ...ports, sources: [memory, down] });
    expect(report).toMatchObject({
      renewed: 1,
      unreachable: [{ source: 'app', code: 'database-unreachable' }],
    });
    expect(rowOf(local).refreshToken).toBe('xoxe-1-test-local-2');
  });

  test('with the vault locked nothing is sent, for nothing could be kept', async () => {
    addRow('one');
    const vault = { ...ports.vault, ensureReady: async () => Promise.reject(new JetonError('vault-locked')) };
    await expect(refresh({ ...ports, vault })).rejects.toMatchObject({ code: 'vault-locked' });
    expect(world.slack.sent).toEqual([]);
  });

  test('an abort starts nothing more and says so', async () => {
    addRow('one');
    const report = await run({ signal: AbortSignal.abort() });
    expect(report.results).toMatchObject([{ outcome: 'skipped', error: { code: 'cancelled' } }]);
    expect(world.slack.sent).toEqual([]);
  });

  test('an abort on the way brings what is under way to its end, which alone is counted', async () => {
    const ids = ['one', 'two', 'three'].map((name) => addRow(name));
    const verified = addRow('four', world.rows.app, { expiresAt: undefined });
    ports.limiter.adopt(1);
    const stop = new AbortController();
    const slack = overriding(ports.slack, {
      refresh: (credentials) => {
        stop.abort();
        return ports.slack.refresh(credentials);
      },
    });
    const told: RefreshProgress[] = [];
    const onProgress = (progress: RefreshProgress): void => void told.push(progress);
    const report = await run({ signal: stop.signal, onProgress }, { ...ports, slack });
    const left = report.results.filter(({ error }) => error?.code === 'cancelled').map(({ id }) => id);
    expect(report).toMatchObject({ renewed: 1, failed: 0 });
    expect(left).toEqual([...ids.slice(1), verified]);
    expect(world.slack.sent).toHaveLength(1);
    expect(told[0]).toEqual({ done: 0, total: 4 });
    expect(told.at(-1)).toEqual({ done: 1, total: 4 });
  });

  test('rows of a chain that nobody asked for are not counted', async () => {
    const id = addRow('one');
    addRow('two', world.rows.local, { ...rowOf(id) });
    const told: RefreshProgress[] = [];
    await run({ ids: [id], onProgress: (progress) => void told.push(progress) });
    expect(told).toEqual([
      { done: 0, total: 1 },
      { done: 1, total: 1 },
    ]);
  });
});

describe('an answer that is lost', () => {
  test('once: the same token is sent again at once, and gets the successor', async () => {
    const id = addRow('one');
    world.slack.failNext({ kind: 'answer-lost' });
    expect(await run()).toMatchObject({ renewed: 1 });
    expect(world.slack.sent).toEqual(['xoxe-1-test-one-1', 'xoxe-1-test-one-1']);
    expect(rowOf(id).refreshToken).toBe('xoxe-1-test-one-2');
  });

  test('twice: in doubt, for every machine to see, and first in the next run', async () => {
    addRow('dying', world.rows.app, { expiresAt: world.time.now() - HOUR });
    const id = addRow('doubt', world.rows.app, { expiresAt: world.time.now() + 2 * HOUR });
    world.slack.failNext({ kind: 'answer-lost' }, { kind: 'answer-lost' });
    const report = await run({ ids: [id] });
    expect(report.results).toMatchObject([{ outcome: 'failed', error: { class: 'in-doubt' } }]);
    expect(await stateNow(id)).toBe('in-doubt');
    expect(await stateNow(id, 'another-machine')).toBe('in-doubt');

    world.slack.sent.length = 0;
    await run({}, world.startProcess('another-machine'));
    expect(world.slack.sent[0]).toBe('xoxe-1-test-doubt-1');
  });

  test('then trouble: the row stays in doubt, for the first request may have spent the token', async () => {
    const id = addRow('one');
    world.slack.failNext({ kind: 'answer-lost' }, fails('transient', 'service_unavailable'));
    await run();
    expect(await stateNow(id)).toBe('in-doubt');
    expect(rowOf(id).lease).toBeDefined();
  });

  test.each<[FailureClass, string]>([
    ['environment', 'accesslimited'],
    ['misconfigured', 'bad_client_secret'],
    ['unknown', 'some_error_of_tomorrow'],
  ])(
    'then a refusal of class %s: in doubt all the same, and asked again while the grace lasts',
    async (...refusal) => {
      const id = addRow('one');
      world.slack.failNext({ kind: 'answer-lost' }, fails(...refusal));
      const report = await run();
      expect(report.results).toMatchObject([{ error: { class: 'in-doubt', code: refusal[1] } }]);
      expect(await stateNow(id)).toBe('in-doubt');
      await world.time.advance(5000);
      expect(await run()).toMatchObject({ renewed: 1 });
      expect(rowOf(id).refreshToken).toBe('xoxe-1-test-one-2');
    },
  );
});

describe('a refusal', () => {
  test('of the chain is final: until when the access token works is known, and nothing is sent again', async () => {
    const id = addRow('one', world.rows.app, { expiresAt: world.time.now() + 5 * HOUR });
    world.slack.revoke('one');
    const report = await run();
    expect(report.results).toMatchObject([
      { outcome: 'failed', error: { class: 'chain-dead', code: 'token_revoked' } },
    ]);
    expect(await stateNow(id)).toBe('needs-reinstall');
    expect(rowOf(id).failures).toMatchObject([{ message: 'token_revoked (chain-dead)' }]);

    const again = await run();
    expect(again).toMatchObject({ failed: 1 });
    expect(world.slack.sent).toHaveLength(1);
  });

  test('is over when somebody reinstalls: the new chain is taken up by itself', async () => {
    const id = addRow('one');
    world.slack.revoke('one');
    await run();
    Object.assign(rowOf(id), world.slack.issue('reinstalled'));
    expect(await run()).toMatchObject({ renewed: 1, failed: 0 });
  });

  test('because somebody else rotated in that moment is none', async () => {
    const id = addRow('one');
    const slack = overriding(ports.slack, {
      refresh: async () => {
        Object.assign(rowOf(id), {
          refreshToken: 'xoxe-1-test-one-9',
          accessToken: 'xoxe.xoxb-1-test-one-9',
        });
        return { ok: false, failure: { class: 'chain-dead', code: 'invalid_refresh_token' } } as const;
      },
    });
    const report = await run({}, { ...ports, slack });
    expect(report.results).toMatchObject([{ outcome: 'skipped', error: undefined }]);
    expect(await stateNow(id)).not.toBe('needs-reinstall');
    expect(rowOf(id).refreshToken).toBe('xoxe-1-test-one-9');
  });

  test.each<[FailureClass, string, string]>([
    ['transient', 'service_unavailable', 'retrying'],
    ['environment', 'org_login_required', 'retrying'],
    ['unknown', 'some_error_of_tomorrow', 'retrying'],
    ['misconfigured', 'bad_client_secret', 'misconfigured'],
  ])('of class %s leaves the token unspent and the chain alive', async (failureClass, code, state) => {
    const id = addRow('one');
    world.slack.failNext(fails(failureClass, code));
    await run();
    expect(await stateNow(id)).toBe(state);
    expect(rowOf(id).lease).toBeUndefined();
    expect(await run({ force: true })).toMatchObject({ renewed: 1 });
    expect(rowOf(id).failures).toEqual([]);
  });

  test('is not asked about again at once, which is told apart from a failure of this run', async () => {
    const id = addRow('one');
    world.slack.failNext(fails('environment', 'org_login_required'));
    const [failure] = (await run()).results;
    expect(failure).toMatchObject({ outcome: 'failed' });
    expect(failure).not.toHaveProperty('triedAgainAt');
    const { retryAt } = (await world.disk('home').health.all()).get(id) ?? {};
    const later = await run();
    expect(later.results).toMatchObject([{ outcome: 'failed', triedAgainAt: retryAt }]);
    expect(retryAt).toBeGreaterThan(world.time.now());
    expect(world.slack.sent).toHaveLength(1);
    expect((await run({ asked: true, dryRun: true })).results).toMatchObject([{ outcome: 'would-renew' }]);
    expect(await run({ asked: true })).toMatchObject({ renewed: 1, failed: 0 });
  });

  test('for the pace binds a person as well', async () => {
    addRow('one');
    world.slack.failNext(fails('transient', 'ratelimited', HOUR));
    await run();
    expect((await run({ asked: true })).results).toMatchObject([
      { outcome: 'failed', error: { code: 'ratelimited' }, triedAgainAt: expect.any(Number) },
    ]);
    expect(world.slack.sent).toHaveLength(1);
  });

  test('for the pace (429) is waited out within the run', async () => {
    for (const name of ['one', 'two', 'three']) addRow(name);
    world.slack.failNext(fails('transient', 'ratelimited', 5000), fails('transient', 'ratelimited', 30_000));
    expect(await run()).toMatchObject({ renewed: 3, failed: 0 });
    expect(world.slack.sent).toHaveLength(5);
  });

  test('for the pace, for longer than anybody waits, ends the run and is remembered', async () => {
    const ids = ['one', 'two', 'three'].map((name) => addRow(name));
    world.slack.failNext(...ids.map(() => fails('transient', 'ratelimited', HOUR)));
    const startedAt = world.time.now();
    const report = await run();
    expect(world.time.now() - startedAt).toBeLessThan(10_000);
    expect(report.results.map(({ error }) => error?.code)).toEqual(ids.map(() => 'ratelimited'));
    for (const id of ids) expect(await stateNow(id)).toBe('retrying');
    await world.time.advance(HOUR);
    expect(await run()).toMatchObject({ renewed: 3 });
  });
});

describe('a reply', () => {
  test('is remembered and noted in one go, which a store on disk syncs once', async () => {
    addRow('one');
    const noted = Promise.withResolvers<void>();
    const health = overriding(ports.health, {
      save: async (remembered) => {
        await noted.promise;
        await ports.health.save(remembered);
      },
    });
    const activity = overriding(ports.activity, {
      record: async (entry) => {
        noted.resolve();
        await ports.activity.record(entry);
      },
    });
    expect(await run({}, { ...ports, health, activity })).toMatchObject({ renewed: 1 });
    expect(await world.disk('home').activity.list({ limit: 9 })).toMatchObject([{ event: 'renewed' }]);
  });

  test('without a refresh token keeps the old one, and says so', async () => {
    const id = addRow('one');
    const { accessToken } = world.slack.issue('other');
    const slack = overriding(ports.slack, {
      refresh: async () =>
        ({
          ok: true,
          value: { accessToken: new Secret(accessToken), refreshToken: undefined, expiresIn: 43_200 },
        }) as const,
    });
    await run({}, { ...ports, slack });
    expect(rowOf(id)).toMatchObject({ refreshToken: 'xoxe-1-test-one-1', accessToken });
    const events = (await world.disk('home').activity.list({ limit: 9 })).map(({ event }) => event);
    expect(events).toContain('refresh-token-kept');
  });

  test('never replaces a pair that somebody else wrote meanwhile; ours is kept 12 h', async () => {
    const id = addRow('one');
    const slack = overriding(ports.slack, {
      refresh: async (credentials: Parameters<RefreshPorts['slack']['refresh']>[0]) => {
        const reply = await world.slack.refresh(credentials);
        Object.assign(rowOf(id), {
          refreshToken: 'xoxe-1-test-theirs-1',
          accessToken: 'xoxe.xoxb-1-test-theirs-1',
        });
        return reply;
      },
    });
    const report = await run({}, { ...ports, slack });
    expect(report.results).toMatchObject([{ outcome: 'skipped', error: { code: 'changed-meanwhile' } }]);
    expect(rowOf(id).refreshToken).toBe('xoxe-1-test-theirs-1');

    const { journal } = world.disk('home');
    world.slack.issue('theirs');
    await run();
    expect(await journal.pending()).toHaveLength(1);
    await world.time.advance(13 * HOUR);
    await run();
    expect(await journal.pending()).toEqual([]);
  });

  test('of which one sibling was overwritten meanwhile is brought home once, not in every run', async () => {
    const tokens = world.slack.issue('shared');
    const ids = [1, 2].map(() => world.rows.app.add({ ...tokens, expiresAt: world.time.now() }));
    const slack = overriding(ports.slack, {
      refresh: async (credentials) => {
        const reply = await world.slack.refresh(credentials);
        Object.assign(rowOf(ids[1] ?? 'app:0'), world.slack.issue('theirs'));
        return reply;
      },
    });
    await run({}, { ...ports, slack });
    await run();
    world.slack.verified.length = 0;
    await world.time.advance(HOUR);
    for (let round = 0; round < 3; round += 1) await run();
    const events = (await world.disk('home').activity.list({ limit: 99 })).map(({ event }) => event);
    expect(events.filter((event) => event === 'recovered')).toEqual([]);
    expect(world.slack.verified).toEqual([]);
  });

  test('that was undone by an application writing its old row back is put back without sending anything', async () => {
    const id = addRow('one');
    const old = { ...rowOf(id) };
    await run();
    Object.assign(rowOf(id), old);
    expect(await run()).toMatchObject({ failed: 0 });
    expect(rowOf(id).refreshToken).toBe('xoxe-1-test-one-2');
    expect(world.slack.sent).toEqual(['xoxe-1-test-one-1']);
  });

  test('reaches the row although the journal takes nothing', async () => {
    const id = addRow('one');
    const journal = overriding(ports.journal, { record: async () => Promise.reject(new Error('disk full')) });
    expect(await run({}, { ...ports, journal })).toMatchObject({ renewed: 1 });
    expect(rowOf(id).refreshToken).toBe('xoxe-1-test-one-2');
  });

  test('that neither store takes is tried until one does', async () => {
    const id = addRow('one');
    let refusals = 3;
    const refuse = (): void => {
      refusals -= 1;
      if (refusals > 0) throw new JetonError('database-unreachable');
    };
    const [local, app] = bothSources();
    const flaky = overriding(app, { save: async (...args) => (refuse(), app.save(...args)) });
    const journal = overriding(ports.journal, { record: async () => Promise.reject(new Error('disk full')) });
    expect(await run({}, { ...ports, journal, sources: [local, flaky] })).toMatchObject({ renewed: 1 });
    expect(rowOf(id).refreshToken).toBe('xoxe-1-test-one-2');
  });

  test('whose row cannot be written now is written by the next run, and sent again never', async () => {
    const id = addRow('one');
    const [local, app] = bothSources();
    const down = overriding(app, {
      save: async () => Promise.reject(new JetonError('database-unreachable')),
    });
    const report = await run({}, { ...ports, sources: [local, down] });
    expect(report.results).toMatchObject([{ outcome: 'failed', error: { code: 'row-not-written' } }]);
    expect(await run()).toMatchObject({ failed: 0 });
    expect(rowOf(id).refreshToken).toBe('xoxe-1-test-one-2');
    expect(world.slack.sent).toHaveLength(1);
  });
});

describe('a pause', () => {
  test('that comes while a run is under way is not undone by it', async () => {
    const id = addRow('one');
    const slack = overriding(ports.slack, {
      refresh: async (credentials) => {
        await world.disk('home').health.setPaused(id, undefined, true);
        return world.slack.refresh(credentials);
      },
    });
    await run({}, { ...ports, slack });
    expect(await stateNow(id)).toBe('paused');
  });
});

describe('verification', () => {
  test('of a token that nobody dated teaches when it dies', async () => {
    const id = addRow('one', world.rows.app, { expiresAt: undefined });
    const slack = overriding(ports.slack, {
      authTest: async () => ({ ok: true, value: { team: 'T', user: 'U', expiresIn: 40_000 } }) as const,
    });
    const report = await run({}, { ...ports, slack });
    expect(report.results).toMatchObject([{ id, outcome: 'unchanged' }]);
    const health = (await world.disk('home').health.all()).get(id);
    expect(health?.learntExpiresAt).toBe(report.results[0]?.expiresAt);
    expect(world.slack.sent).toEqual([]);
  });

  test('of a token that does not work renews it at once, for all rows of its chain', async () => {
    const tokens = world.slack.issue('shared');
    const expiresAt = world.time.now() + 11 * HOUR;
    const ids = [1, 2].map(() => world.rows.app.add({ ...tokens, expiresAt }));
    const dead = fails('environment', 'invalid_auth');
    world.slack.failNext(dead, dead);
    await run();
    for (const id of ids) expect(rowOf(id).refreshToken).toBe('xoxe-1-test-shared-2');
    expect(world.slack.sent).toEqual(['xoxe-1-test-shared-1']);
  });

  test.each<[FailureClass, string]>([
    ['chain-dead', 'account_inactive'],
    ['chain-dead', 'token_revoked'],
    ['environment', 'org_login_required'],
    ['unknown', 'not_authed'],
    ['unknown', 'some_error_of_tomorrow'],
  ])('that Slack refuses (%s: %s) renews at once', async (...refusal) => {
    const id = addRow('one', world.rows.app, { expiresAt: world.time.now() + 11 * HOUR });
    world.slack.failNext(fails(...refusal));
    expect(await run()).toMatchObject({ renewed: 1 });
    expect(rowOf(id).refreshToken).toBe('xoxe-1-test-one-2');
    expect(await stateNow(id)).toBe('fresh');
  });

  test.each<[FailureClass, string, string]>([
    ['chain-dead', 'account_inactive', 'needs-reinstall'],
    ['environment', 'org_login_required', 'retrying'],
    ['unknown', 'some_error_of_tomorrow', 'retrying'],
  ])('that Slack refuses as it does the renewal (%s: %s) is a failure', async (failureClass, code, state) => {
    const id = addRow('one', world.rows.app, { expiresAt: world.time.now() + 11 * HOUR });
    world.slack.failNext(fails(failureClass, code), fails(failureClass, code));
    const report = await run();
    expect(report).toMatchObject({ failed: 1, results: [{ error: { code, class: failureClass } }] });
    expect(await stateNow(id)).toBe(state);
    await run();
    expect([world.slack.verified.length, world.slack.sent.length]).toEqual([1, 1]);
  });

  test('that is refused again and again renews a row without expiry every few hours, not at every look', async () => {
    const id = addRow('one', world.rows.app, { expiresAt: undefined });
    const slack = overriding(ports.slack, {
      authTest: async () => ({ ok: false, failure: { class: 'unknown', code: 'not_authed' } }) as const,
      refresh: async (credentials) => {
        const reply = await world.slack.refresh(credentials);
        return reply.ok ? { ok: true, value: { ...reply.value, expiresIn: undefined } } : reply;
      },
    });
    for (let quarter = 0; quarter < 24 * 4; quarter += 1) {
      await run({}, { ...ports, slack });
      await world.time.advance(HOUR / 4);
    }
    expect(rowOf(id).expiresAt).toBeUndefined();
    expect(world.slack.sent.length).toBeGreaterThan(1);
    expect(world.slack.sent.length).toBeLessThan(10);
  });

  test('that does not come through makes nobody ask for ever about a row without expiry: it is renewed', async () => {
    const id = addRow('one', world.rows.app, { expiresAt: undefined });
    world.slack.failNext(fails('transient', 'not-json'));
    expect(await run()).toMatchObject({ unchanged: 1 });
    await world.time.advance(HOUR / 4);
    expect(await run()).toMatchObject({ renewed: 1 });
    expect(world.slack.verified).toHaveLength(1);
    expect(await stateNow(id)).toBe('fresh');
  });

  test('that fails for another reason changes nothing and comes again a little later', async () => {
    const id = addRow('one', world.rows.app, { expiresAt: world.time.now() + 11 * HOUR });
    world.slack.failNext(fails('transient', 'service_unavailable'));
    expect(await run()).toMatchObject({ unchanged: 1, failed: 0 });
    expect(await stateNow(id)).toBe('fresh');
    await run();
    expect(world.slack.verified).toHaveLength(1);
    await world.time.advance(HOUR / 4);
    await run();
    expect(world.slack.verified).toHaveLength(2);
  });

  test('happens again every 4 hours', async () => {
    addRow('one', world.rows.app, { expiresAt: world.time.now() + 11 * HOUR });
    await run();
    await world.time.advance(3.9 * HOUR);
    await run();
    expect(world.slack.verified).toHaveLength(1);
    await world.time.advance(0.2 * HOUR);
    await run();
    expect(world.slack.verified).toHaveLength(2);
  });
});
