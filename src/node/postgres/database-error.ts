import { JetonError, type ErrorCode } from '../../core/errors.ts';

/**
 * Turns whatever `pg` or the network threw into the user's situation. The error itself is not kept as a cause:
 * PostgreSQL quotes the offending row or JSON in `detail` and `where`, and an error of a client can carry the
 * client with its password. `reason` is the SQLSTATE or the system's error code.
 */
export function databaseError(thrown: unknown, host: string): JetonError {
  const reason = reasonOf(thrown);
  return new JetonError(situationOf(reason), { host, reason });
}

/**
 * PostgreSQL could not read the row's id or `config` (or not as `jsonb`): invalid text, untranslatable escape,
 * number out of range, nesting beyond its stack.
 */
export function isUnreadableRow(error: unknown): boolean {
  return hasReason(error, /^(22P02|22P05|22003|54001)$/);
}

/** The tables are not made as they were when we looked. */
export function isStaleLayout(error: unknown): boolean {
  return hasReason(error, /^42/);
}

function hasReason(error: unknown, pattern: RegExp): boolean {
  return error instanceof JetonError && pattern.test(String(error.details['reason']));
}

function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown';
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  if (thrown.message.startsWith('SASL')) return 'password';
  if (thrown.message === tlsUnsupported) return 'tls-unsupported';
  return /time.?out/i.test(thrown.message) ? 'timeout' : 'connection-lost';
}

/** What `pg` says when the server answers the request for TLS with no. It has no code. */
export const tlsUnsupported = 'The server does not support SSL connections';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
function situationOf(reason: string): ErrorCode {
  if (reason === '42P01' || reason === '42703') return 'database-tables-missing';
  // 22, 23: a limit that the application put on a column; 25: a read-only standby; 28: who we are; 3D, 3F: no
  // such database or schema; 42: permission
  return reason === 'password' || /^(22|23|25|28|3D|3F|42)...$/.test(reason)
    ? 'database-refused'
    : 'database-unreachable';
}
