/** The vault is locked, and opens again: a real keyring, on a bus of its own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { createDesk, DUE_LIFE_SECONDS, rotationsSince, rowIs, sentenceIs, vaultIsLocked } from './desk.ts';

let keyring: Keyring;
beforeAll(async () => {
  keyring = await startKeyring();
});
afterAll(() => keyring.dispose());

test('locked, nothing is lost, and it comes back by itself', { timeout: 120_000 }, async () => {
  const { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR } = keyring.env;
  const desk = await createDesk({
    env: { DBUS_SESSION_BUS_ADDRESS, XDG_RUNTIME_DIR, JETON_MASTER_KEY_FILE: undefined },
  });
  const { slack } = desk;
  const app = await desk.addApp('Deploy notices', DUE_LIFE_SECONDS);
  const before = slack.ledger.length;
  await keyring.lock();

  const application = await desk.start();
  const page = await desk.window(application);
  const state = await vaultIsLocked(page, application, 'Unlock your keychain; Jeton notices.');
  await rowIs(page, 'Deploy notices', 'due');
  // Asking again is no harm.
  await state.getByRole('button', { name: 'Try again' }).click();
  await state.getByRole('button', { name: 'Use the recovery key' }).click();
  await state.locator('input').fill('not-a-key');
  await state.getByRole('button', { name: 'Unlock' }).click();
  await state.getByRole('alert').waitFor();
  expect(slack.ledger.slice(before)).toEqual([]);

  await keyring.unlock();
  await application.happen('resume');
  await rowIs(page, 'Deploy notices', 'fresh');
  await state.waitFor({ state: 'detached' });
  await sentenceIs(page, /^Everything is fresh\./);
  expect(rotationsSince(slack, before)).toEqual([`${app.chain} spent`]);
  await desk.expectNothingGivenAway();
  expect(await application.quit()).toBe(0);
});
