/**
 * The part of Electron's security checklist (https://www.electronjs.org/docs/latest/tutorial/security) that is about
 * windows, on every kind that the application has: what each was made with is seen on the stand-in alone. The rest, by the
 * same numbers: security.test.ts.
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { channelOf } from '../../src/shared/ipc/channels.ts';
import { type ElectronHost, startHost } from '../electron-host/host.ts';
import type { WindowState } from '../electron-host/protocol.ts';
import { prepareSignInStage, signInAsEmployee, type SignInStage } from './sign-in-stage.ts';

const MAIN = join(import.meta.dirname, '../../out/main/index.js');
const KINDS = ['main', 'sign-in', 'pop-up', 'silent'] as const;
type Kind = (typeof KINDS)[number];
const PAGE = 'app://jeton/index.html';

let stage: SignInStage;
let host: ElectronHost;
let page: Page;
const windows = new Map<Kind, WindowState>();
const windowOf = (kind: Kind): WindowState => windows.get(kind)!;

beforeAll(async () => {
  stage = await prepareSignInStage();
  const { home, worldline, web } = stage;
  host = await startHost({
    main: MAIN,
    home,
    env: { ...stage.env, JETON_HOME: home },
  });
  windows.set('main', await host.windows.one(({ url }) => url === PAGE));
  page = await host.windows.page(({ id }) => id === windowOf('main').id);

  await host.tray.choose('Reconnect OneFlex…');
  windows.set('sign-in', await host.windows.one(({ url }) => url.startsWith('http://login.localhost')));
  const signIn = await host.windows.page(({ id }) => id === windowOf('sign-in').id);
  web.answer(
    '/opens',
    `<script>open('${web.originOf('accomplice')}/', '', 'alwaysOnTop,nodeIntegration=1')</script>`,
  );
  await signIn.goto(`${web.originOf('trap')}/opens`);
  windows.set('pop-up', await host.windows.one(({ url }) => url.startsWith(web.originOf('accomplice'))));
  await signIn.goto(worldline.url);
  await signInAsEmployee(signIn, worldline);
  await host.until('the sign-in is over', ({ windows: open }) => open.length === 1);

  let silent: WindowState | undefined;
  const letGo = host.watch(({ windows: open }) => {
    silent ??= open.find(({ partition, visibility }) => partition !== '' && visibility === 'hidden');
  });
  await page.evaluate('jeton.renewOneflex()');
  letGo();
  windows.set('silent', silent!);
}, 60_000);
afterAll(async () => {
  await host?.dispose();
  await stage?.dispose();
});

const preferencesOf = (kind: Kind): Readonly<Record<string, unknown>> =>
  z.record(z.string(), z.unknown()).parse(windowOf(kind).options['webPreferences']);

describe.each(KINDS)('the %s window', (kind) => {
  test('2. has no Node.js integration', () => {
    expect(preferencesOf(kind)).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInSubFrames: false,
      nodeIntegrationInWorker: false,
    });
  });
  test('3. has an isolated context', () => {
    expect(preferencesOf(kind)).toMatchObject({ contextIsolation: true });
  });
  test('4. is sandboxed', () => {
    expect(preferencesOf(kind)).toMatchObject({ sandbox: true });
  });
  test('6. keeps webSecurity', () => {
    expect(preferencesOf(kind)).toMatchObject({ webSecurity: true });
  });
  test('8. allows no insecure content in a secure page', () => {
    expect(preferencesOf(kind)['allowRunningInsecureContent'] ?? false).toBe(false);
  });
  test('9., 10. has no experimental and no Blink features', () => {
    const { experimentalFeatures = false, enableBlinkFeatures = '' } = preferencesOf(kind);
    expect({ experimentalFeatures, enableBlinkFeatures }).toEqual({
      experimentalFeatures: false,
      enableBlinkFeatures: '',
    });
  });
  test('11., 12. has no <webview>', () => {
    expect(preferencesOf(kind)).toMatchObject({ webviewTag: false });
  });
  test('is no other than it seems, and opens nothing that is dropped on it', () => {
    const { options, partition } = windowOf(kind);
    const {
      alwaysOnTop = false,
      kiosk = false,
      fullscreen = false,
      transparent = false,
      frame = true,
    } = options;
    expect({ alwaysOnTop, kiosk, fullscreen, transparent, frame }).toEqual({
      alwaysOnTop: false,
      kiosk: false,
      fullscreen: false,
      transparent: false,
      frame: true,
    });
    expect(preferencesOf(kind)).toMatchObject({ navigateOnDragDrop: false });
    expect(partition).toBe(kind === 'main' ? '' : 'persist:oneflex');
    // Only the main window has anything of Jeton's in it.
    expect('preload' in preferencesOf(kind)).toBe(kind === 'main');
  });
});

test('13. the main window goes nowhere else', async () => {
  const { web } = stage;
  for (const script of [
    `location.href = '${web.originOf('elsewhere')}/'`,
    `location.replace('${web.originOf('elsewhere')}/')`,
    `document.body.append(Object.assign(document.createElement('a'), { href: '${web.originOf('elsewhere')}/', id: 'away' })); document.getElementById('away').click()`,
  ]) {
    const failed = page.waitForEvent('requestfailed');
    await page.evaluate(script);
    expect((await failed).url()).toBe(`${web.originOf('elsewhere')}/`);
  }
  expect(web.visitsTo('elsewhere')).toEqual([]);
  expect(host.state.windows.map(({ url }) => url)).toEqual([PAGE]);
});

test('17. the sender of a message is looked at (all of it: hostile-ipc.test.ts)', async () => {
  const reply = await host.sendIpc({
    channel: channelOf('getState'),
    args: [{}],
    frame: { kind: 'top', url: 'https://evil.test/' },
    windowId: windowOf('main').id,
  });
  expect(reply).toMatchObject({ value: { ok: false, error: { code: 'call-foreign' } } });
});
