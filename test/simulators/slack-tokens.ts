import { randomBytes } from 'node:crypto';

/**
 * Slack's rules for rotating tokens, without the HTTP around them.
 * Sources: docs.slack.dev, authentication/using-token-rotation, reference/methods/oauth.v2.access,
 * oauth.v2.exchange and auth.test. Where they are silent (what a spent refresh token answers within its
 * grace period, and how long that is) the answer is an option.
 */
export interface TokenRules {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Life of an access token, seconds. */
  readonly accessTokenSeconds: number;
  /** How long a spent refresh token still answers, milliseconds. */
  readonly graceMs: number;
  /**
   * What a spent refresh token answers within its grace. `same-successor`: a fresh access token and the refresh
   * token that replaced it, as long as that one is unspent. `new-pair`: both fresh; the earlier successor dies.
   */
  readonly graceAnswer: 'same-successor' | 'new-pair';
}

export interface SlackClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

interface SlackTeam {
  readonly id: string;
  readonly name: string;
}

export interface IssueOptions {
  readonly client?: SlackClient;
  readonly kind?: 'bot' | 'user';
  readonly team?: SlackTeam;
}

export interface IssuedChain extends SlackClient {
  readonly label: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

export interface IssuedLongLived extends SlackClient {
  readonly label: string;
  readonly accessToken: string;
}

/** A chain by its label, or by any token it was ever issued. */
export type ChainReference = string | { readonly label: string };

export interface ChainView {
  readonly label: string;
  /** False once its refresh tokens are revoked. */
  readonly alive: boolean;
  /** The refresh token that is valid and unspent. */
  readonly refreshToken: string | undefined;
  /** Oldest first, at most two. */
  readonly accessTokens: readonly string[];
  /** How many refresh tokens were spent; an answer repeated within the grace does not count. */
  readonly rotations: number;
}

/** Why Slack says no: its error code. */
export interface Refusal {
  readonly error: string;
}

export interface Grant {
  readonly chain: ChainFacts;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** The refresh token had been spent before. */
  readonly replayed: boolean;
}

export interface ChainFacts {
  readonly label: string;
  readonly number: number;
  readonly kind: 'bot' | 'user';
  readonly team: SlackTeam;
}

export interface Identity {
  readonly chain: ChainFacts;
  /** Seconds left; absent for a long-lived token. */
  readonly expiresIn: number | undefined;
}

interface Chain extends ChainFacts {
  readonly client: SlackClient;
  refreshTokensRevoked: boolean;
  currentRefreshToken: RefreshToken | undefined;
  /** The newest last. */
  readonly accessTokens: AccessToken[];
  refreshTokensIssued: number;
  rotations: number;
}

interface RefreshToken {
  readonly type: 'refresh';
  readonly chain: Chain;
  readonly label: string;
  readonly value: string;
  spent: { readonly at: number; successor: RefreshToken } | undefined;
}

interface AccessToken {
  readonly type: 'access';
  readonly chain: Chain;
  readonly label: string;
  readonly value: string;
  /** Infinite for a long-lived token. */
  readonly expiresAt: number;
  revoked: boolean;
  exchanged: boolean;
}

/** "You can have at most two active tokens at a time": the oldest is revoked to make room. */
const ACTIVE_ACCESS_TOKENS = 2;

export class SlackTokens {
  readonly #rules: TokenRules;
  readonly #clients = new Map<string, SlackClient>();
  readonly #chains = new Map<string, Chain>();
  readonly #tokens = new Map<string, RefreshToken | AccessToken>();
  #defaultClient: SlackClient | undefined;

  constructor(rules: TokenRules) {
    this.#rules = rules;
  }

  issueClient(): SlackClient {
    const number = this.#clients.size + 1;
    const client = {
      clientId: `${1_000_000_000 + number}.${randomBytes(5).readUIntBE(0, 5)}`,
      clientSecret: `sim-client-secret-${number}-${random()}`,
    };
    this.#clients.set(client.clientId, client);
    return client;
  }

  issueChain(options: IssueOptions & { readonly expiresInSeconds?: number }): IssuedChain {
    const chain = this.#newChain(options);
    const access = this.#issueAccess(chain, options.expiresInSeconds);
    const refresh = this.#issueRefresh(chain);
    return {
      ...chain.client,
      label: chain.label,
      accessToken: access.value,
      refreshToken: refresh.value,
      expiresAt: access.expiresAt,
    };
  }

  issueLongLived(options: IssueOptions): IssuedLongLived {
    const chain = this.#newChain(options);
    return { ...chain.client, label: chain.label, accessToken: this.#issueAccess(chain, Infinity).value };
  }

  /** `refresh-token`: as when the chain is lost; its access tokens live on until they expire. */
  revoke(reference: ChainReference, what: 'refresh-token' | 'everything'): void {
    const chain = this.#find(reference);
    chain.refreshTokensRevoked = true;
    chain.currentRefreshToken = undefined;
    if (what === 'everything') for (const token of chain.accessTokens) token.revoked = true;
  }

  view(reference: ChainReference): ChainView {
    const chain = this.#find(reference);
    return {
      label: chain.label,
      alive: !chain.refreshTokensRevoked,
      refreshToken: chain.currentRefreshToken?.value,
      accessTokens: chain.accessTokens.filter((token) => this.#isActive(token)).map(({ value }) => value),
      rotations: chain.rotations,
    };
  }

  /** How a token is called in the ledger, and whose it is. */
  describe(value: string): { readonly chain: string; readonly token: string } | undefined {
    const token = this.#tokens.get(value);
    return token && { chain: token.chain.label, token: token.label };
  }

  labelOf(reference: ChainReference): string {
    return this.#find(reference).label;
  }

  secrets(): string[] {
    return [...this.#tokens.keys(), ...[...this.#clients.values()].map(({ clientSecret }) => clientSecret)];
  }

  /** oauth.v2.access with grant_type=refresh_token. */
  refresh(client: Partial<SlackClient>, value: string): Grant | Refusal {
    const refusal = this.#checkClient(client);
    if (refusal !== undefined) return refusal;
    const token = this.#tokens.get(value);
    if (token?.type !== 'refresh' || token.chain.client.clientId !== client.clientId) {
      return { error: 'invalid_refresh_token' };
    }
    const { chain } = token;
    if (chain.refreshTokensRevoked) return { error: 'invalid_refresh_token' };
    if (token === chain.currentRefreshToken) return this.#spend(token);
    return this.#answerAgain(token);
  }

  /** oauth.v2.exchange: a long-lived token becomes a chain, once. It stays one of the active tokens. */
  exchange(client: Partial<SlackClient>, value: string): Grant | Refusal {
    const refusal = this.#checkClient(client);
    if (refusal !== undefined) return refusal;
    const token = this.#tokens.get(value);
    if (token?.type !== 'access' || token.expiresAt !== Infinity) return { error: 'invalid_token' };
    if (token.chain.client.clientId !== client.clientId) return { error: 'invalid_token' };
    if (token.exchanged) return { error: 'token_already_exchanged' };
    if (token.revoked) return { error: 'authorization_not_found' };
    token.exchanged = true;
    return {
      chain: token.chain,
      accessToken: this.#issueAccess(token.chain).value,
      refreshToken: this.#issueRefresh(token.chain).value,
      replayed: false,
    };
  }

  /** auth.test. */
  identify(value: string): Identity | Refusal {
    const token = this.#tokens.get(value);
    if (token?.type !== 'access') return { error: 'invalid_auth' };
    if (token.revoked) return { error: 'token_revoked' };
    if (!this.#isActive(token)) return { error: 'token_expired' };
    return {
      chain: token.chain,
      expiresIn:
        token.expiresAt === Infinity ? undefined : Math.ceil((token.expiresAt - this.#rules.now()) / 1_000),
    };
  }

  #spend(token: RefreshToken): Grant {
    const successor = this.#issueRefresh(token.chain);
    token.spent = { at: this.#rules.now(), successor };
    token.chain.rotations += 1;
    return this.#grant(successor, false);
  }

  #answerAgain(token: RefreshToken): Grant | Refusal {
    const { spent, chain } = token;
    const inGrace = spent !== undefined && this.#rules.now() - spent.at <= this.#rules.graceMs;
    if (!inGrace || spent.successor !== chain.currentRefreshToken) return { error: 'invalid_refresh_token' };
    if (this.#rules.graceAnswer === 'new-pair') spent.successor = this.#issueRefresh(chain);
    return this.#grant(spent.successor, true);
  }

  #grant(refresh: RefreshToken, replayed: boolean): Grant {
    const { chain } = refresh;
    return {
      chain,
      accessToken: this.#issueAccess(chain).value,
      refreshToken: refresh.value,
      replayed,
    };
  }

  #checkClient({ clientId, clientSecret }: Partial<SlackClient>): Refusal | undefined {
    const known = this.#clients.get(clientId ?? '');
    if (known === undefined) return { error: 'invalid_client_id' };
    return known.clientSecret === clientSecret ? undefined : { error: 'bad_client_secret' };
  }

  #newChain({ client, kind = 'bot', team }: IssueOptions): Chain {
    const number = this.#chains.size + 1;
    const label = `${kind}-${number}`;
    const chain: Chain = {
      label,
      number,
      kind,
      team: team ?? { id: `T${String(number).padStart(8, '0')}`, name: `Team ${number}` },
      client: client ?? (this.#defaultClient ??= this.issueClient()),
      refreshTokensRevoked: false,
      currentRefreshToken: undefined,
      accessTokens: [],
      refreshTokensIssued: 0,
      rotations: 0,
    };
    this.#chains.set(label, chain);
    return chain;
  }

  #issueAccess(chain: Chain, seconds = this.#rules.accessTokenSeconds): AccessToken {
    const prefix = chain.kind === 'bot' ? 'xoxb' : 'xoxp';
    const label = `${chain.label}-access-${chain.accessTokens.length + 1}`;
    const token: AccessToken = {
      type: 'access',
      chain,
      label,
      value: `${seconds === Infinity ? prefix : `xoxe.${prefix}-1`}-sim-${label}-${random()}`,
      expiresAt: this.#rules.now() + seconds * 1_000,
      revoked: false,
      exchanged: false,
    };
    chain.accessTokens.push(token);
    this.#tokens.set(token.value, token);
    const active = chain.accessTokens.filter((each) => this.#isActive(each));
    for (const surplus of active.slice(0, -ACTIVE_ACCESS_TOKENS)) surplus.revoked = true;
    return token;
  }

  #issueRefresh(chain: Chain): RefreshToken {
    chain.refreshTokensIssued += 1;
    const label = `${chain.label}-refresh-${chain.refreshTokensIssued}`;
    const token: RefreshToken = {
      type: 'refresh',
      chain,
      label,
      value: `xoxe-1-sim-${label}-${random()}`,
      spent: undefined,
    };
    chain.currentRefreshToken = token;
    this.#tokens.set(token.value, token);
    return token;
  }

  #isActive(token: AccessToken): boolean {
    return !token.revoked && this.#rules.now() < token.expiresAt;
  }

  #find(reference: ChainReference): Chain {
    const name = typeof reference === 'string' ? reference : reference.label;
    const chain = this.#chains.get(name) ?? this.#tokens.get(name)?.chain;
    if (chain === undefined) throw new TypeError('not a chain of this simulator');
    return chain;
  }
}

function random(): string {
  return randomBytes(18).toString('base64url');
}
