import { setFlagsFromString } from 'node:v8';
import { runDaemon } from '../../core/daemon.ts';
import type { ExportResult } from '../../core/export/export.ts';
import type { Engine } from '../../core/engine.ts';
import type { ErrorCode, JetonError } from '../../core/errors.ts';
import type { Pause } from '../../core/pause.ts';
import type { IntegrationError, SourceKind } from '../../core/integration.ts';
import type { OneflexRenewal } from '../../core/oneflex/renew.ts';
import { ONEFLEX_ID } from '../../core/oneflex/session.ts';
import type { Logger } from '../../core/ports.ts';
import { emptySnapshot } from '../../core/snapshot.ts';
import type { RefreshReport } from '../../core/slack/refresh.ts';
import { systemClock, systemTimer } from '../../node/clock.ts';
import { explainRestart } from '../../shared/messages/restart-words.ts';
import { explain, explainFailure, explainSituation, pauseWords } from '../../shared/messages/words.ts';
import { ensureVault, withLiveEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { nameCell } from '../present.ts';
import { explainUnread, type UnreadSource, unreadSources } from '../sources.ts';
import { stopOnSignals } from '../stop.ts';

export async function run(initial: Context): Promise<ExitCode> {
  // A process that mostly sleeps has no use for a nursery that grows with each of its short bursts of work.
  setFlagsFromString('--semi-space-growth-factor=1');
  const { output } = initial;
  const stop = stopOnSignals(() => output.line(initial.messages.t('refresh.stopping')));
  try {
    return await withLiveEngine(initial, stop, async ({ live, home, log, context, keepTokens }) => {
      const { integrations, vault, sources } = await live.use((engine) => engine.snapshot());
      const { t } = initial.messages;
      // A locked vault opens again, and a database comes back; a daemon waits for that.
      if (vault.state === 'locked') output.line(t('headline.vault-locked'));
      const tellUnread = unreadTeller();
      const unread = unreadSources(sources);
      tellUnread(unread, initial);
      // Nobody knows how many there are in a source that cannot be read.
      const isWaiting = integrations.length === 0 && unread.length > 0;
      output.line(isWaiting ? t('run.waiting') : t('run.started', { count: integrations.length }));
      log.info('daemon-started', { integrations: integrations.length });

      const followChanges = async (): Promise<void> => {
        const { changed, problem } = await live.follow();
        if (problem !== undefined) tellProblem(problem, log, context());
        if (changed) output.line(context().messages.t('run.changed'));
      };
      const pauseNow = (): Pause | null => home.pauseStore.standing(systemClock.now());
      const tellPause = pauseTeller();
      /** The rows that need a vault may come after the daemon. */
      const makeVaultIfNeeded = async (engine: Engine): Promise<void> => {
        if ((await home.vault.status()).state !== 'missing') return;
        if ((await engine.snapshot()).integrations.length > 0) await ensureVault(home.vault, context());
      };
      const told = {
        // It is asked what becomes due before the next minute; nothing does in a pause.
        snapshot: async () =>
          pauseNow() === null ? live.use((engine) => engine.snapshot()) : emptySnapshot(),
        async keepFresh({ signal }: { readonly signal: AbortSignal }) {
          const startedAt = systemClock.now();
          await followChanges();
          const pause = pauseNow();
          tellPause(pause, context());
          if (pause !== null) return;
          await live.use(async (engine) => {
            await makeVaultIfNeeded(engine);
            const watcher = { onResult: (result: ExportResult) => tellExport(result, context()) };
            const { slack, oneflex } = await engine.keepFresh({ signal, watcher });
            tellUnread(slack.unreachable, context());
            tell(slack, startedAt, context());
            tellOneflex(oneflex, context());
          });
        },
      };
      const { minuteTicker } = await import('../../node/scheduler.ts');
      await runDaemon(
        { engine: told, ticker: minuteTicker, clock: systemClock, timer: systemTimer, log },
        stop.stopping,
      );
      const areKept = await keepTokens();
      log.info('daemon-stopped');
      output.result({ stopped: true }, [context().messages.t('run.stopped')]);
      return areKept ? EXIT.ok : EXIT.failed;
    });
  } finally {
    stop.dispose();
  }
}

/** settings.json cannot be read any more; the last good settings hold on. */
function tellProblem(problem: JetonError, log: Logger, { output, messages }: Context): void {
  const { message, remedy } = explain(problem, messages);
  const { key, line } = problem.details;
  log.warn('settings-not-followed', { code: problem.code, key, line });
  output.line([message, messages.t('run.settings-kept'), remedy].join(' '));
}

/** Tells once that a pause holds, and once that it is over. */
function pauseTeller(): (pause: Pause | null, context: Context) => void {
  let told: Pause | null = null;
  return (pause, { output, messages, times }) => {
    const before = told;
    told = pause;
    if (pause === null && before !== null) output.line(messages.t('run.resumed'));
    if (pause !== null && pause.until !== before?.until) output.line(pauseWords(pause, messages, times));
  };
}

/** Tells once per change which sources cannot be read, and which can again. */
function unreadTeller(): (unread: readonly UnreadSource[], context: Context) => void {
  let told: ReadonlyMap<SourceKind, ErrorCode> = new Map();
  return (unread, { output, messages }) => {
    const before = told;
    told = new Map(unread.map(({ source, code }) => [source, code]));
    for (const source of unread.filter(({ source: kind, code }) => before.get(kind) !== code)) {
      const { message, remedy } = explainUnread(source, messages);
      output.line(`${message} ${remedy}`);
    }
    for (const source of before.keys()) {
      if (!told.has(source)) output.line(messages.t(`run.readable-again.${source}`));
    }
  };
}

/** What happened in this round; a failure is told once, when it is new, and not at every look. */
function tell({ results }: RefreshReport, since: number, { output, messages, times }: Context): void {
  for (const { id, name, outcome, expiresAt, error } of results) {
    const shown = { id, name: nameCell(name) };
    if (outcome === 'renewed') {
      const time = expiresAt === undefined ? messages.t('time.unknown') : times.absolute(expiresAt);
      output.line(messages.t('run.renewed', { ...shown, time }));
    } else if (outcome === 'failed' && error !== undefined && error.at >= since) {
      output.line(
        messages.t('run.failed', { ...shown, message: explainFailure(error, id, messages).message }),
      );
    }
  }
}

function tellOneflex(renewal: OneflexRenewal, { output, messages, times }: Context): void {
  const shown = { id: ONEFLEX_ID, name: 'OneFlex' };
  const tellFailure = (error: IntegrationError): void => {
    const { message } = explainFailure(error, ONEFLEX_ID, messages);
    output.line(messages.t('run.failed', { ...shown, message }));
  };
  const now = Date.now();
  if (renewal.kind === 'renewed') {
    output.line(messages.t('run.renewed', { ...shown, time: times.absolute(renewal.expiresAt) }));
  } else if (renewal.kind === 'person-needed' && renewal.isNew) {
    tellFailure(renewal.error);
  } else if (renewal.kind === 'failed' && now - renewal.error.at < 5_000) {
    tellFailure(renewal.error);
  }
}

function tellExport(result: ExportResult, { output, messages, times }: Context): void {
  const { name, file, missing, session, invalidTime, restart } = result;
  const { t } = messages;
  const say = (what: string): void => output.line(t('run.exported', { name, what }));
  if ('error' in file) say(explainSituation(file.error.code, file.error.details, messages).message);
  else if (file.written) say(t('export.written', { keys: file.changedKeys.join(', ') }));
  for (const { key, code, details } of missing) {
    say(t('export.missing', { key, why: explainSituation(code, details, messages).message }));
  }
  if (session === 'no-cookies') say(t('export.session.no-cookies'));
  if (invalidTime !== undefined) say(t('export.time-invalid', { time: invalidTime }));
  if (restart.outcome === 'restarted') say(t(`export.${restart.plan.action}`));
  else if (restart.outcome === 'held') say(t('export.held', { time: times.absolute(restart.until) }));
  else if (restart.outcome === 'failed') say(explainRestart(restart.failure, messages).message);
}
