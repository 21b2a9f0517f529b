/** What became of an export: which keys, which container, why, and what is left to do. */
import type { Engine } from '../../core/engine.ts';
import type { ExportRequest, ExportResult } from '../../core/export/export.ts';
import type { RestartPlan } from '../../core/export/restart.ts';
import { decideRestart } from '../../core/export/restart.ts';
import type { TargetRecord } from '../../core/export/target.ts';
import { isWithoutSource } from '../../core/export/target.ts';
import { isPassing } from '../../core/target-health.ts';
import type { Messages } from '../../shared/messages/messages.ts';
import { envWarningWords, explainRestart } from '../../shared/messages/restart-words.ts';
import { explainSituation } from '../../shared/messages/words.ts';
import type { OpenHome } from '../open-home.ts';
import { withTargetMachine } from '../target-machine.ts';
import { type Fact, plainFact, problemFact, warningFact, type Wording } from './fact.ts';

/** What became of one target, and what is known of it now. */
export interface ExportOutcome {
  readonly result: ExportResult;
  readonly record: TargetRecord;
  /** Also where it is not carried out. */
  readonly plan: RestartPlan | undefined;
  readonly request: ExportRequest;
}

/** Throws `target-not-found`. */
export async function exportAndLook(
  { engine, home }: { readonly engine: Engine; readonly home: OpenHome },
  request: ExportRequest,
): Promise<readonly ExportOutcome[]> {
  const results = await engine.exportTargets(request);
  const records = await home.targetStore.list();
  const outcomes: ExportOutcome[] = [];
  for (const result of results) {
    const record = records.find(({ target }) => target.name === result.name);
    // Removed meanwhile, by somebody else.
    if (record === undefined) continue;
    const plan = await planOf(result, record, home.options.home);
    outcomes.push({ result, record, plan, request });
  }
  return outcomes;
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

/** `waiting`: Jeton goes on with it by itself. */
export function standingOf({ result }: ExportOutcome): 'done' | 'waiting' | 'failed' {
  const { file, missing, restart } = result;
  const errors = 'error' in file ? [file.error] : missing.filter((lack) => !isWithoutSource(lack));
  if (errors.some(({ code }) => !isPassing(code))) return 'failed';
  if (restart.outcome === 'failed' && !restart.pending) return 'failed';
  const isOwed = restart.outcome === 'held' || restart.outcome === 'failed';
  return errors.length > 0 || isOwed ? 'waiting' : 'done';
}

/** What a fact of an export is about, which a terminal shows as a mark. */
export interface ExportFact extends Fact {
  readonly mark: 'unchanged' | 'would' | 'done' | 'left' | 'owed' | 'warning' | 'problem' | 'last-words';
}

export function exportFacts(outcome: ExportOutcome, wording: Wording): readonly ExportFact[] {
  const { file } = outcome.result;
  return [...fileFacts(outcome, wording), ...('error' in file ? [] : restartFacts(outcome, wording))];
}

function marked(mark: ExportFact['mark'], fact: Fact): ExportFact {
  return { ...fact, mark };
}

export function missingFacts({ missing }: ExportResult, messages: Messages): readonly Fact[] {
  return missing.map(({ key, code, details }) => {
    const { message, remedy } = explainSituation(code, details, messages);
    return problemFact(messages.t('check.export'), {
      code,
      message: messages.t('export.missing', { key, why: message }),
      remedy,
    });
  });
}

function fileFacts({ result, request }: ExportOutcome, { messages }: Wording): readonly ExportFact[] {
  const { t } = messages;
  const { file, session, invalidTime } = result;
  const label = t('check.file');
  if ('error' in file) {
    const error = explainSituation(file.error.code, file.error.details, messages);
    return [{ ...problemFact(label, error), mark: 'problem' }];
  }
  const keys = file.changedKeys.join(', ');
  const what: ExportFact =
    keys === ''
      ? { ...plainFact(label, t('export.up-to-date')), tone: 'good', mark: 'unchanged' }
      : request.dryRun === true
        ? { ...plainFact(label, t('export.would-write', { keys })), mark: 'would' }
        : { ...plainFact(label, t('export.written', { keys })), tone: 'good', mark: 'done' };
  const warnings = [
    ...(file.keptKeys.length === 0 ? [] : [t('export.kept', { keys: file.keptKeys.join(', ') })]),
    ...file.warnings.map((warning) => envWarningWords(warning, messages)),
    ...(session === 'no-cookies' ? [t('export.session.no-cookies')] : []),
    // Of a time that is none the bot knows nothing either.
    ...(invalidTime === undefined ? [] : [t('export.time-invalid', { time: invalidTime })]),
  ];
  return [
    what,
    ...missingFacts(result, messages).map((fact) => marked('problem', fact)),
    ...warnings.map((text) => marked('warning', warningFact(label, text))),
  ];
}

function restartFacts(outcome: ExportOutcome, { messages, times }: Wording): readonly ExportFact[] {
  const { t } = messages;
  const { name, restart } = outcome.result;
  const label = t('check.restart');
  switch (restart.outcome) {
    case 'none':
      return [
        {
          ...plainFact(label, t('export.not-restarted', { why: reasonAgainst(outcome, messages) })),
          mark: 'left',
        },
      ];
    case 'held':
      return [
        {
          ...warningFact(label, t('export.held', { time: times.absolute(restart.until) })),
          remedy: t('export.held.how', { name }),
          mark: 'would',
        },
      ];
    case 'would-restart': {
      const { plan } = outcome;
      const words =
        plan === undefined
          ? t('export.would-restart')
          : `${t(`export.would-${plan.action}`)}: ${becauseWords(plan, messages)}`;
      return [{ ...plainFact(label, words), mark: 'would' }];
    }
    case 'restarted': {
      const { plan, startedAt } = restart;
      const since = t('export.running-since', { time: times.absolute(Date.parse(startedAt)) });
      const words = `${t(`export.${plan.action}`)}: ${becauseWords(plan, messages)}; ${since}`;
      return [{ ...plainFact(label, words), tone: 'good', mark: 'done' }];
    }
    case 'failed':
      return [
        { ...problemFact(label, explainRestart(restart.failure, messages)), mark: 'problem' },
        ...(restart.pending ? [{ ...warningFact(label, t('export.pending')), mark: 'owed' } as const] : []),
        ...(restart.log.length > 0
          ? [{ ...plainFact(t('export.last-words'), restart.log.join('\n')), mark: 'last-words' } as const]
          : []),
      ];
  }
}

export function becauseWords({ because, keys }: RestartPlan, { t }: Messages): string {
  return because === 'keys-in-environment'
    ? t('export.because.keys-in-environment', { keys: keys.join(', ') })
    : t(`export.because.${because}`);
}

/** Why there was no restart, by the same rules: a container that had stopped would have been restarted. */
function reasonAgainst({ result: { file }, record, request }: ExportOutcome, { t }: Messages): string {
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
