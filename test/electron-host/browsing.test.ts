/** What Electron promises of pages that are not the application's own, against real pages in real Chromium. */
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { selfSignedCertificate } from '../support/certificate.ts';
import { temporaryHome } from '../support/temporary-home.ts';
import type { HostOptions } from './host.ts';
import { startFixture, type Fixture } from './told.ts';

/** Answers its origin, without a slash. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function page(body: string, headers: Readonly<Record<string, string | string[]>> = {}): RequestListener {
  return (_, response) => response.writeHead(200, { 'content-type': 'text/html', ...headers }).end(body);
}

function browse(
  start: string,
  env: Readonly<Record<string, string>> = {},
  options: Partial<HostOptions> = {},
): Promise<Fixture> {
  return startFixture('browsing', { ...options, env: { START: start, ...env } });
}

const NAVIGATION = /^(will-|did-(start|redirect)-|did-navigate$)/;

// https://www.electronjs.org/docs/latest/api/web-contents#navigation-events
describe('navigation', () => {
  test('what the program loads starts, is redirected and arrives, and only what a page does is asked about', async () => {
    const origin = await serve((request, response) => {
      if (request.url === '/start') response.writeHead(302, { location: '/arrived' }).end();
      else if (request.url === '/next') page('next')(request, response);
      else page('<a href="/next">Next</a>')(request, response);
    });
    const browsing = await browse(`${origin}/start`);
    await browsing.hear('loaded');
    expect(browsing.whats().filter((what) => NAVIGATION.test(what))).toEqual([
      'did-start-navigation',
      'will-redirect',
      'did-redirect-navigation',
      'did-navigate',
    ]);
    expect(await browsing.hear('did-navigate')).toEqual({ url: `${origin}/arrived`, code: 200 });

    const before = browsing.told.length;
    const shown = await browsing.host.windows.page();
    await shown.getByRole('link').click();
    await browsing.hear('did-navigate', ({ url }) => url === `${origin}/next`);
    expect(
      browsing
        .whats()
        .slice(before)
        .filter((what) => NAVIGATION.test(what)),
    ).toEqual(['did-start-navigation', 'will-frame-navigate', 'will-navigate', 'did-navigate']);
  });

  test.each(['will-navigate', 'will-frame-navigate'])(
    '%s, prevented, leaves the page where it is',
    async (event) => {
      let visits = 0;
      const origin = await serve((request, response) => {
        if (request.url === '/next') visits += 1;
        page('<a href="/next">Next</a>')(request, response);
      });
      const browsing = await browse(`${origin}/`, { PREVENT: event });
      const shown = await browsing.host.windows.page();
      await browsing.hear('loaded');
      await shown.getByRole('link').click();
      await browsing.hear('did-fail-load', ({ url }) => url === `${origin}/next`);
      expect(visits).toBe(0);
      expect(shown.url()).toBe(`${origin}/`);
    },
  );

  test('a redirect, prevented, is the end of the navigation: the other host is never asked', async () => {
    let visits = 0;
    const foreign = await serve((request, response) => {
      visits += 1;
      page('foreign')(request, response);
    });
    const origin = await serve((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: foreign }).end();
      else page('<a href="/away">Away</a>')(request, response);
    });
    const browsing = await browse(`${origin}/`, { PREVENT: 'will-redirect' });
    await browsing.hear('loaded');
    const shown = await browsing.host.windows.page();
    await shown.getByRole('link').click();
    expect(await browsing.hear('will-redirect')).toEqual({ url: `${foreign}/`, isMainFrame: true });
    await browsing.hear('did-fail-load', ({ code }) => code === -3);
    expect({ visits, url: shown.url() }).toEqual({ visits: 0, url: `${origin}/` });
  });

  test('a frame inside the page is asked about by will-frame-navigate alone', async () => {
    const foreign = await serve(page('inside'));
    const origin = await serve(page(`<iframe src="${foreign}/frame"></iframe>`));
    const browsing = await browse(`${origin}/`);
    await browsing.hear('loaded');
    expect(browsing.heard('will-frame-navigate')).toEqual([{ url: `${foreign}/frame`, isMainFrame: false }]);
    expect(browsing.heard('will-navigate')).toEqual([]);
  });

  test('an address of another program is asked about, and nothing is opened once prevented', async () => {
    const origin = await serve(page('<a href="msteams:call">Call</a>'));
    const browsing = await browse(`${origin}/`, { PREVENT: 'will-navigate' });
    await browsing.hear('loaded');
    await (await browsing.host.windows.page()).getByRole('link').click();
    expect(await browsing.hear('will-navigate')).toEqual({ url: 'msteams:call' });
    expect(browsing.heard('permission')).toEqual([]);
    expect(browsing.host.state.opened).toEqual([]);
  });

  // …/api/app#event-web-contents-created
  test('an application hears of a page before it has its window', async () => {
    const browsing = await browse('about:blank', { POPUPS: 'allow' });
    await browsing.hear('loaded');
    const made = ['web-contents-created', 'browser-window-created', 'constructed', 'did-create-window'];
    expect(browsing.whats().filter((what) => made.includes(what))).toEqual(made.slice(0, 3));
    expect(browsing.heard('web-contents-created')).toEqual([{ type: 'window', url: '' }]);
    await (await browsing.host.windows.page()).evaluate('void window.open("about:blank")');
    await browsing.hear('did-create-window');
    expect(
      browsing
        .whats()
        .filter((what) => made.includes(what))
        .slice(3),
    ).toEqual(['web-contents-created', 'browser-window-created', 'did-create-window']);
  });

  test('a server that is not there fails the load with its code', async () => {
    const browsing = await browse('http://127.0.0.1:9/');
    expect(await browsing.hear('not-loaded')).toMatch(
      /^ERR_\w+ \(-\d+\) loading 'http:\/\/127\.0\.0\.1:9\/'$/,
    );
  });

  // https://www.electronjs.org/docs/latest/api/app#event-certificate-error
  test('a certificate of nobody is told, and not trusted', async () => {
    const { key, cert } = selfSignedCertificate(['127.0.0.1']);
    let visits = 0;
    const server = createSecureServer({ key, cert }, (_, response) => {
      visits += 1;
      response.end('secret');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const browsing = await browse(url);
    expect(await browsing.hear('certificate-error')).toEqual({
      url,
      error: 'net::ERR_CERT_AUTHORITY_INVALID',
    });
    expect(await browsing.hear('not-loaded')).toMatch(/^ERR_CERT_AUTHORITY_INVALID \(-202\)/);
    expect(visits).toBe(0);
  });
});

// https://www.electronjs.org/docs/latest/api/window-open
describe('new windows', () => {
  const opener = page('<a href="/other" target="_blank" rel="noopener">Other</a>');

  test('a window that is denied never asks its server', async () => {
    let visits = 0;
    const origin = await serve((request, response) => {
      if (request.url === '/other') visits += 1;
      opener(request, response);
    });
    const browsing = await browse(`${origin}/`);
    await browsing.hear('loaded');
    const shown = await browsing.host.windows.page();
    await shown.getByRole('link').click();
    expect(await browsing.hear('window-open')).toEqual({
      url: `${origin}/other`,
      frameName: '',
      disposition: 'foreground-tab',
    });
    // The next one comes after the first was dealt with.
    await shown.evaluate('void window.open("/other", "named", "width=300")');
    expect(await browsing.hear('window-open', ({ frameName }) => frameName === 'named')).toMatchObject({
      disposition: 'new-window',
    });
    expect(browsing.host.state.windows).toHaveLength(1);
    expect(visits).toBe(0);
  });

  test('one that is allowed is a window with the options given, on the same session, and can be closed', async () => {
    const origin = await serve((request, response) => {
      if (request.url === '/other') page('<p>Other</p>', { 'set-cookie': 'shared=1' })(request, response);
      else opener(request, response);
    });
    const browsing = await browse(`${origin}/`, { POPUPS: 'allow' });
    await browsing.hear('loaded');
    const shown = await browsing.host.windows.page();
    await shown.getByRole('link').click();
    expect(await browsing.hear('did-create-window')).toEqual({ url: `${origin}/other`, id: 2 });
    const child = await browsing.host.windows.one(({ id, url }) => id === 2 && url === `${origin}/other`);
    expect(child).toMatchObject({ parentId: 1, partition: 'persist:browsing', options: { title: 'Pop-up' } });
    await browsing.hear('cookie', ({ name }) => name === 'shared');
    const popup = await browsing.host.windows.page(({ id }) => id === 2);
    expect(await popup.getByText('Other').count()).toBe(1);
    await popup.evaluate('window.close()').catch(() => undefined);
    await browsing.host.until('the pop-up is gone', ({ windows }) => windows.length === 1);
  });
});

// https://www.electronjs.org/docs/latest/api/cookies
describe('cookies', () => {
  const cookies = page('<p>hello</p>', {
    'set-cookie': ['lasting=1; Max-Age=3600; HttpOnly', 'passing=2; HttpOnly'],
  });

  test('are told as they change, HttpOnly ones too; those of the session end with the application', async () => {
    const origin = await serve(cookies);
    const home = temporaryHome();
    const first = await browse(`${origin}/`, {}, { home });
    expect(await first.hear('kept')).toEqual([]);
    expect(await first.hear('cookie', ({ name }) => name === 'lasting')).toEqual({
      name: 'lasting',
      value: '1',
      httpOnly: true,
      cause: 'inserted',
      removed: false,
    });
    await first.hear('cookie', ({ name }) => name === 'passing');
    await first.hear('flushed');
    // Not in order: what was flushed is on disk.
    await first.host.dispose();

    const second = await browse('about:blank', {}, { home });
    expect(await second.hear('kept')).toEqual([['lasting', '1']]);
  });

  test('are told apart by who takes them away', async () => {
    const origin = await serve((request, response) => {
      const value = request.url === '/' ? 'given=1' : 'given=; Max-Age=0';
      page('<p>hello</p>', { 'set-cookie': value })(request, response);
    });
    const browsing = await browse(`${origin}/`);
    await browsing.hear('loaded');
    const shown = await browsing.host.windows.page();
    await shown.evaluate('void fetch("/taken")');
    expect(await browsing.hear('cookie', ({ removed }) => removed === true)).toMatchObject({
      name: 'given',
      cause: 'expired-overwrite',
    });
    // Another one that the application takes away: see the fixture.
    await shown.evaluate('document.cookie = "unwanted=1"; void fetch("/taken")');
    expect(
      await browsing.hear('cookie', ({ name, removed }) => name === 'unwanted' && removed === true),
    ).toMatchObject({ cause: 'explicit' });
  });

  test('of a partition without persist: leave nothing behind', async () => {
    const origin = await serve(cookies);
    const home = temporaryHome();
    const first = await browse(`${origin}/`, { PARTITION: 'passing' }, { home });
    await first.hear('flushed');
    await first.host.quit();
    expect(existsSync(join(home, 'partitions')) ? readdirSync(join(home, 'partitions')) : []).toEqual([]);
  });
});

// https://www.electronjs.org/docs/latest/api/web-request
test('a session’s listener sees each answer before the page does, redirects and refusals included', async () => {
  const origin = await serve((request, response) => {
    if (request.url === '/') response.writeHead(302, { location: '/page' }).end();
    else if (request.url === '/page') page('<script>fetch("/api")</script>')(request, response);
    else response.writeHead(401).end();
  });
  const browsing = await browse(`${origin}/`);
  await browsing.hear('headers', ({ statusCode }) => statusCode === 401);
  expect(browsing.heard('headers')).toEqual([
    { url: `${origin}/`, statusCode: 302, resourceType: 'mainFrame' },
    { url: `${origin}/page`, statusCode: 200, resourceType: 'mainFrame' },
    { url: `${origin}/api`, statusCode: 401, resourceType: 'xhr' },
  ]);
});

// https://www.electronjs.org/docs/latest/api/session#sessetpermissionrequesthandlerhandler
describe('permissions', () => {
  const asking = 'Notification.requestPermission()';
  const state = (name: string): string =>
    `navigator.permissions.query({ name: '${name}' }).then(({ state }) => state)`;

  test('a page is refused what the handler refuses, and told so: there is no prompt', async () => {
    const origin = await serve(page('asks'));
    const browsing = await browse(`${origin}/`);
    await browsing.hear('loaded');
    const shown = await browsing.host.windows.page();
    expect(await shown.evaluate(asking)).toBe('denied');
    const media =
      'navigator.mediaDevices.getUserMedia({ audio: true }).then(() => "granted", (error) => error.name)';
    expect(await shown.evaluate(media)).toBe('NotAllowedError');
    expect(browsing.heard('permission')).toEqual(['notifications', 'media']);

    expect(await shown.evaluate(state('notifications'))).toBe('denied');
    expect(await shown.evaluate(state('camera'))).toBe('denied');
    expect(browsing.heard('check')).toEqual([
      { permission: 'notifications', origin: `${origin}/` },
      { permission: 'media', origin: `${origin}/`, mediaType: 'video' },
    ]);
  });

  test.each(['grant', 'nobody decides'])('a page gets what is asked for: %s', async (PERMISSIONS) => {
    const origin = await serve(page('asks'));
    const browsing = await browse(`${origin}/`, { PERMISSIONS });
    await browsing.hear('loaded');
    const shown = await browsing.host.windows.page();
    expect(await shown.evaluate(asking)).toBe('granted');
    expect(await shown.evaluate(state('geolocation'))).toBe('granted');
    expect(browsing.heard('permission')).toEqual(PERMISSIONS === 'grant' ? ['notifications'] : []);
  });
});

// https://www.electronjs.org/docs/latest/api/session#event-will-download
test('a download, prevented, leaves no file', async () => {
  const origin = await serve((request, response) => {
    if (request.url === '/file')
      response.writeHead(200, { 'content-disposition': 'attachment; filename="tool.exe"' }).end('MZ');
    else page('<a href="/file">Get it</a>')(request, response);
  });
  const home = temporaryHome();
  const browsing = await browse(`${origin}/`, {}, { home });
  await browsing.hear('loaded');
  await (await browsing.host.windows.page()).getByRole('link').click();
  expect(await browsing.hear('will-download')).toEqual({ url: `${origin}/file`, name: 'tool.exe' });
  await browsing.host.quit();
  const downloads = join(home, 'partitions', 'downloads');
  expect(existsSync(downloads) ? readdirSync(downloads) : []).toEqual([]);
});

// https://www.electronjs.org/docs/latest/tutorial/online-offline-events
test('pages are offline with the machine, and told when it changes', async () => {
  const origin = await serve(page('here'));
  const browsing = await browse(`${origin}/`);
  await browsing.hear('loaded');
  const shown = await browsing.host.windows.page();
  const asking = 'fetch("/").then(({ status }) => status, ({ name }) => name)';
  await browsing.host.network.goOffline();
  await shown.waitForFunction('!navigator.onLine');
  expect(await shown.evaluate(asking)).toBe('TypeError');
  await shown.evaluate('addEventListener("online", () => { document.title = "back"; })');
  await browsing.host.network.goOnline();
  await browsing.host.until('the page is told', () => browsing.heard('title').includes('back'));
  expect(await shown.evaluate(asking)).toBe(200);
});

// https://www.electronjs.org/docs/latest/api/browser-window#event-page-title-updated
test('a title that is prevented stays out of the window’s frame', async () => {
  const origin = await serve(page('<title>Trust me</title>'));
  const browsing = await browse(`${origin}/`);
  expect(await browsing.hear('title')).toBe('Trust me');
  // Whatever came of it is in the state with the next answer.
  await browsing.host.cpu();
  expect(browsing.host.state.windows[0]?.title).toBe('The true host');
});
