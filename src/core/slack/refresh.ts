/**
 * One run over all integrations: decide for each what to do, renew chain by chain, verify the rest, remember what
 * happened. `jeton slack refresh`, the daemon and the tray's "Renew now" are all this function.
 */
import { JetonError } from '../errors.ts';
import type { ErrorCode, ErrorDetails } from '../errors.ts';
import type {
  ChainId,
  Condition,
  FailureClass,
  Health,
  IntegrationError,
  IntegrationId,
  SlackCredentials,
  SlackIntegration,
  SourceKind,
} from '../integration.ts';
import type {
  ActivityEvent,
  ActivityLog,
  HealthStore,
  IntegrationSource,
  Random,
  VaultGate,
} from '../ports.ts';
import type { Plan } from '../schedule.ts';
import {
  ASSUMED_EXPIRY_MS,
  VERIFY_AGAIN_MS,
  VERIFY_EVERY_MS,
  backoffMs,
  expiryOf,
  memoriesOf,
  memoryOf,
  planFor,
} from '../schedule.ts';
import { incompletenessOf } from '../snapshot.ts';
import type { SlackApi } from './api.ts';
import type { Pace, RateLimiter } from './rate-limiter.ts';
import type { AskForGrant, RotationPorts, RotationResult } from './renew.ts';
import { replay, rotate } from './renew.ts';
import type { Grant, Parsed, SlackFailure } from './reply.ts';
import { isRefusal } from './reply.ts';

/** Rows that Slack asks to come back later are tried again within one run for this long, unless asked otherwise. */
const PATIENCE_MS = 10 * 60 * 1000;

export interface RefreshPorts extends RotationPorts {
  readonly sources: readonly IntegrationSource[];
  readonly slack: SlackApi;
  readonly limiter: RateLimiter;
  readonly health: HealthStore;
  readonly activity: ActivityLog;
  readonly random: Random;
  readonly vault: VaultGate;
}

export interface RefreshRequest {
  readonly force?: boolean;
  /** A person asks: what waits for its next try after a failure is tried now, unless Slack said when to come back. */
  readonly asked?: boolean;
  /** Decide and report only: nothing is sent to Slack, nothing is written. */
  readonly dryRun?: boolean;
  /** Exchange long-lived tokens for rotating pairs, which is never done unasked. */
  readonly exchange?: boolean;
  /** All, when absent. */
  readonly ids?: readonly IntegrationId[];
  /** Rows that are taken back once Slack refuses them: that is then no state of theirs for anybody to see. */
  readonly isTrial?: boolean;
  /** Milliseconds until the next one-shot run. */
  readonly nextRunInMs?: number | undefined;
  /** For how long rows that Slack asks to come back later are waited for. */
  readonly patienceMs?: number;
  /** Stops starting; what is under way is brought to its end. */
  readonly signal?: AbortSignal;
  /** Told once it is known what there is to do, and as each part of that comes to its end. */
  readonly onProgress?: (progress: RefreshProgress) => void;
}

/** Of the integrations that Slack is asked about: what has not begun when the run is stopped never counts as done. */
export interface RefreshProgress {
  readonly done: number;
  readonly total: number;
}

export interface RefreshReport {
  readonly renewed: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly results: readonly RefreshResult[];
  /** Sources that could not be read at all. */
  readonly unreachable: readonly {
    readonly source: SourceKind;
    readonly code: ErrorCode;
    readonly details: ErrorDetails;
  }[];
}

export interface RefreshResult {
  readonly id: IntegrationId;
  readonly name: string;
  readonly outcome: 'renewed' | 'unchanged' | 'would-renew' | 'failed' | 'skipped';
  readonly expiresAt: number | undefined;
  readonly error: IntegrationError | undefined;
  /** Of a row that failed earlier, and was not tried in this run: when it is tried again. */
  readonly triedAgainAt?: number;
  /** Of one that was left alone, where the row itself does not lack anything. */
  readonly leftBecause?: 'paused' | 'busy' | 'changed';
}

interface Row {
  readonly source: IntegrationSource;
  readonly integration: SlackIntegration;
  readonly health: Health;
  readonly plan: Plan;
}

/** Rows with one chain, of whatever source: one request, written to all. The first one's credentials are used. */
interface Chain {
  readonly chain: ChainId;
  readonly rows: readonly Row[];
}

export async function refresh(ports: RefreshPorts, request: RefreshRequest = {}): Promise<RefreshReport> {
  const { log, clock } = ports;
  const startedAt = clock.now();
  let read = await readRows(ports, request);
  requireKnown(request.ids, read);

  if (request.dryRun !== true && read.rows.some((row) => row.integration.chain !== undefined)) {
    await ports.vault.ensureReady();
    if ((await recover(ports)) > 0) read = await readRows(ports, request);
  }
  const wanted = read.rows.filter(
    (row) => request.ids === undefined || request.ids.includes(row.integration.id),
  );
  if (request.dryRun === true)
    return reportOf(
      wanted.map((row) => foresee(row, startedAt)),
      read.unreachable,
    );

  const chains = chainsToRenew(read.rows, wanted);
  const inChains = new Set(chains.flatMap((chain) => chain.rows));
  const toVerify = wanted.filter((row) => row.plan.action === 'verify' && !inChains.has(row));
  const others = wanted.filter((row) => row.plan.action !== 'verify' && !inChains.has(row));

  const idle = chains.length === 0 && toVerify.length === 0;
  if (!idle)
    log.info('refresh-started', { rows: wanted.length, chains: chains.length, verify: toVerify.length });

  const deadline = startedAt + (request.patienceMs ?? PATIENCE_MS);
  const counted = countingOf(
    wanted.filter((row) => inChains.has(row) || row.plan.action === 'verify'),
    request,
  );
  const done = await allToTheirEnd([
    ...chains.map((chain) => renewChain(chain, ports, request, deadline).then(counted)),
    ...toVerify.map((row) => verify(row, read.rows, ports, request, deadline).then(counted)),
  ]);
  const results = await forgiveOvertaken(
    [...done.flat(), ...others.map((row) => foresee(row, startedAt))],
    read.rows,
    ports,
  );
  const byId = new Map(results.map((result) => [result.id, result]));
  const inOrder = wanted.flatMap((row) => byId.get(row.integration.id) ?? []);
  const report = reportOf(inOrder, read.unreachable);
  if (!idle) {
    const { renewed, unchanged, failed } = report;
    log.info('refresh-finished', { renewed, unchanged, failed, ms: clock.now() - startedAt });
  }
  return report;
}

/** Writes what an earlier process received and did not bring to its rows; answers how many rows changed. */
async function recover(ports: RefreshPorts): Promise<number> {
  const replayed = await replay(
    (id) => ports.sources.find((source) => id.startsWith(`${source.kind}:`)),
    ports,
  );
  const remembered = await ports.health.all();
  // A row that is known to hold the pair was written by the run that received it; only its siblings were not.
  const saved = replayed.filter(
    ({ id, result, entry }) => result === 'saved' && remembered.get(id)?.chain !== entry.newChain,
  );
  for (const { id, entry } of saved) {
    await ports.health.save({
      ...memoryOf({ id, chain: entry.newChain }, remembered.get(id)),
      lastRenewedAt: entry.receivedAt,
      verifyAt: entry.receivedAt + VERIFY_EVERY_MS,
    });
    await note(ports, { id, name: id }, 'recovered', undefined, undefined);
    ports.log.info('recovered-from-journal', { id });
  }
  return saved.length;
}

// ── Reading and deciding ────────────────────────────────────────────────────────────────────────────────

interface Read {
  readonly rows: readonly Row[];
  readonly unreachable: RefreshReport['unreachable'];
}

async function readRows(ports: RefreshPorts, request: RefreshRequest): Promise<Read> {
  const remembered = await ports.health.all();
  const { nextRunInMs, force, asked, exchange } = request;
  const options = { now: ports.clock.now(), nextRunInMs, force, asked, exchange };
  const unreachable: RefreshReport['unreachable'][number][] = [];
  const perSource = await Promise.all(
    ports.sources.map(async (source) => {
      try {
        const integrations = await source.list();
        const memories = memoriesOf(integrations, remembered);
        return integrations.map((integration, position): Row => {
          const health = memoryOf(integration, memories[position]);
          return { source, integration, health, plan: planFor(integration, health, options) };
        });
      } catch (cause) {
        if (!(cause instanceof JetonError)) throw cause;
        unreachable.push({ source: source.kind, code: cause.code, details: cause.details });
        return [];
      }
    }),
  );
  return { rows: perSource.flat(), unreachable };
}

function requireKnown(ids: readonly IntegrationId[] | undefined, read: Read): void {
  const known = new Set(read.rows.map((row) => row.integration.id));
  for (const id of ids ?? []) {
    const unreadable = read.unreachable.some(({ source }) => id.startsWith(`${source}:`));
    if (!known.has(id) && !unreadable) throw new JetonError('integration-not-found', { id });
  }
}

/** Those in doubt first, for their grace is running; then those that die first. */
function chainsToRenew(all: readonly Row[], wanted: readonly Row[]): readonly Chain[] {
  const byChain = Map.groupBy(all, (row) => row.integration.chain);
  const chains = new Map<ChainId, Chain>();
  for (const row of wanted) {
    const { chain } = row.integration;
    if (row.plan.action !== 'renew' || chain === undefined || chains.has(chain)) continue;
    chains.set(chain, chainLedBy(row, chain, byChain.get(chain) ?? []));
  }
  const urgency = ({ rows: [first] }: Chain): number =>
    first?.plan.action === 'renew' && first.plan.reason === 'in-doubt'
      ? 0
      : (first?.integration.expiresAt ?? 1);
  return [...chains.values()].sort((a, b) => urgency(a) - urgency(b));
}

/** The due row leads, being complete: its credentials are the ones that are used. */
function chainLedBy(leader: Row, chain: ChainId, candidates: readonly Row[]): Chain {
  const siblings = candidates.filter((row) => row !== leader && row.integration.chain === chain);
  return { chain, rows: [leader, ...siblings] };
}

/** The result of a row that this run leaves alone, or would leave alone. */
function foresee(row: Row, now: number): RefreshResult {
  const { plan, integration, health } = row;
  switch (plan.action) {
    case 'renew':
      return resultOf(row, 'would-renew');
    case 'verify':
      return resultOf(row, 'unchanged');
    case 'wait':
      return health.lastError === undefined
        ? resultOf(row, 'unchanged')
        : { ...resultOf(row, 'failed', health.lastError), triedAgainAt: plan.until };
    case 'none':
      if (plan.why === 'dead') return resultOf(row, 'failed', health.lastError);
      if (plan.why === 'paused' || plan.why === 'held') {
        const leftBecause = plan.why === 'held' ? 'busy' : plan.why;
        return { ...resultOf(row, 'skipped', incompletenessOf(integration, now)), leftBecause };
      }
      return resultOf(row, 'skipped', incompletenessOf(integration, now));
  }
}

/** Counts what has ended among `rows`; a chain's other rows, that nobody asked for, are renewed without a word. */
function countingOf(
  rows: readonly Row[],
  { onProgress }: RefreshRequest,
): (ended: readonly RefreshResult[]) => readonly RefreshResult[] {
  const waiting = new Set(rows.map((row) => row.integration.id));
  const total = waiting.size;
  onProgress?.({ done: 0, total });
  return (ended) => {
    for (const { id, error } of ended) if (error?.code !== 'cancelled') waiting.delete(id);
    onProgress?.({ done: total - waiting.size, total });
    return ended;
  };
}

// ── Doing ───────────────────────────────────────────────────────────────────────────────────────────────

async function renewChain(
  chain: Chain,
  ports: RefreshPorts,
  request: RefreshRequest,
  deadline: number,
): Promise<readonly RefreshResult[]> {
  const startedAt = ports.clock.now();
  const parts = [...Map.groupBy(chain.rows, (row) => row.source)].map(([source, rows]) => ({
    source,
    ids: rows.map((row) => row.integration.id),
  }));
  let result: RotationResult | undefined;
  do {
    result = await ports.limiter.run(
      (answered) => {
        const ask: AskForGrant = async ({ credentials }) => {
          const answer = await askForGrant(ports.slack, credentials);
          answered(paceOf(answer));
          return answer;
        };
        return rotate({ chain: chain.chain, parts }, ask, ports).catch((cause: unknown) =>
          unexpected(cause, ports),
        );
      },
      { signal: request.signal, deadline },
    );
  } while (result !== undefined && isThrottled(result) && ports.limiter.pausedUntil() < deadline);
  // Slack wants us back later than anybody is going to wait here.
  if (result === undefined && request.signal?.aborted !== true) {
    const retryAfterMs = Math.max(ports.limiter.pausedUntil() - ports.clock.now(), 0);
    result = { kind: 'failed', failure: { class: 'transient', code: 'ratelimited', retryAfterMs } };
  }
  const ms = ports.clock.now() - startedAt;
  // Together: a store that syncs its writes to disk does so once.
  const settled = settleEntry(result, ports);
  try {
    return await allToTheirEnd(chain.rows.map((row) => settle(row, result, ms, ports, request)));
  } finally {
    await settled;
  }
}

/** An entry that stays is replayed by the next run, which finds its rows as they should be. Never rejects. */
async function settleEntry(
  result: RotationResult | undefined,
  { journal, log }: RefreshPorts,
): Promise<void> {
  if (result?.kind !== 'renewed' || result.entryToSettle === undefined) return;
  await journal
    .remove(result.entryToSettle)
    .catch((cause: unknown) => log.warn('entry-not-settled', { code: codeOf(cause) }));
}

async function askForGrant(slack: SlackApi, credentials: SlackCredentials): Promise<Parsed<Grant>> {
  const { refreshToken, accessToken } = credentials;
  if (refreshToken !== undefined) return slack.refresh({ ...credentials, refreshToken });
  if (accessToken !== undefined) return slack.exchange({ ...credentials, accessToken });
  return { ok: false, failure: { class: 'misconfigured', code: 'fields-missing' } };
}

/** Remembers how a rotation ended for one of its rows, and says it. */
async function settle(
  row: Row,
  result: RotationResult | undefined,
  ms: number,
  ports: RefreshPorts,
  request: RefreshRequest,
): Promise<RefreshResult> {
  const { integration } = row;
  const { id } = integration;
  const now = ports.clock.now();
  if (result === undefined) return leftAlone(row, now);
  if (result.kind === 'skipped') {
    ports.log.info('renewal-skipped', { id, why: result.why });
    return { ...resultOf(row, 'skipped'), leftBecause: result.why };
  }
  if (result.kind === 'failed') return settleFailure(row, result.failure, ms, ports, request);

  const written = result.rows.get(id);
  if (written !== 'saved') {
    ports.log.warn('superseded', { id, written: written ?? 'gone' });
    await note(ports, integration, 'superseded', written, ms);
    return resultOf(row, 'skipped', { code: 'changed-meanwhile', class: 'transient', at: now });
  }
  const event = integration.tokenKind === 'long-lived' ? 'exchanged' : 'renewed';
  if (result.keptRefreshToken) ports.log.warn('refresh-token-kept', { id });
  await allToTheirEnd([
    ports.health.save({
      ...memoryOf({ id, chain: result.chain }, row.health),
      condition: 'ok',
      attempts: 0,
      retryAt: undefined,
      lastRenewedAt: result.receivedAt,
      verifyAt: result.receivedAt + VERIFY_EVERY_MS,
      learntExpiresAt: undefined,
      lastError: undefined,
    }),
    ...(result.keptRefreshToken
      ? [note(ports, integration, 'refresh-token-kept', undefined, undefined)]
      : []),
    note(ports, integration, event, undefined, ms),
  ]);
  ports.log.info('renewed', { id, ms });
  return { ...resultOf(row, 'renewed'), expiresAt: result.expiresAt };
}

async function settleFailure(
  row: Row,
  failure: SlackFailure,
  ms: number,
  ports: RefreshPorts,
  { isTrial = false }: RefreshRequest,
): Promise<RefreshResult> {
  const { integration, source } = row;
  const { id, chain } = integration;
  const now = ports.clock.now();
  const attempts = row.health.attempts + 1;
  const error: IntegrationError = { code: failure.code, class: failure.class, at: now };
  ports.log.warn('renewal-failed', { id, class: failure.class, code: failure.code, attempts, ms });
  if (isTrial && isTakenBack(failure.class)) {
    await note(ports, integration, 'renewal-failed', failure.code, ms);
    return resultOf(row, 'failed', error);
  }
  await ports.health.save({
    ...row.health,
    condition: CONDITION_OF[failure.class],
    attempts,
    retryAt: now + backoffMs(failure.class, attempts, failure.retryAfterMs, ports.random.next()),
    lastError: error,
  });
  await note(ports, integration, 'renewal-failed', failure.code, ms);
  if (chain !== undefined) {
    await source
      .recordFailure(id, chain, now, `${failure.code} (${failure.class})`)
      .catch((cause: unknown) => ports.log.warn('failure-not-recorded', { id, code: codeOf(cause) }));
  }
  return resultOf(row, 'failed', error);
}

/** Of a row that is tried: one whose token may be spent, or whose pair is on its way to it, stays. */
export function isTakenBack(failure: FailureClass): boolean {
  return failure !== 'in-doubt' && failure !== 'internal';
}

const CONDITION_OF: Readonly<Record<FailureClass, Condition>> = {
  'chain-dead': 'dead',
  misconfigured: 'misconfigured',
  environment: 'environment',
  'in-doubt': 'in-doubt',
  transient: 'retrying',
  unknown: 'retrying',
  internal: 'retrying',
};

/**
 * Asks Slack whether the access token works. One that it refuses is renewed at once, whatever the reason it gives:
 * only the renewal tells whether the chain lives, and how it fails is what there is to know of the row.
 */
async function verify(
  row: Row,
  all: readonly Row[],
  ports: RefreshPorts,
  request: RefreshRequest,
  deadline: number,
): Promise<readonly RefreshResult[]> {
  const { integration, source } = row;
  const { id, chain } = integration;
  const startedAt = ports.clock.now();
  const token = await source.accessToken(id).catch(() => undefined);
  if (token === undefined || chain === undefined) return [resultOf(row, 'skipped')];
  const answer = await ports.limiter.run(
    async (answered) => {
      const parsed = await ports.slack.authTest(token);
      answered(paceOf(parsed));
      return parsed;
    },
    { signal: request.signal, deadline },
  );
  const now = ports.clock.now();
  if (answer === undefined)
    return [request.signal?.aborted === true ? leftAlone(row, now) : resultOf(row, 'unchanged')];
  const ms = now - startedAt;

  if (answer.ok) {
    const { expiresIn } = answer.value;
    const expiresAt =
      expiresIn === undefined
        ? (expiryOf(integration, row.health) ?? now + ASSUMED_EXPIRY_MS)
        : now + expiresIn * 1000;
    await ports.health.save({ ...row.health, verifyAt: now + VERIFY_EVERY_MS, learntExpiresAt: expiresAt });
    ports.log.debug('verified', { id, ms });
    await note(ports, integration, 'verified', undefined, ms);
    return [{ ...resultOf(row, 'unchanged'), expiresAt }];
  }

  ports.log.warn('verification-failed', { id, code: answer.failure.code, ms });
  await note(ports, integration, 'verification-failed', answer.failure.code, ms);
  if (isRefusal(answer.failure)) {
    return renewChain(chainLedBy(row, chain, all), ports, request, deadline);
  }
  // A token that nobody dated is not asked about for ever: it is renewed as one that dies soon.
  const isUndated = expiryOf(integration, row.health) === undefined;
  await ports.health.save({
    ...row.health,
    verifyAt: now + VERIFY_AGAIN_MS,
    ...(isUndated && { learntExpiresAt: now + ASSUMED_EXPIRY_MS }),
  });
  return [resultOf(row, 'unchanged')];
}

/**
 * A chain that Slack calls dead may have been rotated by somebody else a moment before: the row tells. What we
 * remember of the spent chain is void then, and the failure is none.
 */
async function forgiveOvertaken(
  results: readonly RefreshResult[],
  read: readonly Row[],
  ports: RefreshPorts,
): Promise<readonly RefreshResult[]> {
  const isDead = (result: RefreshResult): boolean => result.error?.class === 'chain-dead';
  if (!results.some(isDead)) return results;
  const chains = new Map(read.map(({ integration: { id, chain } }) => [id, chain]));
  const rows = new Map<IntegrationId, SlackIntegration>();
  for (const source of ports.sources) {
    for (const row of await source.list().catch(() => [])) rows.set(row.id, row);
  }
  return results.map((result) => {
    const row = rows.get(result.id);
    const overtaken = row !== undefined && chains.get(result.id) !== row.chain;
    return isDead(result) && overtaken
      ? {
          ...result,
          outcome: 'skipped',
          expiresAt: row.expiresAt,
          error: undefined,
          leftBecause: 'changed' as const,
        }
      : result;
  });
}

// ── Small parts ─────────────────────────────────────────────────────────────────────────────────────────

/** Unlike Promise.all: a rotation under way is never left behind because another one failed. */
async function allToTheirEnd<T>(tasks: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(tasks);
  return Promise.all(tasks);
}

function isThrottled(result: RotationResult): boolean {
  return result.kind === 'failed' && result.failure.code === 'ratelimited';
}

function paceOf(answer: Parsed<unknown>): Pace {
  return !answer.ok && answer.failure.code === 'ratelimited'
    ? { kind: 'throttled', retryAfterMs: answer.failure.retryAfterMs ?? 1000 }
    : { kind: 'served' };
}

/** A store or a source that failed in the middle of a rotation: the lease it leaves behind tells the next run. */
function unexpected(cause: unknown, ports: RefreshPorts): RotationResult {
  const code = codeOf(cause);
  ports.log.error('rotation-interrupted', { code });
  return { kind: 'failed', failure: { class: 'internal', code } };
}

function codeOf(cause: unknown): string {
  if (cause instanceof JetonError) return cause.code;
  return cause instanceof Error ? cause.name : 'unknown';
}

function note(
  ports: RefreshPorts,
  { id, name }: { readonly id: IntegrationId; readonly name: string },
  event: ActivityEvent,
  code: string | undefined,
  durationMs: number | undefined,
): Promise<void> {
  return ports.activity.record({ at: ports.clock.now(), id, name, event, code, durationMs });
}

function resultOf(row: Row, outcome: RefreshResult['outcome'], error?: IntegrationError): RefreshResult {
  const { id, name } = row.integration;
  return { id, name, outcome, expiresAt: expiryOf(row.integration, row.health), error };
}

/** The run was stopped before its turn came. */
function leftAlone(row: Row, now: number): RefreshResult {
  return resultOf(row, 'skipped', { code: 'cancelled', class: 'transient', at: now });
}

function reportOf(
  results: readonly RefreshResult[],
  unreachable: RefreshReport['unreachable'],
): RefreshReport {
  const count = (...outcomes: RefreshResult['outcome'][]): number =>
    results.filter((result) => outcomes.includes(result.outcome)).length;
  return {
    renewed: count('renewed'),
    unchanged: count('unchanged'),
    failed: count('failed'),
    results,
    unreachable,
  };
}
