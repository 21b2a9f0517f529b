import { describe, expect, test } from 'vitest';
import {
  isOfTokenCookie,
  isTokenCookie,
  REFRESH_TOKEN_GRACE_MS,
  TokenCapture,
  type ObservedCookie,
} from '../../../src/core/oneflex/capture.ts';

const NOW = Date.parse('2026-03-02T09:00:00Z');
const MINUTE = 60_000;
const SITE = 'https://oneflex.example';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwt(expiresAt: number, subject = 'camille'): string {
  return `${part({ alg: 'HS256' })}.${part({ sub: subject, exp: expiresAt / 1_000 })}.test-signature`;
}

const TOKEN = jwt(NOW + 15 * MINUTE);

function cookie(change: Partial<ObservedCookie> = {}): ObservedCookie {
  return { name: 'access_token', value: TOKEN, domain: 'oneflex.example', secure: true, ...change };
}

const refresh = (change: Partial<ObservedCookie> = {}): ObservedCookie =>
  cookie({ name: 'refresh_token', value: 'oneflex-test-refresh-1', ...change });

/** What is captured of these cookies at once. */
function capture(cookies: readonly ObservedCookie[], baseUrl = SITE) {
  const tokens = new TokenCapture(baseUrl).observe(cookies, NOW);
  return (
    tokens && {
      access: tokens.accessToken.reveal(),
      refresh: tokens.refreshToken?.reveal(),
      expiresAt: tokens.expiresAt,
    }
  );
}

test('both cookies of the site make a capture, with the end that the access token names', () => {
  expect(capture([cookie({ name: 'theme', value: 'dark' }), refresh(), cookie()])).toEqual({
    access: TOKEN,
    refresh: 'oneflex-test-refresh-1',
    expiresAt: NOW + 15 * MINUTE,
  });
});

describe('a cookie that does not count:', () => {
  test.each<[string, Partial<ObservedCookie>]>([
    ['a subdomain’s', { domain: 'bot.oneflex.example' }],
    ['a subdomain’s, with a Domain attribute', { domain: '.bot.oneflex.example' }],
    ['the parent’s', { domain: '.example' }],
    ['a look-alike’s', { domain: 'evil-oneflex.example' }],
    ['one whose host begins like ours', { domain: 'oneflex.example.evil.test' }],
    ['another host’s', { domain: 'login.example' }],
    ['one that is not secure', { secure: false }],
    ['an empty one', { value: '' }],
    ['one of another name', { name: 'Access_Token' }],
  ])('%s', (_, change) => {
    expect(capture([cookie(change), refresh()])).toBeUndefined();
    const onlyOwnAccess = capture([cookie(), refresh({ ...change, name: change.name ?? 'refresh_token' })]);
    expect(onlyOwnAccess).toBeUndefined();
  });

  test.each<[string, string]>([
    ['expired', jwt(NOW - 1_000)],
    ['expiring now', jwt(NOW)],
    ['not a JWT', 'opaque-test-token'],
    [
      'a JWT that does not say when it ends',
      `${part({ alg: 'HS256' })}.${part({ sub: 'x' })}.test-signature`,
    ],
    ['removed, as servers do it', 'deleted'],
  ])('an access token that is %s', (_, value) => {
    expect(capture([cookie({ value }), refresh()])).toBeUndefined();
  });
});

test('a Set-Cookie header tells by its name', () => {
  expect(isOfTokenCookie(`access_token=${TOKEN}; Path=/; HttpOnly`)).toBe(true);
  expect(isOfTokenCookie('refresh_token=; Max-Age=0')).toBe(true);
  expect(isOfTokenCookie('theme=dark; Path=/access_token=')).toBe(false);
});

test('a cookie for the host alone goes before one that a subdomain may have set for it', () => {
  const planted = { domain: '.oneflex.example', value: jwt(NOW + 60 * MINUTE, 'mallory') };
  expect(
    capture([
      cookie(planted),
      refresh({ domain: '.oneflex.example', value: 'planted' }),
      refresh(),
      cookie(),
    ]),
  ).toMatchObject({ access: TOKEN, refresh: 'oneflex-test-refresh-1' });
  expect(
    capture([cookie({ domain: '.oneflex.example' }), refresh({ domain: '.oneflex.example' })]),
  ).toMatchObject({ access: TOKEN });
});

test('a pair is of one making: no planted refresh token goes with the site’s own access token', () => {
  const watched = new TokenCapture(SITE);
  const planted = refresh({ domain: '.oneflex.example', value: 'planted' });
  expect(watched.observe([cookie(), planted], NOW)).toBeUndefined();
  const tokens = watched.observe([cookie(), planted], NOW + REFRESH_TOKEN_GRACE_MS);
  expect(tokens?.accessToken.reveal()).toBe(TOKEN);
  expect(tokens?.refreshToken).toBeUndefined();
});

test('a stale cookie beside a good one does not hide it', () => {
  expect(capture([cookie({ value: jwt(NOW - MINUTE) }), cookie(), refresh()])).toMatchObject({
    access: TOKEN,
  });
});

describe('cookies that are not secure', () => {
  test.each([
    'http://localhost:4000',
    'http://127.0.0.1',
    'http://oneflex.localhost:81',
    'http://[::1]:4000',
  ])('count on %s', (baseUrl) => {
    const domain = new URL(baseUrl).hostname;
    expect(isTokenCookie(cookie({ domain, secure: false }), baseUrl)).toBe(true);
  });

  test.each([
    'http://oneflex.example',
    'https://localhost:4000',
    'http://localhost.example',
    'http://127.0.0.1.example',
    'http://notlocalhost',
  ])('do not on %s', (baseUrl) => {
    const domain = new URL(baseUrl).hostname;
    expect(isTokenCookie(cookie({ domain, secure: false }), baseUrl)).toBe(false);
  });
});

describe('a capture in steps', () => {
  test('waits for the refresh token, then takes both', () => {
    const watched = new TokenCapture(SITE);
    expect(watched.observe([], NOW)).toBeUndefined();
    expect(watched.observe([cookie()], NOW)).toBeUndefined();
    expect(watched.observe([cookie()], NOW + REFRESH_TOKEN_GRACE_MS - 1)).toBeUndefined();
    expect(
      watched.observe([cookie(), refresh()], NOW + REFRESH_TOKEN_GRACE_MS - 1)?.refreshToken,
    ).toBeDefined();
  });

  test('is content with the access token when no refresh token follows', () => {
    const watched = new TokenCapture(SITE);
    watched.observe([cookie()], NOW);
    const tokens = watched.observe([cookie()], NOW + REFRESH_TOKEN_GRACE_MS);
    expect(tokens?.accessToken.reveal()).toBe(TOKEN);
    expect(tokens?.refreshToken).toBeUndefined();
  });

  test('counts the wait from the last time there was none', () => {
    const watched = new TokenCapture(SITE);
    watched.observe([cookie()], NOW);
    watched.observe([], NOW + 1);
    expect(watched.observe([cookie()], NOW + REFRESH_TOKEN_GRACE_MS)).toBeUndefined();
  });

  test('never takes a refresh token alone', () => {
    const watched = new TokenCapture(SITE);
    expect(watched.observe([refresh()], NOW)).toBeUndefined();
    expect(watched.observe([refresh()], NOW + 60 * MINUTE)).toBeUndefined();
  });

  test('answers the same tokens once, and each new one of them again', () => {
    const watched = new TokenCapture(SITE);
    const seen = (cookies: readonly ObservedCookie[]): boolean => watched.observe(cookies, NOW) !== undefined;
    expect(seen([cookie(), refresh()])).toBe(true);
    expect(seen([refresh(), cookie()])).toBe(false);
    expect(seen([cookie(), refresh({ value: 'oneflex-test-refresh-2' })])).toBe(true);
    expect(
      seen([cookie({ value: jwt(NOW + 16 * MINUTE) }), refresh({ value: 'oneflex-test-refresh-2' })]),
    ).toBe(true);
  });

  test('answers again when the refresh token comes after all', () => {
    const watched = new TokenCapture(SITE);
    watched.observe([cookie()], NOW);
    expect(watched.observe([cookie()], NOW + REFRESH_TOKEN_GRACE_MS)).toBeDefined();
    expect(watched.observe([cookie()], NOW + REFRESH_TOKEN_GRACE_MS + 1)).toBeUndefined();
    expect(
      watched.observe([cookie(), refresh()], NOW + REFRESH_TOKEN_GRACE_MS + 2)?.refreshToken,
    ).toBeDefined();
  });
});

describe('under a clock that is wrong', () => {
  test('a new token is one by OneFlex’s clock', () => {
    const watched = new TokenCapture(SITE);
    const ahead = NOW + 20 * MINUTE;
    expect(watched.observe([cookie(), refresh()], ahead)).toBeUndefined();
    watched.hear(NOW, ahead);
    expect(watched.observe([cookie(), refresh()], ahead)?.expiresAt).toBe(NOW + 15 * MINUTE);
    expect(watched.observe([cookie({ value: jwt(NOW - 1_000) }), refresh()], ahead)).toBeUndefined();
  });

  test('an old one is none, whatever lay in a cache', () => {
    const watched = new TokenCapture(SITE);
    const behind = NOW - 20 * MINUTE;
    watched.hear(NOW, behind);
    watched.hear(NOW - 40 * MINUTE, behind);
    expect(watched.observe([cookie({ value: jwt(NOW - MINUTE) }), refresh()], behind)).toBeUndefined();
  });

  test('the wait for the refresh token is as long', () => {
    const watched = new TokenCapture(SITE);
    const ahead = NOW + 5 * MINUTE;
    watched.observe([cookie()], ahead);
    expect(watched.isWaiting).toBe(true);
    watched.hear(NOW, ahead);
    expect(watched.observe([cookie()], ahead + REFRESH_TOKEN_GRACE_MS - 1)).toBeUndefined();
    expect(watched.observe([cookie()], ahead + REFRESH_TOKEN_GRACE_MS)).toBeDefined();
  });
});
