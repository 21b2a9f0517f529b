/** What can be seen of a target without changing anything: its file, its container, what an export would do. */
import type { Engine } from '../../core/engine.ts';
import { JetonError } from '../../core/errors.ts';
import type { ExportResult } from '../../core/export/export.ts';
import { RESERVATION_SETTINGS, type Reservation, reservationOf } from '../../core/export/reservation.ts';
import type { Inspection, RestartDecision } from '../../core/export/restart.ts';
import { decideRestart } from '../../core/export/restart.ts';
import type { TargetRecord } from '../../core/export/target.ts';
import type { EnvFileProblem, EnvFileState } from '../../core/ports.ts';
import { envWarningWords, explainRestart } from '../../shared/messages/restart-words.ts';
import { explain, explainSituation } from '../../shared/messages/words.ts';
import { systemClock } from '../clock.ts';
import { withTargetMachine } from '../target-machine.ts';
import { becauseWords, missingFacts } from './export-outcome.ts';
import { type Fact, plainFact, problemFact, warningFact, type Wording } from './fact.ts';

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

/** @param home Jeton's. */
export async function checkTarget(record: TargetRecord, engine: Engine, home: string): Promise<Checkup> {
  const { target, pending } = record;
  try {
    const seen = await withTargetMachine(target, home, async (machine) => {
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

export function fileProblemOf(file: EnvFileState): EnvFileProblem | undefined {
  return file.kind === 'unusable' ? file.problem : file.obstacle;
}

export function heldUntil(reservation: Reservation | undefined): number | undefined {
  return reservation?.hold.kind === 'held' ? reservation.hold.until : undefined;
}

export function modeOf({ mode }: Extract<EnvFileState, { readonly kind: 'present' }>): string {
  return mode.toString(8).padStart(4, '0');
}

export function checkupFacts(checkup: Checkup, wording: Wording): readonly Fact[] {
  if (checkup.kind === 'unreachable') {
    return [problemFact('', explain(checkup.error, wording.messages))];
  }
  return [
    ...fileFacts(checkup, wording),
    ...containerFacts(checkup.containers, wording),
    ...exportFacts(checkup, wording),
  ];
}

type Checked = Extract<Checkup, { readonly kind: 'checked' }>;

function fileFacts({ file, record }: Checked, { messages }: Wording): readonly Fact[] {
  const { t } = messages;
  const label = t('check.file');
  const problem = fileProblemOf(file);
  const trouble =
    problem === undefined
      ? []
      : [problemFact(label, explainSituation(problem.code, { ...problem }, messages))];
  if (file.kind === 'unusable') return [plainFact(label, file.path), ...trouble];
  if (file.kind === 'absent') {
    return [plainFact(label, t('check.file.absent', { path: file.path })), ...trouble];
  }
  const keys = record.target.mappings.map(({ key }) => key);
  const present = keys.filter((key) => file.keys.includes(key));
  const owner = `${file.uid}:${file.gid}`;
  return [
    plainFact(label, t('check.file.present', { path: file.path, mode: modeOf(file), owner })),
    plainFact(
      t('check.keys'),
      present.length === 0
        ? t('check.keys.lacks', { keys: keys.join(', ') })
        : t('check.keys.has', { keys: present.join(', ') }),
    ),
    ...file.warnings.map((warning) => warningFact(label, envWarningWords(warning, messages))),
    ...trouble,
  ];
}

function containerFacts(containers: Inspection, wording: Wording): readonly Fact[] {
  const { messages } = wording;
  const { t } = messages;
  if (containers.kind === 'failed') {
    return [problemFact(t('check.docker'), explainRestart(containers.failure, messages))];
  }
  const { docker, compose, container, plan } = containers;
  const versions = t('check.docker.versions', {
    docker: docker.version,
    engine: docker.serverVersion,
    form: compose.form,
    compose: compose.version,
  });
  return [
    plainFact(t('check.docker'), versions),
    plainFact(t('check.container'), containerWords(containers, wording)),
    ...(container?.mounts ?? []).map(({ source, destination }) =>
      plainFact(t('check.mounts'), `${source} → ${destination}`),
    ),
    ...(plan === undefined
      ? []
      : [
          plainFact(
            t('check.change'),
            plan.because === 'keys-in-environment'
              ? t('check.change.keys-in-environment', { keys: plan.keys.join(', ') })
              : t(`check.change.${plan.because}`),
          ),
        ]),
  ];
}

function containerWords(
  { service, container }: Extract<Inspection, { readonly kind: 'inspected' }>,
  { messages: { t }, times }: Wording,
): string {
  if (container === undefined) return t('check.container.none', { service });
  const { running, exitCode, health, startedAt } = container;
  if (!running) return t('check.container.stopped', { service, exitCode });
  const time = times.absolute(Date.parse(startedAt));
  return t(`check.container.${health === 'none' ? 'running' : health}`, { service, time });
}

function exportFacts(checked: Checked, wording: Wording): readonly Fact[] {
  const { result, decision, containers, reservation } = checked;
  const { messages, times } = wording;
  const { t } = messages;
  const { file } = result;
  const label = t('check.export');
  if ('error' in file) {
    return [problemFact(label, explainSituation(file.error.code, file.error.details, messages))];
  }
  const keys = file.changedKeys.join(', ');
  const why = t(`export.why.${decision.because}`);
  const plan = containers.kind === 'inspected' ? containers.plan : undefined;
  const how =
    decision.restart && plan !== undefined
      ? [`${t(`export.would-${plan.action}`)}: ${becauseWords(plan, messages)}`]
      : [];
  const until = heldUntil(reservation);
  const held =
    decision.restart && until !== undefined ? [t('export.held', { time: times.absolute(until) })] : [];
  return [
    plainFact(label, keys === '' ? t('export.up-to-date') : t('export.would-write', { keys })),
    ...(file.keptKeys.length === 0
      ? []
      : [plainFact(label, t('export.kept', { keys: file.keptKeys.join(', ') }))]),
    ...missingFacts(result, messages),
    plainFact(
      t('check.restart'),
      [t(decision.restart ? 'check.restart.yes' : 'check.restart.no', { why }), ...how, ...held].join('; '),
    ),
    ...reservationFacts(reservation, wording),
  ];
}

function reservationFacts(reservation: Reservation | undefined, { messages }: Wording): readonly Fact[] {
  if (reservation === undefined) return [];
  const { t } = messages;
  const { time, zone } = reservation;
  // Of a time that is none the bot knows nothing either.
  if (zone === undefined) return [warningFact(t('check.booking'), t('export.time-invalid', { time }))];
  return [plainFact(t('check.booking'), t(`check.booking.${zone.from}`, { time, zone: zone.name }))];
}
