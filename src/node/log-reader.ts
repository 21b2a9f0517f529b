import { statSync } from 'node:fs';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { JetonError } from '../core/errors.ts';
import { systemTimer } from './clock.ts';
import { KEPT_LOGS, LOG_KINDS, logFile, type LogKind } from './logger.ts';
import { errnoOf } from './paths.ts';

/** How long a line may wait before a follower sees it, milliseconds. */
const POLL_MS = 250;

/** The last `count` lines of all log files together, oldest first. Throws `file-unreadable`. */
export async function readLastLines(home: string, count: number): Promise<readonly string[]> {
  const perKind = await Promise.all(LOG_KINDS.map((kind) => lastLinesOf(home, kind, count)));
  return byTime(perKind.flat()).slice(-count);
}

/**
 * Hands over every line written from now on, until `signal` aborts; a rotation loses none.
 * Throws `file-unreadable`.
 */
export async function follow(
  home: string,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const followers = LOG_KINDS.map((kind) => new Follower(home, kind));
  while (!signal.aborted) {
    await systemTimer.sleep(POLL_MS, signal);
    const lines = await Promise.all(followers.map((follower) => follower.newLines()));
    byTime(lines.flat()).forEach(onLine);
  }
}

/** A line begins with its time in ISO 8601, UTC, which sorts as text; the sort is stable. */
function byTime(lines: string[]): string[] {
  return lines.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
}

function timeOf(line: string): string {
  return line.slice(0, '2026-01-31T08:00:00.000Z'.length);
}

async function lastLinesOf(home: string, kind: LogKind, count: number): Promise<string[]> {
  let lines: string[] = [];
  for (let age = 0; age <= KEPT_LOGS && lines.length < count; age++) {
    const text = await unlessAbsent(logFile(home, kind, age), (path) => readFile(path, 'utf8'));
    lines = splitLines(text ?? '').concat(lines);
  }
  return lines.slice(-count);
}

interface OpenFile {
  readonly handle: FileHandle;
  /** What stays the same when a file is renamed. */
  readonly inode: bigint;
  readonly size: number;
}

/**
 * Remembers how far one kind's log was read, by inode and byte, since a rotation only renames. Begins at the
 * end of what is there when it is made.
 */
class Follower {
  readonly #home: string;
  readonly #kind: LogKind;
  #inode: bigint | undefined;
  #offset = 0;

  constructor(home: string, kind: LogKind) {
    this.#home = home;
    this.#kind = kind;
    const current = statSync(logFile(home, kind), { bigint: true, throwIfNoEntry: false });
    this.#inode = current?.ino;
    this.#offset = Number(current?.size ?? 0);
  }

  async newLines(): Promise<string[]> {
    const files = await this.#openUnread();
    try {
      const lines: string[] = [];
      for (const file of files.toReversed()) {
        const resumed = file.inode === this.#inode && file.size >= this.#offset;
        const from = resumed ? this.#offset : 0;
        const bytes = await readFrom(file, from);
        // Half a line stays unread until its end is there.
        const end = bytes.lastIndexOf('\n') + 1;
        lines.push(...splitLines(bytes.toString('utf8', 0, end)));
        this.#inode = file.inode;
        this.#offset = from + end;
      }
      return lines;
    } finally {
      await closeAll(files);
    }
  }

  /**
   * Newest first, down to the one read last. In this order a rotation that comes in between shows a file
   * twice, which is noticed, where the other order would hide one.
   */
  async #openUnread(): Promise<OpenFile[]> {
    const files: OpenFile[] = [];
    for (let age = 0; age <= KEPT_LOGS; age++) {
      const handle = await unlessAbsent(logFile(this.#home, this.#kind, age), (path) => open(path));
      if (handle === undefined) continue;
      const { ino, size } = await handle.stat({ bigint: true });
      if (files.some((file) => file.inode === ino)) await handle.close();
      else files.push({ handle, inode: ino, size: Number(size) });
      if (ino === this.#inode) break;
    }
    return files;
  }
}

async function readFrom({ handle, size }: OpenFile, from: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
  return buffer.subarray(0, bytesRead);
}

async function closeAll(files: readonly OpenFile[]): Promise<void> {
  await Promise.all(files.map(({ handle }) => handle.close()));
}

function splitLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}

async function unlessAbsent<T>(path: string, read: (path: string) => Promise<T>): Promise<T | undefined> {
  try {
    return await read(path);
  } catch (error) {
    const reason = errnoOf(error);
    if (reason === 'ENOENT') return undefined;
    throw new JetonError('file-unreadable', { path, reason }, { cause: error });
  }
}
