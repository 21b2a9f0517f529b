import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HttpOutcome } from '../../../src/core/ports.ts';
import { isRefusal, parseGrant, parseIdentity } from '../../../src/core/slack/reply.ts';

type Body = Extract<HttpOutcome, { kind: 'response' }>['body'];

function response(status: number, body: Body, retryAfterMs?: number): HttpOutcome {
  return { kind: 'response', status, body, retryAfterMs, serverDate: undefined };
}

function json(value: unknown, status = 200): HttpOutcome {
  return response(status, { kind: 'json', value });
}

/** Every documented error of the refresh, as docs/ARCHITECTURE.md lists them. */
const CODES = {
  'chain-dead': [
    'invalid_refresh_token',
    'token_revoked',
    'token_expired',
    'account_inactive',
    'authorization_not_found',
    'invalid_token',
  ],
  misconfigured: [
    'invalid_client_id',
    'bad_client_secret',
    'invalid_grant_type',
    'token_rotation_not_enabled',
    'invalid_arguments',
    'pkce_not_allowed',
  ],
  transient: ['ratelimited', 'service_unavailable', 'internal_error', 'request_timeout', 'team_added_to_org'],
  'in-doubt': ['fatal_error'],
  environment: [
    'accesslimited',
    'access_denied',
    'invalid_auth',
    'ekm_access_denied',
    'enterprise_is_restricted',
    'org_login_required',
    'two_factor_setup_required',
  ],
  unknown: ['some_error_of_tomorrow'],
} as const;

describe('the answer to a refresh', () => {
  for (const [failureClass, codes] of Object.entries(CODES)) {
    test.each(codes)(`%s is ${failureClass}`, (code) => {
      expect(parseGrant(json({ ok: false, error: code }))).toMatchObject({
        ok: false,
        failure: { class: failureClass, code },
      });
    });
  }

  test.each<[string, HttpOutcome, string, string]>([
    ['HTTP 400 invalid_grant', json({ error: 'invalid_grant' }, 400), 'chain-dead', 'invalid_grant'],
    ['a 429 without a body', response(429, { kind: 'other' }, 30_000), 'transient', 'ratelimited'],
    ['a 429 that says ok:false', json({ ok: false, error: 'ratelimited' }, 429), 'transient', 'ratelimited'],
    ['an HTML 502', response(502, { kind: 'other' }), 'transient', 'http-502'],
    ['HTML with status 200', response(200, { kind: 'other' }), 'transient', 'not-json'],
    [
      'a 503 in JSON',
      json({ ok: false, error: 'service_unavailable' }, 503),
      'transient',
      'service_unavailable',
    ],
    ['a 500 in JSON of no known shape', json({ message: 'oops' }, 500), 'transient', 'http-500'],
    [
      'a fatal_error with status 500',
      json({ ok: false, error: 'fatal_error' }, 500),
      'in-doubt',
      'fatal_error',
    ],
    ['a redirect', json({}, 302), 'unknown', 'http-302'],
    ['a connection that never was', { kind: 'not-sent', code: 'ECONNREFUSED' }, 'transient', 'ECONNREFUSED'],
    ['no answer', { kind: 'unanswered', code: 'timeout' }, 'in-doubt', 'timeout'],
    ['a lost connection', { kind: 'unanswered', code: 'connection-lost' }, 'in-doubt', 'connection-lost'],
    ['JSON cut short', response(200, { kind: 'truncated' }), 'in-doubt', 'reply-truncated'],
    ['ok without a token', json({ ok: true }), 'in-doubt', 'reply-without-token'],
    [
      'ok with a token of the wrong type',
      json({ ok: true, access_token: 7 }),
      'in-doubt',
      'reply-not-understood',
    ],
  ])('%s', (_, outcome, failureClass, code) => {
    expect(parseGrant(outcome)).toMatchObject({ ok: false, failure: { class: failureClass, code } });
  });

  test('carries Retry-After along', () => {
    const parsed = parseGrant(response(429, { kind: 'other' }, 42_000));
    expect(parsed).toMatchObject({ failure: { retryAfterMs: 42_000 } });
  });

  test('an error that is not a code is not repeated', () => {
    const parsed = parseGrant(json({ ok: false, error: 'xoxe-1-test-refresh leaked here' }));
    expect(parsed).toMatchObject({ failure: { class: 'unknown', code: 'unreadable-error-code' } });
  });

  test.each([
    ['at the top level', { access_token: 'a-1', refresh_token: 'r-1', expires_in: 43_200 }],
    ['under authed_user', { authed_user: { access_token: 'a-1', refresh_token: 'r-1', expires_in: 43_200 } }],
  ])('the tokens are found %s', (_, tokens) => {
    const parsed = parseGrant(json({ ok: true, team: { id: 'T1' }, ...tokens }));
    if (!parsed.ok) throw new Error(parsed.failure.code);
    expect(parsed.value.accessToken.reveal()).toBe('a-1');
    expect(parsed.value.refreshToken?.reveal()).toBe('r-1');
    expect(parsed.value.expiresIn).toBe(43_200);
  });

  test('a missing refresh token and a missing expiry are said, not invented', () => {
    const parsed = parseGrant(json({ ok: true, access_token: 'a-1' }));
    expect(parsed).toMatchObject({ ok: true, value: { refreshToken: undefined, expiresIn: undefined } });
  });

  const pair = { access_token: 'a-1', refresh_token: 'r-1' };

  test('whatever comes with a pair, the pair is not lost, and its expiry is a date or not said', () => {
    const sideFields = [
      'expires_in',
      'token_type',
      'scope',
      'bot_user_id',
      'app_id',
      'team',
      'enterprise',
      'warning',
    ];
    const expiry = fc.oneof(fc.jsonValue(), fc.double(), fc.double().map(String), fc.constant('1e999'));
    const beside = fc
      .tuple(fc.dictionary(fc.constantFrom(...sideFields), fc.jsonValue()), expiry)
      .map(([fields, expiresIn]) => Object.assign(fields, { expires_in: expiresIn }, pair));
    const reply = fc.oneof(
      fc.tuple(beside, fc.jsonValue()).map(([fields, user]) => Object.assign(fields, { authed_user: user })),
      beside.map((fields) => ({ authed_user: fields })),
    );
    fc.assert(
      fc.property(reply, fc.constantFrom(200, 201, 400, 429, 500), (fields, status) => {
        const parsed = parseGrant(json({ ...fields, ok: true }, status));
        if (!parsed.ok) throw new Error(parsed.failure.code);
        const { accessToken, refreshToken, expiresIn } = parsed.value;
        expect([accessToken.reveal(), refreshToken?.reveal()]).toEqual(['a-1', 'r-1']);
        if (expiresIn === undefined) return;
        expect(Number.isInteger(expiresIn)).toBe(true);
        expect(expiresIn).toBeGreaterThan(0);
        expect(new Date(Date.now() + expiresIn * 1000).toISOString()).toBeDefined();
      }),
      { numRuns: 1000 },
    );
  });

  test.each<[unknown, number | undefined]>([
    [43_200, 43_200],
    ['43200', 43_200],
    [43_199.9, 43_199],
    [0, undefined],
    ['0', undefined],
    [-1, undefined],
    [null, undefined],
    ['soon', undefined],
    ['', undefined],
    [1e300, undefined],
    [{}, undefined],
  ])('expires_in %j is %j', (given, expiresIn) => {
    expect(parseGrant(json({ ok: true, ...pair, expires_in: given }))).toMatchObject({
      ok: true,
      value: { expiresIn },
    });
  });

  test.each([[''], ['  '], [null]])('a refresh token that is %j is none', (given) => {
    const parsed = parseGrant(json({ ok: true, ...pair, refresh_token: given }));
    expect(parsed).toMatchObject({ ok: true, value: { refreshToken: undefined } });
  });

  test.each([7, {}, ['r-1'], true])('a refresh token that is %j is not understood', (given) => {
    const parsed = parseGrant(json({ ok: true, ...pair, refresh_token: given }));
    expect(parsed).toMatchObject({ failure: { class: 'in-doubt', code: 'reply-not-understood' } });
  });

  test('an empty access token at the top level leaves the one under authed_user', () => {
    const parsed = parseGrant(json({ ok: true, access_token: '', authed_user: pair }));
    expect(parsed.ok && parsed.value.accessToken.reveal()).toBe('a-1');
  });

  test('whatever arrives, it is one of the two, and never an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.integer({ min: 100, max: 599 }), (value, status) => {
        const parsed = parseGrant(json(value, status));
        expect(parsed.ok ? parsed.value.accessToken : parsed.failure.class).toBeDefined();
      }),
    );
  });
});

describe('the answer of auth.test', () => {
  test('says how long the token lives', () => {
    const parsed = parseIdentity(json({ ok: true, team: 'Acme', user: 'bot', expires_in: 1200 }));
    expect(parsed).toEqual({ ok: true, value: { team: 'Acme', user: 'bot', expiresIn: 1200 } });
  });

  test.each<[unknown, number | undefined]>([
    ['1200', 1200],
    [0, 0],
    [null, undefined],
    ['soon', undefined],
  ])('is believed, whatever expires_in (%j) or another field is', (given, expiresIn) => {
    const parsed = parseIdentity(json({ ok: true, team: null, user: 7, expires_in: given }));
    expect(parsed).toEqual({ ok: true, value: { team: undefined, user: undefined, expiresIn } });
  });

  test('tells a refusal from trouble', () => {
    const isRefused = (outcome: HttpOutcome): boolean => {
      const parsed = parseIdentity(outcome);
      return !parsed.ok && isRefusal(parsed.failure);
    };
    for (const code of [...CODES['chain-dead'], ...CODES.environment, ...CODES.unknown, 'not_authed']) {
      expect(isRefused(json({ ok: false, error: code }))).toBe(true);
    }
    for (const code of [...CODES.transient, ...CODES['in-doubt']]) {
      expect(isRefused(json({ ok: false, error: code }))).toBe(false);
    }
    expect(isRefused(response(503, { kind: 'other' }))).toBe(false);
    expect(isRefused({ kind: 'unanswered', code: 'timeout' })).toBe(false);
  });
});
