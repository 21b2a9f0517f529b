/**
 * The browser's cookies between two runs. The identity provider keeps its session in a cookie without expiry
 * unless the person asked to stay signed in, and Chromium drops such cookies when its process ends.
 */
import { z } from 'zod';
import { isTokenCookie } from '../../core/oneflex/capture.ts';
import type { SessionCookie } from '../../core/ports.ts';
import { Secret } from '../../core/secret.ts';

const stored = z.array(
  z.object({
    name: z.string(),
    value: z.string(),
    domain: z.string(),
    path: z.string(),
    secure: z.boolean(),
    httpOnly: z.boolean(),
    sameSite: z.enum(['Strict', 'Lax', 'None']),
    /** The top-level site of a partitioned cookie. */
    partitionKey: z.string().exactOptional(),
    /** Epoch seconds, with a fraction; -1 for a session cookie. */
    expires: z.number(),
  }),
);

/** A browser's cookie, as Playwright has them; other browsers' are brought into this form. */
export type KeptCookie = z.infer<typeof stored>[number];

/** All in one secret, to be sealed as one. */
export function keepCookies(cookies: readonly KeptCookie[]): Secret {
  return new Secret(JSON.stringify(cookies));
}

/** As the browser had them; none of a form that another version of Jeton kept. */
function restoreCookies(kept: Secret): readonly KeptCookie[] {
  return stored.safeParse(JSON.parse(kept.reveal())).data ?? [];
}

/**
 * What a browser that has the cookies `present` has lost of the kept ones, and can still use at `now` (epoch
 * milliseconds). Tokens of OneFlex at `baseUrl` are not given back: what a sign-in captures is to be new.
 */
export function lostCookies(
  kept: Secret | undefined,
  present: readonly Pick<KeptCookie, 'name' | 'domain' | 'path' | 'partitionKey'>[],
  baseUrl: string,
  now: number,
): readonly KeptCookie[] {
  const placeOf = ({ name, domain, path, partitionKey }: (typeof present)[number]): string =>
    JSON.stringify([name, domain, path, partitionKey]);
  const places = new Set(present.map(placeOf));
  return (kept === undefined ? [] : restoreCookies(kept)).filter(
    (cookie) =>
      !places.has(placeOf(cookie)) &&
      !isTokenCookie(cookie, baseUrl) &&
      (cookie.expires === -1 || cookie.expires * 1_000 > now),
  );
}

/** One by one, for whoever passes some of them on. */
export function listKeptCookies(kept: Secret): readonly SessionCookie[] {
  return restoreCookies(kept).map(({ name, value, domain, path, secure, httpOnly, expires }) => ({
    name,
    value: new Secret(value),
    domain,
    path,
    secure,
    httpOnly,
    expiresAt: expires === -1 ? undefined : expires * 1_000,
  }));
}

/** Those that go to the host of `url`, for whoever speaks to that host in the person's place. */
export function cookiesOfHost(kept: Secret, url: string): readonly SessionCookie[] {
  const { hostname } = new URL(url);
  return listKeptCookies(kept).filter(({ domain }) => domain.replace(/^\./, '') === hostname);
}
