/** One signed-in OneFlex account: what Jeton knows of it, when to renew its access token, what to show. */
import type { ChainId, Health, IntegrationError, IntegrationId, IntegrationState } from '../integration.ts';
import { memoryOf, plausibleRetryAt, spread } from '../schedule.ts';
import type { OneflexAccount } from './api.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** There is one account a home. */
export const ONEFLEX_ID: IntegrationId = 'oneflex:1';
/** How long an access token lives where nothing says it (DOMAIN: about 15 minutes). */
export const ASSUMED_LIFETIME_MS = 15 * MINUTE;

/** Before the access token dies, it is renewed this much earlier, plus up to {@link JITTER_MS}. */
const MARGIN_MS = 2 * MINUTE;
const JITTER_MS = 30 * SECOND;
const CLOCK_TOLERANCE_MS = 5 * MINUTE;
/** Of how many past sessions the usual length is taken. */
export const REMEMBERED_SESSIONS = 10;

/** Times are epoch milliseconds. */
export interface OneflexSession {
  readonly account: OneflexAccount;
  /** The name of the tokens held now; another one after each renewal. */
  readonly chain: ChainId;
  /** When the access token dies. */
  readonly expiresAt: number;
  /** When the person last signed in. */
  readonly signedInAt: number;
  /** When it was found out that the person has to sign in again. */
  readonly lapsedAt: number | undefined;
  /** How long earlier sessions lasted, milliseconds, oldest first, at most {@link REMEMBERED_SESSIONS}. */
  readonly pastSessionsMs: readonly number[];
  /** Somebody is renewing it now. */
  readonly isHeld: boolean;
}

export type OneflexPlan =
  | { readonly action: 'renew' }
  | { readonly action: 'wait'; readonly until: number }
  | { readonly action: 'none'; readonly why: 'paused' | 'held' | 'lapsed' };

export function planForOneflex(
  session: OneflexSession,
  remembered: Health | undefined,
  now: number,
): OneflexPlan {
  const health = memoryOf({ id: ONEFLEX_ID, chain: session.chain }, remembered);
  if (health.paused) return { action: 'none', why: 'paused' };
  if (session.isHeld) return { action: 'none', why: 'held' };
  if (session.lapsedAt !== undefined) return { action: 'none', why: 'lapsed' };
  const retryAt = plausibleRetryAt(health, now);
  if (retryAt !== undefined && retryAt > now) return { action: 'wait', until: retryAt };
  const { lastRenewedAt } = health;
  if (lastRenewedAt !== undefined && lastRenewedAt > now + CLOCK_TOLERANCE_MS) return { action: 'renew' };

  const early = MARGIN_MS + JITTER_MS * spread(session.chain);
  const lifetime = session.expiresAt - (lastRenewedAt ?? session.expiresAt - ASSUMED_LIFETIME_MS);
  const renewAt = session.expiresAt - Math.min(early, lifetime / 2);
  return now >= renewAt ? { action: 'renew' } : { action: 'wait', until: renewAt };
}

/** The state to show; the access token is a detail, the session is what matters to a person. */
export function oneflexStateOf(
  session: OneflexSession,
  remembered: Health | undefined,
  now: number,
): IntegrationState {
  const health = memoryOf({ id: ONEFLEX_ID, chain: session.chain }, remembered);
  if (health.paused) return { kind: 'paused' };
  if (session.isHeld) return { kind: 'renewing' };
  if (session.lapsedAt !== undefined) return { kind: 'needs-sign-in' };
  const plan = planForOneflex(session, remembered, now);
  if (plan.action === 'wait' && health.condition !== 'ok') return { kind: 'retrying', until: plan.until };
  return plan.action === 'renew' ? { kind: 'due' } : { kind: 'fresh' };
}

/** Why the person is needed since `lapsedAt`. */
export function lapseOf(lapsedAt: number, { lastError }: Health): IntegrationError {
  return lastError?.class === 'chain-dead'
    ? lastError
    : { code: 'session-lapsed', class: 'chain-dead', at: lapsedAt };
}

/**
 * When the person will be needed again, learnt from how long earlier sessions lasted: the median. `undefined`
 * while there is nothing to learn from, and once that moment has passed without a lapse.
 */
export function expectedEndOf(session: OneflexSession, now: number): number | undefined {
  const lengths = session.pastSessionsMs.toSorted((a, b) => a - b);
  const median = lengths[Math.floor(lengths.length / 2)];
  if (median === undefined || session.lapsedAt !== undefined) return undefined;
  const end = session.signedInAt + median;
  return end > now ? end : undefined;
}
