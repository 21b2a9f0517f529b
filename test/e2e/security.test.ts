/**
 * Electron's security checklist (https://www.electronjs.org/docs/latest/tutorial/security), item by item, on the built
 * application with every kind of window that it has: what windows were made with, and what the application answers them.
 * What a page can find out by itself: security-page.test.ts.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page, Response } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { channelOf } from '../../src/shared/ipc/channels.ts';
import { type ElectronHost, startHost } from '../electron-host/host.ts';
import type { WindowState } from '../electron-host/protocol.ts';
import { prepareSignInStage, signInAsEmployee, type SignInStage } from './sign-in-stage.ts';

const ROOT = join(import.meta.dirname, '../..');
const KINDS = ['main', 'sign-in', 'pop-up', 'silent'] as const;
type Kind = (typeof KINDS)[number];
const PAGE = 'app://jeton/index.html';

describe('Electron’s security checklist', () => {
  let stage: SignInStage;
  let host: ElectronHost;
  let page: Page;
  /** Chromium's own form of `app://jeton`. */
  let base: string;
  const windows = new Map<Kind, WindowState>();
  const windowOf = (kind: Kind): WindowState => windows.get(kind)!;

  beforeAll(async () => {
    stage = await prepareSignInStage();
    const { home, worldline, web } = stage;
    host = await startHost({
      main: join(ROOT, 'out/main/index.js'),
      home,
      env: { ...stage.env, JETON_HOME: home },
    });
    windows.set('main', await host.windows.one(({ url }) => url === PAGE));
    page = await host.windows.page(({ id }) => id === windowOf('main').id);
    base = new URL('/', page.url()).href;

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

  /** What the application's handler of the protocol answers to a request of the page's. */
  async function answerOf(path: string): Promise<Response> {
    const [response] = await Promise.all([
      page.waitForResponse(() => true),
      page.evaluate(`void (new Image().src = ${JSON.stringify(`${base}${path}`)})`),
    ]);
    return response;
  }

  const preferencesOf = (kind: Kind): Readonly<Record<string, unknown>> =>
    z.record(z.string(), z.unknown()).parse(windowOf(kind).options['webPreferences']);

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

  test('17. the sender of a message is looked at (all of it: hostile-ipc.test.ts)', async () => {
    const reply = await host.sendIpc({
      channel: channelOf('getState'),
      args: [{}],
      frame: { kind: 'top', url: 'https://evil.test/' },
      windowId: windowOf('main').id,
    });
    expect(reply).toMatchObject({ value: { ok: false, error: { code: 'call-foreign' } } });
  });

  describe('18. the page has a protocol of its own, not file:, which serves nothing but the page', () => {
    test('it is there', () => {
      expect(host.state.windows.map(({ url }) => url)).toEqual([PAGE]);
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
});
