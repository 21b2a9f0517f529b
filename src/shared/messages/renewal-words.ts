import type { RefreshResult } from '../../core/slack/refresh.ts';
import type { Messages } from './messages.ts';
import type { Times } from './times.ts';

/** Why nobody was asked about a row in this run, where there is more to say than what the row lacks. */
export function whyNotTried(
  { triedAgainAt, leftBecause }: Pick<RefreshResult, 'triedAgainAt' | 'leftBecause'>,
  { t }: Messages,
  times: Times,
): string | undefined {
  if (triedAgainAt !== undefined) return t('not-tried.waiting', { time: times.absolute(triedAgainAt) });
  return leftBecause && t(`not-tried.${leftBecause}`);
}
