/** How a target that was looked at is told. */
import type { Reservation } from '../core/export/reservation.ts';
import type { Inspection } from '../core/export/restart.ts';
import { targetViewOf } from '../core/snapshot.ts';
import { type Checkup, checkupFacts, fileProblemOf, heldUntil, modeOf } from '../node/reports/checkup.ts';
import type { Fact } from '../node/reports/fact.ts';
import { explainRestart } from '../shared/messages/restart-words.ts';
import { explain, explainSituation } from '../shared/messages/words.ts';
import type { Context } from './context.ts';
import { EXIT, EXIT_CODE_OF, type ExitCode, exitCodeOfFile, worstOf } from './exit-codes.ts';
import { exitCodeOfRestart, missingDocument, warningLines } from './export-report.ts';
import { isoOrNull, problemLines } from './present.ts';
import { wrap } from './table.ts';

export function exitCodeOfCheckup(checkup: Checkup): ExitCode {
  if (checkup.kind === 'unreachable') return EXIT_CODE_OF[checkup.error.code];
  const { file, containers, result } = checkup;
  const problem = fileProblemOf(file);
  return worstOf([
    problem === undefined ? EXIT.ok : exitCodeOfFile(problem.code),
    containers.kind === 'failed' ? exitCodeOfRestart(containers.failure) : EXIT.ok,
    'error' in result.file ? exitCodeOfFile(result.file.error.code) : EXIT.ok,
  ]);
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
  const problem = fileProblemOf(file);
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

const LABEL_WIDTH = 12;

export function checkupLines(checkup: Checkup, context: Context): string[] {
  const { name, host } = targetViewOf(checkup.record);
  const head = context.output.colour('bold', name) + (host === undefined ? '' : `  ${host}`);
  return [head, ...checkupFacts(checkup, context).flatMap((fact) => factLines(fact, context))];
}

/** `  Label       text`, the text aligned below itself; what is wrong stands by itself. */
function factLines({ label, text, tone, remedy }: Fact, context: Context): string[] {
  const { output } = context;
  if (tone === 'warning') return warningLines([text], context);
  if (tone === 'problem') return problemLines({ code: '', message: text, remedy: remedy ?? '' }, context);
  const [first = '', ...more] = wrap(text, Math.max(40, output.width - LABEL_WIDTH - 2));
  const indent = ' '.repeat(LABEL_WIDTH + 2);
  return [
    `  ${output.colour('dim', label.padEnd(LABEL_WIDTH))}${first}`,
    ...more.map((line) => indent + line),
  ];
}
