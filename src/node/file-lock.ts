import { closeSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { JetonError } from '../core/errors.ts';
import type { Timer } from '../core/ports.ts';
import { errnoOf } from './paths.ts';
import { isAlive, temporaryBeside, unwritable } from './replace-file.ts';

const POLL_MS = 25;
/** A merge is over within 6 s; a holder of whom nothing else is known has died after 15. */
const PATIENCE_POLLS = 600;
/** Between creating the lock and writing a name into it are microseconds. */
const NAMELESS_PATIENCE_POLLS = 40;
const MOST_POLLS = 1200;

/**
 * Keeps every other Jeton, with whatever home and on whatever machine, from writing `path` until the answer is
 * called: `<path>.jeton-lock` exists meanwhile, with `HOST PID NONCE` in it. A file, because that works over a
 * network share and for `set -C` in a shell at the other end of ssh too. The lock of a process that died is taken
 * over: at once on its own machine, after 15 s from another.
 *
 * @throws JetonError `env-file-unwritable`, `env-file-busy`.
 */
export async function lockFile(path: string, timer: Timer): Promise<() => void> {
  const lock = `${path}.jeton-lock`;
  const own = `${hostname()} ${process.pid} ${randomUUID()}`;
  let holder: string | undefined;
  let patience = 0;
  for (let polls = 0; polls < MOST_POLLS; polls += 1) {
    if (isTaken(lock, own)) return () => release(lock, own);
    const seen = holderOf(lock);
    patience = seen === holder ? patience - 1 : seen === '' ? NAMELESS_PATIENCE_POLLS : PATIENCE_POLLS;
    holder = seen;
    if (holder !== undefined && (isDead(holder) || patience === 0)) takeAway(lock, holder, path);
    else await timer.sleep(POLL_MS);
  }
  throw new JetonError('env-file-busy', { path });
}

function isTaken(lock: string, own: string): boolean {
  let file: number | undefined;
  try {
    file = openSync(lock, 'wx', 0o600);
    writeSync(file, own);
    return true;
  } catch (cause) {
    if (file !== undefined) rmSync(lock, { force: true });
    else if (errnoOf(cause) === 'EEXIST' || isBeingRemoved(cause)) return false;
    throw unwritable(dirname(lock), cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** On Windows the name of a removed file stays taken while somebody has it open. */
function isBeingRemoved(cause: unknown): boolean {
  return process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(errnoOf(cause));
}

function holderOf(lock: string): string | undefined {
  try {
    return readFileSync(lock, 'utf8');
  } catch {
    return undefined;
  }
}

/** `holder`: what the lock says. When in doubt it lives. */
export function isDead(holder: string): boolean {
  const [host, pid] = holder.split(' ');
  return host === hostname() && /^[1-9]\d*$/.test(pid ?? '') && !isAlive(Number(pid));
}

/** Two may come to the same end at once: who moved something else than the dead one's lock puts it back. */
function takeAway(lock: string, holder: string, path: string): void {
  const aside = temporaryBeside(path);
  try {
    renameSync(lock, aside);
    if (holderOf(aside) !== holder) linkSync(aside, lock);
  } catch {
    // It is gone, or somebody else has it by now: the next look tells.
  } finally {
    rmSync(aside, { force: true });
  }
}

function release(lock: string, own: string): void {
  if (holderOf(lock) === own) rmSync(lock, { force: true });
}
