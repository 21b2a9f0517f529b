/**
 * Electron's security checklist (https://www.electronjs.org/docs/latest/tutorial/security), item by item, on the built
 * application. What its windows were made with, and the sender of a message: window-options.test.ts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { subscriptionOf } from '../../src/shared/ipc/bridge.ts';
import { CALLS, EVENTS } from '../../src/shared/ipc/channels.ts';
import { type DrivenApplication, launch } from './driver.ts';
import { prepareSignInStage, type SignInStage } from './sign-in-stage.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = 'app://jeton/index.html';

let stage: SignInStage;
let application: DrivenApplication;
let page: Page;
/** The driver's own form of `app://jeton`. */
let base: string;

beforeAll(async () => {
  stage = await prepareSignInStage();
  application = await launch({ home: stage.home, env: stage.env });
  page = await application.page(({ url }) => url === PAGE);
  await page.getByRole('heading').first().waitFor();
  base = new URL('.', page.url()).href;
});
afterAll(async () => {
  await application?.dispose();
  await stage?.dispose();
});

/** What the application's handler of the protocol answers to a request of the page's. */
async function answerOf(path: string): Promise<Response> {
  const [response] = await Promise.all([
    page.waitForResponse(() => true),
    page.evaluate(`void (new Image().src = ${JSON.stringify(`${base}${path}`)})`),
  ]);
  return response;
}

test('1. only secure content is loaded: the main window’s is the package’s own', async () => {
  const asked: string[] = [];
  const note = (request: { url(): string }): void => void asked.push(request.url());
  page.on('request', note);
  await page.reload();
  await page.getByRole('heading').first().waitFor();
  page.off('request', note);
  expect(asked.length).toBeGreaterThan(2);
  expect(asked.filter((url) => !url.startsWith(base))).toEqual([]);
});

test('5. permissions are refused (others: hostile-sign-in.test.ts)', async () => {
  expect(await page.evaluate('Notification.requestPermission()')).toBe('denied');
});

describe('7. a Content-Security-Policy', () => {
  test('is a header of every answer, refusals among them', async () => {
    for (const path of ['nothing.html', '..%2fmain%2findex.js', 'index.html']) {
      const response = await answerOf(path);
      const policy = response.headers()['content-security-policy'] ?? '';
      const directives = Object.fromEntries(
        policy.split('; ').map((directive) => {
          const [name = '', ...values] = directive.split(' ');
          return [name, values.join(' ')];
        }),
      );
      expect(directives, path).toMatchObject({
        'default-src': `'none'`,
        'script-src': `'self'`,
        'connect-src': `'none'`,
        'base-uri': `'none'`,
        'form-action': `'none'`,
        'frame-ancestors': `'none'`,
      });
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(response.headers()).toMatchObject({ 'x-content-type-options': 'nosniff' });
    }
  });

  test('is held to: no script in the page, none of others, and nothing is sent', async () => {
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
});

test('13. the main window goes nowhere else', async () => {
  const { web } = stage;
  const elsewhere = `${web.originOf('elsewhere')}/`;
  for (const script of [
    `location.href = '${elsewhere}'`,
    `location.replace('${elsewhere}')`,
    `document.body.append(Object.assign(document.createElement('a'), { href: '${elsewhere}', id: 'away' })); document.getElementById('away').click()`,
  ]) {
    await page.evaluate(script);
    // A call that comes after it is answered by the same page.
    expect(await page.evaluate('jeton.getState()')).toMatchObject({ ok: true });
    expect((await application.see()).windows.map(({ url }) => url)).toEqual([PAGE]);
  }
  expect(web.visitsTo('elsewhere')).toEqual([]);
});

test('14. the main window opens no other', async () => {
  const { web } = stage;
  for (const address of [`${web.originOf('opened')}/`, PAGE, 'about:blank', 'file:///etc/passwd'])
    await page.evaluate(`void open(${JSON.stringify(address)})`);
  expect(await page.evaluate('jeton.getState()')).toMatchObject({ ok: true });
  expect(web.visitsTo('opened')).toEqual([]);
  expect((await application.see()).windows).toHaveLength(1);
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
    (seen) => seen.opened.length >= 3 && seen.opened,
  );
  expect(opened).toHaveLength(3);
  expect(new URL(opened[0]!).host).toBe('api.slack.com');
  expect(new URL(opened[1]!).host).toBe('docs.docker.com');
  expect(opened[2]).toBe(join(stage.home, 'logs'));
});

test('16. Electron is a version that its makers keep, and follows them', () => {
  const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
  const { devDependencies } = z
    .object({ devDependencies: z.record(z.string(), z.string()) })
    .parse(read('package.json'));
  const { version } = z.object({ version: z.string() }).parse(read('node_modules/electron/package.json'));
  const [major = ''] = version.split('.');
  // Fixes come with every install; a new major is a change of this line.
  expect(devDependencies['electron']).toMatch(new RegExp(`^\\^${major}\\.`));
  expect(Number(major)).toBeGreaterThanOrEqual(45);
});

describe('18. the page has a protocol of its own, not file:, which serves nothing but the page', () => {
  test('it is there', async () => {
    expect((await application.see()).windows.map(({ url }) => url)).toEqual([PAGE]);
  });

  test.each([
    '..%2fmain%2findex.js',
    '%2e%2e/main/index.js',
    '%2e%2e%2fmain%2findex.js',
    '..%5cmain%5cindex.js',
    '%252e%252e%252fmain%252findex.js',
    'assets/..%2f..%2fpreload%2findex.cjs',
    'assets/%2e%2e/%2e%2e/main/index.js',
    '%2fetc%2fpasswd',
    '/etc/passwd.html',
    'index.html%00.js',
    'index.html%3f.js',
    'index.html?query',
    'index.html/',
    'C:%5cWindows%5cwin.js',
    '.hidden.js',
    'package.json',
    '',
  ])('%s is refused', async (path) => {
    const response = await answerOf(path);
    expect(response.status()).toBe(404);
    expect(response.headers()['content-type']).toBeUndefined();
  });

  test('the page itself is served', async () => {
    const response = await answerOf('index.html');
    expect(response.status()).toBe(200);
    await page.getByRole('heading').first().waitFor();
  });
});

test('19. fuses are chosen (that the binary has them: test/pack.test.ts)', () => {
  const { electronFuses } = z
    .object({ electronFuses: z.record(z.string(), z.boolean()) })
    .parse(parse(readFileSync(join(ROOT, 'electron-builder.yml'), 'utf8')));
  expect(electronFuses).toMatchObject({
    runAsNode: false,
    enableCookieEncryption: true,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
  });
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
