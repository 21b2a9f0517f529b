import { open, type FileHandle } from 'node:fs/promises';
import { JetonError } from '../core/errors.ts';
import { systemTimer } from './clock.ts';
import { KEPT_LOGS, LOG_KINDS, logFile, type LogKind } from './logger.ts';
import { errnoOf } from './paths.ts';

/** How long a line may wait before a follower sees it, milliseconds. */
const POLL_MS = 250;

/** The last `count` lines of all log files together, oldest first. Throws `file-unreadable`. */
export function readLastLines(home: string, count: number): Promise<readonly string[]> {
  return lastLinesOf(readersOf(home), count);
}

/**
 * Hands over the last `count` lines, and then every line that is written after them, until `signal` aborts; neither
 * a rotation nor the step from the ones to the others loses any. Throws `file-unreadable`.
 */
export async function follow(
  home: string,
  count: number,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { lines, goOn } = await readToFollow(home, count);
  lines.forEach(onLine);
  await goOn(onLine, signal);
}

/** As {@link follow}, in two steps: `goOn` hands over what is written after `lines`, and nothing besides. */
export async function readToFollow(
  home: string,
  count: number,
): Promise<{
  readonly lines: readonly string[];
  readonly goOn: (onLine: (line: string) => void, signal: AbortSignal) => Promise<void>;
}> {
  const readers = readersOf(home);
  return {
    lines: await lastLinesOf(readers, count),
    async goOn(onLine, signal) {
      while (!signal.aborted) {
        await systemTimer.sleep(POLL_MS, signal);
        const lines = await Promise.all(readers.map((reader) => reader.newLines()));
        byTime(lines.flat()).forEach(onLine);
      }
    },
  };
}

function readersOf(home: string): readonly LogFileReader[] {
  return LOG_KINDS.map((kind) => new LogFileReader(home, kind));
}

async function lastLinesOf(readers: readonly LogFileReader[], count: number): Promise<readonly string[]> {
  const perKind = await Promise.all(readers.map((reader) => reader.lastLines(count)));
  const lines = byTime(perKind.flat());
  return lines.slice(Math.max(0, lines.length - count));
}

/** A line begins with its time in ISO 8601, UTC, which sorts as text; the sort is stable. */
function byTime(lines: string[]): string[] {
  return lines.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : 0));
}

function timeOf(line: string): string {
  return line.slice(0, '2026-01-31T08:00:00.000Z'.length);
}

interface OpenFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** What stays the same when a file is renamed. */
  readonly inode: bigint;
  readonly size: number;
}

/**
 * One kind's log. Remembers how far it was read, by inode and byte, since a rotation only renames; at first, nothing
 * was.
 */
class LogFileReader {
  readonly #home: string;
  readonly #kind: LogKind;
  #inode: bigint | undefined;
  #offset = 0;

  constructor(home: string, kind: LogKind) {
    this.#home = home;
    this.#kind = kind;
  }

  /** At least the last `count` lines, if there are so many; all that is there counts as read. */
  async lastLines(count: number): Promise<string[]> {
    const files = await this.#openUnread();
    try {
      let lines: string[] = [];
      for (const [index, file] of files.entries()) {
        if (index > 0 && lines.length >= count) break;
        const { text, end } = await readWholeLines(file, 0);
        lines = splitLines(text).concat(lines);
        if (index > 0) continue;
        this.#inode = file.inode;
        this.#offset = end;
      }
      return lines;
    } finally {
      await closeAll(files);
    }
  }

  async newLines(): Promise<string[]> {
    const files = await this.#openUnread();
    try {
      const lines: string[] = [];
      for (const file of files.toReversed()) {
        const resumed = file.inode === this.#inode && file.size >= this.#offset;
        const { text, end } = await readWholeLines(file, resumed ? this.#offset : 0);
        lines.push(...splitLines(text));
        this.#inode = file.inode;
        this.#offset = end;
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
      const path = logFile(this.#home, this.#kind, age);
      const handle = await reading(path, () => open(path)).catch(unlessAbsent);
      if (handle === undefined) continue;
      const { ino, size } = await handle.stat({ bigint: true });
      if (files.some((file) => file.inode === ino)) await handle.close();
      else files.push({ path, handle, inode: ino, size: Number(size) });
      if (ino === this.#inode) break;
    }
    return files;
  }
}

/** What is there from a byte on, but for half a line, whose end is yet to come. `end`: the byte after it. */
async function readWholeLines({ path, handle, size }: OpenFile, from: number) {
  const { buffer, bytesRead } = await reading(path, () =>
    handle.read(Buffer.alloc(size - from), 0, size - from, from),
  );
  const length = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1;
  return { text: buffer.toString('utf8', 0, length), end: from + length };
}

async function closeAll(files: readonly OpenFile[]): Promise<void> {
  await Promise.all(files.map(({ handle }) => handle.close()));
}

function splitLines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw new JetonError('file-unreadable', { path, reason: errnoOf(error) }, { cause: error });
  }
}

function unlessAbsent(error: unknown): undefined {
  if (error instanceof JetonError && error.details['reason'] === 'ENOENT') return undefined;
  throw error;
}
