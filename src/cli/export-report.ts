/** How an export is told, and what it ends with. */
import type { Engine } from '../core/engine.ts';
import type { ExportRequest, ExportResult } from '../core/export/export.ts';
import type { RestartFailure } from '../core/export/restart.ts';
import { targetViewOf } from '../core/snapshot.ts';
import type { OpenHome } from '../node/open-home.ts';
import {
  exportAndLook,
  type ExportFact,
  exportFacts,
  type ExportOutcome,
} from '../node/reports/export-outcome.ts';
import { explainRestart } from '../shared/messages/restart-words.ts';
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

/** Exports, showing on a terminal what compose says meanwhile. Throws `target-not-found`. */
export async function exportNow(
  composition: { readonly engine: Engine; readonly home: OpenHome },
  request: ExportRequest,
  context: Context,
): Promise<ExportReport> {
  const { output, messages } = context;
  output.progress(messages.t('export.progress'));
  const onLine = (target: string, line: string): void =>
    output.line(output.colour('dim', `${target} │ ${line}`));
  const outcomes = await exportAndLook(composition, {
    ...request,
    onWaiting: (name) => output.progress(messages.t('export.waiting', { name })),
    ...(output.isTerminal && { onLine }),
  });
  return {
    document: outcomes.map((one) => documentOf(one, context)),
    lines: outcomes.flatMap((one, index) => [...(index === 0 ? [] : ['']), ...linesOf(one, context)]),
    exitCode: worstOf(outcomes.map(exitCodeOf)),
  };
}

function documentOf({ result, record, plan }: ExportOutcome, context: Context): unknown {
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

export function warningLines(warnings: readonly string[], { output }: Context): string[] {
  return warnings.flatMap((text) => wrap(`${output.colour('yellow', '!')} ${text}`, output.width, '  '));
}

function linesOf(outcome: ExportOutcome, context: Context): string[] {
  const { output } = context;
  const { name, file } = outcome.result;
  const path = 'error' in file ? targetViewOf(outcome.record).file : file.path;
  return [
    `${output.colour('bold', name)}  ${path}`,
    ...exportFacts(outcome, context).flatMap((fact) => factLines(fact, context)),
  ];
}

function factLines({ label, text, remedy, mark }: ExportFact, context: Context): string[] {
  const { output } = context;
  const how = remedy === null ? [] : wrap(`→ ${remedy}`, output.width, '    ');
  const say = (symbol: string): string[] => [...wrap(`${symbol} ${text}`, output.width, '  '), ...how];
  switch (mark) {
    case 'unchanged':
      return say(output.colour('green', '●'));
    case 'would':
      return say(output.colour('yellow', '◐'));
    case 'done':
      return say(output.colour('green', '✓'));
    case 'left':
      return say(output.colour('dim', '‖'));
    case 'owed':
      return say(output.colour('yellow', '↺'));
    case 'warning':
      return warningLines([text], context);
    case 'problem':
      return problemLines({ code: '', message: text, remedy: remedy ?? '' }, context);
    case 'last-words':
      return [`  ${label}`, ...text.split('\n').map((line) => output.colour('dim', `    ${line}`))];
  }
}

function exitCodeOf({ result: { file, missing, restart } }: ExportOutcome): ExitCode {
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
