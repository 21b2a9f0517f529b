import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HttpOutcome } from '../../../src/core/ports.ts';
import { parseGrant, parseIdentity, saysTokenIsDead } from '../../../src/core/slack/reply.ts';

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

  test('tells a dead token from trouble', () => {
    const dead = parseIdentity(json({ ok: false, error: 'token_expired' }));
    const trouble = parseIdentity(response(503, { kind: 'other' }));
    expect(!dead.ok && saysTokenIsDead(dead.failure)).toBe(true);
    expect(!trouble.ok && saysTokenIsDead(trouble.failure)).toBe(false);
  });
});
