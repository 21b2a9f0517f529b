/** What can be seen of a target without changing anything: its file, its container, what an export would do. */
import type { Engine } from '../core/engine.ts';
import { JetonError } from '../core/errors.ts';
import type { ExportResult } from '../core/export/export.ts';
import { RESERVATION_SETTINGS, type Reservation, reservationOf } from '../core/export/reservation.ts';
import type { Inspection, RestartDecision } from '../core/export/restart.ts';
import { decideRestart } from '../core/export/restart.ts';
import type { TargetRecord } from '../core/export/target.ts';
import type { EnvFileState } from '../core/ports.ts';
import { targetViewOf } from '../core/snapshot.ts';
import { systemClock } from '../node/clock.ts';
import { withTargetMachine } from '../node/target-machine.ts';
import { envWarningWords, explainRestart } from '../shared/messages/restart-words.ts';
import { explain, explainSituation } from '../shared/messages/words.ts';
import type { Context } from './context.ts';
import { EXIT, EXIT_CODE_OF, type ExitCode, exitCodeOfFile, worstOf } from './exit-codes.ts';
import {
  becauseWords,
  exitCodeOfRestart,
  missingDocument,
  missingLines,
  reservationWarning,
  warningLines,
} from './export-report.ts';
import { isoOrNull, problemLines } from './present.ts';
import { wrap } from './table.ts';

export type Checkup =
  | { readonly kind: 'unreachable'; readonly record: TargetRecord; readonly error: JetonError }
  | {
      readonly kind: 'checked';
      readonly record: TargetRecord;
      readonly file: EnvFileState;
      readonly containers: Inspection;
      /** A dry run. */
      readonly result: ExportResult;
      readonly decision: RestartDecision;
      /** When the bot books, if it says so. */
      readonly reservation: Reservation | undefined;
    };

export async function checkTarget(record: TargetRecord, engine: Engine, context: Context): Promise<Checkup> {
  const { target, pending } = record;
  try {
    const seen = await withTargetMachine(target, context.home, async (machine) => {
      const file = await machine.envFile.inspect(RESERVATION_SETTINGS);
      const containers = await machine.containers.inspect(machine.bot);
      const reservation = await reservationOf(machine, systemClock.now(), { file, containers });
      return { file, containers, reservation };
    });
    const { containers } = seen;
    const request = { names: [target.name], trigger: 'asked', dryRun: true } as const;
    const [result] = await engine.exportTargets(request);
    if (result === undefined) throw new JetonError('target-not-found', { name: target.name });
    const decision = decideRestart({
      policy: target.restart,
      trigger: 'asked',
      flag: undefined,
      changed: !('error' in result.file) && result.file.changedKeys.length > 0,
      containerRunning: containers.kind === 'inspected' ? containers.container?.running : undefined,
      pending: pending !== undefined,
    });
    return { kind: 'checked', record, ...seen, result, decision };
  } catch (error) {
    if (error instanceof JetonError) return { kind: 'unreachable', record, error };
    throw error;
  }
}

export function exitCodeOfCheckup(checkup: Checkup): ExitCode {
  if (checkup.kind === 'unreachable') return EXIT_CODE_OF[checkup.error.code];
  const { file, containers, result } = checkup;
  const problem = problemOf(file);
  return worstOf([
    problem === undefined ? EXIT.ok : exitCodeOfFile(problem.code),
    containers.kind === 'failed' ? exitCodeOfRestart(containers.failure) : EXIT.ok,
    'error' in result.file ? exitCodeOfFile(result.file.error.code) : EXIT.ok,
  ]);
}

function problemOf(file: EnvFileState) {
  return file.kind === 'unusable' ? file.problem : file.obstacle;
}

// ── As a document ───────────────────────────────────────────────────────────────────────────────────────

export function checkupDocument(checkup: Checkup, context: Context): unknown {
  const { messages } = context;
  const { target } = checkup.record;
  const { name, host, file: path } = targetViewOf(checkup.record);
  const about = { name, host: host ?? null, policy: target.restart, keys: target.mappings };
  if (checkup.kind === 'unreachable') {
    const error = explain(checkup.error, messages);
    return { ...about, error, file: { path, state: 'unknown' }, container: null, export: null };
  }
  const { file, containers, result, decision, reservation } = checkup;
  const problem = problemOf(file);
  const merge = result.file;
  return {
    ...about,
    error: null,
    file: {
      path: file.path,
      state: file.kind,
      mode: file.kind === 'present' ? modeOf(file) : null,
      owner: file.kind === 'present' ? { uid: file.uid, gid: file.gid } : null,
      keys: file.kind === 'present' ? file.keys : [],
      warnings: file.kind === 'present' ? file.warnings : [],
      problem: problem === undefined ? null : explainSituation(problem.code, { ...problem }, messages),
    },
    container: containerDocument(containers, context),
    export: {
      changedKeys: 'error' in merge ? [] : merge.changedKeys,
      keptKeys: 'error' in merge ? [] : merge.keptKeys,
      missing: missingDocument(result, context),
      error: 'error' in merge ? explainSituation(merge.error.code, merge.error.details, messages) : null,
      restart: {
        wanted: decision.restart,
        because: decision.because,
        action: containers.kind === 'inspected' ? (containers.plan?.action ?? null) : null,
        heldUntil: isoOrNull(heldUntil(reservation)),
        reservation: reservationDocument(reservation),
      },
    },
  };
}

function heldUntil(reservation: Reservation | undefined): number | undefined {
  return reservation?.hold.kind === 'held' ? reservation.hold.until : undefined;
}

function reservationDocument(reservation: Reservation | undefined): unknown {
  if (reservation === undefined) return null;
  const { time, zone, hold } = reservation;
  return { time, isValid: hold.kind !== 'time-invalid', timeZone: zone ?? null };
}

function containerDocument(containers: Inspection, { messages }: Context): unknown {
  if (containers.kind === 'failed') return { error: explainRestart(containers.failure, messages) };
  const { docker, compose, service, services, container, plan } = containers;
  return {
    error: null,
    docker: { version: docker.version, engine: docker.serverVersion },
    compose,
    service,
    services,
    running: container?.running ?? false,
    startedAt: container === undefined ? null : isoOrNull(Date.parse(container.startedAt)),
    health: container?.health ?? null,
    mounts: container?.mounts ?? [],
    /** Exported keys that env_file or environment give the container. */
    environmentKeys: plan?.keys ?? [],
    plan: plan === undefined ? null : { action: plan.action, because: plan.because },
  };
}

// ── In words ────────────────────────────────────────────────────────────────────────────────────────────

export function checkupLines(checkup: Checkup, context: Context): string[] {
  const { messages, output } = context;
  const { name, host } = targetViewOf(checkup.record);
  const head = output.colour('bold', name) + (host === undefined ? '' : `  ${host}`);
  if (checkup.kind === 'unreachable')
    return [head, ...problemLines(explain(checkup.error, messages), context)];
  return [
    head,
    ...fileLines(checkup, context),
    ...containerLines(checkup.containers, context),
    ...exportLines(checkup, context),
  ];
}

type Checked = Extract<Checkup, { readonly kind: 'checked' }>;
type Subject =
  | 'file'
  | 'keys'
  | 'docker'
  | 'container'
  | 'mounts'
  | 'change'
  | 'export'
  | 'restart'
  | 'booking';

const LABEL_WIDTH = 12;

/** `  Label       text`, the text aligned below itself. */
function fact(subject: Subject, text: string, { messages: { t }, output }: Context): string[] {
  const label = t(`check.${subject}`).padEnd(LABEL_WIDTH);
  const [first = '', ...more] = wrap(text, Math.max(40, output.width - LABEL_WIDTH - 2));
  const indent = ' '.repeat(LABEL_WIDTH + 2);
  return [`  ${output.colour('dim', label)}${first}`, ...more.map((line) => indent + line)];
}

function fileLines({ file, record }: Checked, context: Context): string[] {
  const { messages } = context;
  const { t } = messages;
  const problem = problemOf(file);
  const trouble =
    problem === undefined
      ? []
      : problemLines(explainSituation(problem.code, { ...problem }, messages), context);
  if (file.kind === 'unusable') return [...fact('file', file.path, context), ...trouble];
  if (file.kind === 'absent') {
    return [...fact('file', t('check.file.absent', { path: file.path }), context), ...trouble];
  }
  const keys = record.target.mappings.map(({ key }) => key);
  const present = keys.filter((key) => file.keys.includes(key));
  const owner = `${file.uid}:${file.gid}`;
  const warnings = file.warnings.map((warning) => envWarningWords(warning, messages));
  return [
    ...fact('file', t('check.file.present', { path: file.path, mode: modeOf(file), owner }), context),
    ...fact(
      'keys',
      present.length === 0
        ? t('check.keys.lacks', { keys: keys.join(', ') })
        : t('check.keys.has', { keys: present.join(', ') }),
      context,
    ),
    ...warningLines(warnings, context),
    ...trouble,
  ];
}

function containerLines(containers: Inspection, context: Context): string[] {
  const { messages } = context;
  const { t } = messages;
  if (containers.kind === 'failed') {
    return problemLines(explainRestart(containers.failure, messages), context);
  }
  const { docker, compose, container, plan } = containers;
  const versions = t('check.docker.versions', {
    docker: docker.version,
    engine: docker.serverVersion,
    form: compose.form,
    compose: compose.version,
  });
  const mounts = (container?.mounts ?? []).map(({ source, destination }) => `${source} → ${destination}`);
  return [
    ...fact('docker', versions, context),
    ...fact('container', containerWords(containers, context), context),
    ...mounts.flatMap((mount) => fact('mounts', mount, context)),
    ...(plan === undefined
      ? []
      : fact(
          'change',
          plan.because === 'keys-in-environment'
            ? t('check.change.keys-in-environment', { keys: plan.keys.join(', ') })
            : t(`check.change.${plan.because}`),
          context,
        )),
  ];
}

function containerWords(
  { service, container }: Extract<Inspection, { readonly kind: 'inspected' }>,
  { messages: { t }, times }: Context,
): string {
  if (container === undefined) return t('check.container.none', { service });
  const { running, exitCode, health, startedAt } = container;
  if (!running) return t('check.container.stopped', { service, exitCode });
  const time = times.absolute(Date.parse(startedAt));
  return t(`check.container.${health === 'none' ? 'running' : health}`, { service, time });
}

function exportLines(checked: Checked, context: Context): string[] {
  const { result, decision, containers, reservation } = checked;
  const { messages, times } = context;
  const { t } = messages;
  const { file } = result;
  if ('error' in file) {
    return problemLines(explainSituation(file.error.code, file.error.details, messages), context);
  }
  const keys = file.changedKeys.join(', ');
  const why = t(`export.why.${decision.because}`);
  const plan = containers.kind === 'inspected' ? containers.plan : undefined;
  const how =
    decision.restart && plan !== undefined
      ? [`${t(`export.would-${plan.action}`)}: ${becauseWords(plan, context)}`]
      : [];
  const until = heldUntil(reservation);
  const held =
    decision.restart && until !== undefined ? [t('export.held', { time: times.absolute(until) })] : [];
  return [
    ...fact('export', keys === '' ? t('export.up-to-date') : t('export.would-write', { keys }), context),
    ...(file.keptKeys.length === 0
      ? []
      : fact('export', t('export.kept', { keys: file.keptKeys.join(', ') }), context)),
    ...missingLines(result, context),
    ...fact(
      'restart',
      [t(decision.restart ? 'check.restart.yes' : 'check.restart.no', { why }), ...how, ...held].join('; '),
      context,
    ),
    ...reservationLines(reservation, context),
  ];
}

function reservationLines(reservation: Reservation | undefined, context: Context): string[] {
  if (reservation === undefined) return [];
  const { time, zone } = reservation;
  if (zone === undefined) return warningLines([reservationWarning(time, context)], context);
  const { t } = context.messages;
  return fact('booking', t(`check.booking.${zone.from}`, { time, zone: zone.name }), context);
}

function modeOf({ mode }: Extract<EnvFileState, { readonly kind: 'present' }>): string {
  return mode.toString(8).padStart(4, '0');
}
