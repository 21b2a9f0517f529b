/**
 * The ladder: (1) OneFlex's token endpoint, which officially does not exist; (2) a silent sign-in through the
 * session that the browser keeps; (3) the person. A rung that cannot be tried now is not a rung that failed.
 */
import { codeOf } from '../errors.ts';
import type { ChainId, FailureClass, Health, IntegrationError } from '../integration.ts';
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
  Timer,
} from '../ports.ts';
import { backoffMs, blankHealth, memoryOf } from '../schedule.ts';
import type { OneflexAccount, OneflexApi, OneflexFailure } from './api.ts';
import type { OneflexSession } from './session.ts';
import { ASSUMED_LIFETIME_MS, lapseOf, ONEFLEX_ID, planForOneflex } from './session.ts';

/** A browser may take a minute to start, sign in silently and end; the requests around it fit in the rest. */
const LEASE_MS = 150_000;

/** Between two tries to write down tokens when the process is about to end. */
const KEEP_AGAIN_MS = 500;

/** A silent sign-in that keeps failing in these ways is the person's, once the access token is dead for so long… */
const HOPELESS_AFTER_MS = 60 * 60_000;
/** …and it is not the first try of a machine that slept all night. */
const HOPELESS_ATTEMPTS = 3;
/** What stays so until somebody changes this machine, or how Jeton was started on it. */
const NO_BROWSER: ReadonlySet<string> = new Set(['no-browser', 'no-sandbox', 'launch-failed']);

/** What to say then. */
const STUCK: ReadonlyMap<string, string> = new Map([
  ['timed-out', 'never-completes'],
  ['profile-in-use', 'profile-occupied'],
  ['closed-by-person', 'always-closed'],
]);

export interface OneflexPorts {
  readonly oneflex: {
    readonly store: OneflexStore;
    readonly api: OneflexApi;
    /** Absent where no browser may be started. */
    readonly silentSignIn: SilentSignIn | undefined;
    readonly inHand: TokensInHand;
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

interface ReceivedTokens {
  /** The name of the tokens that they succeed. */
  readonly chain: ChainId;
  readonly account: OneflexAccount;
  readonly tokens: KeptTokens;
  readonly by: Rung;
  /** How long it took to get them, milliseconds. */
  readonly ms: number;
}

/**
 * Tokens that were received and are on no disk yet: full, or its vault locked. The ones they succeed may be worth
 * nothing any more, so nothing is asked of OneFlex before these are stored. There is no journal as for Slack's pairs:
 * it would be in the same file as the account's row, which is written as soon as the tokens are there.
 */
export class TokensInHand {
  received: ReceivedTokens | undefined;
  #writers = 0;
  #keeping: Promise<boolean> | undefined;

  /** While it is true the process had better not end. */
  get isBeingWritten(): boolean {
    return this.#writers > 0;
  }

  async whileWriting<T>(write: Promise<T>): Promise<T> {
    this.#writers += 1;
    return write.finally(() => (this.#writers -= 1));
  }

  /** One at a time: whoever asks meanwhile gets the answer of the one under way. */
  keep(attempt: () => Promise<boolean>): Promise<boolean> {
    this.#keeping ??= attempt().finally(() => (this.#keeping = undefined));
    return this.#keeping;
  }
}

export type OneflexRenewal =
  | { readonly kind: 'renewed'; readonly by: Rung; readonly expiresAt: number }
  | { readonly kind: 'unchanged'; readonly expiresAt: number }
  | { readonly kind: 'skipped'; readonly why: 'no-account' | 'paused' | 'held' }
  | {
      readonly kind: 'person-needed';
      readonly error: IntegrationError;
      readonly worksUntil: number | undefined;
      readonly isNew: boolean;
    }
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
  const { received } = ports.oneflex.inHand;
  if (received !== undefined) return storeReceived(ports, received);
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
    const { lapsedAt } = session;
    if (lapsedAt === undefined) return waiting(session, health);
    const error = lapseOf(lapsedAt, health);
    return { kind: 'person-needed', error, worksUntil: aliveUntil(session, startedAt), isNew: false };
  }
  if (!(await store.claim(session.chain, owner, LEASE_MS))) return { kind: 'skipped', why: 'held' };

  try {
    const step = await climb(ports, rungs, session, health, signal);
    const now = clock.now();
    const ms = now - startedAt;
    switch (step.kind) {
      case 'signed-in':
        return await storeReceived(ports, { ...session, tokens: step.tokens, by: step.by, ms });
      case 'person-needed':
        return await lapse(ports, session, health, step.code, ms);
      case 'unavailable':
        return await rememberFailure(ports, session, health, step.code, step.retryAfterMs, ms);
    }
  } finally {
    await release(ports);
  }
}

/** Tokens in hand keep the lease: nobody is to send what they succeed. */
async function release({ oneflex: { inHand, store }, owner }: OneflexPorts): Promise<void> {
  if (inHand.received === undefined) await store.release(owner);
}

/** `failed` with `tokens-not-written` when they stay in hand. The lease that they were received under ends with it. */
async function storeReceived(ports: OneflexPorts, received: ReceivedTokens): Promise<OneflexRenewal> {
  const { inHand, store } = ports.oneflex;
  inHand.received = received;
  const write = store.renew(received.chain, received.tokens);
  const saved = await inHand.whileWriting(write).catch((cause: unknown) => {
    ports.log.error('oneflex-tokens-not-written', { cause: codeOf(cause) });
    return 'not-written' as const;
  });
  if (saved === 'not-written') {
    const at = ports.clock.now();
    return { kind: 'failed', error: { code: 'tokens-not-written', class: 'internal', at } };
  }
  inHand.received = undefined;
  // A person signed in meanwhile: theirs is newer.
  if (saved === 'superseded') return { kind: 'skipped', why: 'held' };

  const { tokens, by, ms } = received;
  const chain = ports.fingerprint(tokens.accessToken);
  await ports.health.save({ ...blankHealth(ONEFLEX_ID, chain), lastRenewedAt: ports.clock.now() });
  ports.log.info('oneflex-renewed', { by, ms });
  await note(ports, received, 'renewed', by, ms);
  return { kind: 'renewed', by, expiresAt: tokens.expiresAt };
}

/**
 * For a process that is about to end: stores what is in hand, tried until `signal` aborts, but at least once. False
 * when it is still in hand then, and lost with the process.
 */
export function keepTokensInHand(
  ports: OneflexPorts & { readonly timer: Timer },
  signal: AbortSignal,
): Promise<boolean> {
  const { inHand } = ports.oneflex;
  return inHand.keep(async () => {
    for (let { received } = inHand; received !== undefined; { received } = inHand) {
      // The tokens are stored first; what is noted after them may fail.
      await storeReceived(ports, received).catch((cause: unknown) => {
        ports.log.error('oneflex-renewal-not-noted', { cause: codeOf(cause) });
      });
      if (inHand.received === undefined) return true;
      if (signal.aborted) return false;
      await ports.timer.sleep(KEEP_AGAIN_MS, signal);
    }
    return true;
  });
}

type Step =
  | { readonly kind: 'signed-in'; readonly by: Rung; readonly tokens: KeptTokens }
  | { readonly kind: 'person-needed'; readonly code: string }
  | { readonly kind: 'unavailable'; readonly code: string; readonly retryAfterMs?: number | undefined };

async function climb(
  ports: OneflexPorts,
  rungs: readonly Rung[],
  session: OneflexSession,
  health: Health,
  signal: AbortSignal | undefined,
): Promise<Step> {
  const { api, store, silentSignIn } = ports.oneflex;
  const tokens = await store.tokens();
  let refusal = 'no-refresh-token';
  let trouble: OneflexFailure | undefined;
  if (signal?.aborted === true) return { kind: 'unavailable', code: 'cancelled' };
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
  if (attempt.kind === 'person-needed') return { kind: 'person-needed', code: 'session-lapsed' };
  if (attempt.kind === 'unavailable') {
    const { code } = attempt;
    // Without a browser that opens it nobody but the person is left; anything else passes, or is theirs in the end.
    if (NO_BROWSER.has(code)) return nobodyElse(code);
    const isHopeless =
      ports.clock.now() - session.expiresAt > HOPELESS_AFTER_MS && health.attempts + 1 >= HOPELESS_ATTEMPTS;
    const why = isHopeless ? STUCK.get(code) : undefined;
    return why === undefined ? attempt : { kind: 'person-needed', code: why };
  }
  const who = await api.me(attempt.tokens.accessToken);
  if (who.kind === 'account' && who.account.id === session.account.id) {
    const expiresAt = attempt.tokens.expiresAt + who.clockLeadMs;
    return { kind: 'signed-in', by: 'silent-sign-in', tokens: { ...attempt.tokens, expiresAt } };
  }
  if (who.kind === 'unavailable' || who.kind === 'refused') return unavailable(who);
  return { kind: 'person-needed', code: who.kind === 'account' ? 'wrong-account' : 'not-accepted' };
}

function unavailable({ code, retryAfterMs }: OneflexFailure): Step {
  return { kind: 'unavailable', code, retryAfterMs };
}

async function lapse(
  ports: OneflexPorts,
  session: OneflexSession,
  health: Health,
  code: string,
  ms: number,
): Promise<OneflexRenewal> {
  const now = ports.clock.now();
  if ((await ports.oneflex.store.lapse(session.chain, now)) === 'superseded') {
    return { kind: 'skipped', why: 'held' };
  }
  const isNew = session.lapsedAt === undefined;
  const error: IntegrationError = { code, class: 'chain-dead', at: session.lapsedAt ?? now };
  await ports.health.save({ ...health, condition: 'dead', retryAt: undefined, lastError: error });
  if (isNew) await note(ports, session, 'lapsed', code, ms);
  ports.log.warn('oneflex-lapsed', { code, ms });
  return { kind: 'person-needed', error, worksUntil: aliveUntil(session, now), isNew };
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
  // Why the person is needed is not forgotten for a try that somebody asked for.
  if (session.lapsedAt === undefined) {
    await ports.health.save({
      ...health,
      condition: 'retrying',
      attempts,
      retryAt: now + backoffMs(failureClass, attempts, retryAfterMs, ports.random.next()),
      lastError: error,
    });
  }
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
  { account }: Pick<OneflexSession, 'account'>,
  event: 'renewed' | 'renewal-failed' | 'lapsed',
  code: string,
  durationMs: number,
): Promise<void> {
  const at = ports.clock.now();
  return ports.activity.record({ at, id: ONEFLEX_ID, name: account.fullName, event, code, durationMs });
}
