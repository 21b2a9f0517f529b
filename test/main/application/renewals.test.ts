/** What a person asked to be renewed: how far it has come, and how it is stopped. */
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type BegunRenewal, Renewals } from '../../../src/main/application/renewals.ts';
import type { AppState, Reply } from '../../../src/shared/ipc/bridge.ts';
import { createApplicationWorld } from '../../support/application-world.ts';
import { addDueRow } from '../../support/due-row.ts';
import { signedInWith } from '../../fakes/fake-desktop.ts';

const ROWS = 6;

/** Slack takes its time, two at once, and the daemon leaves alone what is due. */
async function setScene() {
  const world = await createApplicationWorld({ latency: 1_100 });
  const running = await world.start();
  await running.call('setSetting', { key: 'slack.concurrency', value: 2 });
  await running.call('pauseAll', { until: 'resumed' });
  return { world, ...running };
}

async function addDueRows({ world, until }: Awaited<ReturnType<typeof setScene>>): Promise<void> {
  const elsewhere = await world.elsewhere();
  for (let row = 0; row < ROWS; row += 1) await addDueRow(elsewhere, world.slack, `Team ${row}`);
  await until(({ rows }) => rows.length === ROWS);
}

describe('renewing what is due', () => {
  test('can be stopped: what was sent is stored, the rest is left, and no token is spent twice', async () => {
    const scene = await setScene();
    const { call, until, world, states } = scene;
    await addDueRows(scene);
    const spentChains = (): readonly string[] =>
      world.slack.ledger.filter(({ outcome }) => outcome === 'spent').map(({ chain }) => chain ?? '');

    const first = call('refresh');
    const joined = call('refresh', { force: false });
    const { renewing } = await until(({ renewing: now }) => now !== null && now.done > 0);
    expect(renewing).toEqual({ done: expect.any(Number), total: ROWS, isStopping: false });
    await call('cancelRefresh');
    await until(({ renewing: now }) => now?.isStopping === true);
    const report = await first;
    expect(await joined).toEqual(report);
    expect(report.renewed).toBeGreaterThan(0);
    expect(report).toMatchObject({ failed: 0, left: ROWS - report.renewed });
    expect(report.left).toBeGreaterThan(0);
    expect(spentChains()).toHaveLength(report.renewed);
    await until(
      ({ renewing: now, snapshot: { integrations } }) =>
        now === null && integrations.filter(({ state }) => state.kind === 'fresh').length === report.renewed,
    );
    expect(states.filter(({ renewing: now }) => now !== null && now.total !== ROWS)).toEqual([]);

    // What was left is as it was, and is renewed by the next one.
    expect(await call('refresh')).toMatchObject({ renewed: report.left, failed: 0, left: 0 });
    expect(new Set(spentChains()).size).toBe(ROWS);
    expect(spentChains()).toHaveLength(ROWS);
  });

  test('leaves OneFlex, too, where it is stopped before', async () => {
    const scene = await setScene();
    const { call, until, world } = scene;
    const signingIn = call('signIn', { browser: 'window' });
    await world.desktop.signInWindow.opened();
    world.desktop.signInWindow.end(signedInWith(world.worldline.issue(world.worldline.employee)));
    await signingIn;
    const { chain: _, ...app } = world.newApp();
    const { id } = await call('addSlack', app);
    await until(({ rows }) => rows.length === 2);
    const underWay = call('refresh', { force: true, ids: ['oneflex:1', id] });
    await until(({ renewing }) => renewing !== null);
    const told = until(({ renewing }) => renewing?.isStopping === true);
    await call('cancelRefresh');
    expect((await told).renewing).toMatchObject({ total: 2 });
    const report = await underWay;
    expect(report).toMatchObject({ renewed: 1, failed: 0, left: 1 });
    expect(report.results[0]).toMatchObject({ id: 'oneflex:1', outcome: 'skipped' });
  });
});

describe('renewals', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const answer = (renewed: number): Reply<'refresh'> => ({
    renewed,
    unchanged: 0,
    failed: 0,
    waiting: 0,
    skipped: 0,
    left: 0,
    results: [],
  });

  function start() {
    const told: AppState['renewing'][] = [];
    const renewals: Renewals = new Renewals(() => void told.push(renewals.shown));
    const begun: (BegunRenewal & { readonly end: (renewed: number) => void })[] = [];
    const run = (asked: Parameters<Renewals['run']>[0]): Promise<Reply<'refresh'>> =>
      renewals.run(asked, (renewal) => {
        const { promise, resolve } = Promise.withResolvers<Reply<'refresh'>>();
        begun.push({ ...renewal, end: (renewed) => resolve(answer(renewed)) });
        return promise;
      });
    onTestFinished(() => begun.forEach(({ end }) => end(0)));
    return { renewals, told, begun, run };
  }

  test('of the same are one, until it is stopped', async () => {
    const { renewals, begun, run } = start();
    const all = [run({}), run({ force: false })];
    const some = [
      run({ ids: ['local:1', 'local:2'], force: true }),
      run({ ids: ['local:2', 'local:1'], force: true }),
    ];
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toHaveLength(2);
    renewals.stop();
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    const next = run({});
    await vi.advanceTimersByTimeAsync(0);
    expect(begun).toHaveLength(3);
    begun.forEach(({ end }, index) => end(index));
    expect((await Promise.all([...all, ...some, next])).map(({ renewed }) => renewed)).toEqual([
      0, 0, 1, 1, 2,
    ]);
  });

  test('are told of once a second, however many there are, and not where they are over sooner', async () => {
    const { renewals, told, begun, run } = start();
    const short = run({ ids: ['local:1'] });
    await vi.advanceTimersByTimeAsync(100);
    begun[0]?.progressed({ done: 0, total: 1 });
    begun[0]?.end(1);
    await short;
    expect(told).toEqual([]);

    const long = run({});
    await vi.advanceTimersByTimeAsync(0);
    for (let done = 0; done < 500; done += 1) {
      begun[1]?.progressed({ done, total: 500 });
      await vi.advanceTimersByTimeAsync(8);
    }
    expect(told).toHaveLength(4);
    expect(told.at(-1)).toEqual({ done: 499, total: 500, isStopping: false });
    renewals.stop();
    expect(told.at(-1)).toEqual({ done: 499, total: 500, isStopping: true });
    begun[1]?.end(499);
    await long;
    expect(told.at(-1)).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that are refused are told of no more', async () => {
    const { renewals } = start();
    const refused = renewals.run({}, ({ progressed }) => {
      progressed({ done: 0, total: 3 });
      return new Promise((_, reject) => setTimeout(() => reject(new Error('locked')), 1_100));
    });
    const thrown = refused.catch(String);
    await vi.advanceTimersByTimeAsync(1_050);
    expect(renewals.shown).toMatchObject({ total: 3 });
    await vi.advanceTimersByTimeAsync(100);
    expect(await thrown).toBe('Error: locked');
    expect(renewals.shown).toBeNull();
    expect(vi.getTimerCount()).toBe(0);
  });
});
