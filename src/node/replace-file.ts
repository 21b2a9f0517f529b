/**
 * Replaces a small file that holds secrets so that whoever reads it, whatever happens, finds the old content or
 * the new one. Why no package: write-file-atomic and atomically truncate silently on a full disk; steno and
 * fast-write-atomic make a 0600 file readable for all and put a file in the place of a link.
 *
 * Only what waits for the disk is handed to another thread: the rest are microseconds, and forty hand-overs cost a
 * busy machine more than the syncs do.
 */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsync,
  ftruncateSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { JetonError } from '../core/errors.ts';
import type { EnvFileProblem } from '../core/ports.ts';
import { errnoOf } from './paths.ts';

/** No `.env` is longer; whoever names a log file by mistake is told so. */
const MAX_BYTES = 2 ** 20;
const ORPHANED_AFTER_MS = 60_000;

/** A file as it was at one moment. */
export interface FileImage {
  readonly bytes: Buffer;
  readonly stat: Stats;
}

/**
 * Where the file really is, links followed. It may be absent, its folder may not.
 *
 * @throws JetonError `env-file-unreadable`.
 */
export function locateFile(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw unreadable(path, cause);
    if (isLink(path)) throw unreadable(path, cause, 'dangling-link');
  }
  const folder = dirname(resolve(path));
  try {
    return join(realpathSync.native(folder), basename(path));
  } catch (cause) {
    throw unreadable(folder, cause, errnoOf(cause) === 'ENOENT' ? 'folder-missing' : undefined);
  }
}

/** Even a link to nowhere. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/**
 * The file as it is; `undefined` where there is none.
 *
 * @throws JetonError `env-file-unreadable`.
 */
export function readImage(path: string): FileImage | undefined {
  let file: number | undefined;
  try {
    // Without O_NONBLOCK a named pipe would hold us here until somebody writes to it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = fstatSync(file);
    if (found.isDirectory()) throw unreadable(path, undefined, 'EISDIR');
    if (!found.isFile()) throw unreadable(path, undefined, 'not-a-file');
    if (found.size > MAX_BYTES) throw unreadable(path, undefined, 'too-large');
    return { bytes: readFileSync(file), stat: found };
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw unreadable(path, cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

export interface Replacement {
  readonly content: Buffer;
  /** What it takes the place of; where the file is something else by now, nothing is done. */
  readonly before: FileImage | undefined;
  /** Where the previous content is kept, for its owner only. */
  readonly backup?: string;
  /** Permission bits; by default those of the file without anything for others, or 0600 for a new one. */
  readonly mode?: number;
}

/**
 * Puts `content` at `path` (as {@link locateFile} gave it) with the owner of the file that was there; on disk when
 * it returns. A file that cannot be replaced (it is a mount of its own, or has an owner that we cannot give to
 * another file) is overwritten: `in-place`.
 *
 * @throws JetonError `env-file-unwritable`, `env-file-unreadable`; the file is as it was then.
 */
export async function replaceFile(
  path: string,
  { content, before, backup, mode = (before?.stat.mode ?? 0o600) & 0o770 }: Replacement,
): Promise<'replaced' | 'in-place' | 'changed'> {
  const temporary = temporaryBeside(path);
  const temporaryBackup = temporaryBeside(path);
  try {
    if (before !== undefined) probeWriting(path);
    // At once, because each waits for the disk.
    const [written, kept] = await Promise.allSettled([
      writeNew(temporary, content, mode, before?.stat),
      backup !== undefined && before !== undefined
        ? writeNew(temporaryBackup, before.bytes, 0o600, before.stat)
        : undefined,
    ]);
    if (written.status === 'rejected') throw written.reason;
    if (kept.status === 'rejected') throw kept.reason;
    if (backup !== undefined && kept.value !== undefined) await renameOver(temporaryBackup, backup);

    if (!isSame(readImage(path), before)) return 'changed';
    const isReplaced = written.value === 'owned' && (await moveOver(temporary, path));
    const how = isReplaced ? 'replaced' : await overwrite(path, content, before?.bytes, mode);
    await syncFolder(dirname(path));
    return how;
  } catch (cause) {
    // Taken away under our hands, the file or what we put beside it.
    if (errnoOf(cause) === 'ENOENT') return 'changed';
    throw unwritable(path, cause);
  } finally {
    for (const name of [temporary, temporaryBackup]) rmSync(name, { force: true });
  }
}

/** Removes what a Jeton that was killed left beside `path`. What cannot be removed stays. */
export function sweepOrphans(path: string): void {
  const folder = dirname(path);
  for (const name of namesIn(folder)) {
    const pid = pidOfTemporary(name, basename(path));
    if (pid !== undefined) removeOrphan(join(folder, name), pid);
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function removeOrphan(path: string, pid: number): void {
  try {
    const isOld = Date.now() - statSync(path).mtimeMs > ORPHANED_AFTER_MS;
    if (isOld || !isAlive(pid)) rmSync(path, { force: true });
  } catch {
    // Gone, or not ours to remove.
  }
}

/** A name that {@link sweepOrphans} knows again. */
export function temporaryBeside(path: string): string {
  return `${path}.jeton-${process.pid}-${randomBytes(6).toString('hex')}.tmp`;
}

function pidOfTemporary(name: string, base: string): number | undefined {
  const [, pid] = name.startsWith(base)
    ? (/^\.jeton-([1-9]\d*)-[0-9a-f]{12}\.tmp$/.exec(name.slice(base.length)) ?? [])
    : [];
  return pid === undefined ? undefined : Number(pid);
}

/** When in doubt the process lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'ESRCH';
  }
}

/** Writes a new file, to disk. `not-owned`: the owner of the old one could not be given to it. */
async function writeNew(
  path: string,
  bytes: Buffer,
  mode: number,
  owner: Stats | undefined,
): Promise<'owned' | 'not-owned'> {
  const file = createNew(path);
  try {
    writeFileSync(file, bytes);
    const ownership = give(file, owner);
    fchmodSync(file, mode);
    await sync(file);
    if (fstatSync(file).size !== bytes.length) throw unwritable(path, undefined, 'short-write');
    return ownership;
  } finally {
    closeSync(file);
  }
}

function createNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    throw unwritable(dirname(path), cause);
  }
}

/** To disk; on macOS libuv does so beyond the drive's cache. */
function sync(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fsync(file, (error) => (error === null ? resolve() : reject(error)));
  });
}

function give(file: number, owner: Stats | undefined): 'owned' | 'not-owned' {
  if (owner === undefined || process.platform === 'win32') return 'owned';
  const { uid, gid } = fstatSync(file);
  if (uid === owner.uid && gid === owner.gid) return 'owned';
  try {
    fchownSync(file, owner.uid, owner.gid);
    return 'owned';
  } catch (cause) {
    if (errnoOf(cause) === 'EPERM') return 'not-owned';
    throw cause;
  }
}

/** False where a file is in the way that can be written but not replaced: it is mounted by itself. */
async function moveOver(from: string, to: string): Promise<boolean> {
  try {
    await renameOver(from, to);
    return true;
  } catch (cause) {
    if (process.platform !== 'win32' && ['EBUSY', 'EXDEV'].includes(errnoOf(cause))) return false;
    throw cause;
  }
}

/** On Windows a virus scanner, an indexer or a reader may hold the file for a moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let waitMs = 10; ; waitMs *= 2) {
    try {
      return renameSync(from, to);
    } catch (cause) {
      const passes = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(errnoOf(cause));
      if (!passes || waitMs > 1000) throw cause;
      await setTimeout(waitMs);
    }
  }
}

/** Whether we may, by the only call that knows; changes nothing. */
export function probeWriting(path: string): void {
  closeSync(openSync(path, 'r+'));
}

async function overwrite(
  path: string,
  content: Buffer,
  before: Buffer | undefined,
  mode: number,
): Promise<'in-place' | 'changed'> {
  const file = openSync(path, 'r+');
  try {
    if (before === undefined || !readFileSync(file).equals(before)) return 'changed';
    try {
      await fill(file, content, before.length);
    } catch (cause) {
      await fill(file, before, before.length);
      throw cause;
    }
    giveMode(file, mode);
    return 'in-place';
  } finally {
    closeSync(file);
  }
}

function giveMode(file: number, mode: number): void {
  try {
    fchmodSync(file, mode);
  } catch {
    // Not ours to change where the file is another's.
  }
}

/** In one write, padded with line breaks: killed before the end is cut off, the file has blank lines more. */
async function fill(file: number, content: Buffer, oldLength: number): Promise<void> {
  const padding = Buffer.alloc(Math.max(0, oldLength - content.length), '\n');
  const padded = Buffer.concat([content, padding]);
  for (let done = 0; done < padded.length;) {
    done += writeSync(file, padded, done, padded.length - done, done);
  }
  ftruncateSync(file, content.length);
  await sync(file);
}

/** So that the new name is on disk as well, as far as the file system can do that; Windows has no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  let folder: number | undefined;
  try {
    folder = openSync(path, 'r');
    await sync(folder);
  } catch {
    // As far as the file system can.
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
}

function isSame(one: FileImage | undefined, other: FileImage | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.bytes.equals(other.bytes);
}

/** What the person is told; an error that is none of the file system's is a bug, and passes as it is. */
export function unreadable(path: string, cause: unknown, reason = errnoOf(cause)): unknown {
  return situation('env-file-unreadable', path, cause, reason);
}

export function unwritable(path: string, cause: unknown, reason = errnoOf(cause)): unknown {
  return situation('env-file-unwritable', path, cause, reason);
}

function situation(code: EnvFileProblem['code'], path: string, cause: unknown, reason: string): unknown {
  if (cause instanceof JetonError || reason === 'unknown') return cause;
  return new JetonError(code, { path, reason }, { cause });
}
