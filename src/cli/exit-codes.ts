import { type ErrorCode, JetonError } from '../core/errors.ts';

/** What a script can tell from the outcome of a command. */
export const EXIT = {
  ok: 0,
  /** Something failed and will be retried. */
  failed: 1,
  usage: 2,
  /** Configuration or database unreachable. */
  configuration: 3,
  /** A person is needed. */
  personNeeded: 4,
  /** Vault locked or missing. */
  vault: 5,
  /** The machine lacks something. */
  machine: 69,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODE_OF: Readonly<Record<ErrorCode, ExitCode>> = {
  usage: EXIT.usage,
  'integration-not-found': EXIT.usage,
  'integration-read-only': EXIT.usage,
  'integration-incomplete': EXIT.personNeeded,
  'integration-exists': EXIT.usage,
  'not-a-refresh-token': EXIT.usage,
  'not-an-access-token': EXIT.usage,
  'already-rotating': EXIT.usage,
  'settings-invalid': EXIT.configuration,
  'setting-unknown': EXIT.usage,
  'setting-refused': EXIT.usage,
  'home-unusable': EXIT.configuration,
  'file-unreadable': EXIT.configuration,
  'file-unwritable': EXIT.configuration,
  'store-corrupt': EXIT.configuration,
  'store-newer': EXIT.configuration,
  'store-busy': EXIT.failed,
  'store-in-use': EXIT.failed,
  'store-backup-missing': EXIT.configuration,
  'store-backup-unusable': EXIT.configuration,
  'database-not-connected': EXIT.configuration,
  'database-unreachable': EXIT.configuration,
  'database-refused': EXIT.configuration,
  'database-tables-missing': EXIT.configuration,
  'database-without-slack': EXIT.configuration,
  'database-url-invalid': EXIT.configuration,
  'vault-locked': EXIT.vault,
  'vault-missing': EXIT.vault,
  'vault-wrong-key': EXIT.vault,
  'vault-key-unusable': EXIT.vault,
  'vault-exists': EXIT.usage,
  'target-not-found': EXIT.usage,
  'target-exists': EXIT.usage,
  'target-invalid': EXIT.usage,
  'target-busy': EXIT.failed,
  'ssh-missing': EXIT.machine,
  'ssh-unreachable': EXIT.failed,
  'ssh-too-slow': EXIT.failed,
  'ssh-auth-refused': EXIT.personNeeded,
  'ssh-host-key-unknown': EXIT.personNeeded,
  'ssh-host-key-changed': EXIT.personNeeded,
  'oneflex-not-signed-in': EXIT.personNeeded,
  'oneflex-not-accepted': EXIT.personNeeded,
  'oneflex-unreachable': EXIT.failed,
  'oneflex-busy': EXIT.failed,
  'secret-damaged': EXIT.personNeeded,
  'slack-rejected': EXIT.personNeeded,
  'slack-unreachable': EXIT.failed,
  'env-file-unreadable': EXIT.configuration,
  'env-file-unwritable': EXIT.configuration,
  'env-file-busy': EXIT.failed,
  'env-file-cut': EXIT.personNeeded,
  'env-change-refused': EXIT.personNeeded,
  'webhook-url-invalid': EXIT.usage,
  'webhook-not-set': EXIT.configuration,
  'webhook-gone': EXIT.personNeeded,
  'webhook-unreachable': EXIT.failed,
  'schedule-unsupported-interval': EXIT.usage,
  'schedule-unavailable': EXIT.machine,
  'schedule-needs-command-line': EXIT.machine,
  'login-item-refused': EXIT.personNeeded,
  'machine-unsuitable': EXIT.machine,
  cancelled: EXIT.failed,
};

/** What a command ends with that threw this. */
export function exitCodeFor(thrown: unknown): ExitCode {
  return thrown instanceof JetonError ? EXIT_CODE_OF[thrown.code] : EXIT.failed;
}

const WORST_FIRST = [EXIT.machine, EXIT.vault, EXIT.configuration, EXIT.personNeeded, EXIT.failed];

/** What several things end with together. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return WORST_FIRST.find((code) => codes.includes(code)) ?? EXIT.ok;
}

/** What keeps a file from being written is for a person to mend, unless it passes. */
export function exitCodeOfFile(code: ErrorCode): ExitCode {
  if (code === 'env-file-busy') return EXIT.failed;
  if (code.startsWith('env-') || code === 'integration-not-found') return EXIT.personNeeded;
  return EXIT_CODE_OF[code];
}
