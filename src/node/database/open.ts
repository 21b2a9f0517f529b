import { randomUUID } from 'node:crypto';
import { chmodSync, closeSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { makeFolder } from '../paths.ts';
import { migrate, MIGRATIONS } from './migrations.ts';
import { corruptStore, situationOf, Store } from './store.ts';

const BUSY_TIMEOUT_MS = 10_000;
/** SQLite keeps its log and its index beside the file; they hold pages of it. */
export const COMPANIONS = ['', '-wal', '-shm'] as const;

export function storeFile(home: string): string {
  return join(home, 'jeton.db');
}

/**
 * Opens jeton.db in `home`, making both where they are not there yet, readable by their owner only. Any number
 * of processes may do so at once.
 *
 * @throws JetonError `store-newer`, `store-corrupt` (with the newest backup; nothing is changed), `store-busy`,
 *   `home-unusable`.
 */
export function openStore(home: string, migrations: readonly string[] = MIGRATIONS): Store {
  const file = storeFile(home);
  try {
    makeFolder(home);
    if (!exists(file)) createStore(file, migrations);
    // SQLite would take an emptied file for a new database.
    if (statSync(file).size === 0) throw corruptStore(file);
    for (const suffix of COMPANIONS) closeToOthers(file + suffix);
    return new Store(connect(file, migrations));
  } catch (error) {
    throw situationOf(error, file);
  }
}

/** What {@link openStore} would make, in memory only: nothing of it is ever on a disk. */
export function openEmptyStore(): Store {
  return new Store(connect(':memory:', MIGRATIONS));
}

/**
 * A new database is made complete under another name and then linked into its place, so that nobody ever
 * opens a half-made one, and of several processes that start at once one wins and the others use its file.
 */
function createStore(file: string, migrations: readonly string[]): void {
  const draft = `${file}.${randomUUID()}.new`;
  try {
    closeSync(openSync(draft, 'wx', 0o600));
    connect(draft, migrations).close();
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Every pragma here is the connection's own and is lost with it, but for the journal mode. */
function connect(file: string, migrations: readonly string[]): Database.Database {
  const db = new Database(file, { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  try {
    db.pragma('journal_mode = WAL');
    // A connection that finds a WAL database runs NORMAL, which does not sync on commit.
    db.pragma('synchronous = FULL');
    // macOS: fsync() leaves the data in the drive's cache (fcntl(2), F_FULLFSYNC). Ignored elsewhere.
    db.pragma('fullfsync = ON');
    db.pragma('checkpoint_fullfsync = ON');
    db.pragma('secure_delete = ON');
    db.pragma('foreign_keys = ON');
    migrate(db, migrations);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

export function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function closeToOthers(path: string): void {
  const mode = statSync(path, { throwIfNoEntry: false })?.mode ?? 0;
  if ((mode & 0o077) !== 0 && process.platform !== 'win32') chmodSync(path, 0o600);
}
