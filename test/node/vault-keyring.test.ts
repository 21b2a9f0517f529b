import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { startChild } from '../support/child.ts';
import { startKeyring, type Keyring } from '../support/keyring.ts';
import { temporaryHome } from '../support/temporary-home.ts';

/** A process with the vault of `home`, and what it answers to a command. */
function vaultIn(home: string, env: NodeJS.ProcessEnv): (command: string) => Promise<unknown> {
  const child = startChild('use-vault', [home], env);
  return async (command) => {
    child.say(command);
    return JSON.parse(await child.line());
  };
}

describe('with a real keyring', () => {
  let keyring: Keyring;
  beforeEach(async () => {
    keyring = await startKeyring();
  });
  afterEach(() => keyring.dispose());

  test('a key is made once, and found again by the next process', async () => {
    const home = temporaryHome();
    const first = vaultIn(home, keyring.env);

    expect(await first('status')).toEqual({ state: 'missing', keySource: 'keychain', canInit: true });
    expect(await first('put')).toEqual({ code: 'vault-missing' });
    expect(await first('init')).toBe('done');
    expect(await first('put')).toBe('done');
    expect(await first('init')).toEqual({ code: 'vault-exists' });

    const second = vaultIn(home, keyring.env);
    expect(await second('status')).toEqual({ state: 'ready', keySource: 'keychain', canInit: false });
    expect(await second('get')).toBe('test-secret-1');
    expect(await second('export')).toBe(await first('export'));
  });

  test('of several processes that make a key at once, one does and all use it', async () => {
    const home = temporaryHome();
    const processes = [1, 2, 3, 4].map(() => vaultIn(home, keyring.env));
    await Promise.all(processes.map((each) => each('status')));

    const answers = await Promise.all(processes.map((each) => each('init')));

    expect(answers.filter((answer) => answer === 'done')).toHaveLength(1);
    expect(answers.filter((answer) => answer !== 'done')).toEqual(
      [1, 2, 3].map(() => ({ code: 'vault-exists' })),
    );
    expect(new Set(await Promise.all(processes.map((each) => each('export')))).size).toBe(1);
  });

  test('a locked keyring locks the vault, makes no key, and is usable again once unlocked', async () => {
    const home = temporaryHome();
    const before = vaultIn(home, keyring.env);
    await before('init');
    await before('put');
    const key = await before('export');
    await keyring.lock();

    const vault = vaultIn(home, keyring.env);
    const locked = { code: 'vault-locked', source: 'keychain', reason: 'locked-or-removed' };
    expect(await vault('status')).toEqual({
      state: 'locked',
      keySource: 'keychain',
      canInit: false,
      problem: 'vault-locked',
    });
    expect(await vault('get')).toEqual(locked);
    expect(await vault('put')).toEqual(locked);
    expect(await vault('init')).toEqual({ code: 'vault-exists' });

    await keyring.unlock();
    expect(await vault('status')).toEqual({ state: 'ready', keySource: 'keychain', canInit: false });
    expect(await vault('get')).toBe('test-secret-1');
    expect(await vault('export')).toBe(key);
  });

  test('a key that was removed and put back is found by a process that missed it', async () => {
    const home = temporaryHome();
    const before = vaultIn(home, keyring.env);
    await before('init');
    await before('put');
    const key = await before('export');
    const waiting = vaultIn(home, keyring.env);
    await keyring.clear();
    expect(await waiting('get')).toMatchObject({ reason: 'locked-or-removed' });

    expect(await vaultIn(home, keyring.env)(`unlock ${String(key)}`)).toBe('done');

    expect(await waiting('get')).toBe('test-secret-1');
  });

  test('a keyring that was restarted is reached by a new process, and the old one says so', async () => {
    const home = temporaryHome();
    const before = vaultIn(home, keyring.env);
    await before('init');
    await before('put');
    const waiting = vaultIn(home, keyring.env);
    await keyring.lock();
    expect(await waiting('get')).toMatchObject({ reason: 'locked-or-removed' });

    await keyring.restart();

    expect(await waiting('get')).toEqual({
      code: 'vault-locked',
      source: 'keychain',
      reason: 'service-gone',
    });
    expect(await vaultIn(home, keyring.env)('get')).toBe('test-secret-1');
    // Whoever has the key needs no keyring.
    expect(await before('get')).toBe('test-secret-1');
  });

  test('a locked keyring takes no first key, and says so', async () => {
    const vault = vaultIn(temporaryHome(), keyring.env);
    await keyring.lock();

    expect(await vault('init')).toEqual({
      code: 'vault-locked',
      source: 'keychain',
      reason: 'locked-or-removed',
    });
    await keyring.unlock();
    expect(await vault('init')).toBe('done');
  });

  test('without a keychain nothing is made, and what there is stays', async () => {
    const nowhere = { ...keyring.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' };
    const home = temporaryHome();
    const vault = vaultIn(home, nowhere);

    expect(await vault('status')).toEqual({
      state: 'missing',
      keySource: 'keychain',
      canInit: false,
      problem: 'vault-key-unusable',
    });
    expect(await vault('init')).toEqual({
      code: 'vault-key-unusable',
      source: 'keychain',
      reason: 'no-service',
    });

    const desktop = vaultIn(home, keyring.env);
    await desktop('init');
    await desktop('put');
    expect(await vault('get')).toEqual({ code: 'vault-locked', source: 'keychain', reason: 'no-service' });
    expect(await vault('init')).toEqual({ code: 'vault-exists' });
  });

  test('a keychain that never answers is given up after five seconds, and does not hold the process back', async () => {
    const home = temporaryHome();
    await vaultIn(home, keyring.env)('init');
    const sockets: Socket[] = [];
    const deaf = createServer((socket) => void sockets.push(socket)).listen(join(home, 'bus'));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      deaf.close();
    });
    await once(deaf, 'listening');
    const child = startChild('use-vault', [home], {
      ...keyring.env,
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(home, 'bus')}`,
    });

    child.say('export');
    child.say('export');
    const locked = { code: 'vault-locked', source: 'keychain', reason: 'no-answer' };
    expect(JSON.parse(await child.line())).toEqual(locked);
    expect(JSON.parse(await child.line())).toEqual(locked);
    expect(sockets).toHaveLength(1);
    child.say('exit');
    expect((await child.exit()).code).toBe(7);
  });
});
