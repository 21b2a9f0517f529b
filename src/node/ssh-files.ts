/** The bot's files on a machine reached by ssh: what is decided is decided here, what is done is done there. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { posix } from 'node:path';
import { JetonError } from '../core/errors.ts';
import { type EnvFileAccess, mergeEnvFile } from '../core/export/env-merge.ts';
import type { EnvFile, EnvFileProblem, EnvFileState, SessionFile, Timer } from '../core/ports.ts';
import { scrub } from '../core/scrub.ts';
import { decodeEnv, describeEnv } from './env-text.ts';
import { isDead } from './file-lock.ts';
import { temporaryBeside } from './replace-file.ts';
import { renderSession } from './session-json.ts';
import type { Shell, Ssh } from './ssh.ts';
import { LOCK, LOOK, PROBE, REPLACE, UNLOCK } from './ssh-scripts.ts';

export interface RemoteFilePorts {
  readonly ssh: Ssh;
  /** Absolute, on the other machine. */
  readonly path: string;
  readonly timer: Timer;
}

const LOCK_POLL_MS = 250;
/** As for a lock on this machine: 15 s for a holder of whom nothing else is known, 1 s for one without a name. */
const LOCK_PATIENCE_POLLS = 60;
const NAMELESS_PATIENCE_POLLS = 4;
/** 18 s: before the limit of all that is done in one go. */
const MOST_LOCK_POLLS = 72;
const MOST_SESSION_ATTEMPTS = 5;

/** A `.env` file on another machine. Also throws as {@link Ssh} does. */
export function createRemoteEnvFile({ ssh, path, timer }: RemoteFilePorts): EnvFile {
  return {
    inspect: (settings = []) => ssh.within((shell) => inspect(shell, path, settings)),
    merge: (values, options = {}) =>
      ssh.within(async (shell) => {
        const file = accessTo(shell, await look(shell, path), timer);
        const revealed = new Map([...values].map(([key, secret]) => [key, secret.reveal()]));
        return mergeEnvFile(file, revealed, options, timer);
      }),
  };
}

/** `session.json` on another machine: readable for its owner only, replaced as a whole. */
export function createRemoteSessionFile({ ssh, path, timer }: RemoteFilePorts): SessionFile {
  return {
    write: (cookies, takenAt) =>
      ssh.within(async (shell) => {
        const { path: real } = await look(shell, path);
        const content = Buffer.from(renderSession(cookies, takenAt));
        const { own, unlock } = await lock(shell, real, timer);
        try {
          for (let attempt = 0; attempt < MOST_SESSION_ATTEMPTS; attempt += 1) {
            const { bytes: before } = await look(shell, real);
            const how = await replace(shell, real, own, { content, before, mode: '600' });
            if (how !== 'changed') return;
          }
          throw new JetonError('env-file-busy', { path: real });
        } finally {
          await unlock();
        }
      }),
  };
}

function accessTo(shell: Shell, first: Sight, timer: Timer): EnvFileAccess {
  const { path } = first;
  const backup = `${path}.bak`;
  // The look that found the file is the first reading of it.
  let seen: Sight | undefined = first;
  let own = '';
  return {
    path,
    backupPath: backup,
    async read() {
      const sight = seen ?? (await look(shell, path));
      seen = undefined;
      return decodeEnv(path, sight.bytes);
    },
    async readBackup() {
      try {
        return decodeEnv(backup, (await look(shell, backup)).bytes);
      } catch (cause) {
        if (cause instanceof JetonError && cause.code === 'env-file-unreadable') return undefined;
        throw cause;
      }
    },
    async lock() {
      const taken = await lock(shell, path, timer);
      own = taken.own;
      return taken.unlock;
    },
    replace: (text, expected) =>
      replace(shell, path, own, {
        content: Buffer.from(text),
        before: expected === undefined ? undefined : Buffer.from(expected),
        backup,
      }),
  };
}

async function inspect(shell: Shell, path: string, wanted: readonly string[]): Promise<EnvFileState> {
  try {
    const { path: real, bytes, stat } = await look(shell, path);
    const [, why = '', whyFolder = ''] = (await answerOf(shell, PROBE, [real])).lines;
    const folder = obstacle(posix.dirname(real), whyFolder);
    if (bytes === undefined || stat === undefined) return { kind: 'absent', path: real, obstacle: folder };
    return {
      kind: 'present',
      path: real,
      ...stat,
      ...describeEnv(decodeEnv(real, bytes) ?? '', wanted),
      obstacle: obstacle(real, why) ?? folder,
    };
  } catch (cause) {
    if (!(cause instanceof JetonError) || cause.code !== 'env-file-unreadable') throw cause;
    const { path: where = path, reason = '' } = cause.details;
    return {
      kind: 'unusable',
      path,
      problem: { code: cause.code, path: String(where), reason: String(reason) },
    };
  }
}

function obstacle(path: string, words: string): EnvFileProblem | undefined {
  return words === '' ? undefined : { code: 'env-file-unwritable', path, reason: reasonIn(words) };
}

/** A file as it was at one moment; without bytes, as it was not there. */
interface Sight {
  /** With links followed. */
  readonly path: string;
  readonly bytes: Buffer | undefined;
  readonly stat: { readonly mode: number; readonly uid: number; readonly gid: number } | undefined;
}

/** Throws `env-file-unreadable`. */
async function look(shell: Shell, path: string): Promise<Sight> {
  const { lines, rest, stderr, exitCode } = await answerOf(shell, LOOK, [path]);
  const [word, where = path, more = ''] = lines;
  const unreadable = (at: string, reason: string): JetonError =>
    new JetonError('env-file-unreadable', { path: at, reason });
  if (exitCode !== 0) throw unreadable(where, reasonIn(stderr));
  const real = posix.normalize(where);
  switch (word) {
    case 'present': {
      const [mode = '', uid, gid] = more.split(' ');
      return { path: real, bytes: rest, stat: { mode: modeOf(mode), uid: Number(uid), gid: Number(gid) } };
    }
    case 'absent':
      return { path: real, bytes: undefined, stat: undefined };
    case 'no-folder':
      if (reasonIn(stderr) !== 'ENOENT') throw unreadable(path, reasonIn(stderr));
      throw more === '0' ? unreadable(real, 'folder-missing') : unreadable(path, 'dangling-link');
    default:
      throw unreadable(real, more === '' ? reasonIn(stderr) : more);
  }
}

interface Replacement {
  readonly content: Buffer;
  readonly before: Buffer | undefined;
  readonly backup?: string;
  readonly mode?: string;
}

/** Throws `env-file-unwritable`; the file is as it was then. */
async function replace(
  shell: Shell,
  path: string,
  own: string,
  { content, before, backup = '-', mode = before === undefined ? '600' : '-' }: Replacement,
): Promise<'replaced' | 'in-place' | 'changed'> {
  const padding = Buffer.alloc(Math.max(0, (before?.length ?? 0) - content.length), '\n');
  const { lines, stderr } = await answerOf(
    shell,
    REPLACE,
    [
      path,
      own,
      String(before?.length ?? '-'),
      String(content.length),
      String(content.length + padding.length),
      mode,
      backup,
      temporaryBeside(path),
      temporaryBeside(path),
      temporaryBeside(path),
    ],
    Buffer.concat([content, padding, before ?? Buffer.alloc(0)]),
  );
  const [word, where = path, reason = ''] = lines;
  if (word === 'replaced' || word === 'in-place' || word === 'changed') return word;
  throw new JetonError('env-file-unwritable', {
    path: where,
    reason: reason === '' ? reasonIn(stderr) : reason,
  });
}

/**
 * The lock of file-lock.ts, on the other machine's disk: its Jeton, if it has one, and every other that comes by
 * ssh, keep out. Throws `env-file-unwritable`, `env-file-busy`.
 */
async function lock(
  shell: Shell,
  path: string,
  timer: Timer,
): Promise<{ readonly own: string; readonly unlock: () => Promise<void> }> {
  const own = `${hostname()} ${process.pid} ${randomUUID()}`;
  let holder: string | undefined;
  let patience = 0;
  let takeAway: readonly string[] = [];
  for (let polls = 0; polls < MOST_LOCK_POLLS; polls += 1) {
    const { lines, stderr } = await answerOf(shell, LOCK, [path, own, ...takeAway]);
    const [word, where = path, seen = ''] = lines;
    if (word === 'taken') return { own, unlock: () => unlock(shell, path, own) };
    // It went away while we looked.
    if (word !== 'held' && !/exists|existing file/.test(stderr)) {
      throw new JetonError('env-file-unwritable', { path: where, reason: reasonIn(stderr) });
    }
    patience = seen === holder ? patience - 1 : seen === '' ? NAMELESS_PATIENCE_POLLS : LOCK_PATIENCE_POLLS;
    holder = seen;
    takeAway = isDead(seen) || patience === 0 ? [seen, temporaryBeside(path)] : [];
    if (takeAway.length === 0) await timer.sleep(LOCK_POLL_MS);
  }
  throw new JetonError('env-file-busy', { path });
}

/** A lock that stays is taken over by whoever comes next; that its machine is out of reach has been said by then. */
async function unlock(shell: Shell, path: string, own: string): Promise<void> {
  await shell.tidyUp(UNLOCK, [path, own]).catch((cause: unknown) => {
    if (!(cause instanceof JetonError)) throw cause;
  });
}

interface Answer {
  readonly lines: readonly string[];
  /** Behind the three lines. */
  readonly rest: Buffer;
  readonly stderr: string;
  readonly exitCode: number;
}

async function answerOf(
  shell: Shell,
  script: string,
  args: readonly string[],
  input?: Buffer,
): Promise<Answer> {
  const { stdout, stderr, exitCode } = await shell.script(script, args, input);
  const lines: string[] = [];
  let rest = stdout;
  while (lines.length < 3 && rest.includes('\n')) {
    const end = rest.indexOf('\n');
    lines.push(rest.subarray(0, end).toString());
    rest = rest.subarray(end + 1);
  }
  return { lines, rest, stderr, exitCode };
}

/** The permissions that `ls -l` shows (`-rw-r-----`), as a number. */
function modeOf(letters: string): number {
  let mode = 0;
  for (let index = 0; index < 9; index += 1) {
    const letter = letters[index + 1] ?? '-';
    if (/[^-ST]/.test(letter)) mode |= 0o400 >> index;
    if (/[sStT]/.test(letter)) mode |= 0o4000 >> Math.floor(index / 3);
  }
  return mode;
}

/** What strerror says in the C locale, in glibc, musl and busybox; shells have words of their own for the last. */
const ERRNO_WORDS: readonly (readonly [words: RegExp, errno: string])[] = [
  [/permission denied/i, 'EACCES'],
  [/operation not permitted/i, 'EPERM'],
  [/read-only file system/i, 'EROFS'],
  [/no space left/i, 'ENOSPC'],
  [/quota exceeded/i, 'EDQUOT'],
  [/input\/output error|I\/O error/i, 'EIO'],
  [/too many (?:levels of )?symbolic links|symbolic link loop/i, 'ELOOP'],
  [/not a directory/i, 'ENOTDIR'],
  [/is a directory/i, 'EISDIR'],
  [/file ?name too long/i, 'ENAMETOOLONG'],
  [/busy/i, 'EBUSY'],
  [/no such file or directory|directory nonexistent|nonexistent directory/i, 'ENOENT'],
];

function reasonIn(words: string): string {
  const known = ERRNO_WORDS.find(([pattern]) => pattern.test(words))?.[1];
  return known ?? scrub(words.trim().split('\n').at(-1) ?? '');
}
