import { describe, expect, test } from 'vitest';
import { createOneflexApi, type OneflexApi } from '../../../src/core/oneflex/api.ts';
import type { HttpOutcome, HttpRequest } from '../../../src/core/ports.ts';
import { Secret } from '../../../src/core/secret.ts';

const NOW = Date.parse('2026-03-02T09:00:00Z');
const SITE = 'https://oneflex.example';

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const jwt = (seconds: number): string => `${part({ alg: 'HS256' })}.${part({ exp: seconds })}.test-signature`;

/** The API over a network that answers this. */
function answering(outcome: HttpOutcome, signal?: AbortSignal): { api: OneflexApi; sent: HttpRequest[] } {
  const sent: HttpRequest[] = [];
  const http = {
    send(request: HttpRequest): Promise<HttpOutcome> {
      sent.push(request);
      return Promise.resolve(outcome);
    },
  };
  return { api: createOneflexApi({ http, clock: { now: () => NOW } }, SITE, signal), sent };
}

type Body = Extract<HttpOutcome, { kind: 'response' }>['body'];

function response(
  status: number,
  body: Body = { kind: 'other' },
  retryAfterMs?: number,
): Extract<HttpOutcome, { kind: 'response' }> {
  return { kind: 'response', status, body, retryAfterMs, serverDate: undefined };
}

const json = (value: unknown, status = 200): HttpOutcome => response(status, { kind: 'json', value });

const ME = { id: '42', email: 'camille@worldline.test', fullName: 'Camille Testeur' };

/** Whatever is asked, these fail in the same way. */
const FAILURES: readonly [string, HttpOutcome, object][] = [
  [
    'no connection',
    { kind: 'not-sent', code: 'ECONNREFUSED' },
    { kind: 'unavailable', code: 'ECONNREFUSED' },
  ],
  ['no answer', { kind: 'unanswered', code: 'timeout' }, { kind: 'unavailable', code: 'timeout' }],
  ['an HTML 502', response(502), { kind: 'unavailable', code: 'http-502' }],
  [
    'a 429',
    response(429, undefined, 30_000),
    { kind: 'unavailable', code: 'http-429', retryAfterMs: 30_000 },
  ],
  ['a redirect to a login page', response(302), { kind: 'refused', code: 'http-302' }],
  [
    'a 400 in JSON',
    json({ error: 'invalid_grant', access_token: 'x', data: { me: ME } }, 400),
    { kind: 'refused', code: 'http-400' },
  ],
  ['a 403', response(403), { kind: 'refused', code: 'http-403' }],
  ['HTML with status 200', response(200), { kind: 'refused', code: 'reply-not-understood' }],
  ['truncated JSON', response(200, { kind: 'truncated' }), { kind: 'refused', code: 'reply-not-understood' }],
  [
    'other JSON',
    json({ data: { me: null }, errors: [{}] }),
    { kind: 'refused', code: 'reply-not-understood' },
  ],
];

describe('me', () => {
  test('asks the documented query, with the token as bearer and nowhere else', async () => {
    const { signal } = new AbortController();
    const { api, sent } = answering(json({ data: { me: ME } }), signal);
    await api.me(new Secret('oneflex-test-access-1'));
    const [request] = sent;
    expect(request).toMatchObject({ method: 'POST', url: `${SITE}/api/gql`, signal });
    expect(request?.bearer?.reveal()).toBe('oneflex-test-access-1');
    expect(request?.json).toEqual({
      query:
        'query { me(languages: ["fr-FR", "fr"], defaultTimezone: "Europe/Paris") { id email fullName } }',
    });
  });

  test.each<[string, unknown, object]>([
    ['all fields', ME, ME],
    ['a numeric id', { ...ME, id: 42 }, ME],
    ['no name', { ...ME, fullName: null }, { ...ME, fullName: ME.email }],
    ['a blank name', { ...ME, fullName: '  ' }, { ...ME, fullName: ME.email }],
  ])('reads %s', async (_, me, account) => {
    const { api } = answering(json({ data: { me } }));
    expect(await api.me(new Secret('t'))).toEqual({ kind: 'account', account, clockLeadMs: 0 });
  });

  test('says by how much this machine’s clock is wrong, if it is', async () => {
    const lead = async (serverDate: number | undefined): Promise<unknown> => {
      const answer = response(200, { kind: 'json', value: { data: { me: ME } } });
      return await answering({ ...answer, serverDate }).api.me(new Secret('t'));
    };
    expect(await lead(NOW - 20 * 60_000)).toMatchObject({ clockLeadMs: 20 * 60_000 });
    expect(await lead(NOW + 20 * 60_000)).toMatchObject({ clockLeadMs: -20 * 60_000 });
    expect(await lead(NOW - 59_000)).toMatchObject({ clockLeadMs: 0 });
    expect(await lead(undefined)).toMatchObject({ clockLeadMs: 0 });
  });

  test('a 401 says that the token has expired, whatever its body', async () => {
    expect(await answering(response(401)).api.me(new Secret('t'))).toEqual({ kind: 'expired' });
    expect(await answering(json({}, 401)).api.me(new Secret('t'))).toEqual({ kind: 'expired' });
  });

  test.each(FAILURES)('%s', async (_, outcome, failure) => {
    expect(await answering(outcome).api.me(new Secret('t'))).toEqual(failure);
  });
});

describe('renew', () => {
  async function renewed(reply: unknown) {
    const result = await answering(json(reply)).api.renew(new Secret('oneflex-test-refresh-1'));
    if (result.kind !== 'granted') return result;
    const { accessToken, refreshToken, expiresAt } = result.grant;
    return { access: accessToken.reveal(), refresh: refreshToken?.reveal(), expiresAt };
  }

  test('sends the refresh token in JSON, as a secret', async () => {
    const { signal } = new AbortController();
    const { api, sent } = answering(json({ token_type: 'Bearer', access_token: 'a' }), signal);
    const refreshToken = new Secret('oneflex-test-refresh-1');
    await api.renew(refreshToken);
    expect(sent[0]).toMatchObject({ method: 'POST', url: `${SITE}/api/auth/token` });
    expect(sent[0]?.json).toEqual({ grant_type: 'refresh_token', refresh_token: refreshToken });
    expect(sent[0]?.bearer).toBeUndefined();
    // What was sent may be spent: it is never given up.
    expect(sent[0]?.signal).toBeUndefined();
    expect(JSON.stringify(sent)).not.toContain('oneflex-test');
  });

  test('takes the end of the access token from the token itself', async () => {
    const token = jwt(NOW / 1_000 + 900);
    expect(await renewed({ token_type: 'Bearer', access_token: token, expires_in: 60 })).toEqual({
      access: token,
      refresh: undefined,
      expiresAt: NOW + 900_000,
    });
  });

  test.each([-20, 20])('tells that end by a clock that is %s min ahead of OneFlex’s', async (minutes) => {
    const serverDate = NOW - minutes * 60_000;
    const value = { access_token: jwt(serverDate / 1_000 + 900) };
    const { api } = answering({ ...response(200, { kind: 'json', value }), serverDate });
    expect(await api.renew(new Secret('t'))).toMatchObject({ grant: { expiresAt: NOW + 900_000 } });
  });

  test('accepts expires_in and a new refresh token', async () => {
    const reply = { access_token: 'opaque', refresh_token: 'oneflex-test-refresh-2', expires_in: 60 };
    expect(await renewed(reply)).toEqual({
      access: 'opaque',
      refresh: 'oneflex-test-refresh-2',
      expiresAt: NOW + 60_000,
    });
  });

  test.each([{ refresh_token: null }, { refresh_token: '' }, { expires_in: 'soon' }, {}])(
    'lives without %j',
    async (extra) => {
      expect(await renewed({ access_token: 'opaque', ...extra })).toEqual({
        access: 'opaque',
        refresh: undefined,
        expiresAt: undefined,
      });
    },
  );

  test.each([{}, { access_token: '' }, { access_token: null }, [], null])(
    '%j grants nothing',
    async (reply) => {
      expect(await renewed(reply)).toEqual({ kind: 'refused', code: 'reply-not-understood' });
    },
  );

  test.each([...FAILURES, ['a 401', response(401), { kind: 'refused', code: 'http-401' }] as const])(
    '%s',
    async (_, outcome, failure) => {
      expect(await answering(outcome).api.renew(new Secret('t'))).toEqual(failure);
    },
  );
});
