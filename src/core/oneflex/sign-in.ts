import { JetonError } from '../errors.ts';
import { blankHealth } from '../schedule.ts';
import type { KeptTokens, Timer } from '../ports.ts';
import type { OneflexAccount } from './api.ts';
import type { OneflexPorts } from './renew.ts';
import { ONEFLEX_ID } from './session.ts';

/** A silent sign-in ends within 30 s; the requests around it take up to 10 s each. */
const FORGET_PATIENCE_MS = 60_000;
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
  const { account, clockLeadMs } = await ask(ports, tokens);
  const kept = (await store.session())?.account;
  if (kept !== undefined && kept.id !== account.id && !replaceAccount) {
    return { kind: 'other-account', account, kept };
  }
  const now = ports.clock.now();
  const expiresAt = tokens.expiresAt + clockLeadMs;
  await store.signIn(account, { ...tokens, expiresAt }, now);
  await ports.health.save({
    ...blankHealth(ONEFLEX_ID, ports.fingerprint(tokens.accessToken)),
    lastRenewedAt: now,
  });
  ports.log.info('oneflex-signed-in', { clockLeadMs });
  await note(ports, account, 'signed-in');
  return { kind: 'signed-in', account, expiresAt, clockLeadMs };
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
