/** How a refresh, or an exchange, is told. */
import type { RefreshReport, RefreshResult } from '../core/slack/refresh.ts';
import { outcomeOf } from '../core/slack/report-outcome.ts';
import { whyNotTried } from '../shared/messages/renewal-words.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { failureOf, isoOrNull, lifeWords, nameCell, noteLines, outcomeCell } from './present.ts';
import { exitCodeOfUnread, explainUnread, unreadDocument } from './sources.ts';
import { renderTable } from './table.ts';

const SUMMARY = ['renewed', 'would-renew', 'unchanged', 'skipped', 'failed'] as const;

export function reportDocument(
  { renewed, unchanged, failed, results, unreachable }: RefreshReport,
  context: Context,
) {
  const [error] = unreachable.map((unread) => explainUnread(unread, context.messages));
  return {
    ...(error !== undefined && { error }),
    renewed,
    unchanged,
    failed,
    results: results.map((result) => ({
      id: result.id,
      name: result.name,
      outcome: result.outcome,
      expiresAt: isoOrNull(result.expiresAt),
      error: failureOf(result, context) ?? null,
    })),
    sources: unreadDocument(unreachable, context.messages),
  };
}

export function reportLines(report: RefreshReport, context: Context): string[] {
  const { messages, output, times } = context;
  const { t } = messages;
  const unreachable = report.unreachable.flatMap((unread) =>
    noteLines(explainUnread(unread, messages), context),
  );
  if (report.results.length === 0) return unreachable.length > 0 ? unreachable : [t('refresh.nothing')];

  const counts = SUMMARY.flatMap((outcome) => {
    const count = report.results.filter((result) => result.outcome === outcome).length;
    return count === 0 ? [] : [t(`refresh.${outcome}`, { count })];
  });
  const columns = [
    { heading: `  ${t('column.outcome')}` },
    { heading: t('column.id') },
    { heading: t('column.name'), flexible: true },
    { heading: t('column.until') },
  ];
  const rows = report.results.map((result) => {
    const failure = failureOf(result, context);
    return {
      cells: [
        outcomeCell(result, context),
        result.id,
        nameCell(result.name),
        result.expiresAt === undefined ? output.colour('dim', '—') : times.both(result.expiresAt),
      ],
      notes: failure === undefined ? [] : noteLines(failure, context, noteOf(result, context)),
    };
  });
  const heading = (text: string): string => output.colour('dim', text);
  return [
    output.colour('bold', `${counts.join(', ')}.`),
    ...unreachable,
    '',
    ...renderTable(columns, rows, { width: output.width, heading }),
  ];
}

function noteOf(result: RefreshResult, context: Context): string | undefined {
  const { error, expiresAt } = result;
  if (result.triedAgainAt !== undefined) return whyNotTried(result, context.messages, context.times);
  return error?.class === 'chain-dead' ? lifeWords(expiresAt, context) : undefined;
}

export function exitCodeOf(report: RefreshReport): ExitCode {
  switch (outcomeOf(report)) {
    case 'well':
      return EXIT.ok;
    case 'failed':
      return EXIT.failed;
    case 'person-needed':
      return EXIT.personNeeded;
    case 'unread':
      return exitCodeOfUnread(report.unreachable);
  }
}
