import { cpSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import { createLocalIntegrations } from '../../src/node/database/integrations.ts';
import { openStore, storeFile } from '../../src/node/database/open.ts';
import { Vault } from '../../src/node/vault/vault.ts';
import { MemoryKeychain } from '../fakes/memory-keychain.ts';
import { CLI, createTestCli, startProcess, type TestCli } from '../support/cli.ts';
import { DAMAGES } from '../support/damages.ts';
import { systemTime, TEST_KEY } from '../support/open-stores.ts';

/** A home with one integration, and a backup of it. */
async function homeWithBackup(cli: TestCli): Promise<string> {
  mkdirSync(cli.home);
  const store = openStore(cli.home);
  const vault = new Vault({ store, env: { JETON_MASTER_KEY: TEST_KEY }, keychain: new MemoryKeychain() });
  await vault.init();
  const local = createLocalIntegrations({ store, vault, clock: systemTime, isDead: () => false });
  await local.add({
    name: 'Ops',
    credentials: {
      clientId: '1.2',
      clientSecret: new Secret('test-client-secret'),
      refreshToken: new Secret('xoxe-1-test-refresh-1'),
      accessToken: undefined,
    },
    expiresAt: undefined,
  });
  store.dispose();
  const backup = join(cli.home, 'backups', 'jeton-2026-01-15T100000.000Z-v6.db');
  cpSync(storeFile(cli.home), backup);
  return backup;
}

describe.each(Object.entries(DAMAGES))('a jeton.db that was %s', (_, damage) => {
  test('is mended by the command that the error names', async () => {
    const cli = createTestCli();
    const backup = await homeWithBackup(cli);
    damage(storeFile(cli.home));
    const bytes = readFileSync(storeFile(cli.home), 'latin1');

    const refused = await cli.run(['status']);
    expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('jeton store restore') });
    const looked = await cli.run(['store', 'status']);
    expect(looked.code).toBe(3);
    expect(looked.stdout).toMatch(/jeton\.db: damaged[^]*-v6\.db: sound[^]*jeton store restore/);

    const unasked = await cli.run(['store', 'restore']);
    expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(readFileSync(storeFile(cli.home), 'latin1')).toBe(bytes);

    const restored = await cli.run(['store', 'restore', '--yes']);
    expect(restored.code).toBe(0);
    expect(restored.stdout).toContain(backup);
    expect(restored.stdout).toMatch(
      /Slack will refuse the backup’s refresh token of each that was renewed since: Ops \(local:1\)\./,
    );
    const [aside = ''] = /\/\S+set-aside-\S+/.exec(restored.stdout) ?? [];
    expect(readFileSync(aside, 'latin1')).toBe(bytes);
    expect((await cli.json(['status'])).document).toMatchObject({ integrations: [{ id: 'local:1' }] });
  });
});

test('a person is told what is lost, and asked', async () => {
  const cli = createTestCli();
  await homeWithBackup(cli);
  DAMAGES['cut short']?.(storeFile(cli.home));
  const ask = () =>
    startProcess(['script', '-qefc', `${process.execPath} ${CLI} store restore --lang fr`, '/dev/null'], {
      env: { PATH: process.env['PATH'], TERM: 'xterm', COLUMNS: '200', JETON_HOME: cli.home },
    });
  const hesitating = ask();
  await hesitating.saying('[o/N]');
  hesitating.child.stdin?.write('n\r');
  const { code, stdout } = await hesitating.result();
  expect(code).toBe(1);
  expect(stdout).toContain('Slack refusera');
  expect(readdirSync(cli.home).filter((name) => name.includes('set-aside'))).toEqual([]);

  const sure = ask();
  await sure.saying('[o/N]');
  sure.child.stdin?.write('o\r');
  expect((await sure.result()).code).toBe(0);
  expect(readdirSync(cli.home).filter((name) => name.includes('set-aside'))).not.toEqual([]);
});

test('without a backup, one begins anew, and finds the way back', async () => {
  const cli = createTestCli();
  const backup = await homeWithBackup(cli);
  cpSync(backup, join(cli.home, 'by-hand.db'));
  DAMAGES['cut short']?.(backup);
  expect(await cli.run(['store', 'restore', '--yes'])).toMatchObject({
    code: 3,
    stderr: expect.stringContaining('jeton store set-aside'),
  });

  expect(await cli.run(['store', 'set-aside'])).toMatchObject({ code: 2 });
  const { code, document } = await cli.json(['store', 'set-aside', '--yes']);
  expect(code).toBe(0);
  const { setAside } = Object(document);
  expect((await cli.json(['status'])).document).toMatchObject({ integrations: [] });
  expect((await cli.run(['store', 'restore', '--from', setAside, '--yes'])).code).toBe(0);
  expect((await cli.json(['status'])).document).toMatchObject({ integrations: [{ id: 'local:1' }] });
  expect((await cli.json(['store', 'status'])).document).toMatchObject({
    state: 'sound',
    backups: [{ state: 'damaged' }],
    setAside: [{ file: setAside, state: 'sound' }],
  });
  expect((await cli.json(['store', 'restore', '--from', 'nowhere.db', '--yes'])).document).toMatchObject({
    error: { code: 'store-backup-unusable' },
  });
});

test('nothing moves while the daemon runs', async () => {
  const cli = createTestCli({ JETON_SLACK_API_URL: 'http://127.0.0.1:9' });
  await homeWithBackup(cli);
  const daemon = cli.start(['run']);
  await daemon.saying('Keeping');

  for (const args of [
    ['store', 'set-aside', '--yes'],
    ['store', 'restore', '--yes'],
  ]) {
    expect(await cli.run(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('jeton run') });
  }
  daemon.child.kill('SIGTERM');
  await daemon.result();
  expect((await cli.run(['store', 'set-aside', '--yes'])).code).toBe(0);
  expect((await cli.run(['store', 'set-aside', '--yes'])).stdout).toBe(
    'There is no jeton.db to set aside.\n',
  );
});
