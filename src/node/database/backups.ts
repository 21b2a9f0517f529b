import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';

const KEPT = 3;

/**
 * Writes what the database holds, as the running transaction sees it, to `backups/` beside it (0600, fsync).
 * The newest three stay.
 */
export function writeBackup(db: Database.Database, version: number): void {
  const folder = folderFor(db.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const taken = new Date().toISOString().replaceAll(':', '');
  const path = join(folder, `jeton-${taken}-v${version}.db`);
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, db.serialize(), { flag: 'wx', mode: 0o600, flush: true });
  renameSync(unfinished, path);
  const others = backupsOf(db.name).filter((other) => other !== path);
  for (const old of others.slice(KEPT - 1)) rmSync(old);
}

/** The backups of the database `file`, newest first. */
export function backupsOf(file: string): readonly string[] {
  const folder = folderFor(file);
  return namesIn(folder)
    .filter((name) => /^jeton-.*\.db$/.test(name))
    .sort()
    .toReversed()
    .map((name) => join(folder, name));
}

function folderFor(file: string): string {
  return join(dirname(file), 'backups');
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
