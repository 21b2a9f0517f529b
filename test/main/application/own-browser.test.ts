/** Signing in in the person's own browser, a real one, with a person who is the test. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { profileOf } from '../../../src/node/sso/profile-browser.ts';
import { createApplicationWorld } from '../../support/application-world.ts';
import { browsersOn, installedChromium, startDisplay } from '../../support/browser.ts';
import { personAt } from '../../support/person.ts';

vi.setConfig({ testTimeout: 60_000 });

test('signing in in one’s own browser brings the tokens, and is how it is renewed from then on', async () => {
  const display = await startDisplay();
  onTestFinished(() => display.stop());
  const world = await createApplicationWorld();
  Object.assign(world.env, display.env);
  const running = await world.start();
  await running.call('setSetting', { key: 'oneflex.browser', value: installedChromium() });
  const { worldline, desktop, folder } = world;

  const reply = running.call('signIn', { browser: 'own' });
  await running.until(({ signingIn }) => signingIn);
  await worldline.waitFor('visited');
  const person = await personAt(profileOf(folder));
  onTestFinished(() => person.leave());
  await person.signIn(worldline.employee, { stay: true });
  expect(await reply).toMatchObject({ kind: 'signed-in', account: worldline.employee.fullName });
  const state = await running.until(({ rows, signingIn }) => rows.length === 1 && !signingIn);
  expect(state.rows).toEqual([{ id: 'oneflex:1', action: 'renew', failure: null }]);
  expect(await running.call('verifyOneflex')).toMatchObject({ account: worldline.employee.fullName });
  expect(world.settingsFile.get('oneflex.signInWith')).toBe('own');

  // Without anybody, through the same browser: the application's own window is not asked.
  await running.call('retry');
  expect(await running.call('renewOneflex')).toEqual({ renewed: true, explanation: null });
  expect(worldline.count('asked-for-email')).toBe(1);
  expect(desktop.signInWindow.attempts).toEqual([]);
  await running.application.close();
  expect(browsersOn(profileOf(folder))).toEqual([]);
});
