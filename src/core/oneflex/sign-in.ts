import { codeOf, JetonError } from '../errors.ts';
import type { ChainId } from '../integration.ts';
import { blankHealth } from '../schedule.ts';
import type { KeptTokens, Timer, UnverifiedSignIn } from '../ports.ts';
import type { OneflexAccount } from './api.ts';
import type { OneflexPorts } from './renew.ts';
import { ASSUMED_LIFETIME_MS, ONEFLEX_ID } from './session.ts';

/** A silent sign-in ends within 30 s; the requests around it take up to 10 s each. */
const FORGET_PATIENCE_MS = 60_000;
/** For so long after its token expired a sign-in is tried to be renewed where OneFlex answers that it failed itself. */
const HOPELESS_MS = 3_600_000;
const FORGET_AGAIN_MS = 250;

export type SignInResult =
  | {
      readonly kind: 'signed-in';
      readonly account: OneflexAccount;
      /** When the access token dies, epoch milliseconds by this machine's clock. */
      readonly expiresAt: number;
      /** See {@link clockLead}. */
      readonly clockLeadMs: number;
    }
  /** The tokens are another person's than the account that is kept; nothing was stored. */
  | { readonly kind: 'other-account'; readonly account: OneflexAccount; readonly kept: OneflexAccount };

/**
 * Stores what a person's sign-in brought, once OneFlex has said whose it is. Throws `oneflex-not-accepted` when
 * OneFlex does not take the access token, `oneflex-unreachable` when it cannot be asked.
 */
export async function signInToOneflex(
  ports: OneflexPorts,
  tokens: KeptTokens,
  { replaceAccount = false }: { readonly replaceAccount?: boolean } = {},
): Promise<SignInResult> {
  const { store } = ports.oneflex;
  const chain = ports.fingerprint(tokens.accessToken);
  const verified = await ask(ports, tokens).catch(async (cause: unknown) => {
    if (codeOf(cause) === 'oneflex-not-accepted') await store.dropUnverified(chain);
    throw cause;
  });
  const other = await otherThanKept(ports, verified.account, replaceAccount);
  if (other !== undefined) {
    await store.dropUnverified(chain);
    return other;
  }
  await adopt(ports, tokens, verified);
  return signedIn(tokens, verified);
}

/**
 * Seals what a sign-in brought, before OneFlex is asked whose it is: whatever becomes of this process,
 * {@link judgeUnverified} finds it. Nothing else uses it, and nothing that is kept changes.
 */
export async function keepUnverified(
  { oneflex: { store } }: OneflexPorts,
  tokens: KeptTokens,
  replaceAccount: boolean,
): Promise<void> {
  await store.keepUnverified(tokens, replaceAccount);
}

export type Judgement =
  | SignInResult
  | { readonly kind: 'none' }
  /** OneFlex takes its tokens no more; they were dropped. */
  | { readonly kind: 'not-accepted' };

/**
 * Asks OneFlex whose the tokens are that an earlier sign-in left unverified, and keeps them as that would have; another
 * person's, to which nobody agreed, are dropped. Throws `oneflex-unreachable` when it cannot be asked, and leaves them.
 */
export async function judgeUnverified(ports: OneflexPorts): Promise<Judgement> {
  const { store } = ports.oneflex;
  const left = await store.unverified();
  if (left === undefined) return { kind: 'none' };
  const judged = await verifyLeft(ports, left);
  if (judged === 'superseded') return { kind: 'none' };
  const { chain, tokens, verified, replaceAccount } = judged;
  if (verified === undefined) {
    await store.dropUnverified(chain);
    return { kind: 'not-accepted' };
  }
  const other = await otherThanKept(ports, verified.account, replaceAccount);
  if (other !== undefined) {
    await store.dropUnverified(chain);
    return other;
  }
  // Somebody signed in, or forgot the account, meanwhile: that is newer.
  if ((await adopt(ports, tokens, verified, chain)) === 'superseded') return { kind: 'none' };
  return signedIn(tokens, verified);
}

type Judged = UnverifiedSignIn & { readonly verified: Verified | undefined };

/** An access token does not live as long as Jeton may have been away; a renewed one is on disk before it is asked about. */
async function verifyLeft(ports: OneflexPorts, left: UnverifiedSignIn): Promise<Judged | 'superseded'> {
  const { api, store } = ports.oneflex;
  const verified = await askOrNone(ports, left.tokens);
  const { refreshToken } = left.tokens;
  if (verified !== undefined || refreshToken === undefined) return { ...left, verified };
  const reply = await api.renew(refreshToken);
  if (reply.kind === 'unavailable') {
    // An endpoint that only ever fails may be gone: see renew.ts.
    const isHopeless =
      reply.code.startsWith('http-5') && ports.clock.now() - left.tokens.expiresAt > HOPELESS_MS;
    if (isHopeless) return { ...left, verified: undefined };
    throw new JetonError('oneflex-unreachable', { reason: reply.code });
  }
  if (reply.kind !== 'granted') return { ...left, verified: undefined };
  const { grant } = reply;
  const tokens: KeptTokens = {
    ...left.tokens,
    accessToken: grant.accessToken,
    refreshToken: grant.refreshToken ?? refreshToken,
    expiresAt: grant.expiresAt ?? ports.clock.now() + ASSUMED_LIFETIME_MS,
  };
  // Whoever signed in, or forgot the account, meanwhile has the last word.
  if ((await store.keepUnverified(tokens, left.replaceAccount, left.chain)) === 'superseded')
    return 'superseded';
  const chain = ports.fingerprint(tokens.accessToken);
  return { ...left, chain, tokens, verified: await askOrNone(ports, tokens) };
}

/** `undefined` where OneFlex does not take them. */
async function askOrNone(ports: OneflexPorts, tokens: KeptTokens): Promise<Verified | undefined> {
  try {
    return await ask(ports, tokens);
  } catch (cause) {
    if (codeOf(cause) === 'oneflex-not-accepted') return undefined;
    throw cause;
  }
}

async function otherThanKept(
  { oneflex: { store } }: OneflexPorts,
  account: OneflexAccount,
  replaceAccount: boolean,
): Promise<Extract<SignInResult, { readonly kind: 'other-account' }> | undefined> {
  const kept = (await store.session())?.account;
  if (kept === undefined || kept.id === account.id || replaceAccount) return undefined;
  return { kind: 'other-account', account, kept };
}

/** `unverified`: the name of what was left, where it is that. */
async function adopt(
  ports: OneflexPorts,
  tokens: KeptTokens,
  { account, clockLeadMs }: Verified,
  unverified?: ChainId,
): Promise<'saved' | 'superseded'> {
  const now = ports.clock.now();
  const timed = { ...tokens, expiresAt: tokens.expiresAt + clockLeadMs };
  const saved = await ports.oneflex.store.signIn(account, timed, now, unverified);
  if (saved === 'superseded') return saved;
  await ports.health.save({
    ...blankHealth(ONEFLEX_ID, ports.fingerprint(tokens.accessToken)),
    lastRenewedAt: now,
  });
  ports.log.info('oneflex-signed-in', { clockLeadMs });
  await note(ports, account, 'signed-in');
  return saved;
}

function signedIn(tokens: KeptTokens, { account, clockLeadMs }: Verified): SignInResult {
  return { kind: 'signed-in', account, expiresAt: tokens.expiresAt + clockLeadMs, clockLeadMs };
}

export interface Verified {
  readonly account: OneflexAccount;
  /** See {@link clockLead}. */
  readonly clockLeadMs: number;
}

/** Asks OneFlex whether the stored access token works: the account, or why not. Throws as {@link signInToOneflex}. */
export async function verifyOneflex(ports: OneflexPorts): Promise<Verified> {
  const tokens = await ports.oneflex.store.tokens();
  if (tokens === undefined) throw new JetonError('oneflex-not-signed-in');
  return ask(ports, tokens);
}

/**
 * Forgets the account: tokens, cookies, and what was learnt of its sessions. False when there was none. A renewal that
 * is under way, in whichever process, ends first, for its browser would bring the profile back; `onWaiting` is called
 * when there is one. Throws `oneflex-busy` when it takes longer than it can; then nothing is forgotten.
 */
export async function forgetOneflex(
  ports: OneflexPorts & { readonly timer: Timer },
  onWaiting?: () => void,
): Promise<boolean> {
  const { store } = ports.oneflex;
  const session = await store.session();
  let outcome = await store.forget();
  if (outcome === 'held') onWaiting?.();
  for (let waited = 0; outcome === 'held'; waited += FORGET_AGAIN_MS) {
    if (waited >= FORGET_PATIENCE_MS) throw new JetonError('oneflex-busy');
    await ports.timer.sleep(FORGET_AGAIN_MS);
    outcome = await store.forget();
  }
  await ports.health.remove(ONEFLEX_ID);
  if (session !== undefined) await note(ports, session.account, 'forgotten');
  return outcome === 'forgotten';
}

async function ask(ports: OneflexPorts, { accessToken }: KeptTokens): Promise<Verified> {
  const answer = await ports.oneflex.api.me(accessToken);
  if (answer.kind === 'account') return answer;
  if (answer.kind === 'unavailable') throw new JetonError('oneflex-unreachable', { reason: answer.code });
  throw new JetonError('oneflex-not-accepted', {
    reason: answer.kind === 'expired' ? 'expired' : answer.code,
  });
}

function note(ports: OneflexPorts, account: OneflexAccount, event: 'signed-in' | 'forgotten'): Promise<void> {
  const at = ports.clock.now();
  return ports.activity.record({
    at,
    id: ONEFLEX_ID,
    name: account.fullName,
    event,
    code: undefined,
    durationMs: undefined,
  });
}
