/**
 * Replaces a small file that holds secrets so that whoever reads it, whatever happens, finds the old content or
 * the new one. Why no package: write-file-atomic and atomically truncate silently on a full disk; steno and
 * fast-write-atomic make a 0600 file readable for all and put a file in the place of a link.
 */
import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
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
export async function locateFile(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw unreadable(path, cause);
    const isLink = await lstat(path).then(
      () => true,
      () => false,
    );
    if (isLink) throw unreadable(path, cause, 'dangling-link');
  }
  const folder = dirname(resolve(path));
  try {
    return join(await realpath(folder), basename(path));
  } catch (cause) {
    throw unreadable(folder, cause, errnoOf(cause) === 'ENOENT' ? 'folder-missing' : undefined);
  }
}

/**
 * The file as it is; `undefined` where there is none.
 *
 * @throws JetonError `env-file-unreadable`.
 */
export async function readImage(path: string): Promise<FileImage | undefined> {
  let file: FileHandle | undefined;
  try {
    // Without O_NONBLOCK a named pipe would hold us here until somebody writes to it.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = await file.stat();
    if (found.isDirectory()) throw unreadable(path, undefined, 'EISDIR');
    if (!found.isFile()) throw unreadable(path, undefined, 'not-a-file');
    if (found.size > MAX_BYTES) throw unreadable(path, undefined, 'too-large');
    return { bytes: await file.readFile(), stat: found };
  } catch (cause) {
    if (errnoOf(cause) === 'ENOENT') return undefined;
    throw unreadable(path, cause);
  } finally {
    await file?.close();
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
    if (before !== undefined) await probeWriting(path);
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

    if (!isSame(await readImage(path), before)) return 'changed';
    const isReplaced = written.value === 'owned' && (await moveOver(temporary, path));
    const how = isReplaced ? 'replaced' : await overwrite(path, content, before?.bytes, mode);
    await syncFolder(dirname(path));
    return how;
  } catch (cause) {
    // Taken away under our hands, the file or what we put beside it.
    if (errnoOf(cause) === 'ENOENT') return 'changed';
    throw unwritable(path, cause);
  } finally {
    await Promise.all([temporary, temporaryBackup].map((name) => rm(name, { force: true })));
  }
}

/** Removes what a Jeton that was killed left beside `path`. What cannot be removed stays. */
export async function sweepOrphans(path: string): Promise<void> {
  const folder = dirname(path);
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = pidOfTemporary(name, basename(path));
    if (pid === undefined) continue;
    const orphan = join(folder, name);
    const modifiedAt = (await stat(orphan).catch(() => undefined))?.mtimeMs ?? Infinity;
    if (!isAlive(pid) || Date.now() - modifiedAt > ORPHANED_AFTER_MS) {
      await rm(orphan, { force: true }).catch(() => undefined);
    }
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
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    throw unwritable(dirname(path), cause);
  });
  try {
    await file.writeFile(bytes);
    const ownership = await give(file, owner);
    await file.chmod(mode);
    await file.sync();
    if ((await file.stat()).size !== bytes.length) throw unwritable(path, undefined, 'short-write');
    return ownership;
  } finally {
    await file.close();
  }
}

async function give(file: FileHandle, owner: Stats | undefined): Promise<'owned' | 'not-owned'> {
  if (owner === undefined || process.platform === 'win32') return 'owned';
  const { uid, gid } = await file.stat();
  if (uid === owner.uid && gid === owner.gid) return 'owned';
  try {
    await file.chown(owner.uid, owner.gid);
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
      return await rename(from, to);
    } catch (cause) {
      const passes = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(errnoOf(cause));
      if (!passes || waitMs > 1000) throw cause;
      await setTimeout(waitMs);
    }
  }
}

/** Whether we may, by the only call that knows; changes nothing. */
export async function probeWriting(path: string): Promise<void> {
  await (await open(path, 'r+')).close();
}

async function overwrite(
  path: string,
  content: Buffer,
  before: Buffer | undefined,
  mode: number,
): Promise<'in-place' | 'changed'> {
  const file = await open(path, 'r+');
  try {
    if (before === undefined || !(await file.readFile()).equals(before)) return 'changed';
    try {
      await fill(file, content, before.length);
    } catch (cause) {
      await fill(file, before, before.length);
      throw cause;
    }
    // Not ours to change where the file is another's.
    await file.chmod(mode).catch(() => undefined);
    return 'in-place';
  } finally {
    await file.close();
  }
}

/** In one write, padded with line breaks: killed before the end is cut off, the file has blank lines more. */
async function fill(file: FileHandle, content: Buffer, oldLength: number): Promise<void> {
  const padding = Buffer.alloc(Math.max(0, oldLength - content.length), '\n');
  const padded = Buffer.concat([content, padding]);
  for (let done = 0; done < padded.length;) {
    done += (await file.write(padded, done, padded.length - done, done)).bytesWritten;
  }
  await file.truncate(content.length);
  await file.sync();
}

/** So that the new name is on disk as well, as far as the file system can do that; Windows has no such call. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
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
