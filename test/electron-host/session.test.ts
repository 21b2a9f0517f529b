/** What Electron promises of a session: its cookies, requests, permissions, downloads, and its network. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryHome } from '../support/temporary-home.ts';
import { browse, page, serve } from './browse.ts';

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
  await shown.evaluate(`for (const type of ['offline', 'online'])
    addEventListener(type, () => { document.title = navigator.onLine ? 'back' : 'away'; })`);
  await browsing.host.network.goOffline();
  await browsing.host.until('the page is told', () => browsing.heard('title').includes('away'));
  expect(await shown.evaluate(asking)).toBe('TypeError');
  await browsing.host.network.goOnline();
  await browsing.host.until('the page is told', () => browsing.heard('title').includes('back'));
  expect(await shown.evaluate(asking)).toBe(200);
});
