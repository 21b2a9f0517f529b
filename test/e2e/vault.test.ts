/** The vault’s key is away, and comes back: out of a file, on any system. (Out of a keyring: keyring.test.ts.) */
import { renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TEST_KEY } from '../support/open-stores.ts';
import { createDesk, DUE_LIFE_SECONDS, rotationsSince, rowIs, sentenceIs, vaultIsLocked } from './desk.ts';

test('without its key nothing is lost, and it comes back by itself', { timeout: 120_000 }, async () => {
  const desk = await createDesk();
  const { slack } = desk;
  const app = await desk.addApp('Deploy notices', DUE_LIFE_SECONDS);
  const before = slack.ledger.length;
  const away = `${desk.keyFile}.away`;
  renameSync(desk.keyFile, away);

  const application = await desk.start();
  const page = await desk.window(application);
  const state = await vaultIsLocked(
    page,
    application,
    'The key from JETON_MASTER_KEY_FILE cannot be used: it does not exist.',
  );
  await rowIs(page, 'Deploy notices', 'due');
  // What was set is not gone around: a key that is typed instead opens nothing.
  await state.getByRole('button', { name: 'Use the recovery key' }).click();
  await state.getByRole('textbox', { name: 'Recovery key' }).fill(TEST_KEY);
  await state.getByRole('button', { name: 'Unlock' }).click();
  await state.getByRole('alert').waitFor();
  expect(slack.ledger.slice(before)).toEqual([]);

  renameSync(away, desk.keyFile);
  await application.happen('resume');
  await rowIs(page, 'Deploy notices', 'fresh');
  await state.waitFor({ state: 'detached' });
  await sentenceIs(page, /^Everything is fresh\./);
  expect(rotationsSince(slack, before)).toEqual([`${app.chain} spent`]);
  await desk.expectNothingGivenAway();
  expect(await application.quit()).toBe(0);
});
