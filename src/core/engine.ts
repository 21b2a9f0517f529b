/**
 * The engine: what Jeton does, without a shell. The command line and the tray application are thin layers over
 * this object and the snapshot it gives.
 */
import type { Alerts } from './alerts.ts';
import { codeOf, type ErrorCode, JetonError } from './errors.ts';
import type { Health, IntegrationId, SlackIntegration, SourceKind } from './integration.ts';
import type {
  ActivityEvent,
  CredentialChange,
  IntegrationSource,
  KeptTokens,
  LocalIntegrations,
  NewIntegration,
} from './ports.ts';
import type { ExportAttempts } from './export/attempts.ts';
import type { ExportPorts, ExportRequest, ExportResult } from './export/export.ts';
import { ailingTargets, exportTargets, staleTargets } from './export/export.ts';
import { memoryOf } from './schedule.ts';
import type { OneflexPorts, OneflexRenewal, OneflexRenewalRequest } from './oneflex/renew.ts';
import { keepTokensInHand, renewOneflex } from './oneflex/renew.ts';
import { ONEFLEX_ID } from './oneflex/session.ts';
import type { Judgement, SignInResult, Verified } from './oneflex/sign-in.ts';
import {
  forgetOneflex,
  judgeUnverified,
  keepUnverified,
  signInToOneflex,
  verifyOneflex,
} from './oneflex/sign-in.ts';
import type { Snapshot, SourceStatus } from './snapshot.ts';
import { headlineOf, oneflexViewOf, targetViewOf, viewOf } from './snapshot.ts';
import { addIntegration } from './slack/add.ts';
import type { BackfilledRow, BackfillRequest } from './slack/backfill.ts';
import { backfill } from './slack/backfill.ts';
import type { RefreshPorts, RefreshReport, RefreshRequest } from './slack/refresh.ts';
import { refresh } from './slack/refresh.ts';
import { updateIntegration } from './slack/update.ts';

export interface EnginePorts
  extends Omit<RefreshPorts, 'sources'>, OneflexPorts, Pick<ExportPorts, 'targets'> {
  readonly local: LocalIntegrations;
  /** The application's database, if one is connected. */
  readonly application: IntegrationSource | undefined;
  readonly exportAttempts: ExportAttempts;
  /** Where nobody is to be alerted, there are none. */
  readonly alerts?: Alerts;
}

/** What one round of {@link Engine.keepFresh} renewed. */
export interface Round {
  readonly slack: RefreshReport;
  readonly oneflex: OneflexRenewal;
}

export interface RoundOptions {
  /** Ends the round, and the exports that it began. */
  readonly signal?: AbortSignal | undefined;
  /** Nothing more is begun; an export under way comes to its end, for half a restart leaves a bot down. */
  readonly paused?: AbortSignal | undefined;
  readonly watcher?: ExportWatcher;
}

/** Is told of each export that {@link Engine.keepFresh} begins, which goes on beside it. */
export interface ExportWatcher {
  /** Answers who is told when it ends, and by what somebody may give it up. */
  readonly onBegin?: (name: string) => BegunExport;
  /** What compose says meanwhile. */
  readonly onLine?: (name: string, line: string) => void;
  readonly onResult?: (result: ExportResult) => void;
}

interface BegunExport {
  readonly signal: AbortSignal;
  /** After its result, where it came to one. */
  readonly onEnd: () => void;
}

/** Nobody else is kept waiting for Slack's pauses longer than for the next round. */
const ROUND_PATIENCE_MS = 45_000;
const MOST_EXPORTS_AT_ONCE = 4;

export class Engine {
  readonly #ports: EnginePorts & RefreshPorts;
  readonly #exportsUnderWay = new Map<string, Promise<void>>();
  #looking: Promise<void> | undefined;
  /** Sources that the last run could not read, and why. */
  #unread: ReadonlyMap<SourceKind, ErrorCode> = new Map();

  constructor(ports: EnginePorts) {
    const sources = ports.application === undefined ? [ports.local] : [ports.local, ports.application];
    this.#ports = { ...ports, sources };
  }

  /** The picture of this moment. A source that cannot be read is part of it, not an error. */
  async snapshot(): Promise<Snapshot> {
    const { health, vault, clock, application } = this.#ports;
    const [remembered, revision, { state, keySource }] = await Promise.all([
      health.all(),
      health.revision(),
      vault.status(),
    ]);
    // The vault itself says more, which is no part of the picture.
    const vaultStatus = { state, keySource };
    const now = clock.now();
    const read = await Promise.all(this.#ports.sources.map(readSource));
    const slack = read.flatMap(({ rows }) => rows).map((row) => viewOf(row, remembered.get(row.id), now));
    const session = await this.#ports.oneflex.store.session();
    const oneflex = session && oneflexViewOf(session, remembered.get(ONEFLEX_ID), now);
    const integrations = oneflex === undefined ? slack : [oneflex, ...slack];
    const targets = (await this.#ports.targets.store.list()).map(targetViewOf);
    const sources: SourceStatus[] = read.map(({ status }) => status);
    if (application === undefined) sources.push({ kind: 'app', state: 'not-connected', code: undefined });
    return {
      revision,
      headline: headlineOf(integrations, vaultStatus, sources, targets),
      vault: vaultStatus,
      sources,
      integrations,
      targets,
    };
  }

  async refresh(request?: RefreshRequest): Promise<RefreshReport> {
    const report = await refresh(this.#ports, request);
    this.#logUnread(report);
    return report;
  }

  /** Once per change: a daemon looks each minute. */
  #logUnread({ unreachable }: RefreshReport): void {
    const { log } = this.#ports;
    const before = this.#unread;
    this.#unread = new Map(unreachable.map(({ source, code }) => [source, code]));
    for (const [source, code] of this.#unread) {
      if (before.get(source) !== code) log.warn('source-unreachable', { source, code });
    }
    for (const source of before.keys()) {
      if (!this.#unread.has(source)) log.info('source-readable-again', { source });
    }
  }

  /**
   * False while a received pair is being brought to a disk: ending now would lose a chain. OneFlex tokens that wait for
   * the next try hold up nobody: {@link keepTokensInHand} is theirs.
   */
  get mayEnd(): boolean {
    return this.#ports.pairsInHand.isEmpty && !this.#ports.oneflex.inHand.isBeingWritten;
  }

  /** See {@link keepTokensInHand}. */
  keepTokensInHand(signal: AbortSignal): Promise<boolean> {
    return keepTokensInHand(this.#ports, signal);
  }

  /**
   * One round of everything that is due: what the daemon does each minute. Files are brought up to date beside it, so
   * that no renewal waits for a Docker or an ssh; `watcher` is told of each of them, {@link exportsDone} waits.
   */
  async keepFresh({ signal, paused, watcher = {} }: RoundOptions = {}): Promise<Round> {
    const until = AbortSignal.any([signal ?? [], paused ?? []].flat());
    const exportStale = async (): Promise<void> => {
      if (!until.aborted) await this.#exportWhatIsStale(signal, watcher);
    };
    const work = [
      this.refresh({ patienceMs: ROUND_PATIENCE_MS, signal: until }),
      this.renewOneflex({ signal: until }),
    ] as const;
    // What one of them throws must not leave the other one behind, nor the files of what was renewed.
    await Promise.allSettled(work.map((renewal) => renewal.then(exportStale, exportStale)));
    try {
      const [slack, oneflex] = await Promise.all(work);
      return { slack, oneflex };
    } finally {
      // Not waited for: no renewal is late because of a webhook.
      if (paused?.aborted !== true) void this.sendAlerts(signal);
    }
  }

  /** Alerts the person to what needs them now, and delivers what waits; see {@link Alerts.attend}. Never rejects. */
  async sendAlerts(until?: AbortSignal): Promise<void> {
    await this.#ports.alerts?.attend(() => this.snapshot(), until);
  }

  /** Resolves when nothing is exported any more. Never rejects. */
  async exportsDone(): Promise<void> {
    while (this.#exportsUnderWay.size > 0) await Promise.all(this.#exportsUnderWay.values());
  }

  /** See {@link exportTargets}. */
  exportTargets(request: ExportRequest): Promise<readonly ExportResult[]> {
    return exportTargets(this.#ports, request);
  }

  /**
   * Begins to export to targets whose files lag behind or whose restarts are owed; one that cannot be written is not
   * tried every minute. Resolves when that has begun; never rejects.
   */
  async #exportWhatIsStale(signal: AbortSignal | undefined, watcher: ExportWatcher): Promise<void> {
    // Whoever looks first begins what is found; both renewals end in this.
    this.#looking = (this.#looking ?? Promise.resolve()).then(async () => {
      if (signal?.aborted === true) return;
      const names = await this.#dueExports().catch((cause: unknown) => {
        this.#ports.log.error('exports-not-begun', { code: codeOf(cause) });
        return [];
      });
      for (const name of names.slice(0, MOST_EXPORTS_AT_ONCE - this.#exportsUnderWay.size)) {
        const underWay = this.#exportInBackground(name, signal, watcher).finally(() =>
          this.#exportsUnderWay.delete(name),
        );
        this.#exportsUnderWay.set(name, underWay);
      }
    });
    return this.#looking;
  }

  async #dueExports(): Promise<readonly string[]> {
    const now = this.#ports.clock.now();
    const stale = await staleTargets(this.#ports);
    const ailing = await ailingTargets(this.#ports);
    return [...new Set([...stale, ...ailing])].filter(
      (name) =>
        !this.#exportsUnderWay.has(name) && this.#ports.exportAttempts.isDue(name, stale.includes(name), now),
    );
  }

  async #exportInBackground(
    name: string,
    signal: AbortSignal | undefined,
    watcher: ExportWatcher,
  ): Promise<void> {
    const { clock, random, log, exportAttempts } = this.#ports;
    let isDone = false;
    const begun = watcher.onBegin?.(name);
    try {
      const [result] = await this.exportTargets({
        names: [name],
        trigger: 'background',
        givesWay: true,
        signal: AbortSignal.any([signal ?? [], begun?.signal ?? []].flat()),
        onLine: watcher.onLine,
      });
      isDone = result === undefined || !('error' in result.file);
      if (result !== undefined) watcher.onResult?.(result);
    } catch (cause) {
      log.error('export-failed', { target: name, code: codeOf(cause) });
    }
    begun?.onEnd();
    exportAttempts.note(name, isDone, clock.now(), random.next());
    void this.sendAlerts(signal);
  }

  /** Climbs the ladder of {@link renewOneflex} if the access token is about to die, or when forced. */
  renewOneflex(request?: OneflexRenewalRequest): Promise<OneflexRenewal> {
    return renewOneflex(this.#ports, request);
  }

  /** See {@link signInToOneflex}. */
  signInToOneflex(
    tokens: KeptTokens,
    options?: { readonly replaceAccount?: boolean },
  ): Promise<SignInResult> {
    return signInToOneflex(this.#ports, tokens, options);
  }

  /** See {@link keepUnverified}. */
  keepUnverified(tokens: KeptTokens, replaceAccount: boolean): Promise<void> {
    return keepUnverified(this.#ports, tokens, replaceAccount);
  }

  /** See {@link judgeUnverified}. */
  judgeUnverified(): Promise<Judgement> {
    return judgeUnverified(this.#ports);
  }

  /** See {@link verifyOneflex}. */
  verifyOneflex(): Promise<Verified> {
    return verifyOneflex(this.#ports);
  }

  /** See {@link forgetOneflex}. */
  forgetOneflex(onWaiting?: () => void): Promise<boolean> {
    return forgetOneflex(this.#ports, onWaiting);
  }

  /** See {@link addIntegration}. Throws `slack-rejected`, `slack-unreachable`, `integration-exists`. */
  async add(integration: NewIntegration): Promise<IntegrationId> {
    return (await addIntegration(this.#ports.local, this.#ports, integration)).id;
  }

  /**
   * See {@link updateIntegration}. Throws as {@link add} does, and `integration-read-only` for rows of the application.
   */
  async update(id: IntegrationId, change: CredentialChange): Promise<'updated' | 'in-doubt'> {
    if (id.startsWith('app:')) throw new JetonError('integration-read-only', { id, action: 'update' });
    return updateIntegration(this.#ports.local, this.#ports, await this.#find(id), change);
  }

  /** Forgets a local integration and its secrets. Rows of the application are the application's to remove. */
  async remove(id: IntegrationId): Promise<void> {
    if (id.startsWith('app:')) throw new JetonError('integration-read-only', { id });
    const row = await this.#find(id);
    await this.#ports.local.remove(id);
    await this.#ports.health.remove(id);
    await this.#note(row, 'removed');
  }

  /** Leaves an integration alone until {@link resume}; in the application's rows nothing changes. */
  async pause(id: IntegrationId): Promise<void> {
    const row = await this.#find(id);
    await this.#ports.health.setPaused(id, row.chain, true);
    await this.#note(row, 'paused');
  }

  /** Ends a pause and forgets past failures: the next run tries at once. */
  async resume(id: IntegrationId): Promise<void> {
    const row = await this.#find(id);
    await this.#ports.health.setPaused(id, row.chain, false);
    await this.#ports.health.save({
      ...(await this.#memoryOf(row)),
      condition: 'ok',
      attempts: 0,
      retryAt: undefined,
      lastError: undefined,
    });
    await this.#note(row, 'resumed');
  }

  /**
   * Exchanges a long-lived token (`xoxb-`, `xoxp-`) for a rotating pair: once per token, and not to be undone.
   * Throws `already-rotating` or `integration-incomplete` before anything is sent.
   */
  async exchange(id: IntegrationId): Promise<RefreshReport> {
    const row = await this.#find(id);
    if (row.tokenKind !== 'long-lived') throw new JetonError('already-rotating', { id });
    const missing = row.missing.filter((field) => field !== 'refresh_token');
    if (row.defect !== undefined || missing.length > 0) {
      throw new JetonError('integration-incomplete', { id, missing: row.defect ?? missing.join(', ') });
    }
    return refresh(this.#ports, { ids: [id], exchange: true });
  }

  backfill(request: BackfillRequest): Promise<readonly BackfilledRow[]> {
    return backfill(this.#ports, request);
  }

  async #find(id: IntegrationId): Promise<SlackIntegration> {
    for (const source of this.#ports.sources) {
      if (!id.startsWith(`${source.kind}:`)) continue;
      const row = (await source.list()).find((candidate) => candidate.id === id);
      if (row !== undefined) return row;
    }
    throw new JetonError('integration-not-found', { id });
  }

  async #memoryOf(row: SlackIntegration): Promise<Health> {
    return memoryOf(row, (await this.#ports.health.all()).get(row.id));
  }

  #note({ id, name }: SlackIntegration, event: ActivityEvent): Promise<void> {
    const at = this.#ports.clock.now();
    return this.#ports.activity.record({ at, id, name, event, code: undefined, durationMs: undefined });
  }
}

async function readSource(
  source: IntegrationSource,
): Promise<{ readonly rows: readonly SlackIntegration[]; readonly status: SourceStatus }> {
  const { kind } = source;
  try {
    return { rows: await source.list(), status: { kind, state: 'connected', code: undefined } };
  } catch (cause) {
    if (!(cause instanceof JetonError)) throw cause;
    const { code, details } = cause;
    return { rows: [], status: { kind, state: 'unreachable', code, details } };
  }
}
