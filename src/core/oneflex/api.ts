/**
 * The two requests that Jeton makes of OneFlex without a browser. OneFlex publishes no API: the facts are from
 * its own web application and from github.com/Kiwi41/oneflex-bot, which lives on them.
 */
import * as z from 'zod/mini';
import type { Clock, Http, HttpOutcome } from '../ports.ts';
import { Secret } from '../secret.ts';
import { clockLead } from './clock.ts';
import { expiryOfJwt } from './jwt.ts';

/** For one exchange, milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

const ME_QUERY =
  'query { me(languages: ["fr-FR", "fr"], defaultTimezone: "Europe/Paris") { id email fullName } }';

export interface OneflexAccount {
  readonly id: string;
  readonly email: string;
  /** The e-mail address, where OneFlex knows no name. */
  readonly fullName: string;
}

interface OneflexGrant {
  readonly accessToken: Secret;
  /** When it dies, epoch milliseconds by this machine's clock; `undefined` when neither the token nor the reply says. */
  readonly expiresAt: number | undefined;
  /** Absent when the reply had none: the one that was sent stays in use. */
  readonly refreshToken: Secret | undefined;
}

/** `refused`: OneFlex's own answer. `unavailable`: nobody's; the same request may succeed later. */
export interface OneflexFailure {
  readonly kind: 'refused' | 'unavailable';
  /** `http-401`, `timeout`, `ECONNREFUSED`, `reply-not-understood`… Never free text. */
  readonly code: string;
  readonly retryAfterMs?: number | undefined;
}

export interface OneflexApi {
  /** Whose access token this is. `expired`: nobody's any more. */
  me(accessToken: Secret): Promise<
    | {
        readonly kind: 'account';
        readonly account: OneflexAccount;
        /** See {@link clockLead}. */
        readonly clockLeadMs: number;
      }
    | { readonly kind: 'expired' }
    | OneflexFailure
  >;
  /**
   * A new access token for a refresh token. Officially not supported, so a refusal says nothing about the
   * session: the next rung is a sign-in through the browser.
   */
  renew(
    refreshToken: Secret,
  ): Promise<{ readonly kind: 'granted'; readonly grant: OneflexGrant } | OneflexFailure>;
}

/** By a name that nobody takes for a promise's. */
const orElse = z.catch;

const text = z.string().check(z.trim(), z.minLength(1));
const secret = z.pipe(
  text,
  z.transform((value) => ({ value, secret: new Secret(value) })),
);

const meReply = z.object({
  data: z.object({
    me: z.object({
      id: z.union([text, z.pipe(z.number(), z.transform(String))]),
      email: text,
      fullName: orElse(z.nullish(text), undefined),
    }),
  }),
});

const tokenReply = z.object({
  access_token: secret,
  refresh_token: orElse(z.nullish(secret), undefined),
  /** Seconds. */
  expires_in: orElse(z.nullish(z.number().check(z.positive())), undefined),
});

/**
 * `baseUrl` without a trailing slash. `signal` aborts the questions under way, and those to come; never a renewal,
 * whose refresh token may be spent by then.
 */
export function createOneflexApi(
  { http, clock }: { readonly http: Http; readonly clock: Clock },
  baseUrl: string,
  signal?: AbortSignal,
): OneflexApi {
  const post = { method: 'POST', timeoutMs: REQUEST_TIMEOUT_MS } as const;
  return {
    async me(accessToken) {
      const outcome = await http.send({
        ...post,
        ...(signal && { signal }),
        url: `${baseUrl}/api/gql`,
        bearer: accessToken,
        json: { query: ME_QUERY },
      });
      if (outcome.kind === 'response' && outcome.status === 401) return { kind: 'expired' };
      const reply = meReply.safeParse(jsonOf(outcome));
      if (!reply.success) return failureOf(outcome);
      const { id, email, fullName } = reply.data.data.me;
      const account = { id, email, fullName: fullName ?? email };
      return { kind: 'account', account, clockLeadMs: leadOver(outcome, clock) };
    },

    async renew(refreshToken) {
      const outcome = await http.send({
        ...post,
        url: `${baseUrl}/api/auth/token`,
        json: { grant_type: 'refresh_token', refresh_token: refreshToken },
      });
      const reply = tokenReply.safeParse(jsonOf(outcome));
      if (!reply.success) return failureOf(outcome);
      const { access_token: access, refresh_token: refresh, expires_in: seconds } = reply.data;
      const expiry = expiryOfJwt(access.value);
      const byReply = seconds ? clock.now() + seconds * 1_000 : undefined;
      const expiresAt = expiry === undefined ? byReply : expiry + leadOver(outcome, clock);
      return {
        kind: 'granted',
        grant: { accessToken: access.secret, expiresAt, refreshToken: refresh?.secret },
      };
    },
  };
}

function leadOver(outcome: HttpOutcome, clock: Clock): number {
  return clockLead(outcome.kind === 'response' ? outcome.serverDate : undefined, clock.now());
}

/** The body of a success; anything else is no reply. */
function jsonOf(outcome: HttpOutcome): unknown {
  if (outcome.kind !== 'response' || outcome.status !== 200) return undefined;
  return outcome.body.kind === 'json' ? outcome.body.value : undefined;
}

function failureOf(outcome: HttpOutcome): OneflexFailure {
  if (outcome.kind !== 'response') return { kind: 'unavailable', code: outcome.code };
  const { status, retryAfterMs } = outcome;
  if (status === 429 || status >= 500) return { kind: 'unavailable', code: `http-${status}`, retryAfterMs };
  return { kind: 'refused', code: status === 200 ? 'reply-not-understood' : `http-${status}` };
}
