import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { createLocalIntegrations } from '../../src/node/database/integrations.ts';
import { createJournal } from '../../src/node/database/journal.ts';
import { MIGRATIONS } from '../../src/node/database/migrations.ts';
import { openStore } from '../../src/node/database/open.ts';
import { NamedSecrets } from '../../src/node/database/secrets.ts';
import type { Store } from '../../src/node/database/store.ts';
import { seal, unseal } from '../../src/node/vault/envelope.ts';
import { askedOnlyWhile } from '../../src/node/vault/keychain.ts';
import { Vault } from '../../src/node/vault/vault.ts';
import { tokenPair } from '../contracts/integration-source.ts';
import { MemoryKeychain } from '../fakes/memory-keychain.ts';
import { systemTime, TEST_KEY } from '../support/open-stores.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const OTHER_KEY = Buffer.alloc(32, 'o').toString('base64');

function open(home: string): Store {
  const store = openStore(home);
  onTestFinished(() => store.dispose());
  return store;
}

function vaultOf(store: Store, env: NodeJS.ProcessEnv = {}, keychain = new MemoryKeychain()): Vault {
  return new Vault({ store, env, keychain });
}

function writeFile(folder: string, name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

describe('a keychain while nobody is there', () => {
  test('is not asked for what it may prompt for, and is once somebody is', async () => {
    const store = open(temporaryHome());
    const keychain = new MemoryKeychain();
    await vaultOf(store, {}, keychain).init();
    keychain.asked.length = 0;
    let isSomebodyThere = false;
    const vault = new Vault({ store, env: {}, keychain: askedOnlyWhile(() => isSomebodyThere, keychain) });
    expect(await vault.status()).toMatchObject({
      state: 'locked',
      problem: { code: 'vault-locked', details: { reason: 'screen-locked' } },
    });
    await expect(vault.open()).rejects.toMatchObject({ code: 'vault-locked' });
    expect(keychain.asked).toEqual([]);

    isSomebodyThere = true;
    expect(await vault.status()).toMatchObject({ state: 'ready' });
    expect(keychain.asked).toHaveLength(1);
  });

  test('keeps nobody from a vault that is open', async () => {
    const store = open(temporaryHome());
    let isSomebodyThere = true;
    const keychain = askedOnlyWhile(() => isSomebodyThere, new MemoryKeychain());
    const vault = new Vault({ store, env: {}, keychain });
    await vault.init();
    isSomebodyThere = false;
    expect(await vault.status()).toMatchObject({ state: 'ready' });
    await expect(vault.open()).resolves.toBeDefined();
  });

  test('is given no key, and keeps the one it has', async () => {
    const store = open(temporaryHome());
    const keychain = new MemoryKeychain();
    const unasked = askedOnlyWhile(() => false, keychain);
    const vault = new Vault({ store, env: {}, keychain: unasked });
    expect(await vault.status()).toMatchObject({ state: 'missing', canInit: false });
    await expect(vault.init()).rejects.toMatchObject({ code: 'vault-key-unusable' });
    keychain.entries.set('mine', 'kept');
    expect(await unasked.remove('mine')).toMatchObject({ kind: 'unavailable' });
    expect(await unasked.write('mine', 'other')).toMatchObject({ kind: 'unavailable' });
    expect(keychain.entries.get('mine')).toBe('kept');
    expect(keychain.asked).toEqual([]);
  });
});

describe('the envelope', () => {
  const key = Buffer.alloc(32, 'k');
  const place = { table: 'integrations', row: 1, column: 'refresh_token' };

  test('opens where it was sealed, never sealed alike twice', () => {
    for (const text of ['xoxe-1-test-refresh-1', '', 'é🔑']) {
      const sealed = seal(key, 'key-1', place, text);
      expect(unseal(key, 'key-1', place, sealed)).toBe(text);
      expect(seal(key, 'key-1', place, text).equals(sealed)).toBe(false);
    }
  });

  test('is damaged anywhere else, by any other key, and by any change', () => {
    const sealed = seal(key, 'key-1', place, 'xoxe-1-test-refresh-1');
    const attempts = [
      () => unseal(Buffer.alloc(32, 'o'), 'key-1', place, sealed),
      () => unseal(key, 'key-2', place, sealed),
      () => unseal(key, 'key-1', { ...place, table: 'journal' }, sealed),
      () => unseal(key, 'key-1', { ...place, row: 2 }, sealed),
      () => unseal(key, 'key-1', { ...place, column: 'access_token' }, sealed),
      () => unseal(key, 'key-1', place, Buffer.alloc(0)),
      ...[...sealed.keys()].map((at) => () => {
        const changed = Buffer.from(sealed);
        changed[at] = (changed[at] ?? 0) ^ 1;
        return unseal(key, 'key-1', place, changed);
      }),
      ...[...sealed.keys()].map((length) => () => unseal(key, 'key-1', place, sealed.subarray(0, length))),
    ];

    for (const attempt of attempts) {
      expect(attempt).toThrow(expect.objectContaining({ code: 'secret-damaged' }));
    }
  });
});

describe('the vault', () => {
  test('looking at it creates nothing', async () => {
    const keychain = new MemoryKeychain();
    const store = open(temporaryHome());

    expect(await vaultOf(store, {}, keychain).status()).toEqual({
      state: 'missing',
      keySource: 'keychain',
      canInit: true,
      problem: undefined,
    });
    expect(keychain.entries.size).toBe(0);
    expect(store.read((sql) => sql('SELECT * FROM vault').all())).toEqual([]);
  });

  test('asks the keychain once for many who open it at once, and not again', async () => {
    const keychain = new MemoryKeychain();
    const store = open(temporaryHome());
    await vaultOf(store, {}, keychain).init();
    const vault = vaultOf(store, {}, keychain);
    keychain.asked.length = 0;

    await Promise.all([vault.open(), vault.open(), vault.open()]);
    await vault.open();

    expect(keychain.asked).toHaveLength(1);
  });

  test('remembers no failure', async () => {
    const keychain = new MemoryKeychain();
    const store = open(temporaryHome());
    await vaultOf(store, {}, keychain).init();
    const vault = vaultOf(store, {}, keychain);

    for (const state of ['locked', 'unavailable', 'locked'] as const) {
      keychain.state = state;
      await expect(vault.ensureReady()).rejects.toMatchObject({ code: 'vault-locked' });
      expect(await vault.status()).toMatchObject({ state: 'locked', problem: { code: 'vault-locked' } });
    }
    keychain.state = 'unlocked';
    await vault.ensureReady();
  });

  test('tells a keychain that lost the key from one that never had it', async () => {
    const store = open(temporaryHome());
    const env = { JETON_MASTER_KEY: TEST_KEY };
    const keychain = new MemoryKeychain();
    await vaultOf(store, env).init();
    const forgetful = vaultOf(store, {}, keychain);
    const neverHadIt = { source: 'environment', reason: 'source-not-set' };

    expect(await forgetful.status()).toMatchObject({ state: 'locked', keySource: 'environment' });
    await expect(forgetful.open()).rejects.toMatchObject({ code: 'vault-locked', details: neverHadIt });
    keychain.state = 'unavailable';
    await expect(forgetful.open()).rejects.toMatchObject({ details: neverHadIt });

    keychain.state = 'unlocked';
    await forgetful.unlock(new Secret(TEST_KEY));
    keychain.entries.clear();
    await expect(vaultOf(store, {}, keychain).open()).rejects.toMatchObject({
      details: { source: 'keychain', reason: 'locked-or-removed' },
    });
    await vaultOf(store, env).open();
    await expect(vaultOf(store, {}, keychain).open()).rejects.toMatchObject({ details: neverHadIt });
  });

  test('made before the source of its key was noted, learns it when it opens', async () => {
    const store = open(temporaryHome());
    const env = { JETON_MASTER_KEY: TEST_KEY };
    await vaultOf(store, env).init();
    await store.write((sql) => sql('UPDATE vault SET key_source = NULL').run());

    expect(await vaultOf(store).status()).toMatchObject({ state: 'locked', keySource: 'keychain' });
    expect(await vaultOf(store, env).status()).toMatchObject({ state: 'ready' });
    expect(await vaultOf(store).status()).toMatchObject({ state: 'locked', keySource: 'environment' });
  });

  test('tells the wrong key from a damaged secret', async () => {
    const store = open(temporaryHome());
    const right = vaultOf(store, { JETON_MASTER_KEY: TEST_KEY });
    await right.init();
    await new NamedSecrets(store, right).put('url', new Secret('test-url'));
    const wrong = vaultOf(store, { JETON_MASTER_KEY: OTHER_KEY });

    await expect(new NamedSecrets(store, wrong).get('url')).rejects.toMatchObject({
      code: 'vault-wrong-key',
      details: { source: 'environment' },
    });
    expect(await wrong.status()).toMatchObject({ state: 'locked', problem: { code: 'vault-wrong-key' } });

    await store.write((sql) => sql('UPDATE secrets SET value = zeroblob(40)').run());
    await expect(new NamedSecrets(store, right).get('url')).rejects.toMatchObject({
      code: 'secret-damaged',
      details: { table: 'secrets', row: 'url', column: 'value' },
    });
  });

  test('allows no ciphertext without its key’s row', async () => {
    const store = open(temporaryHome());

    await expect(
      store.write((sql) => sql("INSERT INTO secrets VALUES ('name', 'no such key', x'00')").run()),
    ).rejects.toThrow(/FOREIGN KEY/);
  });

  test('gives the key away for safe keeping, and takes it back into a keychain that lost it', async () => {
    const keychain = new MemoryKeychain();
    const store = open(temporaryHome());
    const before = vaultOf(store, {}, keychain);
    await before.init();
    const key = await before.exportRecoveryKey();
    keychain.entries.clear();

    const vault = vaultOf(store, {}, keychain);
    await expect(vault.exportRecoveryKey()).rejects.toMatchObject({ code: 'vault-locked' });
    await expect(vault.unlock(new Secret(OTHER_KEY))).rejects.toMatchObject({ code: 'vault-wrong-key' });
    await expect(vault.unlock(new Secret('no key'))).rejects.toMatchObject({ code: 'vault-key-unusable' });
    expect(keychain.entries.size).toBe(0);
    await vault.unlock(key);

    await vaultOf(store, {}, keychain).ensureReady();
    await vaultOf(store, { JETON_MASTER_KEY: key.reveal() }).ensureReady();
  });

  test('says that there is nothing to export or unlock', async () => {
    const vault = vaultOf(open(temporaryHome()), { JETON_MASTER_KEY: TEST_KEY });

    await expect(vault.open()).rejects.toMatchObject({ code: 'vault-missing' });
    await expect(vault.exportRecoveryKey()).rejects.toMatchObject({ code: 'vault-missing' });
    await expect(vault.unlock(new Secret(TEST_KEY))).rejects.toMatchObject({ code: 'vault-missing' });
  });

  test('does not start with a key that the keychain did not keep', async () => {
    const keychain = new MemoryKeychain();
    keychain.write = async () => ({ kind: 'answer', value: true });
    const store = open(temporaryHome());

    await expect(vaultOf(store, {}, keychain).init()).rejects.toMatchObject({
      code: 'vault-key-unusable',
      details: { reason: 'not-kept' },
    });
    expect(store.read((sql) => sql('SELECT * FROM vault').all())).toEqual([]);
  });

  test('leaves no secret in clear in any file of the home', async () => {
    const home = temporaryHome();
    const store = open(home);
    const vault = vaultOf(store, { JETON_MASTER_KEY: TEST_KEY });
    await vault.init();
    const source = createLocalIntegrations({ store, vault, clock: systemTime, isDead: () => false });
    const journal = createJournal(store, vault, systemTime);
    const id = await source.add({
      name: 'Team',
      credentials: {
        clientId: '111.222',
        clientSecret: new Secret('test-client-secret'),
        refreshToken: new Secret('xoxe-1-test-refresh-1'),
        accessToken: new Secret('xoxe.xoxb-1-test-access-1'),
      },
      expiresAt: undefined,
    });
    const chain = (await source.list())[0]?.chain ?? '';
    await journal.record({ ids: [id], spentChain: chain, pair: tokenPair(2), receivedAt: 0 });
    await source.save(id, chain, tokenPair(2));
    await new NamedSecrets(store, vault).put('url', new Secret('test-database-password'));
    const migrated = openStore(home, [...MIGRATIONS, 'CREATE TABLE later (a)']);

    const files = readdirSync(home, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'jeton.db',
        'jeton.db-wal',
        expect.stringMatching(`^jeton-.*-v${MIGRATIONS.length}\\.db$`),
      ]),
    );
    const contents = files.map(({ parentPath, name }) => ({
      name,
      bytes: readFileSync(join(parentPath, name)),
    }));
    const secrets = [
      'test-client',
      'test-refresh',
      'test-access',
      'test-database-password',
      TEST_KEY,
      'kkkkkkkk',
    ];
    const found = contents.flatMap(({ name, bytes }) =>
      secrets.filter((secret) => bytes.includes(secret)).map((secret) => `${secret} in ${name}`),
    );
    expect(found).toEqual([]);
    // What is not secret is found: the search works.
    expect(contents.filter(({ bytes }) => bytes.includes('Team')).length).toBeGreaterThan(1);
    migrated.dispose();
  });
});

describe('a headless key', () => {
  const unusable = (source: string, reason: string) => ({
    code: 'vault-key-unusable',
    details: expect.objectContaining({ source, reason }),
  });

  test('is taken in the order that is documented, by what is set', async () => {
    const folder = temporaryHome();
    const credentials = join(folder, 'credentials');
    mkdirSync(credentials);
    const env: NodeJS.ProcessEnv = {
      CREDENTIALS_DIRECTORY: credentials,
      JETON_MASTER_KEY_FILE: writeFile(folder, 'key', `${TEST_KEY}\n`),
      JETON_MASTER_KEY: TEST_KEY,
      JETON_PASSPHRASE_FILE: writeFile(folder, 'passphrase', 'a test passphrase\n'),
    };
    const store = open(temporaryHome());
    const sources: string[] = [];
    const look = async () => sources.push((await vaultOf(store, env).status()).keySource);

    writeFile(credentials, 'jeton-master-key', TEST_KEY, 0o400);
    await look();
    env['CREDENTIALS_DIRECTORY'] = folder;
    await look();
    for (const name of ['JETON_MASTER_KEY_FILE', 'JETON_MASTER_KEY', 'JETON_PASSPHRASE_FILE']) {
      delete env[name];
      await look();
    }

    expect(sources).toEqual(['systemd-credential', 'key-file', 'environment', 'passphrase-file', 'keychain']);
  });

  test.each([
    ['JETON_MASTER_KEY', 'environment'],
    ['JETON_MASTER_KEY_FILE', 'key-file'],
  ])('works from %s, and touches no keychain', async (variable, source) => {
    const folder = temporaryHome();
    const keychain = new MemoryKeychain();
    const value = variable.endsWith('FILE') ? writeFile(folder, 'key', `${TEST_KEY}\n`, 0o400) : TEST_KEY;
    const store = open(temporaryHome());
    const vault = vaultOf(store, { [variable]: value }, keychain);

    await vault.init();
    await new NamedSecrets(store, vault).put('url', new Secret('test-url'));

    const again = vaultOf(store, { [variable]: value }, keychain);
    expect((await new NamedSecrets(store, again).get('url'))?.reveal()).toBe('test-url');
    expect(await again.status()).toMatchObject({ state: 'ready', keySource: source });
    expect([keychain.asked, [...keychain.entries]]).toEqual([[], []]);
  });

  test('can be derived from a passphrase, with a salt of the store’s own', async () => {
    const folder = temporaryHome();
    const env = { JETON_PASSPHRASE_FILE: writeFile(folder, 'passphrase', 'a test passphrase\n') };
    const [store, other] = [open(temporaryHome()), open(temporaryHome())];
    await vaultOf(store, env).init();
    await vaultOf(other, env).init();

    const key = (await vaultOf(store, env).exportRecoveryKey()).reveal();

    expect((await vaultOf(other, env).exportRecoveryKey()).reveal()).not.toBe(key);
    await vaultOf(store, { JETON_MASTER_KEY: key }).ensureReady();
    const wrong = { JETON_PASSPHRASE_FILE: writeFile(folder, 'wrong', 'another passphrase\n') };
    await expect(vaultOf(store, wrong).open()).rejects.toMatchObject({ code: 'vault-wrong-key' });
  });

  test('derived from a passphrase is the wrong one for a store that has no salt', async () => {
    const folder = temporaryHome();
    const store = open(temporaryHome());
    await vaultOf(store, { JETON_MASTER_KEY: TEST_KEY }).init();
    const env = { JETON_PASSPHRASE_FILE: writeFile(folder, 'passphrase', 'a test passphrase') };

    await expect(vaultOf(store, env).open()).rejects.toMatchObject({ code: 'vault-wrong-key' });
  });

  test.each(['JETON_MASTER_KEY_FILE', 'JETON_PASSPHRASE_FILE'])(
    'from %s is refused when others could have read the file, and nothing else is tried',
    async (variable) => {
      const source = variable === 'JETON_MASTER_KEY_FILE' ? 'key-file' : 'passphrase-file';
      const folder = temporaryHome();
      const keychain = new MemoryKeychain();
      const store = open(temporaryHome());
      const path = writeFile(folder, 'key', TEST_KEY);
      const init = () => vaultOf(store, { [variable]: path }, keychain).init();

      for (const mode of [0o640, 0o604, 0o610, 0o666]) {
        chmodSync(path, mode);
        await expect(init()).rejects.toMatchObject(unusable(source, 'mode'));
      }
      expect(await vaultOf(store, { [variable]: path }, keychain).status()).toMatchObject({
        state: 'missing',
        keySource: source,
        canInit: false,
        problem: unusable(source, 'mode'),
      });
      expect(keychain.asked).toEqual([]);
    },
  );

  test('is refused in whatever is no key', async () => {
    const folder = temporaryHome();
    const store = open(temporaryHome());
    const init = (env: NodeJS.ProcessEnv) => vaultOf(store, env).init();

    for (const text of [
      '',
      'short',
      `${TEST_KEY}x`,
      TEST_KEY.slice(0, -4),
      'k'.repeat(32),
      Buffer.alloc(33).toString('base64'),
    ]) {
      await expect(init({ JETON_MASTER_KEY: text })).rejects.toMatchObject(
        unusable('environment', 'not-32-bytes-base64'),
      );
    }
    const files: [string, string][] = [
      [join(folder, 'none'), 'ENOENT'],
      [folder, 'not-a-file'],
      [writeFile(folder, 'log', 'x'.repeat(5000)), 'too-long'],
      [writeFile(folder, 'empty', '\n'), 'not-32-bytes-base64'],
    ];
    for (const [path, reason] of files) {
      await expect(init({ JETON_MASTER_KEY_FILE: path })).rejects.toMatchObject(unusable('key-file', reason));
    }
    await expect(init({ JETON_PASSPHRASE_FILE: join(folder, 'empty') })).rejects.toMatchObject(
      unusable('passphrase-file', 'empty'),
    );
    expect(store.read((sql) => sql('SELECT * FROM vault').all())).toEqual([]);
  });

  test('from systemd may show its access list as group bits, and nothing to the others', async () => {
    const folder = temporaryHome();
    const path = writeFile(folder, 'jeton-master-key', TEST_KEY, 0o440);
    const store = open(temporaryHome());
    const env = { CREDENTIALS_DIRECTORY: folder };

    await vaultOf(store, env).init();
    chmodSync(path, 0o444);

    await expect(vaultOf(store, env).open()).rejects.toMatchObject(unusable('systemd-credential', 'mode'));
  });

  test('in a file of another user is refused', async () => {
    let path = '/etc/passwd';
    if (process.geteuid?.() === 0) {
      path = writeFile(temporaryHome(), 'key', TEST_KEY);
      chownSync(path, 12_345, 12_345);
    }

    await expect(
      vaultOf(open(temporaryHome()), { JETON_MASTER_KEY_FILE: path }).init(),
    ).rejects.toMatchObject(unusable('key-file', 'owner'));
  });
});
