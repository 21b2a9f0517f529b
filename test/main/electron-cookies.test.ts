import type { Cookie } from 'electron';
import { expect, test } from 'vitest';
import { addressOf, cookieToSet, keptCookieOf } from '../../src/main/electron-cookies.ts';
import { keepCookies, listKeptCookies } from '../../src/node/sso/kept-cookies.ts';

const session: Cookie = {
  name: 'ESTSAUTH',
  value: 'a',
  domain: '.login.example.com',
  hostOnly: false,
  path: '/',
  secure: true,
  httpOnly: true,
  session: true,
  sameSite: 'no_restriction',
};
const own: Cookie = {
  ...session,
  name: 'refresh_token',
  domain: 'oneflex.example.com',
  hostOnly: true,
  path: '/app',
  session: false,
  expirationDate: 1_900_000_000.5,
  sameSite: 'unspecified',
};

test('a cookie comes back as it was, with its domain or for its host alone', () => {
  expect(cookieToSet(keptCookieOf(session))).toEqual({
    url: 'https://login.example.com/',
    name: 'ESTSAUTH',
    value: 'a',
    domain: '.login.example.com',
    path: '/',
    secure: true,
    httpOnly: true,
    sameSite: 'no_restriction',
  });
  expect(cookieToSet(keptCookieOf(own))).toEqual({
    url: 'https://oneflex.example.com/app',
    name: 'refresh_token',
    value: 'a',
    path: '/app',
    secure: true,
    httpOnly: true,
    sameSite: 'lax',
    expirationDate: 1_900_000_000.5,
  });
});

test('the form is the one that the person’s own browser leaves', () => {
  const kept = keepCookies([session, own].map(keptCookieOf));
  expect(listKeptCookies(kept)).toMatchObject([
    { name: 'ESTSAUTH', domain: '.login.example.com', expiresAt: undefined },
    { name: 'refresh_token', domain: 'oneflex.example.com', expiresAt: 1_900_000_000_500 },
  ]);
});

test('without TLS it is set without TLS', () => {
  expect(addressOf(keptCookieOf({ ...own, secure: false }))).toBe('http://oneflex.example.com/app');
});

test('a partitioned cookie stays where it was', () => {
  expect(cookieToSet({ ...keptCookieOf(session), partitionKey: 'https://example.com' })).toBeUndefined();
});
