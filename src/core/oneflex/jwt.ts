import * as z from 'zod/mini';

/** RFC 7519, section 4.1.4: a NumericDate, seconds, possibly with a fraction. */
const claims = z.object({
  exp: z.number().check(z.positive(), z.lte(Number.MAX_SAFE_INTEGER / 1000)),
});

const header = z.object({ alg: z.string() });

/**
 * When a JWT expires, epoch milliseconds; `undefined` for what is no JWT (RFC 7519) or does not say. The
 * signature is not looked at: this tells when a token ends, never whether it is genuine.
 */
export function expiryOfJwt(token: string): number | undefined {
  const parts = token.split('.');
  const [head = '', payload = '', signature = ''] = parts;
  if (parts.length !== 3 || signature === '' || !header.safeParse(decoded(head)).success) return undefined;
  const exp = claims.safeParse(decoded(payload)).data?.exp;
  return exp === undefined ? undefined : Math.floor(exp * 1000);
}

/** The JSON of one part. Its bytes are not read as UTF-8: what is asked for is ASCII. */
function decoded(part: string): unknown {
  if (!/^[\w-]+$/.test(part)) return undefined;
  try {
    return JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/'))) as unknown;
  } catch {
    return undefined;
  }
}
