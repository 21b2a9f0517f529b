import {
  chmodSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import { targetSchema } from '../../src/core/export/target.ts';
import { MIGRATIONS } from '../../src/node/database/migrations.ts';
import { openStore, storeFile } from '../../src/node/database/open.ts';
import { createTargetStore } from '../../src/node/database/targets.ts';
import type { Store } from '../../src/node/database/store.ts';
import { startChild } from '../support/child.ts';
import { DAMAGES } from '../support/damages.ts';
import { temporaryHome } from '../support/temporary-home.ts';

function open(home: string, migrations?: readonly string[]): Store {
  const store = openStore(home, migrations);
  onTestFinished(() => store.dispose());
  return store;
}

function codeOf(act: () => unknown): JetonError {
  try {
    act();
  } catch (error) {
    if (error instanceof JetonError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const note = 'Team to be found again';
const addNote = (store: Store) =>
  store.write((sql) =>
    sql("INSERT INTO activity (at, id, name, event) VALUES (1, 'local:1', ?, 'added')").run(note),
  );
const notesIn = (store: Store) => store.read((sql) => sql('SELECT name FROM activity').pluck().all());
const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);
/** The version at which targets began to remember why an export failed. */
const TARGETS_REMEMBER = MIGRATIONS.findIndex((step) => step.includes('export_failure'));
const growing = (...steps: string[]) => [...MIGRATIONS, ...steps];

describe('opening', () => {
  test('makes a home that only its owner can enter, whatever the umask', async () => {
    const home = join(temporaryHome(), 'deep', 'home');
    const child = startChild('open-store', [home, '000']);
    await child.line();
    child.say('go');
    await child.rest();
    const store = open(home);
    await addNote(store);

    expect(readdirSync(home).toSorted()).toEqual(['jeton.db', 'jeton.db-shm', 'jeton.db-wal']);
    for (const name of readdirSync(home)) expect(modeOf(join(home, name))).toBe('600');
    expect(modeOf(home)).toBe('700');
  });

  test('takes back what others were allowed to read', () => {
    const home = temporaryHome();
    open(home).dispose();
    chmodSync(storeFile(home), 0o644);

    open(home);

    expect(modeOf(storeFile(home))).toBe('600');
  });

  test('sets on every connection what SQLite does not keep', () => {
    const home = temporaryHome();
    open(home).dispose();
    const pragmas = (store: Store) =>
      ['journal_mode', 'synchronous', 'secure_delete', 'foreign_keys', 'busy_timeout'].map((name) =>
        store.read((sql) => sql(`PRAGMA ${name}`).pluck().get()),
      );

    expect(pragmas(open(home))).toEqual(['wal', 2, 1, 1, 10_000]);
    expect(pragmas(open(home))).toEqual(['wal', 2, 1, 1, 10_000]);
  });

  test('succeeds for all of many processes that find a fresh home at once', async () => {
    const home = join(temporaryHome(), 'home');
    const children = Array.from({ length: 4 }, () => startChild('open-store', [home]));
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.say('go');

    for (const child of children) {
      expect(await child.rest()).toEqual([`{"user_version":${MIGRATIONS.length}}`]);
      expect(await child.exit()).toEqual({ code: 0, stderr: '' });
    }
    expect(open(home).revision()).toBe(4);
    expect(readdirSync(home).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  test('says that the home cannot be used, and why', () => {
    const home = temporaryHome();
    writeFileSync(join(home, 'file'), '');

    expect(codeOf(() => openStore(join(home, 'file', 'home')))).toMatchObject({
      code: 'home-unusable',
      details: { reason: 'ENOTDIR' },
    });
  });

  test('says that somebody else keeps the database locked', async () => {
    const home = temporaryHome();
    const store = open(home);
    const other = new Database(storeFile(home));
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    store.read((sql) => sql('PRAGMA busy_timeout = 50').get());

    await expect(addNote(store)).rejects.toMatchObject({ code: 'store-busy' });
    other.exec('ROLLBACK');
    await addNote(store);
    expect(notesIn(store)).toEqual([note]);
  });
});

describe('migrating', () => {
  test('runs the new steps only, each after a backup that only its owner can read', async () => {
    const home = temporaryHome();
    const before = open(home);
    await addNote(before);
    before.dispose();

    const store = open(home, growing('CREATE TABLE one (a)', 'CREATE TABLE two (a)'));

    expect(store.read((sql) => sql('PRAGMA user_version').pluck().get())).toBe(MIGRATIONS.length + 2);
    expect(notesIn(store)).toEqual([note]);
    const backups = readdirSync(join(home, 'backups'));
    expect(backups).toHaveLength(2);
    expect(modeOf(join(home, 'backups'))).toBe('700');
    for (const name of backups) expect(modeOf(join(home, 'backups', name))).toBe('600');
    const backup = new Database(join(home, 'backups', backups.toSorted()[0]!), { readonly: true });
    expect(backup.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
    expect(backup.prepare('SELECT name FROM activity').pluck().all()).toEqual([note]);
    backup.close();
  });

  test('keeps the targets of a Jeton that did not remember their failures', async () => {
    const home = temporaryHome();
    const target = targetSchema.parse({ name: 'bot', dir: '/bot' });
    const before = open(home, MIGRATIONS.slice(0, TARGETS_REMEMBER));
    await before.write((sql) =>
      sql('INSERT INTO targets (name, target, restarted_at, restart_failure) VALUES (?, ?, 7, ?)').run(
        'bot',
        JSON.stringify(target),
        'exited',
      ),
    );
    before.dispose();

    const targets = createTargetStore({
      store: open(home),
      clock: { now: () => 9 },
      isDead: () => false,
    });

    expect(await targets.list()).toMatchObject([
      { target, exportFailure: undefined, lastRestart: { at: 7, failure: 'exited', startedAt: undefined } },
    ]);
    const failure = { code: 'env-file-unwritable', details: { path: '/bot/.env', reason: 'EROFS' } } as const;
    await targets.recordExportFailure('bot', failure, 8);
    await targets.recordRestart('bot', { at: 9, failure: 'exited', startedAt: 'start 1' });
    expect(await targets.list()).toMatchObject([
      { exportFailure: { ...failure, at: 8 }, lastRestart: { at: 9, startedAt: 'start 1' } },
    ]);
  });

  test('backs up nothing of a database that it has just made', () => {
    const home = temporaryHome();

    open(home, growing('CREATE TABLE one (a)'));

    expect(readdirSync(home)).not.toContain('backups');
  });

  test('keeps the newest three backups', () => {
    const home = temporaryHome();
    open(home).dispose();

    open(home, growing(...[1, 2, 3, 4, 5].map((each) => `CREATE TABLE t${each} (a)`)));

    const versions = readdirSync(join(home, 'backups')).map((name) => /v(\d+)\.db$/.exec(name)?.[1]);
    expect(new Set(versions.map(Number))).toEqual(new Set([2, 3, 4].map((each) => MIGRATIONS.length + each)));
  });

  test('leaves everything as it was when a step fails', async () => {
    const home = temporaryHome();
    const before = open(home);
    await addNote(before);
    before.dispose();

    expect(() => openStore(home, growing('CREATE TABLE one (a); INSERT INTO nowhere VALUES (1)'))).toThrow(
      /nowhere/,
    );

    const store = open(home);
    expect(notesIn(store)).toEqual([note]);
    expect(store.read((sql) => sql("SELECT 1 FROM sqlite_schema WHERE name = 'one'").get())).toBeUndefined();
  });

  test('is refused for a database of a later Jeton, which stays untouched', () => {
    const home = temporaryHome();
    open(home, growing('CREATE TABLE later (a)')).dispose();
    const bytes = readFileSync(storeFile(home));

    expect(codeOf(() => openStore(home))).toMatchObject({
      code: 'store-newer',
      details: { version: MIGRATIONS.length + 1, supported: MIGRATIONS.length },
    });
    expect(readFileSync(storeFile(home)).equals(bytes)).toBe(true);
  });
});

describe('a corrupt database', () => {
  test.each(Object.keys(DAMAGES))(
    'that was %s is reported with the newest backup, and never replaced',
    async (how) => {
      const home = temporaryHome();
      const first = open(home);
      await addNote(first);
      first.dispose();
      open(home, growing('CREATE TABLE one (a)')).dispose();
      DAMAGES[how]?.(storeFile(home));
      const bytes = readFileSync(storeFile(home));
      const [backup] = readdirSync(join(home, 'backups'));

      expect(codeOf(() => openStore(home, growing('CREATE TABLE one (a)')))).toMatchObject({
        code: 'store-corrupt',
        details: { file: storeFile(home), backup: join(home, 'backups', backup!) },
      });
      expect(readFileSync(storeFile(home)).equals(bytes)).toBe(true);
    },
  );

  test('is reported by what finds the damage later, too', async () => {
    const home = temporaryHome();
    const store = open(home);
    // The schema's own pages; what the notes fill comes after them.
    const pages = store.read((sql) => sql('PRAGMA page_count').pluck().get());
    await Promise.all(Array.from({ length: 500 }, () => addNote(store)));
    store.dispose();
    const file = storeFile(home);
    const handle = openSync(file, 'r+');
    for (let at = 4096 * Number(pages); at < statSync(file).size; at += 4096)
      writeSync(handle, Buffer.alloc(4096, 'x'), 0, 4096, at);
    closeSync(handle);

    const again = open(home);
    expect(codeOf(() => notesIn(again)).code).toBe('store-corrupt');
    await expect(addNote(again)).rejects.toMatchObject({ code: 'store-corrupt' });
  });
});

describe('writing', () => {
  test('shares a transaction among the changes of one turn, and undoes alone what fails', async () => {
    const home = temporaryHome();
    const store = open(home);
    const other = open(home);
    const before = store.revision();

    const outcomes = await Promise.allSettled([
      addNote(store),
      store.write((sql) => {
        sql("INSERT INTO activity (at, id, name, event) VALUES (1, 'local:1', 'half', 'added')").run();
        throw new Error('no');
      }),
      addNote(store),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(notesIn(other)).toEqual([note, note]);
    expect(store.revision()).toBe(before + 1);
  });

  test('shares one among the changes of turns in succession, and keeps none waiting for long', async () => {
    const store = open(temporaryHome());
    const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    const before = store.revision();
    const few = [addNote(store), addNote(store)];
    await nextTurn();
    few.push(addNote(store));
    await Promise.all(few);
    expect(store.revision()).toBe(before + 1);

    let isWritten = false;
    const many = [addNote(store).then(() => (isWritten = true))];
    let turns = 0;
    for (; !isWritten && turns < 99; turns += 1) {
      many.push(addNote(store).then(() => true));
      await nextTurn();
    }
    expect(turns).toBeLessThan(20);
    await Promise.all(many);
  });

  test('fails for all when the transaction cannot be committed', async () => {
    const home = temporaryHome();
    const store = open(home);
    // A deferred foreign key is looked at when the transaction ends.
    await store.write((sql) =>
      sql('CREATE TABLE child (key_id TEXT REFERENCES vault (key_id) DEFERRABLE INITIALLY DEFERRED)').run(),
    );

    const outcomes = await Promise.allSettled([
      addNote(store),
      store.write((sql) => sql("INSERT INTO child VALUES ('nobody')").run()),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(notesIn(store)).toEqual([]);
  });

  test('is finished before the store closes', async () => {
    const home = temporaryHome();
    const store = open(home);
    const written = addNote(store);
    store.dispose();
    store.dispose();

    await written;
    expect(notesIn(open(home))).toEqual([note]);
  });

  test('says when the disk is full, keeps what was there, and goes on when there is room again', async () => {
    const store = open(temporaryHome());
    await addNote(store);
    const pages = Number(store.read((sql) => sql('PRAGMA page_count').pluck().get()));
    store.read((sql) => sql(`PRAGMA max_page_count = ${pages}`).get());
    const big = store.write((sql) =>
      sql(
        "INSERT INTO activity (at, id, name, event) VALUES (1, 'local:1', hex(zeroblob(50000)), 'added')",
      ).run(),
    );

    await expect(big).rejects.toMatchObject({ code: 'home-unusable', details: { reason: 'SQLITE_FULL' } });
    store.read((sql) => sql(`PRAGMA max_page_count = 1000000`).get());
    await addNote(store);
    expect(notesIn(store)).toEqual([note, note]);
  });
});
