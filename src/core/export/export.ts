/**
 * Brings tokens to the bots that need them: the file first, the container last. The database stays the truth and the
 * file is a projection of it, so any of this can be repeated; that a restart is owed is written down before it is
 * tried, so that a crash or a Docker that is down does not make anybody forget it.
 */
import { JetonError } from '../errors.ts';
import type { ChainId } from '../integration.ts';
import { integrationId } from '../integration.ts';
import type {
  Clock,
  EnvMerge,
  IntegrationSource,
  KeptTokens,
  Logger,
  OneflexStore,
  Random,
  SessionCookie,
  TargetMachine,
  TargetStore,
  Timer,
} from '../ports.ts';
import { backoffMs } from '../schedule.ts';
import type { Secret } from '../secret.ts';
import { reservationOf } from './reservation.ts';
import type { RestartFailure, RestartOutcome, RestartPlan, RestartTrigger } from './restart.ts';
import { decideRestart, isRestartOwed } from './restart.ts';
import type { ExportError, PendingRestart, Target, TargetRecord, TokenSource } from './target.ts';
import { isWithoutSource } from './target.ts';

/** A restart with a health check may take minutes; a dead owner's claim ends at once. */
const CLAIM_MS = 10 * 60_000;
/** Most exports are over by then; who restarts a slow container is not waited for. */
const CLAIM_PATIENCE_MS = 20_000;
const CLAIM_AGAIN_MS = 250;

export interface ExportPorts {
  readonly targets: {
    readonly store: TargetStore;
    /** Connects to nothing before it is used. */
    open(target: Target): Promise<TargetMachine>;
    /** The cookies that a sign-in left, of OneFlex's own host. */
    sessionCookies(kept: Secret): Promise<readonly SessionCookie[]>;
  };
  readonly sources: readonly IntegrationSource[];
  readonly oneflex: { readonly store: OneflexStore };
  readonly clock: Clock;
  readonly timer: Timer;
  readonly random: Random;
  readonly log: Logger;
  readonly owner: string;
}

export interface ExportRequest {
  /** All targets when absent. */
  readonly names?: readonly string[] | undefined;
  readonly trigger: RestartTrigger;
  /** `--restart`, `--no-restart`, or neither. */
  readonly restart?: boolean | undefined;
  /** Restart although the bot is about to book, or nothing changed; write although keys are gone from the file. */
  readonly force?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Nobody is there to wait: a target that another Jeton is at is left to it. */
  readonly givesWay?: boolean | undefined;
  /** Another Jeton is at this target, and is waited for. */
  readonly onWaiting?: ((target: string) => void) | undefined;
  readonly onLine?: ((target: string, line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Takes the exported tokens out of what other programs print. */
  readonly hide?: (line: string) => string;
}

export interface ExportResult {
  readonly name: string;
  readonly file: EnvMerge | { readonly error: ExportError };
  /** Keys that were left as they are, because there was no token for them. */
  readonly missing: readonly MissingToken[];
  /** What became of `session.json`; `undefined` where nobody wants one, or nothing changed. */
  readonly session: 'written' | 'no-cookies' | undefined;
  readonly restart: RestartReport;
  /** A RESERVATION_TIME that is none: nothing was held for it. */
  readonly invalidTime: string | undefined;
}

export interface MissingToken extends ExportError {
  readonly key: string;
  readonly source: TokenSource;
}

/**
 * `none`: there is no reason for one. `held`: the bot is about to book. `failed`: with the reason, and whether it is
 * still owed. `would-restart`: a dry run.
 */
export type RestartReport =
  | { readonly outcome: 'none' }
  | { readonly outcome: 'held'; readonly until: number }
  | { readonly outcome: 'would-restart' }
  | { readonly outcome: 'restarted'; readonly plan: RestartPlan; readonly startedAt: string }
  | {
      readonly outcome: 'failed';
      readonly plan: RestartPlan | undefined;
      readonly failure: RestartFailure;
      readonly log: readonly string[];
      readonly pending: boolean;
    };

/** Throws `target-not-found`. What goes wrong with one target is in its result, and does not stop the others. */
export async function exportTargets(
  ports: ExportPorts,
  request: ExportRequest,
): Promise<readonly ExportResult[]> {
  const records = await ports.targets.store.list();
  for (const name of request.names ?? []) {
    if (!records.some(({ target }) => target.name === name))
      throw new JetonError('target-not-found', { name });
  }
  const wanted = records.filter(({ target }) => request.names?.includes(target.name) ?? true);
  const results: ExportResult[] = [];
  for (const { target } of wanted) results.push(await exportTo(target, ports, request));
  return results;
}

/**
 * Targets whose file may hold older tokens than Jeton, and those whose restart is due: what the daemon exports. One
 * that lacks a token which is not there (nobody is signed in) is not among them because of that, until it is back.
 */
export async function staleTargets(ports: ExportPorts): Promise<readonly string[]> {
  const records = await ports.targets.store.list();
  if (records.length === 0) return [];
  const chains = await chainsOf(records, ports);
  const now = ports.clock.now();
  return records
    .filter(({ target, pending, exportFailure, exportedVersion = '' }) => {
      if (pending !== undefined && (pending.retryAt ?? 0) <= now) return true;
      // The tokens that are back may be those that the file has.
      if (exportFailure?.code === 'oneflex-not-signed-in' && chains.has('oneflex')) return true;
      const exported = exportedVersion.split(' ');
      return versionOf(target, chains).some((part) => !exported.includes(part));
    })
    .map(({ target }) => target.name);
}

/** Targets whose bot was not well after its last restart: somebody may have mended it, which an export notices. */
export async function ailingTargets(ports: ExportPorts): Promise<readonly string[]> {
  return (await ports.targets.store.list()).filter(isAiling).map(({ target }) => target.name);
}

function isAiling({ pending, lastRestart }: TargetRecord): boolean {
  return pending === undefined && lastRestart?.failure !== undefined;
}

/**
 * Names the tokens that there are for a target's mappings, by their chains, which change when the tokens do; no secret
 * is read.
 */
function versionOf(target: Target, chains: ReadonlyMap<string, ChainId>): readonly string[] {
  const sources = new Set(target.mappings.map(({ source }) => source.replace(/^oneflex:.*/, 'oneflex')));
  return [...sources].flatMap((source) => {
    const chain = chains.get(source);
    return chain === undefined ? [] : [`${source}=${chain}`];
  });
}

async function chainsOf(
  records: readonly TargetRecord[],
  ports: ExportPorts,
): Promise<ReadonlyMap<string, ChainId>> {
  const chains = new Map<string, ChainId>();
  const session = await ports.oneflex.store.session();
  if (session !== undefined) chains.set('oneflex', session.chain);
  const sources = new Set(records.flatMap(({ target }) => target.mappings.map(({ source }) => source)));
  for (const source of ports.sources) {
    if (![...sources].some((mapped) => mapped.startsWith(`slack:${source.kind}:`))) continue;
    const rows = await source.list().catch(() => []);
    for (const { id, chain, missing } of rows) {
      // A row that was never renewed has a chain, and no token yet.
      if (chain !== undefined && !missing.includes('access_token')) chains.set(`slack:${id}`, chain);
    }
  }
  return chains;
}

async function exportTo(target: Target, ports: ExportPorts, asked: ExportRequest): Promise<ExportResult> {
  const { name } = target;
  const { store } = ports.targets;
  let request = asked;
  let isClaimed = false;
  if (request.dryRun !== true) {
    isClaimed = await claim(name, ports, request);
    if (!isClaimed) return failedFile(name, { code: 'target-busy', details: { name } });
  }
  let opened: TargetMachine | undefined;
  try {
    // Whoever had the claim before us may have paid what was owed.
    const record = (await store.list()).find((candidate) => candidate.target.name === name);
    if (record === undefined) throw new JetonError('target-not-found', { name });
    if (await isReconnect(record, ports)) request = { ...asked, trigger: 'interactive' };
    const machine = (opened = await ports.targets.open(target));
    const version = versionOf(target, await chainsOf([record], ports)).join(' ');
    const tokens = await tokensFor(target, ports);
    const { missing } = tokens;
    const file = await owingRestart(record, ports, request, () =>
      mergeInto(machine, target, tokens, request),
    );
    const changed = file.changedKeys.length > 0;
    const nothingElse = { name, file, missing, session: undefined, invalidTime: undefined } as const;
    if (request.dryRun === true) {
      const restart = await wantsRestart(machine, record, changed, request);
      return { ...nothingElse, restart: { outcome: restart ? 'would-restart' : 'none' } };
    }
    const isNews = file.written || (record.exportedVersion ?? '') !== version;
    const session = isNews ? await writeSession(machine, target, tokens, ports) : undefined;
    await store.recordExport(name, version, ports.clock.now(), file.written ? file.changedKeys : []);
    const lack = worstOf(missing);
    await store.recordExportFailure(name, lack && errorOf(lack), ports.clock.now());
    if (file.written) {
      ports.log.info('exported', { target: name, keys: file.changedKeys.join(' ') });
    }
    for (const { source, code } of missing) {
      ports.log.warn('export-incomplete', { target: name, source, code });
    }
    const restarted = await restartIfNeeded(machine, record, changed, ports, quiet(request, tokens));
    if (restarted.restart.outcome === 'none' && record.lastRestart?.failure !== undefined) {
      // The look takes seconds, in which nobody else need be kept out.
      await store.release(name, ports.owner);
      isClaimed = false;
      await noticeRepair(machine, record, ports, request);
    }
    return { ...nothingElse, session, ...restarted };
  } catch (cause) {
    if (!(cause instanceof JetonError)) throw cause;
    ports.log.warn('export-failed', { target: name, code: cause.code });
    // Of a database that fails itself, nothing can be written into it.
    if (request.dryRun !== true && !/^(store|home)-/.test(cause.code)) {
      await store.recordExportFailure(name, errorOf(cause), ports.clock.now());
    }
    return failedFile(name, errorOf(cause));
  } finally {
    await opened?.dispose();
    if (isClaimed) await store.release(name, ports.owner);
  }
}

/** False when another Jeton has been at the target for longer than is waited for. */
async function claim(
  name: string,
  { targets: { store }, owner, timer }: ExportPorts,
  { givesWay, onWaiting, signal }: ExportRequest,
): Promise<boolean> {
  const tryOnce = (): Promise<boolean> => store.claim(name, owner, CLAIM_MS);
  if (await tryOnce()) return true;
  if (givesWay === true) return false;
  onWaiting?.(name);
  for (let waited = 0; waited < CLAIM_PATIENCE_MS && signal?.aborted !== true; waited += CLAIM_AGAIN_MS) {
    await timer.sleep(CLAIM_AGAIN_MS, signal);
    if (await tryOnce()) return true;
  }
  return false;
}

/** A source that nobody set up is less than one that fails. */
function worstOf(missing: readonly MissingToken[]): MissingToken | undefined {
  return missing.find((lack) => !isWithoutSource(lack)) ?? missing[0];
}

function errorOf({ code, details }: ExportError): ExportError {
  return { code, details };
}

/** A bot may print what it was given; nobody is shown that. */
function quiet(request: ExportRequest, { values }: Tokens): ExportRequest {
  const hide = (line: string): string =>
    [...values.values()].reduce((text, value) => value.hideIn(text), line);
  return { ...request, onLine: (name, line) => request.onLine?.(name, hide(line)), hide };
}

/**
 * Writes down that a restart is owed before `write` changes the file, for after a crash in between the file would look
 * as if nobody had changed it. What is owed in the end is decided once the file is written.
 */
async function owingRestart(
  { target, pending }: TargetRecord,
  { targets: { store }, clock }: ExportPorts,
  { trigger, restart: flag, dryRun }: ExportRequest,
  write: () => Promise<EnvMerge>,
): Promise<EnvMerge> {
  const question = { policy: target.restart, trigger, flag, changed: true, containerRunning: undefined };
  const mayRestart = decideRestart({ ...question, pending: pending !== undefined }).restart;
  // A start that was before this change will not do for it.
  const isNews = pending === undefined ? mayRestart : pending.startedAt !== undefined;
  if (dryRun === true || !isNews) return write();
  await store.savePending(target.name, { ...(pending ?? owedSince(clock.now())), startedAt: undefined });
  const settle = (): Promise<void> => store.savePending(target.name, pending);
  try {
    const merge = await write();
    if (!merge.written) await settle();
    return merge;
  } catch (cause) {
    // These leave the file as it was; after any other the file may be the new one.
    if (cause instanceof JetonError && cause.code.startsWith('env-')) await settle();
    throw cause;
  }
}

function owedSince(since: number): PendingRestart {
  return { since, heldUntil: undefined, reason: undefined, retryAt: undefined, startedAt: undefined };
}

// ── The file ────────────────────────────────────────────────────────────────────────────────────────────

interface Tokens {
  readonly values: ReadonlyMap<string, Secret>;
  readonly missing: readonly MissingToken[];
  readonly oneflex: KeptTokens | undefined;
}

/** What there is; throws why there is nothing. A vault that does not open is not about any one of them. */
async function tokensFor(target: Target, ports: ExportPorts): Promise<Tokens> {
  const oneflex = await ports.oneflex.store.tokens();
  const values = new Map<string, Secret>();
  const missing: MissingToken[] = [];
  for (const { key, source } of target.mappings) {
    try {
      const value = await valueOf(source, oneflex, ports);
      if (value !== undefined) values.set(key, value);
    } catch (cause) {
      if (!(cause instanceof JetonError) || cause.code.startsWith('vault-')) throw cause;
      missing.push({ key, source, ...errorOf(cause) });
    }
  }
  const worst = worstOf(missing);
  if (worst !== undefined && values.size === 0) throw new JetonError(worst.code, worst.details);
  return { values, missing, oneflex };
}

function mergeInto(
  { envFile }: TargetMachine,
  { mappings }: Target,
  { values }: Tokens,
  request: ExportRequest,
): Promise<EnvMerge> {
  const keysOf = (wanted: TokenSource): ReadonlySet<string> =>
    new Set(mappings.filter(({ source }) => source === wanted).map(({ key }) => key));
  const force = request.force === true;
  return envFile.merge(values, {
    ...(!force && { keepLaterJwt: keysOf('oneflex:access'), keepWithIt: keysOf('oneflex:refresh') }),
    acceptLostKeys: force,
    dryRun: request.dryRun === true,
  });
}

async function writeSession(
  { sessionFile }: TargetMachine,
  { sessionJson }: Target,
  { oneflex }: Tokens,
  ports: ExportPorts,
): Promise<ExportResult['session']> {
  if (!sessionJson || oneflex === undefined) return undefined;
  // Tokens that were pasted come without.
  if (oneflex.cookies === undefined) return 'no-cookies';
  const cookies = await ports.targets.sessionCookies(oneflex.cookies);
  await sessionFile.write(withTokens(cookies, oneflex), ports.clock.now());
  return 'written';
}

/** The person has signed in since the file last changed: whoever exports first, it is for the person. */
async function isReconnect({ target, lastExport }: TargetRecord, ports: ExportPorts): Promise<boolean> {
  if (!target.mappings.some(({ source }) => source.startsWith('oneflex:'))) return false;
  const session = await ports.oneflex.store.session();
  return session !== undefined && lastExport !== undefined && session.signedInAt > lastExport.at;
}

/** `undefined` only for the refresh token of a session that has none: its key is left as it is. */
async function valueOf(
  source: TokenSource,
  oneflex: KeptTokens | undefined,
  ports: ExportPorts,
): Promise<Secret | undefined> {
  if (source.startsWith('oneflex:')) {
    if (oneflex === undefined) throw new JetonError('oneflex-not-signed-in');
    return source === 'oneflex:access' ? oneflex.accessToken : oneflex.refreshToken;
  }
  const id = source.slice('slack:'.length);
  const owner = ports.sources.find(({ kind }) => id.startsWith(`${kind}:`));
  const token = await owner?.accessToken(integrationId(owner.kind, id.slice(owner.kind.length + 1)));
  if (token === undefined) {
    const isThere = (await owner?.list())?.some((row) => row.id === id);
    if (isThere === true) throw new JetonError('integration-incomplete', { id, missing: 'access_token' });
    throw new JetonError('integration-not-found', { id });
  }
  return token;
}

/** The cookies are as old as the sign-in; the tokens in them have been renewed since. */
function withTokens(cookies: readonly SessionCookie[], tokens: KeptTokens): readonly SessionCookie[] {
  const current: Readonly<Record<string, Secret | undefined>> = {
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
  };
  return cookies.map((cookie) => ({ ...cookie, value: current[cookie.name] ?? cookie.value }));
}

// ── The container ───────────────────────────────────────────────────────────────────────────────────────

type Restarted = Pick<ExportResult, 'restart' | 'invalidTime'>;

async function restartIfNeeded(
  machine: TargetMachine,
  record: TargetRecord,
  changed: boolean,
  ports: ExportPorts,
  request: ExportRequest,
): Promise<Restarted> {
  const { name } = record.target;
  const { store } = ports.targets;
  const now = ports.clock.now();
  const isAskedAnew = changed || request.restart === true || request.force === true;
  /** See {@link PendingRestart.startedAt}. */
  let startedAt = isAskedAnew ? undefined : record.pending?.startedAt;
  let invalidTime: string | undefined;
  let outcome: RestartOutcome | undefined;
  const owed = (): PendingRestart => ({ ...owedSince(record.pending?.since ?? now), startedAt });
  try {
    if (!(await wantsRestart(machine, record, changed, request))) {
      // A change that nobody restarts for now is not owed: the next restart, whoever's, picks it up. What is owed from
      // before stays so for whoever only does not want it now.
      const isPostponed = request.restart === false && record.pending !== undefined;
      await store.savePending(name, isPostponed ? { ...record.pending, startedAt } : undefined);
      return { restart: { outcome: 'none' }, invalidTime };
    }
    await store.savePending(name, owed());
    // An earlier try may have got further than it could tell; twice would be one interruption too many.
    if (startedAt !== undefined) {
      outcome = await machine.containers.prove(machine.bot, startedAt, request.signal);
    }
    if (outcome === undefined) {
      const reservation =
        request.force === true ? undefined : await reservationOf(machine, now, {}, request.signal);
      if (reservation?.hold.kind === 'time-invalid') invalidTime = reservation.time;
      if (reservation?.hold.kind === 'held') {
        const { until } = reservation.hold;
        await store.savePending(name, { ...owed(), heldUntil: until, retryAt: until });
        ports.log.info('restart-held', { target: name });
        return { restart: { outcome: 'held', until }, invalidTime };
      }
      outcome = await machine.containers.restart(machine.bot, {
        willRestart: async (before) => {
          startedAt = before;
          await store.savePending(name, owed());
        },
        onLine: (line) => request.onLine?.(name, line),
        signal: request.signal,
      });
    }
  } catch (cause) {
    // The file is written, and it is the way to the container that was lost.
    if (!(cause instanceof JetonError) || !cause.code.startsWith('ssh-')) throw cause;
    const failure = { reason: 'unreachable', ...errorOf(cause) } as const;
    outcome = { kind: 'failed', failure, plan: undefined, log: [] };
  }

  const at = ports.clock.now();
  await store.savePending(name, stillPending(outcome, record.pending, owed(), at, ports.random));
  const failure = outcome.kind === 'failed' ? outcome.failure.reason : undefined;
  await store.recordRestart(name, { at, failure, startedAt });
  ports.log[failure === undefined ? 'info' : 'warn']('restart', {
    target: name,
    action: outcome.plan?.action,
    outcome: failure ?? 'restarted',
    ms: at - now,
  });
  return { restart: reportOf(outcome, request), invalidTime };
}

function reportOf(outcome: RestartOutcome, { hide }: ExportRequest): RestartReport {
  if (outcome.kind === 'restarted') {
    const { plan, container } = outcome;
    return { outcome: 'restarted', plan, startedAt: container.startedAt };
  }
  const log = outcome.log.map((line) => hide?.(line) ?? line);
  return { ...outcome, outcome: 'failed', log, pending: isRestartOwed(outcome) };
}

/**
 * A bot that was not well after its restart is, once it has been started since and passes as a restart does. Comes
 * without a claim and takes it only to write: what another Jeton did meanwhile is newer.
 */
async function noticeRepair(
  { containers, bot }: TargetMachine,
  { target: { name }, lastRestart }: TargetRecord,
  { targets: { store }, log, owner }: ExportPorts,
  { signal }: ExportRequest,
): Promise<void> {
  if (lastRestart?.failure === undefined) return;
  const { at, startedAt = '' } = lastRestart;
  try {
    const proof = await containers.prove(bot, startedAt, signal);
    if (proof?.kind !== 'restarted') return;
  } catch (cause) {
    // Out of reach: nothing was learnt.
    if (cause instanceof JetonError && cause.code.startsWith('ssh-')) return;
    throw cause;
  }
  if (!(await store.claim(name, owner, CLAIM_MS))) return;
  try {
    const latest = (await store.list()).find(({ target }) => target.name === name)?.lastRestart;
    if (latest?.failure === undefined || latest.at !== at) return;
    await store.recordRestart(name, { at, failure: undefined, startedAt: undefined });
    log.info('bot-mended', { target: name });
  } finally {
    await store.release(name, owner);
  }
}

async function wantsRestart(
  { containers, bot }: TargetMachine,
  { target, pending }: TargetRecord,
  changed: boolean,
  request: ExportRequest,
): Promise<boolean> {
  const question = {
    policy: target.restart,
    trigger: request.trigger,
    flag: request.restart,
    changed: changed || request.force === true,
    pending: pending !== undefined,
  };
  const blind = decideRestart({ ...question, containerRunning: true });
  // Docker is only asked where its answer makes a difference.
  if (blind.restart || !decideRestart({ ...question, containerRunning: false }).restart) return blind.restart;
  const inspection = await containers.inspect(bot, request.signal);
  const containerRunning = inspection.kind === 'inspected' ? inspection.container?.running : undefined;
  return decideRestart({ ...question, containerRunning }).restart;
}

function stillPending(
  outcome: RestartOutcome,
  before: PendingRestart | undefined,
  owed: PendingRestart,
  now: number,
  random: Random,
): PendingRestart | undefined {
  if (outcome.kind === 'restarted' || !isRestartOwed(outcome)) return undefined;
  // The longer it has been owed, the less often it is tried.
  const attempts =
    before?.reason === undefined ? 1 : 1 + Math.floor(Math.log2(1 + (now - owed.since) / 30_000));
  const retryAt = now + backoffMs('transient', attempts, undefined, random.next());
  return { ...owed, reason: outcome.failure.reason, retryAt };
}

function failedFile(name: string, error: ExportError): ExportResult {
  return {
    name,
    file: { error },
    missing: [],
    session: undefined,
    restart: { outcome: 'none' },
    invalidTime: undefined,
  };
}
