/** How targets look: shared by `status` and `target list`. */
import type { PendingRestart } from '../core/export/target.ts';
import { isWithoutSource } from '../core/export/target.ts';
import type { TargetView } from '../core/snapshot.ts';
import { healthOf } from '../core/target-health.ts';
import { explainRestartReason } from '../shared/messages/restart-words.ts';
import { type Explanation, explainSituation } from '../shared/messages/words.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { isoOrNull, noteLines } from './present.ts';
import { renderTable, wrap } from './table.ts';

export function targetDocument(view: TargetView, context: Context) {
  const { name, file, host, restart, pending, lastExport, exportFailure, lastRestart } = view;
  return {
    name,
    file,
    host: host ?? null,
    restart,
    pending: pendingDocument(pending),
    lastExport: lastExport === undefined ? null : { ...lastExport, at: isoOrNull(lastExport.at) },
    exportFailure:
      exportFailure === undefined
        ? null
        : { at: isoOrNull(exportFailure.at), error: explainExport(exportFailure, context) },
    lastRestart:
      lastRestart === undefined
        ? null
        : { at: isoOrNull(lastRestart.at), failure: lastRestart.failure ?? null },
  };
}

export function pendingDocument(pending: PendingRestart | undefined): unknown {
  if (pending === undefined) return null;
  const { since, heldUntil, reason } = pending;
  return { since: isoOrNull(since), heldUntil: isoOrNull(heldUntil), reason: reason ?? null };
}

function explainExport(
  { code, details }: NonNullable<TargetView['exportFailure']>,
  { messages }: Context,
): Explanation {
  return explainSituation(code, details, messages);
}

/** What passes is tried again; all else waits for a person. */
export function exitCodeOfTarget(view: TargetView): ExitCode {
  const health = healthOf(view);
  if (health === 'failing') return EXIT.personNeeded;
  const { pending, exportFailure } = view;
  const isHeldUp = pending?.reason !== undefined || (exportFailure && !isWithoutSource(exportFailure));
  return health === 'waiting' && isHeldUp === true ? EXIT.failed : EXIT.ok;
}

export function targetTable(views: readonly TargetView[], context: Context): string[] {
  const { messages, output, times } = context;
  const { t } = messages;
  const dash = output.colour('dim', '—');
  const hasHosts = views.some(({ host }) => host !== undefined);
  const columns = [
    { heading: `  ${t('column.bot')}` },
    { heading: t('column.file'), flexible: true },
    ...(hasHosts ? [{ heading: t('column.machine') }] : []),
    { heading: t('column.exported') },
    { heading: t('column.policy') },
  ];
  const rows = views.map((view) => ({
    cells: [
      `${markOf(view, context)} ${view.name}`,
      view.file,
      ...(hasHosts ? [view.host ?? dash] : []),
      view.lastExport === undefined ? dash : times.relative(view.lastExport.at),
      view.restart,
    ],
    notes: notesOf(view, context),
  }));
  return renderTable(columns, rows, { width: output.width, heading: (text) => output.colour('dim', text) });
}

function markOf(view: TargetView, { output }: Context): string {
  const marks = {
    failing: output.colour('red', '✗'),
    waiting: output.colour('yellow', '↺'),
    unsupplied: output.colour('dim', '‖'),
    well: output.colour('green', '●'),
  };
  return marks[healthOf(view)];
}

function notesOf(view: TargetView, context: Context): string[] {
  const { exportFailure } = view;
  const unserved =
    exportFailure === undefined ? [] : noteLines(explainExport(exportFailure, context), context);
  return [...unserved, ...restartNotes(view, context)];
}

function restartNotes({ pending, lastRestart }: TargetView, context: Context): string[] {
  const { messages, output, times } = context;
  if (pending === undefined) {
    const failure = lastRestart?.failure;
    return failure === undefined ? [] : noteLines(explainRestartReason(failure, messages), context);
  }
  const { heldUntil, reason, since } = pending;
  if (heldUntil !== undefined) {
    return wrap(messages.t('target.held', { time: times.absolute(heldUntil) }), output.width, '    ');
  }
  const when = times.relative(since);
  if (reason === undefined) return wrap(messages.t('target.pending.plain', { when }), output.width, '    ');
  const { message, remedy } = explainRestartReason(reason, messages);
  const text = messages.t('target.pending', { when, why: message });
  return noteLines({ code: reason, message: text, remedy }, context);
}
