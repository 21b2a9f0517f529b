/**
 * The situations a person can be in. Words and remedies for each are in shared/messages (`error.<code>`),
 * chosen at the edge; the exit code of each is in cli/exit-codes.ts.
 */
export type ErrorCode =
  // asked for something that cannot be
  | 'usage'
  | 'integration-not-found'
  | 'integration-read-only'
  | 'integration-incomplete'
  | 'integration-exists'
  | 'not-a-refresh-token'
  | 'not-an-access-token'
  | 'already-rotating'
  // settings and files
  | 'settings-invalid'
  | 'setting-unknown'
  | 'setting-refused'
  | 'home-unusable'
  | 'file-unreadable'
  | 'file-unwritable'
  | 'store-corrupt'
  | 'store-newer'
  | 'store-busy'
  // the application's database
  | 'database-not-connected'
  | 'database-unreachable'
  | 'database-refused'
  | 'database-tables-missing'
  | 'database-without-slack'
  | 'database-url-invalid'
  // what a person does about jeton.db
  | 'store-in-use'
  | 'store-backup-missing'
  | 'store-backup-unusable'
  // vault
  | 'vault-locked'
  | 'vault-missing'
  | 'vault-wrong-key'
  | 'vault-key-unusable'
  | 'vault-exists'
  | 'secret-damaged'
  // Slack said no while a person was waiting for the answer
  | 'slack-rejected'
  | 'slack-unreachable'
  // the files that tokens are exported to
  | 'env-file-unreadable'
  | 'env-file-unwritable'
  | 'env-file-busy'
  | 'env-file-cut'
  | 'env-change-refused'
  // OneFlex
  | 'oneflex-not-signed-in'
  | 'oneflex-not-accepted'
  | 'oneflex-unreachable'
  | 'oneflex-busy'
  // targets
  | 'target-not-found'
  | 'target-exists'
  | 'target-invalid'
  | 'target-busy'
  // the machine that a target is on
  | 'ssh-missing'
  | 'ssh-unreachable'
  | 'ssh-too-slow'
  | 'ssh-auth-refused'
  | 'ssh-host-key-unknown'
  | 'ssh-host-key-changed'
  // the webhook that alerts go to
  | 'webhook-url-invalid'
  | 'webhook-not-set'
  | 'webhook-gone'
  | 'webhook-unreachable'
  // operating system
  | 'schedule-unsupported-interval'
  | 'schedule-unavailable'
  | 'schedule-needs-command-line'
  | 'login-item-refused'
  | 'machine-unsuitable'
  | 'cancelled';

/** Values that fill the holes of a message. Never a secret: a `Secret` does not fit the type. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** A situation of the user's, with a remedy. Anything else that is thrown is a bug in Jeton. */
export class JetonError extends Error {
  override readonly name = 'JetonError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, details: ErrorDetails = {}, options?: { cause?: unknown }) {
    super(code, options);
    this.code = code;
    this.details = details;
  }
}

/** What to log of a thrown thing: never its message, which may quote a value. */
export function codeOf(cause: unknown): string {
  return cause instanceof JetonError ? cause.code : cause instanceof Error ? cause.name : 'unknown';
}

/** Makes a `switch` over a union fail to compile when a case is missing. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected value: ${JSON.stringify(value)}`);
}
