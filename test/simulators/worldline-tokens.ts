import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Somebody who can sign in, with what they type. */
export interface Account {
  readonly id: string;
  readonly email: string;
  readonly fullName: string;
  readonly password: string;
  /** The one-time code: always the same, so that a test can type it. */
  readonly code: string;
}

export interface IssuedTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface Token {
  readonly account: Account;
  /** Epoch milliseconds. */
  readonly until: number;
  alive: boolean;
}

/** OneFlex's tokens: JWTs signed with a random key, and opaque refresh tokens. */
export class WorldlineTokens {
  readonly #now: () => number;
  readonly #key = randomBytes(32);
  readonly #access = new Map<string, Token>();
  readonly #refresh = new Map<string, Token>();
  #serial = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(account: Account, accessTokenSeconds: number): IssuedTokens {
    const accessToken = this.issueAccessToken(account, accessTokenSeconds);
    const refreshToken = `oneflex-test-refresh-${++this.#serial}-${randomBytes(9).toString('base64url')}`;
    this.#refresh.set(refreshToken, { account, until: Infinity, alive: true });
    return { accessToken, refreshToken };
  }

  issueAccessToken(account: Account, seconds: number): string {
    const issuedAt = Math.floor(this.#now() / 1_000);
    const unsigned = [
      { alg: 'HS256', typ: 'JWT' },
      { sub: account.id, iat: issuedAt, exp: issuedAt + seconds, jti: String(++this.#serial) },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const token = `${unsigned}.${this.#sign(unsigned)}`;
    this.#access.set(token, { account, until: (issuedAt + seconds) * 1_000, alive: true });
    return token;
  }

  /** Whose access token this is: a JWT of ours, as its signature says, within its time, and not expired early. */
  accountOf(accessToken: string): Account | undefined {
    const [header = '', payload = '', signature = ''] = accessToken.split('.');
    const expected = Buffer.from(this.#sign(`${header}.${payload}`));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    const token = this.#access.get(accessToken);
    return token?.alive === true && token.until > this.#now() ? token.account : undefined;
  }

  accountOfRefreshToken(refreshToken: string): Account | undefined {
    const token = this.#refresh.get(refreshToken);
    return token?.alive === true ? token.account : undefined;
  }

  expire(what: 'access' | 'refresh'): void {
    const tokens = what === 'access' ? this.#access : this.#refresh;
    for (const token of tokens.values()) token.alive = false;
  }

  expireRefreshToken(refreshToken: string): void {
    const token = this.#refresh.get(refreshToken);
    if (token !== undefined) token.alive = false;
  }

  secrets(): string[] {
    return [...this.#access.keys(), ...this.#refresh.keys()];
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}
