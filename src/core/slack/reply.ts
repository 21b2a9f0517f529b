/**
 * What Slack's answers mean. Facts: docs.slack.dev/authentication/using-token-rotation and
 * /reference/methods/{oauth.v2.access, oauth.v2.exchange, auth.test}.
 */
import * as z from 'zod/mini';
import type { FailureClass } from '../integration.ts';
import type { HttpOutcome } from '../ports.ts';
import { Secret } from '../secret.ts';

/** Far beyond any token's life, and near enough for every date that is made of it. */
const LONGEST_LIFE_S = 10 * 365 * 24 * 60 * 60;

/** What is beside the tokens never costs them: anything odd counts as not said. */
const lenient = <T extends z.ZodMiniType>(schema: T) =>
  z.union([
    z.optional(schema),
    z.pipe(
      z.unknown(),
      z.transform(() => undefined),
    ),
  ]);

/** Whole seconds from now, also as digits in a string. */
const lifetime = (atLeast: number) =>
  z.pipe(
    z.union([z.number(), z.pipe(z.string().check(z.regex(/^\d{1,10}(\.\d{1,9})?$/)), z.transform(Number))]),
    z.pipe(
      z.transform((seconds: number) => Math.floor(seconds)),
      z.number().check(z.gte(atLeast), z.lte(LONGEST_LIFE_S)),
    ),
  );

/** A blank token is none. */
const token = z.pipe(
  z.nullish(z.string()),
  z.transform((value) => (value?.trim() ? new Secret(value) : undefined)),
);

const tokenFields = z.object({
  access_token: token,
  refresh_token: token,
  expires_in: lenient(lifetime(1)),
});

const okReply = z.object({
  ok: z.literal(true),
  /** Where a user token arrives, unless it is at the top level. */
  authed_user: z.optional(z.unknown()),
});

const authTestReply = z.object({
  ok: z.literal(true),
  team: lenient(z.string()),
  user: lenient(z.string()),
  /** Sent for rotating tokens. */
  expires_in: lenient(lifetime(0)),
});

const errorReply = z.object({ ok: z.literal(false), error: z.string().check(z.minLength(1)) });
/** OAuth's own error shape, which Slack's token endpoint uses with status 400. */
const oauthErrorReply = z.object({ error: z.string().check(z.minLength(1)) });

/**
 * Each documented error of the refresh, and its class:
 * `chain-dead` only a reinstall helps · `misconfigured` the app's fault, no row is dead · `transient` later ·
 * `in-doubt` the token may have been spent · `environment` somebody's policy, rarely changes by itself.
 */
const CLASS_OF_ERROR: Readonly<Record<string, FailureClass>> = {
  invalid_refresh_token: 'chain-dead',
  token_revoked: 'chain-dead',
  token_expired: 'chain-dead',
  account_inactive: 'chain-dead',
  authorization_not_found: 'chain-dead',
  invalid_token: 'chain-dead',
  invalid_grant: 'chain-dead',

  invalid_client_id: 'misconfigured',
  bad_client_secret: 'misconfigured',
  invalid_grant_type: 'misconfigured',
  token_rotation_not_enabled: 'misconfigured',
  invalid_arguments: 'misconfigured',
  pkce_not_allowed: 'misconfigured',

  ratelimited: 'transient',
  rate_limited: 'transient',
  service_unavailable: 'transient',
  internal_error: 'transient',
  request_timeout: 'transient',
  team_added_to_org: 'transient',

  fatal_error: 'in-doubt',

  accesslimited: 'environment',
  access_denied: 'environment',
  invalid_auth: 'environment',
  ekm_access_denied: 'environment',
  enterprise_is_restricted: 'environment',
  org_login_required: 'environment',
  two_factor_setup_required: 'environment',
};

export interface SlackFailure {
  readonly class: FailureClass;
  /** Slack's error code, or one of ours for what is not Slack's: `timeout`, `http-502`, `not-json`… */
  readonly code: string;
  readonly retryAfterMs?: number | undefined;
}

export interface Grant {
  readonly accessToken: Secret;
  /** Absent when the reply had none: the one that was sent stays valid then. */
  readonly refreshToken: Secret | undefined;
  /** Seconds. */
  readonly expiresIn: number | undefined;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: SlackFailure };

/**
 * Reads the answer of `oauth.v2.access` (refresh) or `oauth.v2.exchange`. Tokens that were received are never thrown
 * away for what came with them, be it an odd field or the status.
 */
export function parseGrant(outcome: HttpOutcome): Parsed<Grant> {
  const received =
    outcome.kind === 'response' && outcome.body.kind === 'json' ? outcome.body.value : undefined;
  const reply = okReply.safeParse(received).data;
  const places = reply && [received, reply.authed_user].map((place) => tokenFields.safeParse(place).data);
  const tokens = places?.find((found) => found?.access_token !== undefined);
  if (tokens?.access_token !== undefined) {
    const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = tokens;
    return { ok: true, value: { accessToken, refreshToken, expiresIn } };
  }
  const body = bodyOf(outcome);
  if (!body.ok) return body;
  // ok:true means that the refresh token was spent; what we cannot read may have held its successor.
  return failed('in-doubt', places?.[0] === undefined ? 'reply-not-understood' : 'reply-without-token');
}

export interface Identity {
  readonly team: string | undefined;
  readonly user: string | undefined;
  /** Seconds the access token still lives, where Slack says so. */
  readonly expiresIn: number | undefined;
}

/** Reads the answer of `auth.test`, which speaks of the access token only and never of the chain. */
export function parseIdentity(outcome: HttpOutcome): Parsed<Identity> {
  const body = bodyOf(outcome);
  if (!body.ok) return body;
  const reply = authTestReply.safeParse(body.value);
  if (!reply.success) return failed('unknown', 'reply-not-understood');
  return {
    ok: true,
    value: { team: reply.data.team, user: reply.data.user, expiresIn: reply.data.expires_in },
  };
}

/** True for answers of auth.test by which Slack says no to this access token, and not that it has no time just now. */
export function isRefusal({ class: failureClass }: SlackFailure): boolean {
  // Nothing is spent by asking: an answer that got lost is only trouble on the way.
  return failureClass !== 'transient' && failureClass !== 'in-doubt';
}

/** The body of a reply that says `ok: true`, or the failure that the outcome amounts to. */
function bodyOf(outcome: HttpOutcome): Parsed<unknown> {
  if (outcome.kind === 'not-sent') return failed('transient', outcome.code);
  if (outcome.kind === 'unanswered') return failed('in-doubt', outcome.code);

  const { status, body, retryAfterMs } = outcome;
  if (status === 429) return failed('transient', 'ratelimited', retryAfterMs);
  if (body.kind === 'truncated' && status === 200) return failed('in-doubt', 'reply-truncated');
  if (body.kind !== 'json') {
    return failed('transient', status === 200 ? 'not-json' : `http-${status}`, retryAfterMs);
  }
  const error = errorReply.safeParse(body.value).data ?? errorWithStatus(status, body.value);
  if (error !== undefined) {
    return failed(CLASS_OF_ERROR[error.error] ?? 'unknown', safeCode(error.error), retryAfterMs);
  }
  if (status >= 500) return failed('transient', `http-${status}`, retryAfterMs);
  if (status !== 200) return failed('unknown', `http-${status}`, retryAfterMs);
  return { ok: true, value: body.value };
}

function errorWithStatus(status: number, body: unknown): { readonly error: string } | undefined {
  return status >= 400 && status < 500 ? oauthErrorReply.safeParse(body).data : undefined;
}

function failed(
  failureClass: FailureClass,
  code: string,
  retryAfterMs?: number,
): { readonly ok: false; readonly failure: SlackFailure } {
  return { ok: false, failure: { class: failureClass, code, retryAfterMs } };
}

/** Slack's error codes end up in logs and messages; one that does not look like a code is not repeated there. */
function safeCode(code: string): string {
  return /^[a-z][a-z0-9_]{0,63}$/i.test(code) ? code : 'unreadable-error-code';
}
