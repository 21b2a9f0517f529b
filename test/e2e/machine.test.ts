/** The machine sleeps, is locked, and comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createDesk, DUE_LIFE_SECONDS, HIDDEN, rotationsSince, sentenceIs, signIn } from './desk.ts';

/** Two seconds, for the network to be there, and what a busy machine takes besides. */
const SOON_MS = 15_000;

const MINUTE_MS = 60_000;

/** Windows has no such signals: there it runs on, and has to do no more than otherwise all the same. */
function hold(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  if (process.platform !== 'win32') process.kill(pid, signal);
}

test(
  'what became due during sleep is caught up once, however often the machine says that it is back',
  {
    timeout: 60_000,
  },
  async () => {
    const desk = await createDesk();
    const { slack } = desk;
    await desk.addApp('Deploy notices');
    const application = await desk.start(HIDDEN);
    await application.until('all is fresh', ({ tray }) => tray?.tooltip.startsWith('Everything is fresh.'));

    await application.happen('suspend');
    // As on a machine that sleeps, nothing of it runs. What is due when it wakes up is put there meanwhile.
    hold(application.pid, 'SIGSTOP');
    const apps = [];
    for (const name of ['One', 'Two', 'Three']) apps.push(await desk.addApp(name, DUE_LIFE_SECONDS));
    const before = slack.ledger.length;
    hold(application.pid, 'SIGCONT');
    const backAt = Date.now();
    for (const event of ['resume', 'unlock-screen', 'resume', 'unlock-screen'] as const)
      await application.happen(event);

    await application.until('all is fresh', ({ tray }) =>
      tray?.tooltip.startsWith('Everything is fresh: 4 integrations.'),
    );
    await application.happen('resume');
    await desk.type(['slack', 'refresh']);
    // Soon, and not at the next minute that comes by.
    expect((slack.ledger[before]?.at ?? Infinity) - backAt).toBeLessThan(SOON_MS);
    expect(rotationsSince(slack, before)).toEqual(apps.map(({ chain }) => `${chain} spent`).sort());
    await desk.expectNothingGivenAway();
  },
);

test('what became due without a network is caught up once it is back', { timeout: 60_000 }, async () => {
  const desk = await createDesk();
  const { slack } = desk;
  // A quarter of a minute between two looks.
  const hurry = [{ from: 15_000, to: 100 }];
  const application = await desk.start({ ...HIDDEN, hurry });
  await application.until('it is there', ({ tray }) => tray?.tooltip === 'Nothing to keep fresh yet.');
  // The daemon looks with each minute, too: this is to be over before the next one.
  const left = MINUTE_MS - (Date.now() % MINUTE_MS);
  if (left < SOON_MS) await sleep(left + 1_000);
  const nextMinute = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
  await application.happen('offline');
  const due = await desk.addApp('Incident room', DUE_LIFE_SECONDS);
  const before = slack.ledger.length;
  await application.happen('online');
  const { at } = await slack.waitFor(({ number, chain }) => number > before && chain === due.chain);
  expect(at).toBeLessThan(nextMinute);
  await desk.expectNothingGivenAway();
});

test(
  'nobody is asked while the screen is locked; then a click on the notification leads to the sign-in',
  {
    timeout: 60_000,
  },
  async () => {
    const desk = await createDesk();
    const { worldline } = desk;
    const application = await desk.start(HIDDEN);
    await application.until('it is there', ({ tray }) => tray?.tooltip === 'Nothing to keep fresh yet.');
    await application.happen('lock-screen');
    await desk.signInWithDueTokens();
    worldline.expireTokens('refresh');
    await application.happen('resume');
    const name = `OneFlex (${worldline.employee.fullName})`;
    await application.until('it has lapsed', ({ tray }) => tray?.tooltip === `${name} needs you.`);
    await application.happen('resume');
    await desk.type(['oneflex', 'status'], { exits: 4 });
    expect((await application.see()).notifications).toEqual([]);

    await application.happen('unlock-screen');
    const said = await application.until('a notification', ({ notifications }) => notifications[0]);
    expect(said.title).toBe(`${name} needs you to sign in again`);
    await application.clickNotification(said.id);
    await signIn(application, worldline);
    await application.until('the sign-in window is gone', ({ windows }) => windows.length === 0);
    await application.until('all is well', ({ tray }) => tray?.tooltip.startsWith('Everything is fresh.'));
    expect((await application.see()).notifications).toHaveLength(1);
    await application.chooseFromTray('Open Jeton');
    await sentenceIs(await desk.window(application), /^Everything is fresh\./);
    await desk.expectNothingGivenAway();
  },
);

test('paused from the tray, nothing is sent though something is due', { timeout: 60_000 }, async () => {
  const desk = await createDesk();
  const { slack } = desk;
  await desk.addApp('Deploy notices');
  const application = await desk.start(HIDDEN);
  await application.until('all is fresh', ({ tray }) => tray?.tooltip.startsWith('Everything is fresh.'));
  await application.chooseFromTray('Pause', 'For an hour');
  await application.until('the icon says so', ({ tray }) => tray?.icon === 'paused');
  await application.until('…and the tooltip', ({ tray }) => tray?.tooltip.startsWith('Paused until '));

  const due = await desk.addApp('Incident room', DUE_LIFE_SECONDS);
  const before = slack.ledger.length;
  // A pause outlives the application, and holds for one that starts and looks at once.
  expect(await application.quit()).toBe(0);
  const again = await desk.start();
  const page = await desk.window(again);
  await page.getByText(/^Everything is paused until/).waitFor();
  await again.happen('resume');
  await again.until('it is paused', ({ tray }) => tray?.icon === 'paused');
  expect(slack.ledger.slice(before)).toEqual([]);

  await again.chooseFromTray('Resume');
  await slack.waitFor(({ number, chain }) => number > before && chain === due.chain);
  await again.until('all is fresh', ({ tray }) => tray?.icon === 'fresh');
  await sentenceIs(page, /^Everything is fresh: 2 integrations\./);
  expect(rotationsSince(slack, before)).toEqual([`${due.chain} spent`]);
  await desk.expectNothingGivenAway();
});
