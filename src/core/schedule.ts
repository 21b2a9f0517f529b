/**
 * What to do about an integration, and when: pure functions of the row, of what Jeton remembers of it, and of
 * the wall clock. Nothing here relies on having been called on time: a late, early or repeated call gives the
 * right answer for the moment it is made, so a missed run is one run and never a storm.
 */
import type {
  ChainId,
  FailureClass,
  Health,
  IntegrationId,
  IntegrationState,
  SlackIntegration,
} from './integration.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Slack's access tokens live 12 hours (docs.slack.dev/authentication/using-token-rotation). */
const SLACK_LIFETIME_MS = 12 * HOUR;
/** A working token is verified again after this long… */
export const VERIFY_EVERY_MS = 4 * HOUR;
/** …and after this long when the verification itself failed. */
export const VERIFY_AGAIN_MS = 15 * MINUTE;
/** A one-shot run renews what would die before the next run, with this margin. */
const NEXT_RUN_MARGIN_MS = HOUR;
/** Clocks differ by a little; by more than this, the clock was moved. */
const CLOCK_TOLERANCE_MS = 5 * MINUTE;
/** A chain is renewed at half of its life, or up to this much of its life sooner: each at a moment of its own. */
const JITTER = 0.05;
/** What the old scripts assumed of a token that nobody dated. */
export const ASSUMED_EXPIRY_MS = HOUR;

export type Plan =
  | { readonly action: 'renew'; readonly reason: RenewReason }
  | { readonly action: 'verify'; readonly reason: 'expiry-unknown' | 'expiry-implausible' | 'routine' }
  | { readonly action: 'wait'; readonly until: number }
  | { readonly action: 'none'; readonly why: 'paused' | 'incomplete' | 'long-lived' | 'held' | 'dead' };

export type RenewReason =
  | 'forced'
  | 'in-doubt'
  | 'no-access-token'
  | 'asked'
  | 'clock-moved'
  | 'half-life'
  | 'before-next-run';

export interface PlanOptions {
  readonly now: number;
  /** Milliseconds until the next one-shot run; `undefined` in the daemon, which is always there. */
  readonly nextRunInMs?: number | undefined;
  /** Renew whatever can be renewed, also what is fresh, dead or waiting. */
  readonly force?: boolean | undefined;
  /** A person asks: what waits for its next try after a failure is tried now. */
  readonly asked?: boolean | undefined;
  /** Exchange long-lived tokens. */
  readonly exchange?: boolean | undefined;
}

export function planFor(row: SlackIntegration, remembered: Health | undefined, options: PlanOptions): Plan {
  const { now } = options;
  const health = memoryOf(row, remembered);

  if (!row.enabled || health.paused) return { action: 'none', why: 'paused' };
  if (row.tokenKind === 'long-lived') {
    if (options.exchange !== true) return { action: 'none', why: 'long-lived' };
    return { action: 'renew', reason: 'forced' };
  }
  if (!isRenewable(row)) return { action: 'none', why: 'incomplete' };
  if (row.lease?.standing === 'held') return { action: 'none', why: 'held' };

  if (options.force === true) return { action: 'renew', reason: 'forced' };
  if (health.condition === 'dead') return { action: 'none', why: 'dead' };
  const retryAt = plausibleRetryAt(health, now);
  const isWaiting = retryAt !== undefined && retryAt > now;
  if (isWaiting && (options.asked !== true || isToldToWait(health))) {
    return { action: 'wait', until: retryAt };
  }
  if (row.lease !== undefined) return { action: 'renew', reason: 'in-doubt' };
  if (isWaiting) return { action: 'renew', reason: 'asked' };
  if (row.missing.includes('access_token')) return { action: 'renew', reason: 'no-access-token' };

  const renewedAt = health.lastRenewedAt;
  if (renewedAt !== undefined && renewedAt > now + CLOCK_TOLERANCE_MS) {
    return { action: 'renew', reason: 'clock-moved' };
  }
  const verifyAt = health.verifyAt ?? now;
  const isVerifyDue = verifyAt <= now || verifyAt > now + VERIFY_EVERY_MS + CLOCK_TOLERANCE_MS;
  const expiresAt = expiryOf(row, health);
  if (expiresAt === undefined) {
    return isVerifyDue ? { action: 'verify', reason: 'expiry-unknown' } : { action: 'wait', until: verifyAt };
  }

  const lifetime = renewedAt === undefined ? SLACK_LIFETIME_MS : Math.max(expiresAt - renewedAt, MINUTE);
  const halfLife = expiresAt - lifetime / 2;
  // Most rows are decided without their own moment, and working it out costs more than all the rest.
  const earliest = halfLife - lifetime * JITTER;
  if (now >= halfLife || (now >= earliest && now >= renewalTime(halfLife, lifetime, row.chain))) {
    return { action: 'renew', reason: 'half-life' };
  }
  if (options.nextRunInMs !== undefined && expiresAt - now <= options.nextRunInMs + NEXT_RUN_MARGIN_MS) {
    return { action: 'renew', reason: 'before-next-run' };
  }

  if (isVerifyDue) {
    const implausible = expiresAt - now > lifetime + CLOCK_TOLERANCE_MS;
    return { action: 'verify', reason: implausible ? 'expiry-implausible' : 'routine' };
  }
  if (verifyAt <= earliest) return { action: 'wait', until: verifyAt };
  return { action: 'wait', until: Math.min(renewalTime(halfLife, lifetime, row.chain), verifyAt) };
}

/** The state to show. Agrees with {@link planFor}: what is `due` here is renewed by the next run. */
export function stateOf(
  row: SlackIntegration,
  remembered: Health | undefined,
  now: number,
): IntegrationState {
  const health = memoryOf(row, remembered);
  if (!row.enabled || health.paused) return { kind: 'paused' };
  if (row.tokenKind === 'long-lived' || !isRenewable(row)) return { kind: 'misconfigured' };
  if (row.lease?.standing === 'held') return { kind: 'renewing' };
  if (health.condition === 'dead') {
    const expiresAt = expiryOf(row, health);
    return {
      kind: 'needs-reinstall',
      worksUntil: expiresAt !== undefined && expiresAt > now ? expiresAt : undefined,
    };
  }
  if (health.condition === 'misconfigured') return { kind: 'misconfigured' };
  if (row.lease !== undefined) return { kind: 'in-doubt' };
  const retryAt = plausibleRetryAt(health, now);
  if (retryAt !== undefined && retryAt > now) return { kind: 'retrying', until: retryAt };
  return planFor(row, remembered, { now }).action === 'renew' ? { kind: 'due' } : { kind: 'fresh' };
}

/** When the access token dies, as far as anybody knows: Slack's own word before what the row says. */
export function expiryOf(row: SlackIntegration, health: Health | undefined): number | undefined {
  return memoryOf(row, health).learntExpiresAt ?? row.expiresAt;
}

/** What we remember, as far as it is about the tokens that the row holds now. A pause is about the row. */
export function memoryOf(row: Pick<SlackIntegration, 'id' | 'chain'>, health: Health | undefined): Health {
  if (health !== undefined && health.chain === row.chain) return health;
  return { ...blankHealth(row.id, row.chain), paused: health?.paused ?? false };
}

/**
 * What is remembered of each of a source's rows, in their order. Looking up one after the other, each far away in memory,
 * was four fifths of a hundred thousand decisions. Ids of one length come in one order from the source, which sorts them
 * as numbers, and from the store, which sorts them as text; so both are gone over side by side, and only what does not
 * come in its turn is looked up.
 */
export function memoriesOf(
  rows: readonly Pick<SlackIntegration, 'id'>[],
  remembered: ReadonlyMap<IntegrationId, Health>,
): readonly (Health | undefined)[] {
  const byLength = Map.groupBy(remembered.values(), ({ id }) => id.length);
  const turns = new Map([...byLength].map(([length, memories]) => [length, { memories, next: 0 }]));
  return rows.map(({ id }) => {
    const turn = turns.get(id.length);
    if (turn === undefined) return undefined;
    let memory = turn.memories[turn.next];
    while (memory !== undefined && memory.id < id) memory = turn.memories[++turn.next];
    return memory?.id === id ? memory : remembered.get(id);
  });
}

export function blankHealth(id: IntegrationId, chain: ChainId | undefined): Health {
  return {
    id,
    chain,
    condition: 'ok',
    attempts: 0,
    retryAt: undefined,
    lastRenewedAt: undefined,
    verifyAt: undefined,
    learntExpiresAt: undefined,
    lastError: undefined,
    paused: false,
  };
}

/** Has what a refresh needs; an absent access token is what the refresh will bring. */
export function isRenewable(row: SlackIntegration): boolean {
  return row.defect === undefined && row.missing.every((field) => field === 'access_token');
}

const BACKOFF: Readonly<Record<FailureClass, { readonly firstMs: number; readonly capMs: number }>> = {
  'in-doubt': { firstMs: 5 * SECOND, capMs: 15 * MINUTE },
  transient: { firstMs: 30 * SECOND, capMs: 15 * MINUTE },
  unknown: { firstMs: MINUTE, capMs: 5 * MINUTE },
  internal: { firstMs: 30 * SECOND, capMs: 5 * MINUTE },
  environment: { firstMs: HOUR, capMs: 4 * HOUR },
  misconfigured: { firstMs: HOUR, capMs: HOUR },
  'chain-dead': { firstMs: HOUR, capMs: HOUR },
};

/**
 * How long to wait after the `attempts`-th failure in a row (1 is the first), milliseconds: doubling up to the
 * cap of the class, half of it by chance so that many rows do not come back together; never before Retry-After.
 */
export function backoffMs(
  failureClass: FailureClass,
  attempts: number,
  retryAfterMs: number | undefined,
  chance: number,
): number {
  const { firstMs, capMs } = BACKOFF[failureClass];
  const full = Math.min(firstMs * 2 ** Math.min(attempts - 1, 20), capMs);
  return Math.ceil(Math.max(full / 2 + (full / 2) * chance, retryAfterMs ?? 0));
}

/** A moment further away than any backoff was written under another clock: it binds nobody. */
export function plausibleRetryAt(health: Health, now: number): number | undefined {
  const { retryAt } = health;
  return retryAt !== undefined && retryAt - now <= 6 * HOUR ? retryAt : undefined;
}

/** Slack said when to come back, which binds a person as well; a backoff of our own does not. */
function isToldToWait({ lastError, retryAt, attempts }: Health): boolean {
  if (lastError === undefined || retryAt === undefined) return false;
  const ownMs = backoffMs(lastError.class, attempts, undefined, 1);
  return lastError.code === 'ratelimited' || retryAt - lastError.at > ownMs;
}

function renewalTime(halfLife: number, lifetime: number, chain: ChainId | undefined): number {
  return halfLife - lifetime * JITTER * spread(chain);
}

/** In [0, 1), the same in every process, another after each rotation: spreads renewals without a memory. */
export function spread(chain: ChainId | undefined): number {
  const number = Number.parseInt((chain ?? '').slice(0, 8), 16);
  return Number.isNaN(number) ? 0 : number / 2 ** 32;
}
