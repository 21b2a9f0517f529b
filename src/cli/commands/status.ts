import type { Pause } from '../../core/pause.ts';
import type { Snapshot, IntegrationView } from '../../core/snapshot.ts';
import { isFirstRun } from '../../node/first-run.ts';
import type { VaultReport } from '../../node/vault/vault.ts';
import type { Explanation } from '../../shared/messages/words.ts';
import { explain, sentenceOf } from '../../shared/messages/words.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode, worstOf } from '../exit-codes.ts';
import { emptySnapshot, isFailing, isPersonNeeded } from '../../core/snapshot.ts';
import { failureOf, isoOrNull, lifeWords, nameCell, noteLines, stateCell } from '../present.ts';
import { explainUnread, sourcesDocument, unreadSources } from '../sources.ts';
import { renderTable, wrap } from '../table.ts';
import { exitCodeOfTarget, targetDocument, targetTable } from '../target-report.ts';

export async function run(context: Context): Promise<ExitCode> {
  const { snapshot, vault, pause } = await look(context);
  const { messages, output, times } = context;
  const sentence = sentenceOf(snapshot.headline, pause, messages, times);
  const problems = problemsOf(snapshot, vault, context);
  output.result(documentOf(snapshot, pause, sentence, problems, context), [
    ...wrap(output.colour('bold', sentence), output.width),
    ...problems.flatMap((problem) => noteLines(problem, context)),
    ...(snapshot.headline.kind === 'empty' ? firstSteps(context) : []),
    ...(snapshot.integrations.length > 0 ? ['', ...table(snapshot.integrations, context)] : []),
    ...(snapshot.targets.length > 0 ? ['', ...targetTable(snapshot.targets, context)] : []),
  ]);
  return exitCodeOf(snapshot, problems.length > 0 && vault !== undefined);
}

/** `vault`: why the vault does not open, when it should. */
async function look(
  context: Context,
): Promise<{ snapshot: Snapshot; vault: VaultReport | undefined; pause: Pause | null }> {
  // A first look leaves nothing behind.
  if (isFirstRun(context.home, context.env)) {
    context.settingsFile.read();
    return { snapshot: emptySnapshot(), vault: undefined, pause: null };
  }
  return withEngine(context, {}, async ({ engine, home }) => {
    const snapshot = await engine.snapshot();
    const pause = home.pauseStore.standing(Date.now());
    const needsVault = snapshot.vault.state === 'locked' || snapshot.integrations.length > 0;
    if (snapshot.vault.state === 'ready' || !needsVault) return { snapshot, vault: undefined, pause };
    const report = await home.vault.status();
    return { snapshot, vault: report.problem === undefined ? undefined : report, pause };
  });
}

function problemsOf(
  snapshot: Snapshot,
  vault: VaultReport | undefined,
  { messages }: Context,
): Explanation[] {
  const unread = unreadSources(snapshot.sources).filter(({ code }) => !code.startsWith('vault-'));
  return [
    ...(vault === undefined ? [] : [explain(vault.problem, messages)]),
    ...unread.map((source) => explainUnread(source, messages)),
  ];
}

function exitCodeOf({ vault, sources, integrations, targets }: Snapshot, isVaultNeeded: boolean): ExitCode {
  if (vault.state === 'locked' || (vault.state === 'missing' && isVaultNeeded)) return EXIT.vault;
  if (sources.some(({ state }) => state === 'unreachable')) return EXIT.configuration;
  if (integrations.some(isPersonNeeded)) return EXIT.personNeeded;
  return worstOf([integrations.some(isFailing) ? EXIT.failed : EXIT.ok, ...targets.map(exitCodeOfTarget)]);
}

function documentOf(
  { revision, vault, sources, integrations, targets }: Snapshot,
  pause: Pause | null,
  sentence: string,
  [error]: readonly Explanation[],
  context: Context,
): unknown {
  return {
    ...(error && { error }),
    revision,
    sentence,
    paused: pause === null ? null : { until: isoOrNull(pause.until ?? undefined) },
    vault: vault.state,
    sources: sourcesDocument(sources, context.messages),
    integrations: integrations.map((view) => ({
      id: view.id,
      kind: view.kind,
      name: view.name,
      source: view.source,
      state: view.state.kind,
      expiresAt: isoOrNull(view.expiresAt),
      worksUntil: isoOrNull(view.worksUntil),
      lastRenewedAt: isoOrNull(view.lastRenewedAt),
      nextRunAt: isoOrNull(view.nextRunAt),
      sessionEndsAt: isoOrNull(view.sessionEndsAt),
      lastError: failureOf({ id: view.id, error: view.lastError }, context) ?? null,
    })),
    targets: targets.map((view) => targetDocument(view, context)),
  };
}

function table(views: readonly IntegrationView[], context: Context): string[] {
  const { messages, output, times } = context;
  const { t } = messages;
  const wide = output.width >= 100;
  const dash = output.colour('dim', '—');
  const columns = [
    { heading: `  ${t('column.state')}` },
    { heading: t('column.id') },
    { heading: t('column.name'), flexible: true },
    ...(wide ? [{ heading: t('column.source') }] : []),
    { heading: t('column.until') },
    { heading: t('column.renewed') },
    ...(wide ? [{ heading: t('column.next') }] : []),
  ];
  const rows = views.map((view) => {
    const until = view.worksUntil;
    const failure = failureOf({ id: view.id, error: view.lastError }, context);
    const isShown = failure !== undefined && (isPersonNeeded(view) || isFailing(view));
    const ends = view.sessionEndsAt;
    const isOver = view.expiresAt !== undefined && until === undefined;
    return {
      cells: [
        stateCell(view, context),
        view.id,
        nameCell(view.name),
        ...(wide ? [t(`source.${view.source}`)] : []),
        until === undefined
          ? isOver
            ? output.colour('red', times.relative(view.expiresAt))
            : dash
          : times.both(until),
        view.lastRenewedAt === undefined ? dash : times.relative(view.lastRenewedAt),
        ...(wide ? [view.nextRunAt === undefined ? dash : times.relative(view.nextRunAt)] : []),
      ],
      notes: isShown
        ? noteLines(failure, context, lifeLeft(view, context))
        : ends === undefined
          ? []
          : wrap(t('headline.session', { when: times.absolute(ends) }), output.width, '    '),
    };
  });
  return renderTable(columns, rows, { width: output.width, heading: (text) => output.colour('dim', text) });
}

/** Until when what a dead chain left behind is of use. */
function lifeLeft({ state, expiresAt }: IntegrationView, context: Context): string | undefined {
  return ['needs-reinstall', 'needs-sign-in'].includes(state.kind)
    ? lifeWords(expiresAt, context)
    : undefined;
}

function firstSteps({ messages: { t }, output }: Context): string[] {
  const steps = [
    ['jeton oneflex login', t('status.first-run.oneflex')],
    ['jeton database connect', t('status.first-run.database')],
    ['jeton slack add', t('status.first-run.add')],
    ['jeton doctor', t('status.first-run.doctor')],
  ] as const;
  const width = Math.max(...steps.map(([command]) => command.length));
  return [
    '',
    t('status.first-run'),
    ...steps.map(([command, what]) => `  ${output.colour('cyan', command.padEnd(width))}  ${what}`),
  ];
}
