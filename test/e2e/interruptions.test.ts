/**
 * A rotation is under way when the application ends, in order or not: the pair is not lost, and spent once. Nor are the
 * tokens of a sign-in, of which nobody has said yet whose they are.
 */
import Database from 'better-sqlite3';
import { expect, test, vi } from 'vitest';
import { storeFile } from '../../src/node/database/open.ts';
import { createDesk, type Desk, DUE_LIFE_SECONDS, HIDDEN, signIn, type SlackApp } from './desk.ts';
import type { DrivenApplication } from './driver.ts';

/** Slack acts on it after half of that, and answers after the rest. */
const SLOW_MS = 3_000;
/** What Jeton promises, and what a busy machine takes besides. */
const END_MS = 5_000 + 1_500;

async function startRotation(
  fault: Parameters<Desk['slack']['inject']>[0] = { kind: 'none', latency: SLOW_MS },
): Promise<{
  readonly desk: Desk;
  readonly app: SlackApp;
  readonly application: DrivenApplication;
}> {
  const desk = await createDesk();
  const app = await desk.addApp('Deploy notices', DUE_LIFE_SECONDS);
  desk.slack.inject(fault, { chain: app.chain, method: 'oauth.v2.access' });
  const application = await desk.start(HIDDEN);
  // Slack has spent the token, and has not answered yet.
  await desk.slack.waitFor(({ number, outcome }) => number > 1 && outcome === 'spent');
  return { desk, app, application };
}

async function expectAliveAndSpentOnce(desk: Desk, { chain }: SlackApp): Promise<void> {
  const { slack } = desk;
  const spent = slack.chain(chain).rotations;
  const again = await desk.start(HIDDEN);
  await again.until('all is fresh', ({ tray }) => tray?.tooltip.startsWith('Everything is fresh.'));
  // What it has is good: it can be renewed with.
  await desk.type(['slack', 'refresh', '--force']);
  const { alive, rotations } = slack.chain(chain);
  expect({ alive, rotations }).toEqual({ alive: true, rotations: spent + 1 });
  expect(await again.quit()).toBe(0);
}

test('quit in the middle: ends within 5 s, with the pair', { timeout: 60_000 }, async () => {
  const { desk, app, application } = await startRotation();
  const before = performance.now();
  expect(await application.quit()).toBe(0);
  expect(performance.now() - before).toBeLessThan(END_MS);
  expect(desk.slack.resends()).toEqual(new Map());
  await expectAliveAndSpentOnce(desk, app);
  // It needed no second answer: the pair was on disk.
  expect(desk.slack.resends()).toEqual(new Map());
  await desk.expectNothingGivenAway();
});

test('the machine shuts down in the middle: it waits for the pair', { timeout: 60_000 }, async () => {
  const { desk, app, application } = await startRotation();
  const before = performance.now();
  expect(await application.shutDown()).toBe(0);
  expect(performance.now() - before).toBeLessThan(END_MS);
  expect(desk.slack.resends()).toEqual(new Map());
  await expectAliveAndSpentOnce(desk, app);
  // It needed no second answer: the pair was on disk.
  expect(desk.slack.resends()).toEqual(new Map());
  await desk.expectNothingGivenAway();
});

test('quit while Slack does not answer: ends within 5 s, and asks again', { timeout: 60_000 }, async () => {
  const { desk, app, application } = await startRotation({ kind: 'hang', processed: true });
  const before = performance.now();
  expect(await application.quit()).toBe(0);
  expect(performance.now() - before).toBeLessThan(END_MS);
  await expectAliveAndSpentOnce(desk, app);
  expect([...desk.slack.resends().values()].map((sends) => sends.map(({ outcome }) => outcome))).toEqual([
    ['spent', 'replayed-in-grace'],
  ]);
  await desk.expectNothingGivenAway();
});

test('killed in the middle: the same token is sent once more, and answers', { timeout: 60_000 }, async () => {
  const { desk, app, application } = await startRotation();
  await application.kill();
  await expectAliveAndSpentOnce(desk, app);
  expect([...desk.slack.resends().values()].map((sends) => sends.map(({ outcome }) => outcome))).toEqual([
    ['spent', 'replayed-in-grace'],
  ]);
  await desk.expectNothingGivenAway();
});

function isSealed({ home }: Desk): boolean {
  const db = new Database(storeFile(home), { readonly: true });
  try {
    return db.prepare('SELECT 1 FROM oneflex_unverified').get() !== undefined;
  } finally {
    db.close();
  }
}

test.each([
  { how: 'killed', end: 'kill' },
  { how: 'quit', end: 'quit' },
] as const)(
  '$how before OneFlex has said who signed in: the next start asks, and nobody signs in again',
  { timeout: 60_000 },
  async ({ end }) => {
    const desk = await createDesk();
    const { worldline } = desk;
    const application = await desk.start(HIDDEN);
    worldline.configure({ latencyMs: 30_000 });
    await application.chooseFromTray('Reconnect OneFlex…');
    await signIn(application, worldline);
    await vi.waitFor(() => expect(isSealed(desk)).toBe(true), 15_000);
    await application[end]();
    worldline.configure({ latencyMs: 0 });

    const again = await desk.start(HIDDEN);
    await again.until('all is fresh', ({ tray }) => tray?.tooltip.startsWith('Everything is fresh.'));
    expect((await again.see()).windows).toEqual([]);
    const status = await desk.type(['oneflex', 'status']);
    expect(status).toContain(worldline.employee.fullName);
    expect(isSealed(desk)).toBe(false);
    expect(await again.quit()).toBe(0);
    await desk.expectNothingGivenAway();
  },
);
