import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import type { Pool } from 'pg';
import { JetonError } from '../../core/errors.ts';
import type { DatabaseConnection } from './connection.ts';
import { databaseError, tlsUnsupported } from './database-error.ts';

const connectTimeoutMs = 10_000;
/** Kept by the client: as a server's setting it would be session state, which PgBouncer refuses. */
const queryTimeoutMs = 15_000;

/** A few connections to one database, opened when first used; they do not keep the process alive. */
export class DatabasePool {
  readonly #connection: DatabaseConnection;
  readonly #maxConnections: number;
  #pool: Promise<Pool> | undefined;
  #disposed: Promise<void> | undefined;

  constructor(connection: DatabaseConnection, maxConnections: number) {
    this.#connection = connection;
    this.#maxConnections = maxConnections;
  }

  /** Runs one statement outside any transaction. Rejects with a JetonError, and works again afterwards. */
  async query(sql: string, values: readonly unknown[]): Promise<readonly unknown[]> {
    if (this.#disposed !== undefined) throw new TypeError('the pool was disposed of');
    try {
      const pool = await this.#opened();
      return (await pool.query<Record<string, unknown>>(sql, [...values])).rows;
    } catch (error) {
      throw error instanceof JetonError ? error : databaseError(error, this.#connection.host);
    }
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#close();
    return this.#disposed;
  }

  async #close(): Promise<void> {
    const pool = await this.#pool?.catch(() => undefined);
    await pool?.end();
  }

  async #opened(): Promise<Pool> {
    const opening = (this.#pool ??= this.#open());
    try {
      return await opening;
    } catch (error) {
      if (this.#pool === opening) this.#pool = undefined;
      throw error;
    }
  }

  async #open(): Promise<Pool> {
    if (this.#connection.tls === 'disable') return this.#makePool(false);
    const pool = await this.#makePool(await this.#tlsOptions());
    if (this.#connection.tls !== 'prefer') return pool;
    try {
      (await pool.connect()).release();
      return pool;
    } catch (error) {
      await pool.end();
      if (error instanceof Error && error.message === tlsUnsupported) return this.#makePool(false);
      throw error;
    }
  }

  async #makePool(ssl: ConnectionOptions | false): Promise<Pool> {
    // Loaded here, so that a run without a connected database does not pay for it.
    const { Pool } = await import('pg');
    const { host, port, database, user, password } = this.#connection;
    const pool = new Pool({
      host,
      port,
      database,
      user,
      password: password?.reveal(),
      ssl,
      application_name: 'jeton',
      max: this.#maxConnections,
      connectionTimeoutMillis: connectTimeoutMs,
      query_timeout: queryTimeoutMs,
      keepAlive: true,
      allowExitOnIdle: true,
    });
    // An idle connection that the server closed: the pool has dropped it, the next query opens another.
    pool.on('error', () => {});
    return pool;
  }

  async #tlsOptions(): Promise<ConnectionOptions> {
    const { tls, rootCertificate, clientCertificate, clientKey } = this.#connection;
    const options: ConnectionOptions = {};
    if (rootCertificate !== undefined) options.ca = await readPem(rootCertificate);
    if (clientCertificate !== undefined) options.cert = await readPem(clientCertificate);
    if (clientKey !== undefined) options.key = await readPem(clientKey);
    // As libpq: `require` verifies only against a root certificate that was named, and never the host's name.
    if (tls === 'prefer' || (tls === 'require' && rootCertificate === undefined)) {
      options.rejectUnauthorized = false;
    } else if (tls !== 'verify-full') {
      options.checkServerIdentity = () => undefined;
    }
    return options;
  }
}

async function readPem(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new JetonError('file-unreadable', { path }, { cause });
  }
}
