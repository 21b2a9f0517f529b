/** More than one Jeton on one home. */
import { expect, test } from 'vitest';
import { createDesk, DUE_LIFE_SECONDS, HIDDEN, isOurs, rowIs, rowOf, sentenceIs } from './desk.ts';

test('a second start shows the window of the first, and ends', { timeout: 60_000 }, async () => {
  const desk = await createDesk();
  await desk.addApp('Deploy notices');
  const application = await desk.start(HIDDEN);
  await application.until('the tray is there', ({ tray }) => tray);
  expect((await application.see()).windows).toEqual([]);

  expect(await application.startSecond()).toBe(0);
  const page = await desk.window(application);
  await rowIs(page, 'Deploy notices', 'fresh');
  await application.closeWindow((await application.see()).windows.find(isOurs)!.id);
  await application.until('it is hidden', ({ windows }) =>
    windows.every((one) => one.visibility === 'hidden'),
  );
  expect(await application.startSecond()).toBe(0);
  await application.until('it is shown', ({ windows }) => windows.some((one) => one.visibility === 'shown'));
  expect((await application.see()).windows).toHaveLength(1);
  await desk.expectNothingGivenAway();
});

test(
  'command line and tray at the same time: each chain once, and both see it',
  { timeout: 90_000 },
  async () => {
    const desk = await createDesk({ latency: { min: 50, max: 400 } });
    const { slack } = desk;
    const apps = [];
    for (const name of ['One', 'Two', 'Three', 'Four', 'Five', 'Six'])
      apps.push(await desk.addApp(name, DUE_LIFE_SECONDS));
    const before = slack.ledger.length;

    const [application] = await Promise.all([
      desk.start(),
      desk.type(['slack', 'refresh']),
      desk.type(['slack', 'refresh']),
    ]);
    const page = await desk.window(application);
    await sentenceIs(page, /^Everything is fresh: 6 integrations\./);
    expect(
      slack.ledger
        .slice(before)
        .map(({ chain, outcome }) => `${chain} ${outcome}`)
        .sort(),
    ).toEqual(apps.map(({ chain }) => `${chain} spent`).sort());

    // What the one does, the other shows.
    const [one, two] = apps;
    await desk.type(['slack', 'pause', one!.id]);
    await rowIs(page, 'One', 'paused');
    await rowOf(page, 'One').getByRole('button', { name: 'Resume: One' }).click();
    await rowIs(page, 'One', 'fresh');
    await desk.type(['slack', 'remove', two!.id, '--yes']);
    await rowOf(page, 'Two').waitFor({ state: 'detached' });
    await desk.addApp('Seven');
    await rowIs(page, 'Seven', 'fresh');
    expect(await desk.type(['slack', 'list'])).not.toMatch(/paused|Two/);
    await desk.expectNothingGivenAway();
  },
);
