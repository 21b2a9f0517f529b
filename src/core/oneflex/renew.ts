/**
 * The ladder: (1) OneFlex's token endpoint, which officially does not exist; (2) a silent sign-in through the
 * session that the browser keeps; (3) the person. A rung that cannot be tried now is not a rung that failed.
 */
import type { FailureClass, Health, IntegrationError } from '../integration.ts';
import type {
  ActivityLog,
  Clock,
  Fingerprint,
  HealthStore,
  Logger,
  KeptTokens,
  OneflexStore,
  Random,
  SilentSignIn,
} from '../ports.ts';
import { backoffMs, memoryOf } from '../schedule.ts';
import type { OneflexApi, OneflexFailure } from './api.ts';
import type { OneflexSession } from './session.ts';
import { ASSUMED_LIFETIME_MS, ONEFLEX_ID, planForOneflex } from './session.ts';

/** A browser may take a minute to start, sign in silently and end; the requests around it fit in the rest. */
const LEASE_MS = 150_000;

export interface OneflexPorts {
  readonly oneflex: {
    readonly store: OneflexStore;
    readonly api: OneflexApi;
    /** Absent where no browser may be started. */
    readonly silentSignIn: SilentSignIn | undefined;
  };
  readonly health: HealthStore;
  readonly activity: ActivityLog;
  readonly clock: Clock;
  readonly random: Random;
  readonly fingerprint: Fingerprint;
  readonly log: Logger;
  readonly owner: string;
}

export type Rung = 'token-endpoint' | 'silent-sign-in';

export type OneflexRenewal =
  | { readonly kind: 'renewed'; readonly by: Rung; readonly expiresAt: number }
  | { readonly kind: 'unchanged'; readonly expiresAt: number }
  | { readonly kind: 'skipped'; readonly why: 'no-account' | 'paused' | 'held' }
  | { readonly kind: 'person-needed'; readonly worksUntil: number | undefined; readonly isNew: boolean }
  | { readonly kind: 'failed'; readonly error: IntegrationError };

export interface OneflexRenewalRequest {
  /** Also when the access token still lives long enough, or has to wait. */
  readonly force?: boolean;
  /** Which rungs to try; both, from the cheapest, when absent. */
  readonly rungs?: readonly Rung[];
  readonly signal?: AbortSignal | undefined;
}

export async function renewOneflex(
  ports: OneflexPorts,
  { force = false, rungs = ['token-endpoint', 'silent-sign-in'], signal }: OneflexRenewalRequest = {},
): Promise<OneflexRenewal> {
  const { clock, owner } = ports;
  const { store } = ports.oneflex;
  const startedAt = clock.now();
  const session = await store.session();
  if (session === undefined) return { kind: 'skipped', why: 'no-account' };
  const health = memoryOf(
    { id: ONEFLEX_ID, chain: session.chain },
    (await ports.health.all()).get(ONEFLEX_ID),
  );

  const plan = planForOneflex(session, health, startedAt);
  if (plan.action === 'none' && plan.why !== 'lapsed') return { kind: 'skipped', why: plan.why };
  if (plan.action !== 'renew' && !force) {
    return plan.action === 'none'
      ? { kind: 'person-needed', worksUntil: aliveUntil(session, startedAt), isNew: false }
      : waiting(session, health);
  }
  if (!(await store.claim(session.chain, owner, LEASE_MS))) return { kind: 'skipped', why: 'held' };

  try {
    const step = await climb(ports, rungs, session, signal);
    const now = clock.now();
    const ms = now - startedAt;
    switch (step.kind) {
      case 'signed-in':
        return await adopt(ports, session, health, step.tokens, step.by, ms);
      case 'person-needed':
        if ((await store.lapse(session.chain, now)) === 'superseded') return { kind: 'skipped', why: 'held' };
        if (session.lapsedAt === undefined) await note(ports, session, 'lapsed', step.code, ms);
        ports.log.warn('oneflex-lapsed', { code: step.code, ms });
        return {
          kind: 'person-needed',
          worksUntil: aliveUntil(session, now),
          isNew: session.lapsedAt === undefined,
        };
      case 'unavailable':
        return await rememberFailure(ports, session, health, step.code, step.retryAfterMs, ms);
    }
  } finally {
    await store.release(owner);
  }
}

type Step =
  | { readonly kind: 'signed-in'; readonly by: Rung; readonly tokens: KeptTokens }
  | { readonly kind: 'person-needed'; readonly code: string }
  | { readonly kind: 'unavailable'; readonly code: string; readonly retryAfterMs?: number | undefined };

async function climb(
  ports: OneflexPorts,
  rungs: readonly Rung[],
  session: OneflexSession,
  signal: AbortSignal | undefined,
): Promise<Step> {
  const { api, store, silentSignIn } = ports.oneflex;
  const tokens = await store.tokens();
  let refusal = 'no-refresh-token';
  let trouble: OneflexFailure | undefined;
  if (rungs.includes('token-endpoint') && tokens?.refreshToken !== undefined) {
    const reply = await api.renew(tokens.refreshToken);
    if (reply.kind === 'granted') {
      const { accessToken, refreshToken, expiresAt = ports.clock.now() + ASSUMED_LIFETIME_MS } = reply.grant;
      const renewed = { accessToken, refreshToken, expiresAt, cookies: undefined };
      // The token that we have, once more, renews nothing.
      if (ports.fingerprint(accessToken) !== session.chain) {
        return { kind: 'signed-in', by: 'token-endpoint', tokens: renewed };
      }
      refusal = 'same-token';
    } else if (reply.kind === 'refused') {
      refusal = reply.code;
    } else {
      // OneFlex out of reach is out of reach for a browser, too; an endpoint that answers with an error may be gone.
      if (!reply.code.startsWith('http-5')) return unavailable(reply);
      trouble = reply;
    }
  }
  // Only a refusal leads on to the person; an endpoint in trouble may be well again in a minute.
  const nobodyElse = (code: string): Step =>
    trouble === undefined ? { kind: 'person-needed', code } : unavailable(trouble);
  if (!rungs.includes('silent-sign-in') || silentSignIn === undefined) return nobodyElse(refusal);

  const attempt = await silentSignIn(tokens?.cookies, signal);
  if (attempt.kind === 'person-needed') return { kind: 'person-needed', code: refusal };
  if (attempt.kind === 'unavailable') {
    // Without a browser that starts nobody but the person is left; anything else passes.
    const isLasting = attempt.code === 'no-browser' || attempt.code === 'launch-failed';
    return isLasting ? nobodyElse(attempt.code) : attempt;
  }
  const who = await api.me(attempt.tokens.accessToken);
  if (who.kind === 'account' && who.account.id === session.account.id) {
    return { kind: 'signed-in', by: 'silent-sign-in', tokens: attempt.tokens };
  }
  if (who.kind === 'unavailable' || who.kind === 'refused') return unavailable(who);
  return { kind: 'person-needed', code: who.kind === 'account' ? 'wrong-account' : 'not-accepted' };
}

function unavailable({ code, retryAfterMs }: OneflexFailure): Step {
  return { kind: 'unavailable', code, retryAfterMs };
}

async function adopt(
  ports: OneflexPorts,
  session: OneflexSession,
  health: Health,
  tokens: KeptTokens,
  by: Rung,
  ms: number,
): Promise<OneflexRenewal> {
  const saved = await ports.oneflex.store.renew(session.chain, tokens);
  // A person signed in meanwhile: theirs is newer.
  if (saved === 'superseded') return { kind: 'skipped', why: 'held' };
  await ports.health.save({
    ...memoryOf({ id: ONEFLEX_ID, chain: ports.fingerprint(tokens.accessToken) }, health),
    lastRenewedAt: ports.clock.now(),
  });
  ports.log.info('oneflex-renewed', { by, ms });
  await note(ports, session, 'renewed', by, ms);
  return { kind: 'renewed', by, expiresAt: tokens.expiresAt };
}

async function rememberFailure(
  ports: OneflexPorts,
  session: OneflexSession,
  health: Health,
  code: string,
  retryAfterMs: number | undefined,
  ms: number,
): Promise<OneflexRenewal> {
  const now = ports.clock.now();
  const attempts = health.attempts + 1;
  const failureClass: FailureClass = 'transient';
  const error: IntegrationError = { code, class: failureClass, at: now };
  // Nothing failed: somebody stopped it.
  if (code === 'cancelled' || code === 'aborted') return { kind: 'failed', error };
  await ports.health.save({
    ...health,
    condition: 'retrying',
    attempts,
    retryAt: now + backoffMs(failureClass, attempts, retryAfterMs, ports.random.next()),
    lastError: error,
  });
  ports.log.warn('oneflex-renewal-failed', { code, attempts, ms });
  await note(ports, session, 'renewal-failed', code, ms);
  return { kind: 'failed', error };
}

function waiting(session: OneflexSession, health: Health): OneflexRenewal {
  return health.lastError === undefined
    ? { kind: 'unchanged', expiresAt: session.expiresAt }
    : { kind: 'failed', error: health.lastError };
}

function aliveUntil({ expiresAt }: OneflexSession, now: number): number | undefined {
  return expiresAt > now ? expiresAt : undefined;
}

function note(
  ports: OneflexPorts,
  { account }: OneflexSession,
  event: 'renewed' | 'renewal-failed' | 'lapsed',
  code: string,
  durationMs: number,
): Promise<void> {
  const at = ports.clock.now();
  return ports.activity.record({ at, id: ONEFLEX_ID, name: account.fullName, event, code, durationMs });
}
