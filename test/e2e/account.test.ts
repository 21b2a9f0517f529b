/** What a person does with the account of OneFlex, from the window, around the sign-in itself. */
import { expect, onTestFinished, test } from 'vitest';
import { launch } from './driver.ts';
import { prepareSignInStage, signInAsEmployee } from './sign-in-stage.ts';

/** Of sign-ins alone: src/main/sign-in-attempt.ts. */
const PARTITION = 'persist:oneflex';

test('an account is pasted, asked about, replaced by a sign-in and forgotten', async () => {
  const stage = await prepareSignInStage();
  onTestFinished(() => stage.dispose());
  const { worldline } = stage;
  const application = await launch({ home: stage.home, env: stage.env });
  onTestFinished(() => application.dispose());
  const page = await application.page(({ url }) => url.startsWith('app://'));
  await page.getByRole('heading').first().waitFor();

  const { accessToken, refreshToken } = worldline.issue(worldline.colleague);
  const pasted = JSON.stringify({ accessToken, refreshToken });
  expect(await page.evaluate(`jeton.pasteTokens(${pasted})`)).toMatchObject({
    value: { kind: 'signed-in', account: worldline.colleague.fullName },
  });
  expect(await page.evaluate('jeton.verifyOneflex()')).toMatchObject({
    value: { account: worldline.colleague.fullName },
  });

  // The window that is there already comes to the front, and one that is cancelled goes.
  await application.chooseFromTray('Reconnect OneFlex…');
  await application.page(({ url }) => url.startsWith('http://login.localhost'));
  await application.chooseFromTray('Show the sign-in window');
  expect(await page.evaluate('jeton.cancelSignIn()')).toMatchObject({ ok: true });
  await application.until('the sign-in window is gone', ({ windows }) => windows.length === 1);

  // It can be left for tokens that are pasted.
  await application.chooseFromTray('Reconnect OneFlex…');
  await application.page(({ url }) => url.startsWith('http://login.localhost'));
  await page.locator('.row-name', { hasText: 'OneFlex' }).click();
  await page.getByRole('button', { name: 'Paste tokens' }).click();
  await application.until('the sign-in window is gone', ({ windows }) => windows.length === 1);
  await page.getByLabel('Value of the cookie access_token').fill(accessToken);
  await page.getByRole('button', { name: 'Check and save' }).click();
  await page.getByText(`Signed in as ${worldline.colleague.fullName}.`).waitFor();

  await page.evaluate(`void (globalThis.answer = jeton.signIn({ browser: 'window' }))`);
  const signIn = await application.page(({ url }) => url.startsWith('http://login.localhost'));
  await signInAsEmployee(signIn, worldline);
  expect(await page.evaluate('answer')).toMatchObject({
    value: {
      kind: 'other-account',
      account: worldline.employee.fullName,
      kept: worldline.colleague.fullName,
    },
  });
  expect(await page.evaluate(`jeton.signIn({ browser: 'window', replaceAccount: true })`)).toMatchObject({
    value: { kind: 'signed-in', account: worldline.employee.fullName },
  });

  // Whoever signs in again is known to the sign-in's own pages by the cookies of the window.
  expect(await page.evaluate(`jeton.signIn({ browser: 'window' })`)).toMatchObject({
    value: { kind: 'signed-in', account: worldline.employee.fullName },
  });
  const { identityProvider } = worldline.hosts;
  const remembered = await application.cookies(PARTITION);
  expect(remembered.map(({ domain }) => domain)).toContain(identityProvider);

  expect(await page.evaluate('jeton.forgetOneflex()')).toMatchObject({ value: { forgotten: true } });
  expect(await application.cookies(PARTITION)).toEqual([]);
  expect(await page.evaluate('jeton.verifyOneflex()')).toMatchObject({
    ok: false,
    error: { code: 'oneflex-not-signed-in' },
  });
  // Whoever signs in next is a stranger to it.
  await application.chooseFromTray('Reconnect OneFlex…');
  const next = await application.page(({ url }) => url.startsWith('http://login.localhost'));
  await next.getByLabel('E-mail', { exact: true }).waitFor();
  expect(await next.getByLabel('E-mail', { exact: true }).inputValue()).toBe('');
}, 60_000);
