import {
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { createLocalIntegrations } from '../../src/node/database/integrations.ts';
import { MIGRATIONS } from '../../src/node/database/migrations.ts';
import { openStore, storeFile } from '../../src/node/database/open.ts';
import { Presence } from '../../src/node/database/presence.ts';
import { lossOf, restoreStore, setStoreAside, storeFilesIn } from '../../src/node/database/recovery.ts';
import { Vault } from '../../src/node/vault/vault.ts';
import { MemoryKeychain } from '../fakes/memory-keychain.ts';
import { startChild } from '../support/child.ts';
import { DAMAGES } from '../support/damages.ts';
import { systemTime, TEST_KEY } from '../support/open-stores.ts';
import { temporaryHome } from '../support/temporary-home.ts';

let home: string;
let file: string;

/** Does something with what a home keeps, and closes it again. */
async function at<T>(
  folder: string,
  act: (local: ReturnType<typeof createLocalIntegrations>) => Promise<T>,
): Promise<T> {
  const store = openStore(folder);
  try {
    const vault = new Vault({ store, env: { JETON_MASTER_KEY: TEST_KEY }, keychain: new MemoryKeychain() });
    if ((await vault.status()).state === 'missing') await vault.init();
    return await act(createLocalIntegrations({ store, vault, clock: systemTime, isDead: () => false }));
  } finally {
    store.dispose();
  }
}

const add = (name: string, folder = home) =>
  at(folder, (local) =>
    local.add({
      name,
      credentials: {
        clientId: '1.2',
        clientSecret: new Secret('test-client-secret'),
        refreshToken: new Secret(`xoxe-1-test-refresh-${name}-1`),
        accessToken: undefined,
      },
      expiresAt: undefined,
    }),
  );

const rotate = (name: string) =>
  at(home, async (local) => {
    const row = (await local.list()).find((each) => each.name === name);
    if (row?.chain === undefined) throw new Error('no such row');
    const refreshToken = new Secret(`xoxe-1-test-refresh-${name}-2`);
    const accessToken = new Secret(`xoxe.xoxb-1-test-access-${name}-2`);
    await local.save(row.id, row.chain, { refreshToken, accessToken, expiresAt: undefined });
  });

const names = (folder = home) => at(folder, async (local) => (await local.list()).map(({ name }) => name));

/** As a new schema makes one, and one version back. */
function backUp(taken = '2026-01-15T100000.000Z'): string {
  const backup = join(home, 'backups', `jeton-${taken}-v${MIGRATIONS.length}.db`);
  cpSync(file, backup);
  return backup;
}

/** Every file below the home, by its bytes. */
function contents(): Map<string, string> {
  const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  return new Map(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path, readFileSync(path, 'latin1')];
    }),
  );
}

const codeOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

beforeEach(() => {
  home = temporaryHome();
  file = storeFile(home);
});

describe.each(Object.keys(DAMAGES))('a jeton.db that was %s', (how) => {
  test('is told from sound backups, makes way for one, and is kept, byte for byte', async () => {
    await add('Ops');
    const backup = backUp();
    await add('Sales');
    DAMAGES[how]?.(file);
    const before = contents();

    expect(storeFilesIn(home)).toMatchObject({
      store: { file, state: 'damaged' },
      backups: [{ file: backup, state: 'sound' }],
      setAside: [],
    });
    expect(lossOf(home, backup)).toMatchObject({
      isKnown: false,
      replaced: [{ id: 'local:1', name: 'Ops' }],
      added: [],
    });
    for (const [path, bytes] of before) expect(readFileSync(path, 'latin1')).toBe(bytes);

    const aside = restoreStore(home, backup) ?? '';

    expect(readFileSync(aside, 'latin1')).toBe(before.get(file));
    expect(readFileSync(backup, 'latin1')).toBe(before.get(backup));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await names()).toEqual(['Ops']);
    expect(storeFilesIn(home)).toMatchObject({
      store: { state: 'sound' },
      setAside: [{ file: aside, state: 'damaged' }],
    });
  });
});

describe('what a restore loses', () => {
  test('is what was rotated and added since, as far as jeton.db still says', async () => {
    await add('Ops');
    await add('Quiet');
    const backup = backUp();
    await rotate('Ops');
    await add('Sales');

    expect(lossOf(home, backup)).toMatchObject({
      isKnown: true,
      replaced: [{ id: 'local:1', name: 'Ops' }],
      added: [{ id: 'local:3', name: 'Sales' }],
    });
  });

  test('dates the backup by the newest thing it tells of', async () => {
    await add('Ops');
    const db = new Database(file);
    db.prepare("INSERT INTO activity (at, id, name, event) VALUES (1234, 'local:1', 'Ops', 'added')").run();
    db.close();
    expect(lossOf(home, backUp()).newestAt).toBe(1234);
  });
});

describe('setting aside', () => {
  test('takes along what only the log holds, and can be undone', async () => {
    const elsewhere = temporaryHome();
    const store = openStore(elsewhere);
    onTestFinished(() => store.dispose());
    await store.write((sql) =>
      sql("INSERT INTO activity (at, id, name, event) VALUES (1, 'local:1', 'in the log', 'added')").run(),
    );
    // As a process that was killed leaves it.
    for (const suffix of ['', '-wal', '-shm']) copyFileSync(storeFile(elsewhere) + suffix, file + suffix);

    const aside = setStoreAside(home);

    expect(readdirSync(home).toSorted()).toEqual(
      ['', '-shm', '-wal'].map((suffix) => basename(aside) + suffix),
    );
    await add('New');
    const former = restoreStore(home, aside) ?? '';
    const again = openStore(home);
    onTestFinished(() => again.dispose());
    expect(again.read((sql) => sql('SELECT name FROM activity').pluck().all())).toEqual(['in the log']);
    expect(storeFilesIn(home).setAside.map((each) => each.file)).toEqual([former, aside]);
  });

  test('waits for nobody: while a Jeton runs, nothing moves', async () => {
    await add('Ops');
    const backup = backUp();
    const child = startChild('hold-presence', [home]);
    await child.line();
    const before = contents();

    expect(codeOf(() => setStoreAside(home))).toMatchObject({ code: 'store-in-use' });
    expect(codeOf(() => restoreStore(home, backup))).toMatchObject({ code: 'store-in-use' });
    expect([...contents().keys()].toSorted()).toEqual([...before.keys()].toSorted());

    await child.kill();
    expect(setStoreAside(home)).toContain('set-aside');
  });

  test('does not take itself for somebody else when nothing was announced', async () => {
    await add('Ops');
    const presence = new Presence(home);
    onTestFinished(() => presence.dispose());
    expect(setStoreAside(home)).toContain('set-aside');
  });
});

describe('restoring', () => {
  test.each<[string, string, (path: string) => void]>([
    ['there is none', 'store-absent', () => undefined],
    ['it is damaged, too', 'store-damaged', (path) => (cpSync(file, path), truncateSync(path, 5000))],
    ['it is empty', 'store-damaged', (path) => writeFileSync(path, '')],
    ['it is no database', 'store-damaged', (path) => writeFileSync(path, 'hello')],
    [
      'it is another database',
      'store-other',
      (path) => new Database(path).exec('CREATE TABLE a (b)').close(),
    ],
    [
      'a newer Jeton wrote it',
      'store-newer',
      (path) => {
        cpSync(file, path);
        const db = new Database(path);
        db.pragma(`user_version = ${MIGRATIONS.length + 1}`);
        db.close();
      },
    ],
  ])('is refused where %s, and nothing moves', async (_, reason, make) => {
    await add('Ops');
    const source = join(temporaryHome(), 'source.db');
    make(source);
    const before = contents();
    const refusal = { code: 'store-backup-unusable', details: { path: source, reason } };

    expect(codeOf(() => lossOf(home, source))).toMatchObject(refusal);
    expect(codeOf(() => restoreStore(home, source))).toMatchObject(refusal);
    expect(contents()).toEqual(before);
  });

  test('brings an older schema up to date without pushing out a backup', async () => {
    const older = temporaryHome();
    openStore(older, MIGRATIONS.slice(0, 3)).dispose();
    await add('Ops');
    for (const day of [11, 12, 13]) backUp(`2026-01-${day}T100000.000Z`);

    restoreStore(home, storeFile(older));

    expect(await names()).toEqual([]);
    expect(readdirSync(join(home, 'backups'))).toHaveLength(3);
  });

  test('works where there is no jeton.db any more', async () => {
    await add('Ops');
    const backup = backUp();
    const aside = setStoreAside(home);

    expect(restoreStore(home, backup)).toBeUndefined();
    expect(await names()).toEqual(['Ops']);
    expect(readdirSync(home)).toContain(basename(aside));
  });
});
