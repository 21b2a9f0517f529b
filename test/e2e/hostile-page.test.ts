/**
 * What a page of Jeton's own could send if somebody else wrote it, by the functions that it has: each call is answered in
 * words, nothing of it is done, and a good call works afterwards. (In the name of others: hostile-ipc.test.ts.)
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CALLS } from '../../src/shared/ipc/channels.ts';
import { expectNoneBack } from './secrets-in-forms.ts';
import { type DrivenApplication, launch } from './driver.ts';
import { prepareSignInStage, type SignInStage } from './sign-in-stage.ts';

/** In whatever is sent; it must not come back, nor be written down. */
const MARK = 'xoxe-1-hostile-mark';

let stage: SignInStage;
let application: DrivenApplication;
let page: Page;

beforeAll(async () => {
  stage = await prepareSignInStage();
  application = await launch({ home: stage.home, env: stage.env });
  page = await application.page(({ url }) => url.startsWith('app://'));
  await page.getByRole('heading').first().waitFor();
});
afterAll(async () => {
  await application?.dispose();
  await stage?.dispose();
});

/** What each call answers to this, which is JavaScript of the page's. */
function answersTo(argument: string): Promise<unknown> {
  return page.evaluate(`(async () => {
    const calls = ${JSON.stringify(CALLS)};
    const answer = (call) => jeton[call](${argument}).catch(({ message }) => ({ thrown: message }));
    return Object.fromEntries(await Promise.all(calls.map(async (call) => [call, await answer(call)])));
  })()`);
}

const all = (code: string) =>
  Object.fromEntries(
    CALLS.map((call) => [
      call,
      { ok: false, error: { code, message: expect.stringMatching(/\S/), remedy: expect.any(String) } },
    ]),
  );

async function expectGoodCall(): Promise<void> {
  expect(await page.evaluate('jeton.getState()')).toMatchObject({
    ok: true,
    value: { version: expect.any(String) },
  });
}

test.each([
  ['null', 'null'],
  ['a list', '[]'],
  ['a text', `'${MARK}'`],
  ['a number', '1'],
  ['a key too many', `{ '${MARK}': '${MARK}' }`],
  ['a constructor', `JSON.parse('{"constructor":{"prototype":{"isAdmin":"${MARK}"}}}')`],
  ['a map', `new Map([['ids', ['${MARK}']]])`],
  ['bytes', 'new Uint8Array(1_000)'],
])('%s does not fit any call', async (_, argument) => {
  expect(await answersTo(argument)).toEqual(all('call-malformed'));
  await expectGoodCall();
});

test('a megabyte is refused before anybody looks into it', async () => {
  expect(await answersTo(`{ text: '${MARK}' + 'x'.repeat(1024 * 1024) }`)).toEqual(all('call-oversize'));
  await expectGoodCall();
  // A megabyte for each of them, through four processes.
}, 60_000);

test('a setting by the name of a prototype is none', async () => {
  const before: unknown = await page.evaluate('jeton.listSettings()');
  for (const key of ['__proto__', 'constructor', 'toString'])
    expect(await page.evaluate(`jeton.setSetting({ key: '${key}', value: '${MARK}' })`)).toMatchObject({
      ok: false,
    });
  expect(await page.evaluate('jeton.listSettings()')).toEqual(before);
});

test('the sign-in window has nothing of it', async () => {
  await application.chooseFromTray('Reconnect OneFlex…');
  const signIn = await application.page(({ url }) => url.startsWith('http://login.localhost'));
  await signIn.getByLabel('E-mail', { exact: true }).waitFor();
  const has = `['jeton', 'require', 'process', 'ipcRenderer'].filter((name) => name in globalThis)`;
  expect(await signIn.evaluate(has)).toEqual([]);
  await application.chooseFromTray('Cancel the sign-in');
  await application.until('one window is left', ({ windows }) => windows.length === 1);
});

test('a secret that a form sends does not come back, and nothing of all that was written down', async () => {
  await expectNoneBack(page, MARK);
  const folder = join(stage.home, 'logs');
  const logs = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const said = [...logs, application.output].join('\n');
  expect(said).toContain('window-call-refused');
  expect(said).not.toContain(MARK);
  await expectGoodCall();
});
