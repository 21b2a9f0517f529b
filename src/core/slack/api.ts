import type { SlackCredentials } from '../integration.ts';
import type { Http } from '../ports.ts';
import type { Secret } from '../secret.ts';
import type { Grant, Identity, Parsed } from './reply.ts';
import { parseGrant, parseIdentity } from './reply.ts';

/** For one HTTP exchange, milliseconds. Twice this and the writes after it must fit in a lease. */
export const REQUEST_TIMEOUT_MS = 20_000;

/** The three methods of Slack's Web API that Jeton speaks. None of them retries. */
export interface SlackApi {
  /** `oauth.v2.access` with `grant_type=refresh_token`. Spends the refresh token. */
  refresh(credentials: SlackCredentials & { readonly refreshToken: Secret }): Promise<Parsed<Grant>>;
  /** `oauth.v2.exchange`: a long-lived token becomes a rotating pair, once. */
  exchange(credentials: SlackCredentials & { readonly accessToken: Secret }): Promise<Parsed<Grant>>;
  /** `auth.test`: does this access token work? Says nothing about the refresh token. */
  authTest(accessToken: Secret): Promise<Parsed<Identity>>;
}

/** `signal` aborts the requests under way, and those to come. */
export function createSlackApi(http: Http, baseUrl: string, signal?: AbortSignal): SlackApi {
  const post = { method: 'POST', timeoutMs: REQUEST_TIMEOUT_MS, ...(signal && { signal }) } as const;
  return {
    async refresh({ clientId, clientSecret, refreshToken }) {
      const outcome = await http.send({
        ...post,
        url: `${baseUrl}/oauth.v2.access`,
        basic: { user: clientId, password: clientSecret },
        form: { grant_type: 'refresh_token', refresh_token: refreshToken },
      });
      return parseGrant(outcome);
    },
    async exchange({ clientId, clientSecret, accessToken }) {
      const outcome = await http.send({
        ...post,
        url: `${baseUrl}/oauth.v2.exchange`,
        basic: { user: clientId, password: clientSecret },
        form: { token: accessToken },
      });
      return parseGrant(outcome);
    },
    async authTest(accessToken) {
      return parseIdentity(await http.send({ ...post, url: `${baseUrl}/auth.test`, bearer: accessToken }));
    },
  };
}
