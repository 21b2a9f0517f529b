/** What the tray says of an answer: a menu has no place for it, so a notification tells what did not work, and why. */
import type { AppState, Reply } from '../shared/ipc/bridge.ts';
import type { Messages } from '../shared/messages/messages.ts';
import type { Told } from './application.ts';
import type { Notice } from './desktop.ts';

/** More would not fit a notification; the window has them all. */
const MOST_LINES = 3;

type Row = Reply<'refresh'>['results'][number];
type Exported = Reply<'exportTargets'>['targets'][number];

/** The rows that were to be renewed and are not. Of one that was left alone only whoever asked for it is told. */
function unrenewed({ results }: Reply<'refresh'>, isOneByOne: boolean): readonly Row[] {
  return results.filter(({ outcome, error, note }) => {
    // Whoever quits, or stopped it, knows.
    if (error?.code === 'cancelled') return false;
    if (outcome === 'failed' || outcome === 'waiting') return true;
    return outcome === 'skipped' && isOneByOne && (error !== null || note !== null);
  });
}

/** The answer as it is by now: a row that failed, and was renewed after `answeredAt`, counts as renewed. */
export function renewedSince(
  reply: Reply<'refresh'>,
  { snapshot }: AppState,
  answeredAt: number,
): Reply<'refresh'> {
  const lastRenewedAt = new Map(snapshot.integrations.map((view) => [view.id, view.lastRenewedAt ?? 0]));
  const results = reply.results.map((row) => {
    const isMended = row.error !== null && (lastRenewedAt.get(row.id) ?? 0) > answeredAt;
    return isMended ? { ...row, outcome: 'renewed' as const, error: null, note: null } : row;
  });
  const count = (outcome: Row['outcome']): number => results.filter((row) => row.outcome === outcome).length;
  return {
    ...reply,
    results,
    renewed: count('renewed'),
    failed: count('failed'),
    waiting: count('waiting'),
  };
}

/** `undefined` where there is nothing to say: what was renewed is seen in the menu. */
export function noticeOfRenewal(
  reply: Reply<'refresh'>,
  asked: readonly Row['id'][] | 'all',
  told: Told,
  state: AppState,
  { t }: Messages,
): Notice | undefined {
  const failed = unrenewed(reply, asked !== 'all');
  // A database that cannot be read has no rows in the answer.
  const unread = asked === 'all' ? state.databaseProblem : null;
  const lines = [
    ...(unread === null ? [] : [wordsOf(unread)]),
    ...failed
      .filter(({ id }) => !told.integrations.has(id))
      .map(({ name, error, note }) => {
        const message = [error?.message, note].filter(Boolean).join(' ');
        return lineOf(name, wordsOf({ message, remedy: error?.remedy ?? '' }), t);
      }),
  ];
  const [only, ...others] = failed;
  const id = only !== undefined && others.length === 0 ? only.id : null;
  const leadsTo = { kind: 'view', view: 'integrations', id } as const;
  const doesWait = unread === null && failed.every(({ outcome }) => outcome === 'waiting');
  if (lines.length > 0)
    return { title: t(doesWait ? 'tray.waiting' : 'tray.failed'), body: bodyOf(lines, t), leadsTo };
  if (failed.length > 0 || reply.renewed > 0 || reply.left > 0) return undefined;
  return { title: t('tray.nothing-due'), body: state.sentence, leadsTo };
}

/** As above, of bots that were brought everything after `answeredAt`. */
export function servedSince(
  { targets }: Reply<'exportTargets'>,
  { bots, snapshot }: AppState,
  answeredAt: number,
): Reply<'exportTargets'> {
  const well = new Set(bots.filter(({ health }) => health === 'well').map(({ name }) => name));
  const served = snapshot.targets.filter(({ name, lastExport, lastRestart }) => {
    const at = Math.max(lastExport?.at ?? 0, lastRestart?.at ?? 0);
    return well.has(name) && at > answeredAt;
  });
  return { targets: targets.filter(({ name }) => !served.some((one) => one.name === name)) };
}

/** As {@link noticeOfRenewal}; that a bot was restarted has a notification of its own. */
export function noticeOfExport(
  { targets }: Reply<'exportTargets'>,
  told: Told,
  { snapshot }: AppState,
  { t }: Messages,
): Notice | undefined {
  const left = targets.filter(({ name, outcome }) => {
    const target = snapshot.targets.find((one) => one.name === name);
    // The person who stopped it knows.
    const codes = [target?.exportFailure?.code, target?.pending?.reason, target?.lastRestart?.failure];
    return outcome !== 'done' && !told.bots.has(name) && !codes.includes('cancelled');
  });
  if (left.length === 0) return undefined;
  const title = left.some(({ outcome }) => outcome === 'failed') ? t('tray.failed') : t('tray.waiting');
  const body = bodyOf(
    left.map((target) => lineOf(target.name, whyOf(target), t)),
    t,
  );
  return { title, body, leadsTo: { kind: 'view', view: 'bot', id: null } };
}

function whyOf({ facts }: Exported): string {
  const problems = facts.filter(({ tone }) => tone === 'problem');
  const why = problems.length > 0 ? problems : facts.filter(({ tone }) => tone === 'warning');
  return why.map(({ text, remedy }) => wordsOf({ message: text, remedy: remedy ?? '' })).join(' ');
}

function wordsOf({ message, remedy }: { readonly message: string; readonly remedy: string }): string {
  return `${message} ${remedy}`.trim();
}

function lineOf(name: string, why: string, t: Messages['t']): string {
  return t('tray.about', { name, why });
}

function bodyOf(lines: readonly string[], t: Messages['t']): string {
  const shown = lines.slice(0, MOST_LINES);
  const count = lines.length - shown.length;
  return [...shown, ...(count === 0 ? [] : [t('tray.more', { count })])].join('\n');
}
