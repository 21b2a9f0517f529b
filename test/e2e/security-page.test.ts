/**
 * Electron's security checklist (https://www.electronjs.org/docs/latest/tutorial/security), as far as the main window's own
 * page can tell, and whatever it may call: on whichever desktop. The rest is in security.test.ts and hostile-ipc.test.ts.
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { subscriptionOf } from '../../src/shared/ipc/bridge.ts';
import { CALLS, EVENTS } from '../../src/shared/ipc/channels.ts';
import { type DrivenApplication, launch } from './driver.ts';
import { prepareSignInStage, type SignInStage } from './sign-in-stage.ts';

const PAGE = 'app://jeton/index.html';

let stage: SignInStage;
let application: DrivenApplication;
let page: Page;

beforeAll(async () => {
  stage = await prepareSignInStage();
  application = await launch({ home: stage.home, env: stage.env });
  page = await application.page(({ url }) => url === PAGE);
  await page.getByRole('heading').first().waitFor();
}, 60_000);
afterAll(async () => {
  await application?.dispose();
  await stage?.dispose();
});

const urls = async (): Promise<readonly string[]> => (await application.see()).windows.map(({ url }) => url);

test('5. permissions are refused (others: hostile-sign-in.test.ts)', async () => {
  expect(await page.evaluate('Notification.requestPermission()')).toBe('denied');
});

test('7. the Content-Security-Policy is held to: no script in the page, none of others, and nothing is sent', async () => {
  const { web } = stage;
  const violated: unknown = await page.evaluate(`new Promise((resolve) => {
    const violated = new Set();
    addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      violated.add(effectiveDirective);
      if (violated.size === 4) resolve([...violated].sort());
    });
    const add = (name, set) => document.body.append(Object.assign(document.createElement(name), set));
    add('script', { textContent: 'globalThis.wasRun = true' });
    add('script', { src: '${web.originOf('foreign')}/script.js' });
    add('img', { src: '${web.originOf('foreign')}/image.png' });
    add('iframe', { src: '${web.originOf('foreign')}/frame' });
    fetch('${web.originOf('foreign')}/stolen').catch(() => undefined);
  })`);
  expect(violated).toEqual(['connect-src', 'frame-src', 'img-src', 'script-src-elem']);
  expect(await page.evaluate('globalThis.wasRun')).toBeUndefined();
  expect(web.visitsTo('foreign')).toEqual([]);
});
test('13. the main window goes nowhere else', async () => {
  const { web } = stage;
  for (const script of [
    `location.href = '${web.originOf('elsewhere')}/'`,
    `location.replace('${web.originOf('elsewhere')}/')`,
    `document.body.append(Object.assign(document.createElement('a'), { href: '${web.originOf('elsewhere')}/', id: 'away' })); document.getElementById('away').click()`,
  ]) {
    await page.evaluate(`void ((() => { ${script} })())`);
    // What was on its way before this question would be gone before its answer.
    expect(await page.evaluate('jeton.getState()')).toMatchObject({ ok: true });
  }
  expect(web.visitsTo('elsewhere')).toEqual([]);
  expect(await urls()).toEqual([PAGE]);
});

test('14. the main window opens no other', async () => {
  const { web } = stage;
  for (const address of [`${web.originOf('opened')}/`, PAGE, 'about:blank', 'file:///etc/passwd'])
    await page.evaluate(`void open(${JSON.stringify(address)})`);
  expect(await page.evaluate('jeton.getState()')).toMatchObject({ ok: true });
  expect(web.visitsTo('opened')).toEqual([]);
  expect(await urls()).toEqual([PAGE]);
});

test('15. other programs open Jeton’s own links and folders, and nothing that a page names', async () => {
  for (const link of ['https://evil.test', 'file:///etc/passwd', '__proto__', 'constructor'])
    expect(await page.evaluate(`jeton.openLink(${JSON.stringify({ link })})`)).toMatchObject({ ok: false });
  for (const folder of ['/etc', '../..'])
    expect(await page.evaluate(`jeton.openFolder(${JSON.stringify({ folder })})`)).toMatchObject({
      ok: false,
    });
  expect((await application.see()).opened).toEqual([]);
  for (const link of ['slack-apps', 'get-docker']) await page.evaluate(`jeton.openLink({ link: '${link}' })`);
  await page.evaluate(`jeton.openFolder({ folder: 'logs' })`);
  const opened = await application.until(
    'all three are open',
    (seen) => seen.opened.length === 3 && seen.opened,
  );
  expect(opened).toHaveLength(3);
  expect(new URL(opened[0]!).host).toBe('api.slack.com');
  expect(new URL(opened[1]!).host).toBe('docs.docker.com');
  expect(opened[2]).toBe(join(stage.home, 'logs'));
});

test('17. what does not fit a call is answered in words, whoever sends it, and a frame has no way to send', async () => {
  const answers: unknown = await page.evaluate(`Promise.all(
    ${JSON.stringify(CALLS)}.flatMap((call) => [
      jeton[call]({ text: 'x'.repeat(1024 * 1024) }),
      jeton[call]({ isAdmin: true }),
      jeton[call](null),
    ]).map((answer) => answer.then(({ ok, error }) => (ok ? 'done' : error.code)))
  )`);
  expect(answers).toEqual(CALLS.flatMap(() => ['call-oversize', 'call-malformed', 'call-malformed']));
  const inFrame: unknown = await page.evaluate(`(() => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const found = ['jeton', 'require', 'process', 'ipcRenderer'].filter((name) => name in frame.contentWindow);
    frame.remove();
    return found;
  })()`);
  expect(inFrame).toEqual([]);
  expect(await page.evaluate('jeton.getState()')).toMatchObject({ ok: true });
});

test('20. nothing of Electron’s is in the page: window.jeton has the contract’s functions alone', async () => {
  const found: unknown = await page.evaluate(`({
    jeton: Object.entries(jeton).map(([name, value]) => name + ' ' + typeof value),
    others: ['require', 'process', 'module', 'ipcRenderer', 'electron', 'Buffer'].filter((name) => name in globalThis),
    isFixed: Object.isFrozen(jeton) && !delete globalThis.jeton && !Reflect.set(globalThis, 'jeton', {}),
  })`);
  const names = [...CALLS, ...EVENTS.map(subscriptionOf)];
  expect(found).toEqual({ jeton: names.map((name) => `${name} function`), others: [], isFixed: true });
});
