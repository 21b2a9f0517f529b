/** Electron's cookies in the form in which Jeton keeps them, whichever browser they are from. */
import type { Cookie, CookiesSetDetails } from 'electron';
import type { KeptCookie } from '../node/sso/kept-cookies.ts';

/** Of a cookie that has no SameSite attribute, browsers make Lax. */
const SAME_SITE = { strict: 'Strict', lax: 'Lax', no_restriction: 'None', unspecified: 'Lax' } as const;

/** https://www.electronjs.org/docs/latest/api/structures/cookie: `expirationDate` is in seconds, and not for a session. */
export function keptCookieOf(cookie: Cookie): KeptCookie {
  const { name, value, domain = '', path = '/', secure = false, httpOnly = false } = cookie;
  return {
    name,
    value,
    domain: cookie.hostOnly === true ? domain : domain.replace(/^\.?/, '.'),
    path,
    secure,
    httpOnly,
    sameSite: SAME_SITE[cookie.sameSite],
    expires: cookie.expirationDate ?? -1,
  };
}

/** `undefined` for a partitioned cookie, which Electron has no way to set. */
export function cookieToSet(cookie: KeptCookie): CookiesSetDetails | undefined {
  if (cookie.partitionKey !== undefined) return undefined;
  const { name, value, domain, path, secure, httpOnly, sameSite, expires } = cookie;
  return {
    url: addressOf(cookie),
    name,
    value,
    // With a domain it would be sent to the hosts below as well.
    ...(domain.startsWith('.') && { domain }),
    path,
    secure,
    httpOnly,
    sameSite: sameSite === 'None' ? 'no_restriction' : sameSite === 'Strict' ? 'strict' : 'lax',
    ...(expires !== -1 && { expirationDate: expires }),
  };
}

/** An address that the cookie would be sent to. */
export function addressOf({ domain, path, secure }: Pick<KeptCookie, 'domain' | 'path' | 'secure'>): string {
  return `${secure ? 'https' : 'http'}://${domain.replace(/^\./, '')}${path}`;
}
