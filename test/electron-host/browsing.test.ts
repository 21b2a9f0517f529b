/** What Electron promises of pages that are not the application's own, against real pages in real Chromium. */
import { once } from 'node:events';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { selfSignedCertificate } from '../support/certificate.ts';
import { browse, page, serve } from './browse.ts';

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

// https://www.electronjs.org/docs/latest/api/browser-window#event-page-title-updated
test('a title that is prevented stays out of the window’s frame', async () => {
  const origin = await serve(page('<title>Trust me</title>'));
  const browsing = await browse(`${origin}/`);
  expect(await browsing.hear('title')).toBe('Trust me');
  // Whatever came of it is in the state with the next answer.
  await browsing.host.cpu();
  expect(browsing.host.state.windows[0]?.title).toBe('The true host');
});
