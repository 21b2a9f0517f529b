import { JetonError } from '../core/errors.ts';
import { expiryOfJwt } from '../core/oneflex/jwt.ts';
import type { KeptTokens } from '../core/ports.ts';
import type { Secret } from '../core/secret.ts';

/**
 * Throws `not-an-access-token`: whatever else was in somebody's clipboard is sent to nobody. `refreshToken` is asked
 * for once the access token has been accepted.
 */
export async function pastedTokens(
  accessToken: Secret,
  refreshToken: () => Promise<Secret | undefined>,
): Promise<KeptTokens> {
  const expiresAt = expiryOfJwt(accessToken.reveal());
  if (expiresAt === undefined) throw new JetonError('not-an-access-token');
  return { accessToken, refreshToken: await refreshToken(), expiresAt, cookies: undefined };
}
