/**
 * What a person can do about a jeton.db that is damaged or unwanted: look, move it out of the way, put a backup in
 * its place. Nothing is ever deleted, and nothing here opens a database the way Jeton works on it.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import * as z from 'zod/mini';
import { JetonError } from '../../core/errors.ts';
import { backupsOf } from './backups.ts';
import { integrationIdSchema } from '../../core/integration-schema.ts';
import { migrate, MIGRATIONS } from './migrations.ts';
import { COMPANIONS, exists, storeFile } from './open.ts';
import { isAnybodyPresent } from './presence.ts';
import { situationOf } from './store.ts';

const SET_ASIDE = 'set-aside-';

/** `other`: sound, and no jeton.db. `newer`: a later Jeton's. */
export type StoreState = 'absent' | 'sound' | 'damaged' | 'newer' | 'other';

export interface StoreFile {
  readonly file: string;
  readonly state: StoreState;
  /** When it was written last, epoch milliseconds; `undefined` where it is absent. */
  readonly writtenAt: number | undefined;
}

export interface StoreFiles {
  readonly store: StoreFile;
  /** Newest first, as are those set aside. */
  readonly backups: readonly StoreFile[];
  readonly setAside: readonly StoreFile[];
}

/** Changes nothing. @throws JetonError `home-unusable` where a file cannot be read. */
export function storeFilesIn(home: string): StoreFiles {
  const file = storeFile(home);
  return {
    store: storeFileAt(file, inPlace),
    backups: backupsOf(file).map((backup) => storeFileAt(backup, withCopy)),
    setAside: setAsideIn(home).map((aside) => storeFileAt(aside, withCopy)),
  };
}

/**
 * Moves jeton.db out of the way, its companions with it, and answers where it is now. What it held can then be
 * looked into; the next command starts an empty one.
 *
 * @throws JetonError `store-in-use`, `home-unusable`; then all is where it was.
 */
export function setStoreAside(home: string): string {
  requireNobody(home);
  const file = storeFile(home);
  const aside = `${file}.${SET_ASIDE}${new Date().toISOString().replaceAll(':', '')}`;
  const moved: string[] = [];
  try {
    for (const suffix of COMPANIONS.filter((each) => exists(file + each))) {
      renameSync(file + suffix, aside + suffix);
      moved.push(suffix);
    }
  } catch (error) {
    for (const suffix of moved) renameSync(aside + suffix, file + suffix);
    throw situationOf(error, file);
  }
  return aside;
}

/**
 * Puts a copy of `source`, a backup or a database that was set aside, in the place of jeton.db, which is set aside.
 * The copy is complete and was looked through before anything moves. Answers where the former jeton.db is now.
 *
 * @throws JetonError `store-in-use`, `store-backup-unusable` (`path`, `reason`), `home-unusable`; then all is where it
 *   was.
 */
export function restoreStore(home: string, source: string): string | undefined {
  requireNobody(home);
  const file = storeFile(home);
  const draft = `${file}.${randomUUID()}.new`;
  try {
    requireSound(source);
    copyWhole(source, draft);
    const aside = COMPANIONS.some((suffix) => exists(file + suffix)) ? setStoreAside(home) : undefined;
    linkSync(draft, file);
    return aside;
  } catch (error) {
    throw situationOf(error, file);
  } finally {
    for (const suffix of COMPANIONS) rmSync(draft + suffix, { force: true });
  }
}

/** An integration of Jeton's own, as a database has it. */
export interface KeptIntegration {
  readonly id: string;
  readonly name: string;
}

export interface RestoreLoss {
  /** The newest thing that the backup tells of, epoch milliseconds; `undefined` where it tells of nothing. */
  readonly newestAt: number | undefined;
  /**
   * Integrations of the backup whose refresh token Slack has replaced since: it will refuse the backup's. Where
   * jeton.db cannot be read any more it may be any of them.
   */
  readonly replaced: readonly KeptIntegration[];
  /** Integrations that the backup does not have yet. */
  readonly added: readonly KeptIntegration[];
  /** False where nobody can tell, because jeton.db cannot be read. */
  readonly isKnown: boolean;
}

/** What would be lost if `source` took the place of jeton.db. @throws JetonError as {@link restoreStore} does. */
export function lossOf(home: string, source: string): RestoreLoss {
  requireSound(source);
  const before = withCopy(source, rowsIn);
  const now = rowsNow(storeFile(home));
  const chains = new Map(now?.rows.map(({ id, chain }) => [id, chain]));
  const known = new Set(before.rows.map(({ id }) => id));
  return {
    newestAt: before.newestAt,
    replaced: before.rows.filter(
      ({ id, chain }) =>
        chain !== null && (now === undefined || (chains.has(id) && chains.get(id) !== chain)),
    ),
    added: now?.rows.filter(({ id }) => !known.has(id)) ?? [],
    isKnown: now !== undefined,
  };
}

const keptRow = z.object({ id: integrationIdSchema, name: z.string(), chain: z.nullable(z.string()) });

interface Rows {
  readonly rows: readonly z.output<typeof keptRow>[];
  readonly newestAt: number | undefined;
}

function rowsIn(db: Database.Database): Rows {
  const newest = db.prepare('SELECT max(at) FROM activity').pluck().get();
  return {
    rows: z
      .array(keptRow)
      .parse(db.prepare(`SELECT 'local:' || id AS id, name, chain FROM integrations`).all()),
    newestAt: typeof newest === 'number' ? newest : undefined,
  };
}

/** `undefined` where they cannot be read any more. */
function rowsNow(file: string): Rows | undefined {
  try {
    return inPlace(file, rowsIn);
  } catch (error) {
    if (error instanceof Database.SqliteError) return undefined;
    throw situationOf(error, file);
  }
}

function requireNobody(home: string): void {
  if (isAnybodyPresent(home)) throw new JetonError('store-in-use', { file: storeFile(home) });
}

function requireSound(path: string): void {
  const { state } = storeFileAt(path, withCopy);
  if (state !== 'sound') throw new JetonError('store-backup-unusable', { path, reason: `store-${state}` });
}

function setAsideIn(home: string): string[] {
  const start = `${basename(storeFile(home))}.${SET_ASIDE}`;
  return readdirSync(home)
    .filter((name) => name.startsWith(start) && !/-(?:wal|shm)$/.test(name))
    .toSorted()
    .toReversed()
    .map((name) => join(home, name));
}

type Look = <T>(file: string, use: (db: Database.Database) => T) => T;

function storeFileAt(file: string, look: Look): StoreFile {
  const size = statSync(file, { throwIfNoEntry: false })?.size;
  if (size === undefined) return { file, state: 'absent', writtenAt: undefined };
  const written = [file, `${file}-wal`].map(
    (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0,
  );
  // SQLite would take an emptied file for a new database.
  return { file, state: size === 0 ? 'damaged' : stateOf(file, look), writtenAt: Math.max(...written) };
}

function stateOf(file: string, look: Look): StoreState {
  try {
    return look(file, stateIn);
  } catch (error) {
    const situation = situationOf(error, file);
    if (situation instanceof JetonError && situation.code === 'store-corrupt') return 'damaged';
    throw situation;
  }
}

function stateIn(db: Database.Database): StoreState {
  if (db.pragma('integrity_check(1)', { simple: true }) !== 'ok') return 'damaged';
  const version = Number(db.pragma('user_version', { simple: true }));
  const ours =
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('vault', 'integrations', 'activity')";
  if (version === 0 || db.prepare(ours).pluck().get() !== 3) return 'other';
  return version > MIGRATIONS.length ? 'newer' : 'sound';
}

/** As it is, with whoever else works on it; a reader writes nothing back. */
function inPlace<T>(file: string, use: (db: Database.Database) => T): T {
  return withOpen(new Database(file, { readonly: true, fileMustExist: true }), use);
}

/** A reader of a WAL database makes files beside it: those of a backup are none of its business. */
function withCopy<T>(file: string, use: (db: Database.Database) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-store-'));
  try {
    const copy = join(folder, 'copy.db');
    copyDatabase(file, copy);
    return withOpen(new Database(copy, { fileMustExist: true }), use);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withOpen<T>(db: Database.Database, use: (db: Database.Database) => T): T {
  try {
    return use(db);
  } finally {
    db.close();
  }
}

/** The file with the log beside it, where what was written last may still be. */
function copyDatabase(from: string, to: string): void {
  for (const suffix of ['', '-wal'].filter((each) => exists(from + each))) {
    writeFileSync(to + suffix, readFileSync(from + suffix), { flag: 'wx', mode: 0o600 });
  }
}

/** All of `source` in one file, of this Jeton's schema, on disk when it returns. */
function copyWhole(source: string, draft: string): void {
  copyDatabase(source, draft);
  withOpen(new Database(draft, { fileMustExist: true }), (db) => {
    // What it was made from stays. A backup of it would push out an older one.
    migrate(db, MIGRATIONS, () => undefined);
    db.pragma('journal_mode = DELETE');
  });
  const handle = openSync(draft, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
