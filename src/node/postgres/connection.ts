import { JetonError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';

/** Where the application's database is. Certificates are paths of PEM files. */
export interface DatabaseConnection {
  /** A host name, an address, or the folder of a Unix socket (begins with `/`). */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** `undefined`: the operating system's user, as PostgreSQL's own tools do it. */
  readonly user: string | undefined;
  readonly password: Secret | undefined;
  readonly tls: TlsMode;
  readonly rootCertificate: string | undefined;
  readonly clientCertificate: string | undefined;
  readonly clientKey: string | undefined;
}

/**
 * As libpq means them (https://www.postgresql.org/docs/current/libpq-ssl.html), because the same URL must work
 * here as it does in the application: only the `verify-` modes check the certificate.
 */
type TlsMode = 'disable' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';

const schemes = new Set(['postgres:', 'postgresql:', 'postgis:']);

const tlsModes: ReadonlyMap<string, TlsMode> = new Map([
  ['disable', 'disable'],
  ['allow', 'prefer'],
  ['prefer', 'prefer'],
  ['require', 'require'],
  ['no-verify', 'require'],
  ['verify-ca', 'verify-ca'],
  ['verify-full', 'verify-full'],
]);

/**
 * The URL in `DATABASE_URL`, or one made of `DB_NAME`, `DB_USER`, `DB_PASSWORD`, `DB_HOST` (localhost) and
 * `DB_PORT` (5432); `undefined` when neither is set. A `database-url-invalid` error names the variable.
 */
export function databaseUrlFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Secret | undefined {
  const value = (name: string): string => env[name]?.trim() ?? '';
  if (value('DATABASE_URL') !== '') return new Secret(value('DATABASE_URL'));
  const parts = ['DB_NAME', 'DB_USER', 'DB_PASSWORD', 'DB_HOST', 'DB_PORT'];
  if (parts.every((name) => value(name) === '')) return undefined;
  if (value('DB_NAME') === '') throw invalid('DB_NAME');
  if (!/^\d*$/.test(value('DB_PORT'))) throw invalid('DB_PORT');

  const url = new URL('postgresql://localhost');
  url.pathname = `/${encodeURIComponent(value('DB_NAME'))}`;
  url.searchParams.set('host', value('DB_HOST') || 'localhost');
  url.searchParams.set('port', value('DB_PORT') || '5432');
  url.username = encodeURIComponent(value('DB_USER'));
  url.password = encodeURIComponent(env['DB_PASSWORD'] ?? '');
  return new Secret(url.href);
}

/** Throws `database-url-invalid`; its detail `part` says which part is wrong, never what it holds. */
export function parseDatabaseUrl(secretUrl: Secret): DatabaseConnection {
  const url = parseUrl(secretUrl.reveal().trim());
  if (!schemes.has(url.protocol)) throw invalid('scheme');
  // An unencoded `#`, `/` or `?` in a password cuts the URL short and shifts every part behind it.
  if (url.hash !== '') throw invalid('password');

  const parameter = (name: string): string | undefined => url.searchParams.get(name) ?? undefined;
  const host =
    parameter('host') ?? (decoded(url.hostname, 'host').replace(/^\[(.*)\]$/, '$1') || 'localhost');
  if (/[,@\s]/.test(host)) throw invalid('host');
  const port = Number(parameter('port') ?? (url.port || '5432'));
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalid('port');
  if (!/^\/[^/@]+$/.test(url.pathname)) throw invalid('database');

  return {
    host,
    port,
    database: decoded(url.pathname.slice(1), 'database'),
    user: decoded(url.username, 'user') || undefined,
    password: url.password === '' ? undefined : new Secret(decoded(url.password, 'password')),
    ...(parameter('sslrootcert') === 'system'
      ? // libpq: the system's authorities vouch for names only
        { tls: 'verify-full', rootCertificate: undefined }
      : {
          tls: host.startsWith('/') ? 'disable' : tlsMode(parameter('sslmode'), parameter('ssl')),
          rootCertificate: parameter('sslrootcert'),
        }),
    clientCertificate: parameter('sslcert'),
    clientKey: parameter('sslkey'),
  };
}

function parseUrl(text: string): URL {
  try {
    // libpq allows a user without a host (`user@/name`), WHATWG does not.
    return new URL(text.replace(/^(\w+:\/\/[^/?#]*@)\//, '$1localhost/'));
  } catch {
    // The error of URL holds its input.
    throw invalid('syntax');
  }
}

function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(part);
  }
}

function tlsMode(sslmode: string | undefined, ssl: string | undefined): TlsMode {
  if (sslmode === undefined) {
    if (ssl === undefined) return 'prefer';
    return ssl === 'true' || ssl === '1' ? 'require' : 'disable';
  }
  const mode = tlsModes.get(sslmode);
  if (mode === undefined) throw invalid('sslmode');
  return mode;
}

function invalid(part: string): JetonError {
  return new JetonError('database-url-invalid', { part });
}
