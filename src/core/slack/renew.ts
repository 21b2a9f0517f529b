/**
 * The rotation of one chain. Slack's refresh tokens are good for one use, so between sending one and having its
 * successor in the row every step can be the last one this process takes. The order of the steps is what keeps
 * the chain: docs/ARCHITECTURE.md, "Rotation".
 */
import type { ChainId, IntegrationId, TokenPair } from '../integration.ts';
import type {
  Claim,
  Clock,
  Fingerprint,
  IntegrationSource,
  Journal,
  JournalEntry,
  Logger,
  SaveResult,
  Timer,
} from '../ports.ts';
import { REQUEST_TIMEOUT_MS } from './api.ts';
import type { Grant, Parsed, SlackFailure } from './reply.ts';

/** Two requests of {@link REQUEST_TIMEOUT_MS} and the writes after them fit in it, with room to spare. */
export const LEASE_MS = 90_000;
/** With less than this left of the lease no request is started any more. */
const MIN_LEASE_MS = REQUEST_TIMEOUT_MS + 10_000;
/** How long a pair that could be written nowhere is tried again. */
const PERSIST_FOR_MS = 60_000;
/** How long a pair whose row is gone or holds a newer one is kept. */
const KEEP_SUPERSEDED_MS = 12 * 60 * 60 * 1000;

export interface RotationPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly fingerprint: Fingerprint;
  readonly log: Logger;
  readonly pairsInHand: PairsInHand;
  /** This process, as leases name it. */
  readonly owner: string;
}

/** The rows that share one chain, wherever they are. The credentials of the first part are the ones used. */
export interface ChainRows {
  readonly chain: ChainId;
  readonly parts: readonly ChainPart[];
}

export interface ChainPart {
  readonly source: IntegrationSource;
  readonly ids: readonly IntegrationId[];
}

/** Pairs that were received and are on no disk yet. While there is one, a process had better not end. */
export class PairsInHand {
  #count = 0;

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Answers what lets go of it; calling that twice is once. */
  hold(): () => void {
    this.#count += 1;
    let isHeld = true;
    return () => {
      if (isHeld) this.#count -= 1;
      isHeld = false;
    };
  }
}

export type RotationResult =
  | {
      readonly kind: 'renewed';
      readonly chain: ChainId;
      readonly receivedAt: number;
      readonly expiresAt: number | undefined;
      readonly rows: ReadonlyMap<IntegrationId, SaveResult>;
      /** Slack sent no new refresh token; the old one stays. */
      readonly keptRefreshToken: boolean;
      /** The journal's entry of a pair that is in all its rows: the last step is to settle it. */
      readonly entryToSettle: number | undefined;
    }
  /** Nothing was sent: somebody else holds the chain, or the row is not what it was. */
  | { readonly kind: 'skipped'; readonly why: 'busy' | 'changed' }
  | { readonly kind: 'failed'; readonly failure: SlackFailure };

/** Asks Slack for a successor of what the claim holds: a refresh, or the exchange of a long-lived token. */
export type AskForGrant = (claim: Claim) => Promise<Parsed<Grant>>;

/** All steps but the last, which is the caller's: to settle the journal's entry. */
export async function rotate(
  rows: ChainRows,
  ask: AskForGrant,
  ports: RotationPorts,
): Promise<RotationResult> {
  const { clock, journal } = ports;

  const askedAt = clock.now();
  const leaseLeft = (): number => LEASE_MS - Math.abs(clock.now() - askedAt);
  const claimed = await claimAll(rows, ports.owner);
  if (claimed.kind !== 'claimed') return { kind: 'skipped', why: claimed.kind };
  const { held, claim } = claimed;
  let maybeSpent = held.some((part) => part.claim.inDoubt);

  // A crash, or an application that wrote its row back whole, can leave a spent token in the row.
  const before = await adoptSuccessor(rows, journal);
  if (before !== undefined) return before;
  if (leaseLeft() < MIN_LEASE_MS) {
    await releaseAll(held, maybeSpent);
    return { kind: 'skipped', why: 'busy' };
  }

  let answer = await ask(claim);
  if (!answer.ok && answer.failure.class === 'in-doubt') {
    maybeSpent = true;
    // Within the grace period the same token gets the successor again; waiting would waste the grace.
    if (leaseLeft() >= MIN_LEASE_MS) answer = await ask(claim);
  }

  if (answer.ok) {
    const { accessToken, expiresIn } = answer.value;
    const refreshToken = answer.value.refreshToken ?? claim.credentials.refreshToken;
    if (refreshToken !== undefined) {
      const receivedAt = clock.now();
      const expiresAt = expiresIn === undefined ? undefined : receivedAt + expiresIn * 1000;
      const keptRefreshToken = answer.value.refreshToken === undefined;
      return persist(rows, { accessToken, refreshToken, expiresAt }, receivedAt, keptRefreshToken, ports);
    }
    maybeSpent = true;
    answer = { ok: false, failure: { class: 'in-doubt', code: 'reply-without-token' } };
  }

  const { failure } = answer;
  if (failure.class === 'chain-dead') {
    const meanwhile = await adoptSuccessor(rows, journal);
    if (meanwhile !== undefined) return meanwhile;
    await releaseAll(held, false);
    return { kind: 'failed', failure };
  }
  await releaseAll(held, maybeSpent);
  // Whatever Slack says now, it may have acted on the token before: the grace decides when to ask again.
  return { kind: 'failed', failure: maybeSpent ? { ...failure, class: 'in-doubt' } : failure };
}

interface Held {
  readonly source: IntegrationSource;
  readonly claim: Claim;
}

type Claimed =
  | { readonly kind: 'claimed'; readonly claim: Claim; readonly held: readonly Held[] }
  | { readonly kind: 'busy' | 'changed' };

/** All parts or none. A later part without credentials of its own is written to without a claim. */
async function claimAll({ chain, parts }: ChainRows, owner: string): Promise<Claimed> {
  const held: Held[] = [];
  for (const { source, ids } of parts) {
    const claimed = await source.claim(ids, chain, owner, LEASE_MS);
    if (claimed.kind === 'claimed') held.push({ source, claim: claimed.claim });
    else if (claimed.kind === 'busy' || held.length === 0) {
      for (const part of held) await releaseAll([part], part.claim.inDoubt);
      return claimed;
    }
  }
  const [first] = held;
  return first === undefined ? { kind: 'changed' } : { kind: 'claimed', claim: first.claim, held };
}

async function releaseAll(held: readonly Held[], inDoubt: boolean): Promise<void> {
  for (const { source, claim } of held) await source.release(claim, inDoubt ? 'in-doubt' : 'unspent');
}

/** Writes the successor that this machine once received for the row's token, if it did: nothing has to be sent. */
async function adoptSuccessor(rows: ChainRows, journal: Journal): Promise<RotationResult | undefined> {
  const kept = await journal.findBySpent(rows.chain);
  if (kept === undefined || kept.newChain === rows.chain) return undefined;
  return renewed(kept, await saveAll(rows, kept), false);
}

/**
 * Journal first, row second. Either of the two stores is enough to keep the pair; while neither takes it, both are tried
 * again. The entry is left for the caller to settle.
 */
async function persist(
  rows: ChainRows,
  pair: TokenPair,
  receivedAt: number,
  keptRefreshToken: boolean,
  ports: RotationPorts,
): Promise<RotationResult> {
  const { journal, log, clock, timer } = ports;
  const ids = rows.parts.flatMap((part) => part.ids);
  const pending = { ids, spentChain: rows.chain, pair, receivedAt };
  const letGo = ports.pairsInHand.hold();
  let entry: JournalEntry | undefined;
  for (let wait = 1000; ; wait *= 2) {
    entry ??= await journal.record(pending).catch((cause: unknown) => {
      log.error('journal-write-failed', { ids: ids.join(' '), cause: nameOf(cause) });
      return undefined;
    });
    if (entry !== undefined) letGo();
    try {
      const written = await saveAll(rows, pending);
      letGo();
      const newChain = ports.fingerprint(pair.refreshToken);
      const entryToSettle = isSettled(written) ? entry?.entryId : undefined;
      return renewed({ newChain, pair, receivedAt }, written, keptRefreshToken, entryToSettle);
    } catch (cause) {
      log.error('row-write-failed', {
        ids: ids.join(' '),
        cause: nameOf(cause),
        journalled: entry !== undefined,
      });
      const outOfTime = Math.abs(clock.now() - receivedAt) > PERSIST_FOR_MS;
      if (entry !== undefined) return failedToWrite('row-not-written');
      if (outOfTime) {
        letGo();
        return failedToWrite('pair-not-written');
      }
      await timer.sleep(wait);
    }
  }
}

/** Writes what the journal still holds to its rows. Runs before anything is sent, so that nothing is sent twice. */
export async function replay(
  sourceFor: (id: IntegrationId) => IntegrationSource | undefined,
  ports: Pick<RotationPorts, 'journal' | 'clock' | 'log'>,
): Promise<readonly ReplayedRow[]> {
  const { journal, clock, log } = ports;
  const replayed: ReplayedRow[] = [];
  for (const entry of await journal.pending()) {
    const written = new Map<IntegrationId, SaveResult>();
    for (const id of entry.ids) {
      const source = sourceFor(id);
      if (source === undefined) continue;
      try {
        written.set(id, await source.save(id, entry.spentChain, entry.pair));
      } catch (cause) {
        log.warn('replay-postponed', { id, cause: nameOf(cause) });
      }
    }
    for (const [id, result] of written) replayed.push({ id, result, entry });
    const complete = written.size === entry.ids.length;
    const old = Math.abs(clock.now() - entry.receivedAt) > KEEP_SUPERSEDED_MS;
    if (complete && (isSettled(written) || old)) await journal.remove(entry.entryId);
  }
  return replayed;
}

export interface ReplayedRow {
  readonly id: IntegrationId;
  readonly result: SaveResult;
  readonly entry: JournalEntry;
}

async function saveAll(
  { parts }: ChainRows,
  entry: Pick<JournalEntry, 'spentChain' | 'pair'>,
): Promise<ReadonlyMap<IntegrationId, SaveResult>> {
  const written = new Map<IntegrationId, SaveResult>();
  for (const { source, ids } of parts) {
    for (const id of ids) written.set(id, await source.save(id, entry.spentChain, entry.pair));
  }
  return written;
}

function isSettled(written: ReadonlyMap<IntegrationId, SaveResult>): boolean {
  return [...written.values()].every((result) => result === 'saved');
}

function renewed(
  { newChain, pair, receivedAt }: Pick<JournalEntry, 'newChain' | 'pair' | 'receivedAt'>,
  rows: ReadonlyMap<IntegrationId, SaveResult>,
  keptRefreshToken: boolean,
  entryToSettle?: number,
): RotationResult {
  const { expiresAt } = pair;
  return { kind: 'renewed', chain: newChain, receivedAt, expiresAt, rows, keptRefreshToken, entryToSettle };
}

function failedToWrite(code: 'row-not-written' | 'pair-not-written'): RotationResult {
  return { kind: 'failed', failure: { class: 'internal', code } };
}

/** What to log of a thrown thing: its name and code, never its message, which may quote a value. */
function nameOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}
