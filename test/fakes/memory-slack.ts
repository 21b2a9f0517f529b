import type { Clock } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import type { SlackApi } from '../../src/core/slack/api.ts';
import type { Grant, Identity, Parsed, SlackFailure } from '../../src/core/slack/reply.ts';

const LIFETIME_S = 43_200;

interface Chain {
  readonly name: string;
  generation: number;
  /** When the current generation's predecessor was spent; it still answers until the grace is over. */
  spentAt: number;
  alive: boolean;
}

export type Fault =
  | { readonly kind: 'fails'; readonly failure: SlackFailure }
  /** The token is spent, and the answer never arrives. */
  | { readonly kind: 'answer-lost' };

/**
 * Slack as one rotation sees it: refresh tokens are good for one use, and for a grace period a spent one answers
 * again with the successor already issued. The real HTTP behaviour is in test/simulators/slack.ts; this one runs
 * on virtual time.
 */
export class MemorySlack implements SlackApi {
  /** Every refresh token sent, in order. */
  readonly sent: string[] = [];
  readonly verified: string[] = [];
  readonly #chains = new Map<string, Chain>();
  readonly #faults: Fault[] = [];
  readonly #clock: Clock;
  readonly graceMs: number;

  constructor(clock: Clock, graceMs = 60_000) {
    this.#clock = clock;
    this.graceMs = graceMs;
  }

  issue(name: string): { readonly refreshToken: string; readonly accessToken: string } {
    this.#chains.set(name, { name, generation: 1, spentAt: Number.NEGATIVE_INFINITY, alive: true });
    return { refreshToken: `xoxe-1-test-${name}-1`, accessToken: `xoxe.xoxb-1-test-${name}-1` };
  }

  revoke(name: string): void {
    const chain = this.#chains.get(name);
    if (chain !== undefined) chain.alive = false;
  }

  /** The refresh token that Slack expects next. */
  current(name: string): string {
    return `xoxe-1-test-${name}-${this.#chains.get(name)?.generation}`;
  }

  /** The next requests meet these, one each. */
  failNext(...faults: Fault[]): void {
    this.#faults.push(...faults);
  }

  async refresh({ refreshToken }: { readonly refreshToken: Secret }): Promise<Parsed<Grant>> {
    const token = refreshToken.reveal();
    this.sent.push(token);
    const fault = this.#faults.shift();
    if (fault?.kind === 'fails') return { ok: false, failure: fault.failure };

    const [, name = '', generation = ''] = /^xoxe-1-test-(.+)-(\d+)$/.exec(token) ?? [];
    const chain = this.#chains.get(name);
    const now = this.#clock.now();
    if (chain?.alive !== true) return dead('token_revoked');
    const isCurrent = Number(generation) === chain.generation;
    const inGrace = Number(generation) === chain.generation - 1 && now - chain.spentAt <= this.graceMs;
    if (!isCurrent && !inGrace) return dead('invalid_refresh_token');
    if (isCurrent) {
      chain.generation += 1;
      chain.spentAt = now;
    }
    if (fault?.kind === 'answer-lost') {
      return { ok: false, failure: { class: 'in-doubt', code: 'connection-lost' } };
    }
    return {
      ok: true,
      value: {
        accessToken: new Secret(`xoxe.xoxb-1-test-${name}-${chain.generation}`),
        refreshToken: new Secret(`xoxe-1-test-${name}-${chain.generation}`),
        expiresIn: LIFETIME_S,
      },
    };
  }

  async exchange(): Promise<Parsed<Grant>> {
    return { ok: false, failure: { class: 'unknown', code: 'not_in_this_fake' } };
  }

  async authTest(accessToken: Secret): Promise<Parsed<Identity>> {
    this.verified.push(accessToken.reveal());
    const fault = this.#faults.shift();
    if (fault?.kind === 'fails') return { ok: false, failure: fault.failure };
    return { ok: true, value: { team: undefined, user: undefined, expiresIn: undefined } };
  }
}

function dead(code: string): Parsed<Grant> {
  return { ok: false, failure: { class: 'chain-dead', code } };
}
