import type { ErrorCode } from './errors.ts';
import { isWithoutSource } from './export/target.ts';
import type { TargetView } from './snapshot.ts';

/**
 * How a bot is served. `waiting`: something is owed to it that Jeton does by itself. `failing`: a person has to mend
 * something. `unsupplied`: nothing was exported yet, or there is no source for a token that it is to get: no failure.
 */
export type TargetHealth = 'well' | 'waiting' | 'failing' | 'unsupplied';

/** What keeps an export from its end only for a while, and is tried again. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'store-busy',
  'store-in-use',
  'env-file-busy',
  'target-busy',
  'ssh-unreachable',
  'ssh-too-slow',
  'oneflex-unreachable',
  'oneflex-busy',
  'slack-unreachable',
  'webhook-unreachable',
  'cancelled',
]);

export function isPassing(code: ErrorCode): boolean {
  return PASSING.has(code);
}

export function healthOf({
  pending,
  lastExport,
  exportFailure,
  lastRestart,
}: Pick<TargetView, 'pending' | 'lastExport' | 'exportFailure' | 'lastRestart'>): TargetHealth {
  const isUnsupplied = exportFailure !== undefined && isWithoutSource(exportFailure);
  const failure = isUnsupplied ? undefined : exportFailure;
  // A restart that took place, went wrong, and is not tried again by itself.
  const isAiling = pending === undefined && lastRestart?.failure !== undefined;
  if (isAiling || (failure !== undefined && !isPassing(failure.code))) return 'failing';
  if (failure !== undefined || pending !== undefined) return 'waiting';
  return isUnsupplied || lastExport === undefined ? 'unsupplied' : 'well';
}
