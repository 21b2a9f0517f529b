import type Database from 'better-sqlite3';
import { JetonError } from '../../core/errors.ts';
import { backupsOf } from './backups.ts';

/** So many turns of the event loop a change is kept waiting at most, while each brings another. */
const MOST_TURNS = 10;

interface Change {
  /** Runs inside the transaction; a failure of its own is kept and undoes nothing but itself. */
  apply(): void;
  /** After the commit. */
  settle(): void;
  /** Instead of the commit. */
  fail(cause: unknown): void;
}

/**
 * jeton.db, open. Everything that fails for a reason outside Jeton comes out as a JetonError: `store-busy`,
 * `store-corrupt`, or `home-unusable` (disk full, read-only, not permitted).
 */
export class Store {
  readonly #db: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();
  /** Made once: for each change it cost as much as the change. */
  readonly #transaction: Database.Transaction<(act: () => unknown) => void>;
  #changes: Change[] = [];

  /** @param db open, migrated and with its pragmas set: see openStore. */
  constructor(db: Database.Database) {
    this.#db = db;
    this.#transaction = db.transaction((act) => act());
  }

  get file(): string {
    return this.#db.name;
  }

  /** Compiles once. Only inside {@link read} and {@link write}. */
  readonly sql = (source: string): Database.Statement => {
    let statement = this.#statements.get(source);
    if (statement === undefined) {
      statement = this.#db.prepare(source);
      this.#statements.set(source, statement);
    }
    return statement;
  };

  read<T>(query: (sql: Store['sql']) => T): T {
    try {
      return query(this.sql);
    } catch (error) {
      throw situationOf(error, this.file);
    }
  }

  /**
   * Runs `change` in an IMMEDIATE transaction and resolves once it is on disk. Changes that come in quick succession
   * share one transaction, because an fsync costs more than everything else in it; each is still undone alone when
   * it throws.
   */
  write<T>(change: (sql: Store['sql']) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let outcome: () => void;
      this.#changes.push({
        apply: () => {
          try {
            this.#transaction(() => {
              const value = change(this.sql);
              outcome = () => resolve(value);
              return value;
            });
          } catch (error) {
            // Disk full, for one, takes the whole transaction back.
            if (!this.#db.inTransaction) throw error;
            outcome = () => reject(situationOf(error, this.file));
          }
        },
        settle: () => outcome(),
        fail: reject,
      });
      if (this.#changes.length === 1) this.#commitSoon(MOST_TURNS);
    });
  }

  /** From now on other processes that write are waited for at most so long; each wait stops the whole process. */
  waitAtMost(ms: number): void {
    this.#db.pragma(`busy_timeout = ${ms}`);
  }

  /** Grows with every transaction that changed something, by whichever process. */
  revision(): number {
    return this.read((sql) => Number(sql('SELECT number FROM revision').pluck().get()));
  }

  /** Writes what is waiting, then closes. May be repeated. */
  dispose(): void {
    this.#commit();
    this.#db.close();
  }

  /** When a turn of the event loop brings no further change, or after `turns`. */
  #commitSoon(turns: number): void {
    const { length } = this.#changes;
    setImmediate(() => {
      if (turns > 1 && this.#changes.length > length) this.#commitSoon(turns - 1);
      else this.#commit();
    });
  }

  #commit(): void {
    const changes = this.#changes;
    if (changes.length === 0) return;
    this.#changes = [];
    try {
      this.#transaction.immediate(() => {
        const before = this.#totalChanges();
        for (const change of changes) change.apply();
        if (this.#totalChanges() !== before) this.sql('UPDATE revision SET number = number + 1').run();
      });
    } catch (error) {
      const situation = situationOf(error, this.file);
      for (const change of changes) change.fail(situation);
      return;
    }
    for (const change of changes) change.settle();
  }

  #totalChanges(): unknown {
    return this.sql('SELECT total_changes()').pluck().get();
  }
}

/** Tells the user's situations from bugs, by SQLite's result codes (sqlite.org/rescode.html) and errno. */
export function situationOf(error: unknown, file: string): unknown {
  if (error instanceof JetonError || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return new JetonError('store-busy', { file }, { cause: error });
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code)) return corruptStore(file, error);
  if (/^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH)/.test(code) || 'syscall' in error) {
    return new JetonError('home-unusable', { path: file, reason: code }, { cause: error });
  }
  return error;
}

/** `backup` is the newest one, absent when there is none. */
export function corruptStore(file: string, cause?: unknown): JetonError {
  const [backup] = backupsOf(file);
  return new JetonError('store-corrupt', { file, ...(backup !== undefined && { backup }) }, { cause });
}
