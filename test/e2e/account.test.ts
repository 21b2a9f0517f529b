/** What a person does with the account of OneFlex, from the window, around the sign-in itself. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type DrivenApplication, launch } from './driver.ts';
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

  // Of whoever is pasted next nothing is stored without a yes; then nothing of the former one is left anywhere.
  const other = worldline.issue(worldline.employee);
  const paste = (tokens: object): Promise<unknown> =>
    page.evaluate(`jeton.pasteTokens(${JSON.stringify(tokens)})`);
  const { accessToken: theirs, refreshToken: renewal } = other;
  expect(await paste({ accessToken: theirs, refreshToken: renewal })).toMatchObject({
    value: { kind: 'other-account', kept: worldline.colleague.fullName },
  });
  expect(await paste({ accessToken: theirs, refreshToken: renewal, replaceAccount: true })).toMatchObject({
    value: { kind: 'signed-in', account: worldline.employee.fullName },
  });
  const back = worldline.issue(worldline.colleague);
  expect(
    await paste({ accessToken: back.accessToken, refreshToken: back.refreshToken, replaceAccount: true }),
  ).toMatchObject({ value: { kind: 'signed-in' } });

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
  expect(await page.evaluate(`jeton.signIn({ browser: 'window' })`)).toMatchObject({
    value: { kind: 'ended', explanation: { code: 'profile-in-use' } },
  });
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

test('what the sign-in window has lost is put back from the vault, and no person is needed', async () => {
  const stage = await prepareSignInStage();
  onTestFinished(() => stage.dispose());
  const { worldline, home, env } = stage;
  const first = await launch({ home, env });
  onTestFinished(() => first.dispose());
  await first.chooseFromTray('Reconnect OneFlex…');
  await signInAsEmployee(await first.page(({ url }) => url.startsWith('http://login.localhost')), worldline);
  const isFresh = (application: DrivenApplication) =>
    application.until(
      'OneFlex is fresh',
      ({ tray, windows }) =>
        windows.every(({ url }) => url.startsWith('app:')) &&
        tray?.menu?.some(({ label }) => label === `OneFlex (${worldline.employee.fullName}): fresh`),
    );
  await isFresh(first);
  expect(await first.quit()).toBe(0);
  // Where the stand-in keeps sessions, and where Electron does.
  for (const folder of ['partitions', 'window/Partitions'])
    rmSync(join(home, folder), { recursive: true, force: true });

  const second = await launch({ home, env });
  onTestFinished(() => second.dispose());
  const page = await second.page(({ url }) => url.startsWith('app://'));
  await page.getByRole('heading').first().waitFor();
  expect(await second.cookies(PARTITION)).toEqual([]);
  worldline.expireTokens('refresh');
  expect(await page.evaluate('jeton.renewOneflex()')).toMatchObject({ ok: true, value: { renewed: true } });
  await isFresh(second);

  // Led to a host that nobody has let through, it asks for the person, who has to see where it goes.
  worldline.expireTokens('refresh');
  worldline.configure({ hops: ['elsewhere.localhost'] });
  expect(await page.evaluate('jeton.renewOneflex()')).toMatchObject({ ok: true, value: { renewed: false } });
  worldline.configure({ hops: ['sso.localhost'] });

  // Once the identity provider has forgotten, too, only a person can help.
  worldline.expireTokens('refresh');
  worldline.expireSessions();
  expect(await page.evaluate('jeton.renewOneflex()')).toMatchObject({
    ok: true,
    value: { renewed: false, explanation: { message: expect.any(String) } },
  });
}, 60_000);
