/** Targets through the built command line: what is taken, kept, shown and refused. */
import { mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startWorldlineSimulator, type WorldlineSimulator } from '../simulators/worldline.ts';
import { createTestCli, type TestCli } from '../support/cli.ts';
import { startSshd, type TestSshd } from '../support/sshd.ts';
import { temporaryHome } from '../support/temporary-home.ts';

vi.setConfig({ testTimeout: 60_000 });

/** No Docker engine is there, whatever this machine has. */
function createCli(env: NodeJS.ProcessEnv = {}): TestCli {
  return createTestCli({ DOCKER_HOST: `unix://${join(temporaryHome(), 'docker.sock')}`, ...env });
}

function add(cli: TestCli, name: string, ...args: readonly string[]) {
  return cli.json(['target', 'add', name, ...args]);
}

describe('jeton target add', () => {
  test('keeps what is given, shows what there is, and touches nothing', async () => {
    const cli = createCli();
    const dir = temporaryHome();
    mkdirSync(join(dir, 'config'));
    const file = join(dir, 'config', '.env');
    writeFileSync(file, 'RESERVATION_TIME=08:00\nONEFLEX_TOKEN=test-token-1\n', { mode: 0o640 });
    const { code, document } = await add(cli, 'bot', '--dir', dir);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      name: 'bot',
      added: true,
      check: {
        file: { path: file, state: 'present', mode: '0640', keys: ['RESERVATION_TIME', 'ONEFLEX_TOKEN'] },
        container: { error: { code: 'daemon-down' } },
        export: { error: { code: 'oneflex-not-signed-in' } },
      },
    });
    expect(JSON.stringify(document)).not.toContain('test-token-1');
    expect(readFileSync(file, 'utf8')).toBe('RESERVATION_TIME=08:00\nONEFLEX_TOKEN=test-token-1\n');

    const args = ['--dir', dir, '--env-file', file, '--compose-file', 'a.yml', '--compose-file', 'b.yml'];
    const set = ['--set', 'A=oneflex:access', '--set', 'B=oneflex:refresh', '--restart', 'never'];
    expect((await add(cli, 'b.2', ...args, ...set, '--service', 's', '--sudo')).code).toBe(0);
    expect(await cli.json(['target', 'list'])).toMatchObject({
      code: 0,
      document: {
        targets: [
          {
            name: 'b.2',
            file,
            restart: 'never',
            keys: [
              { key: 'A', source: 'oneflex:access' },
              { key: 'B', source: 'oneflex:refresh' },
            ],
          },
          {
            name: 'bot',
            file,
            host: null,
            restart: 'on-reconnect',
            pending: null,
            lastExport: null,
            lastRestart: null,
            keys: [
              { key: 'ONEFLEX_TOKEN', source: 'oneflex:access' },
              { key: 'ONEFLEX_REFRESH_TOKEN', source: 'oneflex:refresh' },
            ],
          },
        ],
      },
    });
  });

  test.each([
    ['--dir', []],
    ['--dir', ['--dir', ' ']],
    ['--dir', ['--dir', 'relative', '--ssh', 'nas']],
    ['--ssh', ['--dir', '/x', '--ssh', '-oProxyCommand=x']],
    ['--ssh', ['--dir', '/x', '--ssh', 'nas:99999']],
    ['--restart', ['--dir', '/x', '--restart', 'sometimes']],
    ['--set', ['--dir', '/x', '--set', 'ONEFLEX_TOKEN']],
    ['--set', ['--dir', '/x', '--set', 'ONEFLEX_TOKEN=eyJ0ZXN0.test.secret']],
    ['--set', ['--dir', '/x', '--set', '1A=oneflex:access']],
    ['--set', ['--dir', '/x', '--set', 'A=oneflex:access', '--set', 'A=oneflex:refresh']],
  ])('refuses what does not fit %s: %j', async (option, args) => {
    const cli = createCli();
    const { code, document } = await add(cli, 'bot', ...args);
    expect(code).toBe(2);
    expect(document).toMatchObject({
      error: { code: 'target-invalid', message: expect.stringContaining(option) },
    });
    expect(JSON.stringify(document)).not.toContain('eyJ0ZXN0');
    const french = await cli.run(['--lang', 'fr', 'target', 'add', 'bot', ...args]);
    expect(french.stderr).toContain('il faut');
    expect((await cli.json(['target', 'list'])).document).toEqual({ targets: [] });
  });

  test('refuses a name twice, a name that is none, and an integration that is not there', async () => {
    const cli = createCli();
    const dir = temporaryHome();
    expect((await add(cli, 'bot', '--dir', dir)).code).toBe(0);
    const again = await add(cli, 'bot', '--dir', dir);
    expect(again).toMatchObject({ code: 2, document: { error: { code: 'target-exists' } } });
    expect((await add(cli, 'my bot', '--dir', dir)).document).toHaveProperty('error.code', 'target-invalid');
    expect(await add(cli, 'ops', '--dir', dir, '--set', 'T=slack:app:7')).toMatchObject({
      code: 2,
      document: { error: { code: 'integration-not-found' } },
    });
  });
});

describe('jeton target list, check and remove', () => {
  test('without targets say how to add one', async () => {
    const cli = createCli();
    for (const args of [['target', 'list'], ['target', 'check'], ['export']]) {
      const { code, stdout } = await cli.run(args);
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: 'There are no targets yet. Add one: jeton target add NAME --dir DIR\n',
      });
    }
  });

  test('know the names', async () => {
    const cli = createCli();
    for (const args of [
      ['target', 'check', 'x'],
      ['target', 'remove', 'x'],
      ['export', 'x'],
    ]) {
      expect(await cli.json(args)).toMatchObject({
        code: 2,
        document: { error: { code: 'target-not-found' } },
      });
    }
    await add(cli, 'bot', '--dir', temporaryHome());
    expect((await cli.run(['target', 'list'])).stdout).toMatch(/BOT +FILE +EXPORTED +RESTART\n‖ bot /);
    const removed = await cli.json(['target', 'remove', 'bot']);
    expect(removed).toEqual({ code: 0, document: { name: 'bot', removed: true } });
    expect((await cli.json(['target', 'list'])).document).toEqual({ targets: [] });
  });

  test('check says in French, too, what is wrong with a file', async () => {
    const cli = createCli();
    await add(cli, 'bot', '--dir', join(temporaryHome(), 'not-there'));
    const { code, stdout } = await cli.run(['--lang', 'fr', 'target', 'check']);
    expect(code).toBe(4);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('est illisible : son dossier n’existe pas');
  });
});

describe('jeton export, where Docker is not needed', () => {
  let worldline: WorldlineSimulator;
  beforeAll(async () => {
    worldline = await startWorldlineSimulator({ host: 'localhost' });
  });
  afterAll(() => worldline.stop());

  /** Signed in by pasting, with a bot that has this file. */
  async function setUp(text: string, ...args: readonly string[]) {
    const cli = createCli({ JETON_ONEFLEX_URL: worldline.url, TZ: 'Europe/Paris' });
    const dir = temporaryHome();
    const file = join(dir, '.env');
    writeFileSync(file, text);
    const { accessToken, refreshToken } = worldline.issue(worldline.employee);
    await cli.run(['oneflex', 'login', '--paste', '--no-export'], {
      input: `${accessToken}\n${refreshToken}\n`,
    });
    await add(cli, 'bot', '--dir', dir, '--file', '.env', '--restart', 'never', ...args);
    return { cli, file, accessToken };
  }

  test('tells scripts all that it tells people', async () => {
    const part = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url');
    const jwt = `${part({ alg: 'none' })}.${part({ exp: 9_999_999_999 })}.test`;
    const set = ['A=oneflex:access', 'B=oneflex:refresh'].flatMap((mapping) => ['--set', mapping]);
    const { cli } = await setUp(`A=${jwt}\nX=1\nC=1\nC=2\nnot a line\n`, ...set, '--session-json');
    const { code, document } = await cli.json(['export']);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      targets: [
        {
          file: {
            changedKeys: [],
            keptKeys: ['A', 'B'],
            warnings: [{ kind: 'unreadable-line', line: 5 }],
          },
          missing: [],
          session: 'no-cookies',
        },
      ],
    });
  });

  test('says why there is no session.json', async () => {
    const { cli, file, accessToken } = await setUp('', '--session-json');
    const { code, stdout } = await cli.run(['export']);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('session.json was not written: tokens that were pasted');
    expect(readFileSync(file, 'utf8')).toContain(`ONEFLEX_TOKEN=${accessToken}`);
  });

  test('warns of a time of booking that is none, and knows by whose clock one is', async () => {
    const { cli, file } = await setUp('RESERVATION_TIME=9h\n');
    const check = async () => (await cli.json(['target', 'check'])).document;
    const booking = (reservation: object) => ({ targets: [{ export: { restart: { reservation } } }] });
    expect(await check()).toMatchObject(booking({ time: '9h', isValid: false, timeZone: null }));
    expect((await cli.run(['target', 'check'])).stdout).toContain('RESERVATION_TIME is “9h”');
    expect(await cli.json(['export', '--restart'])).toMatchObject({
      code: 1,
      document: { targets: [{ restart: { outcome: 'failed', invalidTime: '9h' } }] },
    });
    expect((await cli.run(['--lang', 'fr', 'export', '--restart'])).stdout).toContain('vaut « 9h »');

    writeFileSync(file, 'RESERVATION_TIME=09:00\n');
    expect(await check()).toMatchObject(booking({ timeZone: { name: 'Europe/Paris', from: 'here' } }));
    writeFileSync(file, 'RESERVATION_TIME=09:00\nTZ=Asia/Tokyo\n');
    expect(await check()).toMatchObject(booking({ timeZone: { name: 'Asia/Tokyo', from: 'file' } }));
    expect((await cli.run(['target', 'check'])).stdout).toContain('09:00 (Asia/Tokyo, of the file)');
  });

  test('keeps in mind that it failed, for whoever asks how things are', async () => {
    const { cli, file } = await setUp('A=1\n');
    rmSync(file);
    mkdirSync(file);
    expect((await cli.run(['export'])).code).toBe(4);
    const status = await cli.run(['status']);
    expect(status.code).toBe(4);
    expect(status.stdout).toContain('The bot bot does not get all its tokens.');
    expect(status.stdout.replaceAll(/\s+/g, ' ')).toContain('it is a folder');
    rmdirSync(file);
    expect((await cli.run(['export'])).code).toBe(0);
    expect(await cli.json(['status'])).toMatchObject({
      code: 0,
      document: { targets: [{ exportFailure: null }] },
    });
  });
});

describe('after jeton oneflex forget', () => {
  test('a bot waits in its row for a sign-in, and nothing fails', async () => {
    const worldline = await startWorldlineSimulator({ host: 'localhost' });
    onTestFinished(() => worldline.stop());
    const cli = createCli({ JETON_ONEFLEX_URL: worldline.url });
    const dir = temporaryHome();
    await add(cli, 'bot', '--dir', dir, '--file', '.env', '--restart', 'never');
    const { accessToken, refreshToken } = worldline.issue(worldline.employee);
    const login = () =>
      cli.run(['oneflex', 'login', '--paste'], { input: `${accessToken}\n${refreshToken}\n` });
    expect((await login()).code).toBe(0);
    expect((await cli.run(['oneflex', 'forget', '--yes'])).code).toBe(0);
    expect((await cli.run(['export'])).code).toBe(4);
    const { code, stdout } = await cli.run(['status']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('does not get all its tokens');
    expect(stdout).toMatch(/‖ bot[^]*Nobody is signed in to OneFlex here/);
    expect((await login()).code).toBe(0);
    expect((await cli.run(['status'])).stdout).toMatch(/● bot/);
  });
});

describe('a bot on another machine', () => {
  let sshd: TestSshd;
  let worldline: WorldlineSimulator;
  beforeAll(async () => {
    sshd = await startSshd();
    worldline = await startWorldlineSimulator({ host: 'localhost' });
  });
  afterAll(async () => {
    await sshd.dispose();
    await worldline.stop();
  });

  test('is written to once its key is accepted, and not before', async () => {
    const { fingerprint } = sshd.hostKey();
    const cli = createCli({
      JETON_ONEFLEX_URL: worldline.url,
      PATH: `${sshd.path}:${process.env['PATH']}`,
    });
    const { accessToken } = worldline.issue(worldline.employee);
    await cli.run(['oneflex', 'login', '--paste'], { input: accessToken });
    const dir = sshd.makeFolder();
    const args = ['--dir', dir, '--ssh', 'nas', '--file', '.env', '--restart', 'never'];

    const unknown = await add(cli, 'nas', ...args);
    expect(unknown).toMatchObject({
      code: 4,
      document: {
        check: { error: { code: 'ssh-host-key-unknown', message: expect.stringContaining(fingerprint) } },
      },
    });
    expect(await cli.json(['export'])).toMatchObject({
      code: 4,
      document: { targets: [{ file: { error: { code: 'ssh-host-key-unknown' } } }] },
    });
    const other = `SHA256:${'A'.repeat(43)}`;
    expect((await cli.json(['target', 'check', 'nas', '--accept-host-key', other])).code).toBe(4);

    const accepted = await cli.json(['target', 'check', 'nas', '--accept-host-key', fingerprint]);
    expect(accepted.document).toMatchObject({
      targets: [{ host: 'nas', error: null, file: { path: join(dir, '.env'), state: 'absent' } }],
    });
    expect(await cli.json(['export'])).toMatchObject({
      code: 0,
      document: { targets: [{ file: { written: true, changedKeys: ['ONEFLEX_TOKEN'] } }] },
    });
    expect(readFileSync(join(dir, '.env'), 'utf8')).toBe(`ONEFLEX_TOKEN=${accessToken}\n`);
    expect(statSync(join(dir, '.env')).mode & 0o777).toBe(0o600);
    expect((await cli.json(['status'])).document).toMatchObject({ targets: [{ host: 'nas' }] });
  });
});
