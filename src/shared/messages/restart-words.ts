import type { RestartFailure } from '../../core/export/restart.ts';
import type { EnvWarning } from '../../core/ports.ts';
import type { Messages } from './messages.ts';
import { type Explanation, explainSituation } from './words.ts';

/** Words for the code of a restart that failed, as targets remember it: a failure's `reason`. */
export function explainRestartReason(reason: string, { find }: Messages): Explanation {
  return {
    code: reason,
    message: find(`restart.failed.${reason}`) ?? reason,
    remedy: find(`restart.fix.${reason}`) ?? '',
  };
}

/** The same, with what Docker or compose itself said. */
export function explainRestart(failure: RestartFailure, messages: Messages): Explanation {
  const { code, message, remedy } = explainRestartReason(failure.reason, messages);
  if (failure.reason === 'unreachable') {
    const { message: why, remedy: how } = explainSituation(failure.code, failure.details, messages);
    return { code: failure.code, message: `${message} ${why}`, remedy: how };
  }
  const detail =
    'services' in failure
      ? messages.t('restart.services', { services: failure.services.join(', ') })
      : failure.message && messages.t('restart.said', { words: failure.message });
  return { code, message: detail === '' ? message : `${message} ${detail}`, remedy };
}

export function envWarningWords(warning: EnvWarning, { t }: Messages): string {
  switch (warning.kind) {
    case 'duplicate-key':
      return t('env-warning.duplicate-key', { key: warning.key, lines: warning.lines.join(', ') });
    case 'unreadable-line':
      return t('env-warning.unreadable-line', { line: warning.line });
    case 'keys-gone':
      return t('env-warning.keys-gone', { keys: warning.keys.join(', ') });
    case 'byte-order-mark-removed':
    case 'written-in-place':
      return t(`env-warning.${warning.kind}`);
  }
}
