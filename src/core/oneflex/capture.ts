/**
 * Which cookies of a browser are OneFlex's tokens, and when a sign-in has brought them all. OneFlex keeps them as
 * `access_token` (a JWT of about 15 minutes) and `refresh_token` (opaque) on its own host; any other host, a
 * subdomain included, may have cookies of the same names.
 */
import { Secret } from '../secret.ts';
import { clockLead } from './clock.ts';
import { expiryOfJwt } from './jwt.ts';

/** What the rules need of a cookie; browsers' own cookie objects have it under these names. */
export interface ObservedCookie {
  readonly name: string;
  readonly value: string;
  /** `host`, or `.host` when it was set with a Domain attribute. */
  readonly domain: string;
  readonly secure: boolean;
}

export interface OneflexTokens {
  readonly accessToken: Secret;
  /** When the access token dies, epoch milliseconds by the clock of whoever issued it: see {@link clockLead}. */
  readonly expiresAt: number;
  readonly refreshToken: Secret | undefined;
}

/** How long an access token waits for the refresh token that is usually set with it, milliseconds. */
export const REFRESH_TOKEN_GRACE_MS = 2_000;

/** True for a cookie in which OneFlex at `baseUrl` keeps a token; for the leading dot see docs/adr/006. */
export function isTokenCookie(cookie: Omit<ObservedCookie, 'value'>, baseUrl: string): boolean {
  const { hostname, protocol } = new URL(baseUrl);
  return (
    (cookie.name === 'access_token' || cookie.name === 'refresh_token') &&
    (cookie.domain === hostname || cookie.domain === `.${hostname}`) &&
    (cookie.secure || (protocol === 'http:' && isLoopback(hostname)))
  );
}

/** True for a Set-Cookie header that brings or removes a token, whoever sent it. */
export function isOfTokenCookie(setCookie: string): boolean {
  return /^(?:access_token|refresh_token)=/.test(setCookie);
}

/** Watches one sign-in. `now` is epoch milliseconds throughout. */
export class TokenCapture {
  readonly #baseUrl: string;
  /** How far OneFlex's clock is ahead of this machine's, milliseconds. */
  #offset: number | undefined;
  #aloneSince: number | undefined;
  #reported: OneflexTokens | undefined;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  /**
   * An answer of OneFlex's came when its clock showed `serverNow` (epoch milliseconds): a machine whose clock is ahead
   * would take each new token for an expired one. One that lay in a cache makes the clock seem behind, never ahead.
   */
  hear(serverNow: number, now: number): void {
    this.#offset = Math.max(this.#offset ?? Number.NEGATIVE_INFINITY, serverNow - now);
  }

  /** The access token is there, and the refresh token may follow: observe again soon. */
  get isWaiting(): boolean {
    return this.#aloneSince !== undefined;
  }

  /**
   * Given all cookies of the browser, answers the tokens once they are all there: both, or the access token alone
   * when no refresh token followed within {@link REFRESH_TOKEN_GRACE_MS}. The same tokens are answered once.
   */
  observe(cookies: readonly ObservedCookie[], now: number): OneflexTokens | undefined {
    const serverNow = this.#offset === undefined ? undefined : now + this.#offset;
    const tokens = findTokens(cookies, this.#baseUrl, now - clockLead(serverNow, now));
    if (tokens === undefined) {
      this.#aloneSince = undefined;
      return undefined;
    }
    if (tokens.refreshToken === undefined) {
      this.#aloneSince ??= now;
      if (now - this.#aloneSince < REFRESH_TOKEN_GRACE_MS) return undefined;
    } else {
      this.#aloneSince = undefined;
    }
    if (this.#reported !== undefined && isSame(tokens, this.#reported)) return undefined;
    this.#reported = tokens;
    return tokens;
  }
}

function findTokens(
  cookies: readonly ObservedCookie[],
  baseUrl: string,
  now: number,
): OneflexTokens | undefined {
  const own = cookies
    .filter((cookie) => cookie.value !== '' && isTokenCookie(cookie, baseUrl))
    // A subdomain can set a cookie with a Domain attribute for its parent, but never one for that host alone.
    .toSorted((a, b) => Number(a.domain.startsWith('.')) - Number(b.domain.startsWith('.')));
  for (const { name, value, domain } of own) {
    const expiresAt = name === 'access_token' ? expiryOfJwt(value) : undefined;
    if (expiresAt !== undefined && expiresAt > now) {
      // Whose access token it is, OneFlex is asked; a refresh token planted beside it nobody would notice.
      const refresh = own.find((cookie) => cookie.name === 'refresh_token' && cookie.domain === domain);
      const refreshToken = refresh && new Secret(refresh.value);
      return { accessToken: new Secret(value), expiresAt, refreshToken };
    }
  }
  return undefined;
}

function isSame(a: OneflexTokens, b: OneflexTokens): boolean {
  const sameRefreshToken =
    a.refreshToken === undefined || b.refreshToken === undefined
      ? a.refreshToken === b.refreshToken
      : a.refreshToken.equals(b.refreshToken);
  return sameRefreshToken && a.accessToken.equals(b.accessToken);
}

/** Names under .localhost never leave the machine in a browser (RFC 6761 §6.3). */
function isLoopback(hostname: string): boolean {
  return /^(?:(?:[\w-]+\.)*localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
