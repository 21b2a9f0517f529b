import type { RefreshReport } from './refresh.ts';

/** What a run as a whole came to; what only a person can mend stands above all else. */
export function outcomeOf({
  results,
  unreachable,
  failed,
}: RefreshReport): 'well' | 'person-needed' | 'unread' | 'failed' {
  const isForPerson = results.some(
    ({ error }) => error?.class === 'chain-dead' || error?.class === 'misconfigured',
  );
  if (isForPerson) return 'person-needed';
  if (unreachable.length > 0) return 'unread';
  return failed > 0 || results.some(({ error }) => error !== undefined) ? 'failed' : 'well';
}
