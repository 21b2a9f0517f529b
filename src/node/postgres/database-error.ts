import { JetonError, type ErrorCode } from '../../core/errors.ts';

/**
 * Turns whatever `pg` or the network threw into the user's situation. The error itself is not kept as a cause:
 * PostgreSQL quotes the offending row or JSON in `detail` and `where`, and an error of a client can carry the
 * client with its password. Details: `host`; `code`, the SQLSTATE or the system's error code; `reason`, the
 * same by PostgreSQL's name where a person may well meet it; shared/messages has words for each (`reason.<name>`).
 */
export function databaseError(thrown: unknown, host: string): JetonError {
  const code = codeOf(thrown);
  return new JetonError(situationOf(code), { host, code, reason: conditions.get(code) ?? code });
}

/**
 * PostgreSQL could not read the row's id or `config` (or not as `jsonb`): invalid text, untranslatable escape,
 * number out of range, nesting beyond its stack.
 */
export function isUnreadableRow(error: unknown): boolean {
  return error instanceof JetonError && /^(22P02|22P05|22003|54001)$/.test(String(error.details['code']));
}

function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown';
  if ('code' in thrown && typeof thrown.code === 'string') return thrown.code;
  if (thrown.message.startsWith('SASL')) return 'password';
  if (thrown.message === tlsUnsupported) return 'tls-unsupported';
  if (thrown.message === neitherYesNorNo) return 'not-postgresql';
  return /time.?out/i.test(thrown.message) ? 'timeout' : 'connection-lost';
}

/** What `pg` says when the server answers the request for TLS with no. It has no code. */
export const tlsUnsupported = 'The server does not support SSL connections';

/** What `pg` says when the answer to that is neither yes nor no: another kind of server, or one in trouble. */
const neitherYesNorNo = 'There was an error establishing an SSL connection';

// https://www.postgresql.org/docs/current/errcodes-appendix.html
export const conditions: ReadonlyMap<string, string> = new Map([
  ['22001', 'string_data_right_truncation'],
  ['23514', 'check_violation'],
  ['25006', 'read_only_sql_transaction'],
  ['28000', 'invalid_authorization_specification'],
  ['28P01', 'invalid_password'],
  ['3D000', 'invalid_catalog_name'],
  ['3F000', 'invalid_schema_name'],
  ['42501', 'insufficient_privilege'],
  ['53300', 'too_many_connections'],
  ['57P01', 'admin_shutdown'],
  ['57P03', 'cannot_connect_now'],
]);

function situationOf(code: string): ErrorCode {
  if (code === '42P01' || code === '42703') return 'database-tables-missing';
  // 22, 23: a limit that the application put on a column; 25: a read-only standby; 28: who we are; 3D, 3F: no
  // such database or schema; 42: permission
  return code === 'password' || /^(22|23|25|28|3D|3F|42)...$/.test(code)
    ? 'database-refused'
    : 'database-unreachable';
}
