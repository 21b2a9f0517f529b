import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { situationOf } from './store.ts';

/** Long after every lease of a dead owner has run out. */
const SWEEP_AFTER_MS = 24 * 60 * 60 * 1000;
const SUFFIX = '.lock';

/**
 * Who among the processes of this home is still alive. Each holds a lock on a file of its own, which the
 * kernel drops the moment the process dies, however it dies; whoever finds the lock free knows. SQLite takes
 * the lock because it does so on every system, without a native module of ours.
 */
export class Presence {
  readonly #folder: string;
  readonly #name = randomUUID();
  readonly #dead = new Set<string>();
  #lock: Database.Database | undefined;

  /** Touches nothing on disk. */
  constructor(home: string) {
    this.#folder = folderIn(home);
  }

  /**
   * The name under which this process claims rows. Asking for it puts the lock in place.
   *
   * @throws JetonError `home-unusable`.
   */
  get owner(): string {
    if (this.#lock === undefined) {
      try {
        mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
        this.#sweep();
        const path = this.#pathFor(this.#name);
        closeSync(openSync(path, 'wx', 0o600));
        this.#lock = new Database(path, { fileMustExist: true });
        // No journal file beside it: nothing is ever written.
        this.#lock.pragma('journal_mode = MEMORY');
        this.#lock.exec('BEGIN EXCLUSIVE');
      } catch (error) {
        throw situationOf(error, this.#folder);
      }
    }
    return this.#name;
  }

  /**
   * True when a process of this home had that name and is gone. An owner that never announced itself in this
   * home (another machine's, or one that left in good order) is not known to be dead: its lease counts until
   * it runs out.
   */
  readonly isDead = (owner: string): boolean => {
    if (this.#dead.has(owner)) return true;
    // An owner's name can come from the application's database, where others write: it is not a path.
    if (owner === this.#name || !/^[0-9a-f-]{36}$/.test(owner)) return false;
    const path = this.#pathFor(owner);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return false;
    if (isHeld(path)) return false;
    this.#dead.add(owner);
    return true;
  };

  /** Ends as if it had been killed: the leases under its name, which nobody could give up, count no longer. */
  abandon(): void {
    this.#lock?.close();
    this.#lock = undefined;
  }

  dispose(): void {
    if (this.#lock === undefined) return;
    // The file goes before its lock: one without a lock is a dead owner's, and we leave in good order.
    this.#removeFile();
    this.#lock.close();
    this.#lock = undefined;
    this.#removeFile();
  }

  #removeFile(): void {
    try {
      rmSync(this.#pathFor(this.#name), { force: true });
    } catch {
      // Windows keeps a file that is open; it is tried again when it is closed, and swept when that fails, too.
    }
  }

  #pathFor(owner: string): string {
    return join(this.#folder, owner + SUFFIX);
  }

  #sweep(): void {
    for (const name of readdirSync(this.#folder)) {
      const path = join(this.#folder, name);
      const modifiedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
      if (name.endsWith(SUFFIX) && Date.now() - modifiedAt > SWEEP_AFTER_MS && !isHeld(path)) {
        rmSync(path, { force: true });
      }
    }
  }
}

/** Whether a process of this home lives that has announced itself: a daemon, the tray application, a run. */
export function isAnybodyPresent(home: string): boolean {
  const folder = folderIn(home);
  return namesIn(folder).some((name) => name.endsWith(SUFFIX) && isHeld(join(folder, name)));
}

function folderIn(home: string): string {
  return join(home, 'presence');
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/**
 * Tries to read: readers do not exclude each other, so that two who look at once do not take one another for
 * the owner. When in doubt the owner lives.
 */
function isHeld(path: string): boolean {
  try {
    const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 0 });
    try {
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
      return false;
    } finally {
      db.close();
    }
  } catch {
    return true;
  }
}
