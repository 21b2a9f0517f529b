import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expiryOfJwt } from '../../../src/core/oneflex/jwt.ts';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (claims: unknown, header: unknown = { alg: 'RS256', typ: 'JWT' }): string =>
  `${part(header)}.${part(claims)}.c2lnbmF0dXJl`;

describe('the expiry of a JWT', () => {
  it('is its exp in milliseconds', () => {
    expect(expiryOfJwt(jwt({ exp: 1_800_000_000 }))).toBe(1_800_000_000_000);
    expect(expiryOfJwt(jwt({ exp: 1_800_000_000.5 }))).toBe(1_800_000_000_500);
  });

  it('is found whatever else the claims say, in any alphabet', () => {
    fc.assert(
      fc.property(fc.nat(), fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (exp, claims) => {
        const seconds = exp + 1;
        expect(expiryOfJwt(jwt({ ...claims, exp: seconds }))).toBe(seconds * 1000);
      }),
    );
  });

  it.each([
    ['an opaque token', 'test-refresh-7'],
    ['nothing', ''],
    ['two parts', jwt({ exp: 1 }).split('.').slice(0, 2).join('.')],
    ['no signature', jwt({ exp: 1 }).replace(/[^.]*$/, '')],
    ['four parts', `${jwt({ exp: 1 })}.x`],
    ['five, encrypted', 'a.b.c.d.e'],
    ['a header without alg', jwt({ exp: 1 }, { typ: 'JWT' })],
    ['a header that is no object', jwt({ exp: 1 }, 7)],
    ['claims that are no object', jwt([1])],
    ['no exp', jwt({ iat: 1 })],
    ['an exp in words', jwt({ exp: '1800000000' })],
    ['an exp before time', jwt({ exp: -1 })],
    ['an exp beyond all time', jwt({ exp: 1e300 })],
    ['padding', `${part({ alg: 'none' })}.eyJleHAiOjF9==.x`],
    ['a part that is not JSON', `${part({ alg: 'none' })}.AAAA.x`],
  ])('is not known of %s', (_, token) => {
    expect(expiryOfJwt(token)).toBeUndefined();
  });

  it('is never an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(expiryOfJwt(`a.${text}.b`)).toBeUndefined();
      }),
    );
  });
});
