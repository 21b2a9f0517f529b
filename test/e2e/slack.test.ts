/** A Slack app that was revoked needs its person, and says so once. */
import { expect, test } from 'vitest';
import { createDesk, DUE_LIFE_SECONDS, HIDDEN, rowIs, rowOf, sentenceIs } from './desk.ts';

const ALERT = 'Incident room has to be installed again in Slack';

test('revoked in Slack: until when it works, what to do, and green again', { timeout: 90_000 }, async () => {
  const desk = await createDesk();
  const { slack } = desk;
  await desk.addApp('Deploy notices');
  const revoked = await desk.addApp('Incident room', DUE_LIFE_SECONDS);
  slack.revoke(revoked.chain);

  const first = await desk.start(HIDDEN);
  const said = await first.until('a notification', ({ notifications }) => notifications[0]);
  expect(said.title).toBe(ALERT);
  expect(said.body).toMatch(/The access token works until \d\d:\d\d\./);
  await first.until('the tray says so', ({ tray }) => tray?.tooltip === 'Incident room needs you.');
  expect((await first.see()).notifications).toHaveLength(1);
  expect(await first.quit()).toBe(0);

  // Nobody is told twice of the same thing, by whichever run.
  const second = await desk.start(HIDDEN);
  await second.until('the tray says so', ({ tray }) => tray?.tooltip === 'Incident room needs you.');
  await second.chooseFromTray('Incident room: reinstall', 'Show details');
  const page = await desk.window(second);
  await sentenceIs(page, 'Incident room needs you.');
  await rowIs(page, 'Incident room', 'reinstall');
  const row = rowOf(page, 'Incident room');
  await row
    .getByText(/until \d\d:\d\d|expired/)
    .first()
    .waitFor();
  await row.getByText('Slack does not accept the refresh token any more.').waitFor();
  await row.getByText(/Install the app again in this workspace/).waitFor();

  await row.getByRole('button', { name: 'New tokens: Incident room' }).click();
  const form = page.getByRole('form', { name: 'New tokens' });
  const refreshToken = form.getByLabel('Refresh token');
  // What cannot be one is said before anybody is asked, and what was typed stays.
  await refreshToken.fill('xoxb-1-typed-by-mistake');
  await form.getByRole('button', { name: 'Check and save' }).click();
  await form.getByText('A refresh token begins with xoxe-.').waitFor();
  expect(await refreshToken.inputValue()).toBe('xoxb-1-typed-by-mistake');
  const again = slack.issueChain();
  await refreshToken.fill(again.refreshToken);
  await form.getByLabel('Client id').fill(again.clientId);
  await form.getByLabel('Client secret').fill(again.clientSecret);
  await form.getByRole('button', { name: 'Check and save' }).click();
  await rowIs(page, 'Incident room', 'fresh');
  await sentenceIs(page, /^Everything is fresh: 2 integrations\./);
  await second.until('the icon is well', ({ tray }) => tray?.icon === 'fresh');
  expect(slack.chain(again).rotations).toBe(1);
  expect((await second.see()).notifications).toEqual([]);
  await desk.expectNothingGivenAway();
  expect(await second.quit()).toBe(0);
});
