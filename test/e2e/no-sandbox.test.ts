/** An AppImage on a system that lets nobody make a sandbox: no page but Jeton's own is opened, and that is said. */
import { expect, test } from 'vitest';
import { createDesk, isOurs, rowIs, rowOf } from './desk.ts';

const REFUSAL = 'Jeton was started without Chromium’s sandbox, and opens no pages but its own without it.';

test('without a sandbox nobody signs in in a window, seen or not', { timeout: 90_000 }, async () => {
  const desk = await createDesk();
  const { worldline } = desk;
  await desk.signInWithDueTokens();
  worldline.expireTokens('refresh');
  const application = await desk.start({ args: ['--no-sandbox'] });
  const page = await desk.window(application);

  // The silent sign-in is none, and the person is asked for once.
  const name = `OneFlex (${worldline.employee.fullName})`;
  await rowIs(page, name, 'sign in');

  // Their own press is answered in words, in the tray as in the window.
  await application.chooseFromTray('Reconnect OneFlex…');
  const { id, body } = await application.until('the refusal is told', ({ notifications }) =>
    notifications.find((notification) => notification.body.startsWith(REFUSAL)),
  );
  expect(body).toContain('Use your own browser, or paste the tokens.');
  await application.clickNotification(id);
  await page.getByText(/a silent one needs Chromium’s sandbox/).waitFor();
  await rowOf(page, name).getByRole('button', { name: 'Sign in', exact: true }).click();
  const panel = page.getByRole('region', { name: 'Sign in to OneFlex' });
  await panel.getByText(REFUSAL).waitFor();
  await panel.getByRole('button', { name: 'Use my own browser' }).waitFor();
  expect(worldline.count('visited')).toBe(0);
  expect((await application.see()).windows.filter((window) => !isOurs(window))).toEqual([]);

  const { accessToken, refreshToken } = worldline.issue(worldline.employee);
  await panel.getByRole('button', { name: 'Paste tokens' }).click();
  await panel.getByLabel('Value of the cookie access_token').fill(accessToken);
  await panel.getByLabel('Value of the cookie refresh_token').fill(refreshToken);
  await panel.getByRole('button', { name: 'Check and save' }).click();
  await rowIs(page, name, 'fresh');

  await page.getByRole('link', { name: 'About' }).click();
  await page.getByRole('list', { name: 'Diagnostics' }).getByText(REFUSAL).waitFor();
});
