/** How an export is told: which keys, which container, why, and what is left to do. */
import type { Engine } from '../core/engine.ts';
import { JetonError } from '../core/errors.ts';
import type { ExportRequest, ExportResult } from '../core/export/export.ts';
import type { RestartFailure, RestartPlan } from '../core/export/restart.ts';
import { decideRestart } from '../core/export/restart.ts';
import type { TargetRecord } from '../core/export/target.ts';
import { targetViewOf } from '../core/snapshot.ts';
import type { OpenHome } from '../node/open-home.ts';
import { withTargetMachine } from '../node/target-machine.ts';
import { envWarningWords, explainRestart } from '../shared/messages/restart-words.ts';
import { explainSituation } from '../shared/messages/words.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode, exitCodeOfFile, worstOf } from './exit-codes.ts';
import { isoOrNull, problemLines } from './present.ts';
import { pendingDocument } from './target-report.ts';
import { wrap } from './table.ts';

export interface ExportReport {
  readonly document: unknown;
  readonly lines: readonly string[];
  readonly exitCode: ExitCode;
}

/** What became of one target, and what is known of it now. */
interface Told {
  readonly result: ExportResult;
  readonly record: TargetRecord;
  /** Also where it is not carried out. */
  readonly plan: RestartPlan | undefined;
  readonly request: ExportRequest;
}

/** Exports, showing on a terminal what compose says meanwhile. Throws `target-not-found`. */
export async function exportNow(
  { engine, home }: { readonly engine: Engine; readonly home: OpenHome },
  request: ExportRequest,
  context: Context,
): Promise<ExportReport> {
  const { output, messages } = context;
  output.progress(messages.t('export.progress'));
  const onLine = (target: string, line: string): void =>
    output.line(output.colour('dim', `${target} │ ${line}`));
  const results = await engine.exportTargets({
    ...request,
    onWaiting: (name) => output.progress(messages.t('export.waiting', { name })),
    ...(output.isTerminal && { onLine }),
  });
  const records = await home.targetStore.list();
  const told: Told[] = [];
  for (const result of results) {
    const record = records.find(({ target }) => target.name === result.name);
    // Removed meanwhile, by somebody else.
    if (record === undefined) continue;
    told.push({ result, record, plan: await planOf(result, record, context.home), request });
  }
  return {
    document: told.map((one) => documentOf(one, context)),
    lines: told.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...linesOf(one, context)]),
    exitCode: worstOf(told.map(exitCodeOf)),
  };
}

/** A dry run does not say how it would restart, so the container is looked at. */
async function planOf(
  { restart }: ExportResult,
  { target }: TargetRecord,
  home: string,
): Promise<RestartPlan | undefined> {
  if ('plan' in restart) return restart.plan;
  if (restart.outcome !== 'would-restart') return undefined;
  const inspection = await withTargetMachine(target, home, ({ containers, bot }) => containers.inspect(bot));
  return inspection.kind === 'inspected' ? inspection.plan : undefined;
}

function documentOf({ result, record, plan }: Told, context: Context): unknown {
  const { messages } = context;
  const { name, file, session, restart, invalidTime } = result;
  const error = restart.outcome === 'failed' ? explainRestart(restart.failure, messages) : undefined;
  const merged =
    'error' in file
      ? {
          path: targetViewOf(record).file,
          changedKeys: [],
          keptKeys: [],
          written: false,
          warnings: [],
          error: explainSituation(file.error.code, file.error.details, messages),
        }
      : {
          path: file.path,
          changedKeys: file.changedKeys,
          keptKeys: file.keptKeys,
          written: file.written,
          warnings: file.warnings,
        };
  return {
    name,
    file: merged,
    missing: missingDocument(result, context),
    session: session ?? null,
    restart: {
      action: plan?.action ?? 'none',
      outcome: restart.outcome,
      startedAt: restart.outcome === 'restarted' ? isoOrNull(Date.parse(restart.startedAt)) : null,
      pending: pendingDocument(record.pending),
      error: error ?? null,
      invalidTime: invalidTime ?? null,
    },
  };
}

/** The tokens that there were not, each with why. */
export function missingDocument({ missing }: ExportResult, { messages }: Context): readonly unknown[] {
  return missing.map(({ key, source, code, details }) => ({
    key,
    source,
    error: explainSituation(code, details, messages),
  }));
}

export function missingLines({ missing }: ExportResult, context: Context): string[] {
  return missing.flatMap(({ key, code, details }) => {
    const { message, remedy } = explainSituation(code, details, context.messages);
    const words = context.messages.t('export.missing', { key, why: message });
    return problemLines({ code, message: words, remedy }, context);
  });
}

export function warningLines(warnings: readonly string[], { output }: Context): string[] {
  return warnings.flatMap((text) => wrap(`${output.colour('yellow', '!')} ${text}`, output.width, '  '));
}

/** Of a time that is none the bot knows nothing either. */
export function reservationWarning(time: string, { messages: { t } }: Context): string {
  return t('export.time-invalid', { time });
}

function linesOf(told: Told, context: Context): string[] {
  const { output } = context;
  const { name, file } = told.result;
  const path = 'error' in file ? targetViewOf(told.record).file : file.path;
  return [
    `${output.colour('bold', name)}  ${path}`,
    ...fileLines(told, context),
    ...('error' in file ? [] : restartLines(told, context)),
  ];
}

function fileLines({ result, request }: Told, context: Context): string[] {
  const { output, messages } = context;
  const { t } = messages;
  const { file, session, invalidTime } = result;
  if ('error' in file) {
    return problemLines(explainSituation(file.error.code, file.error.details, messages), context);
  }
  const keys = file.changedKeys.join(', ');
  const what =
    keys === ''
      ? `${output.colour('green', '●')} ${t('export.up-to-date')}`
      : request.dryRun === true
        ? `${output.colour('yellow', '◐')} ${t('export.would-write', { keys })}`
        : `${output.colour('green', '✓')} ${t('export.written', { keys })}`;
  const kept = file.keptKeys.length === 0 ? [] : [t('export.kept', { keys: file.keptKeys.join(', ') })];
  const warnings = file.warnings.map((warning) => envWarningWords(warning, messages));
  const lacking = session === 'no-cookies' ? [t('export.session.no-cookies')] : [];
  const unheld = invalidTime === undefined ? [] : [reservationWarning(invalidTime, context)];
  return [
    ...wrap(what, output.width, '  '),
    ...missingLines(result, context),
    ...warningLines([...kept, ...warnings, ...lacking, ...unheld], context),
  ];
}

function restartLines(told: Told, context: Context): string[] {
  const { output, messages, times } = context;
  const { t } = messages;
  const { name, restart } = told.result;
  const say = (mark: string, text: string): string[] => wrap(`${mark} ${text}`, output.width, '  ');
  switch (restart.outcome) {
    case 'none':
      return say(output.colour('dim', '‖'), t('export.not-restarted', { why: reasonAgainst(told, context) }));
    case 'held':
      return [
        ...say(output.colour('yellow', '◐'), t('export.held', { time: times.absolute(restart.until) })),
        ...wrap(`→ ${t('export.held.how', { name })}`, output.width, '    '),
      ];
    case 'would-restart':
      return say(
        output.colour('yellow', '◐'),
        told.plan === undefined
          ? t('export.would-restart')
          : `${t(`export.would-${told.plan.action}`)}: ${becauseWords(told.plan, context)}`,
      );
    case 'restarted': {
      const { plan, startedAt } = restart;
      const since = t('export.running-since', { time: times.absolute(Date.parse(startedAt)) });
      const words = `${t(`export.${plan.action}`)}: ${becauseWords(plan, context)}; ${since}`;
      return say(output.colour('green', '✓'), words);
    }
    case 'failed':
      return [
        ...problemLines(explainRestart(restart.failure, messages), context),
        ...(restart.pending ? say(output.colour('yellow', '↺'), t('export.pending')) : []),
        ...(restart.log.length > 0 ? [`  ${t('export.last-words')}`] : []),
        ...restart.log.map((line) => output.colour('dim', `    ${line}`)),
      ];
  }
}

export function becauseWords({ because, keys }: RestartPlan, { messages: { t } }: Context): string {
  return because === 'keys-in-environment'
    ? t('export.because.keys-in-environment', { keys: keys.join(', ') })
    : t(`export.because.${because}`);
}

/** Why there was no restart, by the same rules: a container that had stopped would have been restarted. */
function reasonAgainst({ result: { file }, record, request }: Told, { messages: { t } }: Context): string {
  const { because } = decideRestart({
    policy: record.target.restart,
    trigger: request.trigger,
    flag: request.restart,
    changed: !('error' in file) && file.changedKeys.length > 0,
    containerRunning: true,
    pending: record.pending !== undefined,
  });
  return t(`export.why.${because}`);
}

function exitCodeOf({ result: { file, missing, restart } }: Told): ExitCode {
  if ('error' in file) return exitCodeOfFile(file.error.code);
  const codes = missing.map(({ code }) => exitCodeOfFile(code));
  if (restart.outcome === 'held') codes.push(EXIT.failed);
  if (restart.outcome === 'failed') codes.push(exitCodeOfRestart(restart.failure));
  return worstOf(codes);
}

export function exitCodeOfRestart({ reason }: RestartFailure): ExitCode {
  switch (reason) {
    case 'docker-missing':
    case 'compose-missing':
      return EXIT.machine;
    case 'exited':
    case 'unhealthy':
      return EXIT.personNeeded;
    default:
      return EXIT.failed;
  }
}

/** The targets that OneFlex's tokens go to. */
export async function oneflexTargets({ targetStore }: OpenHome): Promise<readonly string[]> {
  return (await targetStore.list())
    .filter(({ target }) => target.mappings.some(({ source }) => source.startsWith('oneflex:')))
    .map(({ target }) => target.name);
}

/** The record of a name. Throws `target-not-found`. */
export async function findTarget({ targetStore }: OpenHome, name: string): Promise<TargetRecord> {
  const record = (await targetStore.list()).find(({ target }) => target.name === name);
  if (record === undefined) throw new JetonError('target-not-found', { name });
  return record;
}
