import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { Secret } from '../../src/core/secret.ts';
import { createLocalIntegrations } from '../../src/node/database/integrations.ts';
import { startSlackSimulator, type SlackSimulator } from '../simulators/slack.ts';
import { createTestCli, startProcess, CLI } from '../support/cli.ts';
import { standInCrontab } from '../support/crontab-user.ts';
import { openTestStore, systemTime, TEST_KEY } from '../support/open-stores.ts';

let slack: SlackSimulator;

beforeAll(async () => {
  slack = await startSlackSimulator();
});
afterAll(() => slack.stop());

describe('jeton config', () => {
  test('gets, sets and lists', async () => {
    const cli = createTestCli();
    expect((await cli.run(['config', 'get', 'slack.concurrency'])).stdout).toBe('64\n');
    expect((await cli.run(['config', 'set', 'slack.concurrency', '4'])).stdout).toBe(
      'slack.concurrency is 4 now.\n',
    );
    expect((await cli.json(['config', 'get', 'slack.concurrency'])).document).toEqual({
      key: 'slack.concurrency',
      value: 4,
    });
    const { document } = await cli.json(['config', 'list']);
    expect(document).toMatchObject({
      settings: expect.arrayContaining([
        { key: 'slack.concurrency', value: 4, from: 'file' },
        { key: 'language', value: 'auto', from: 'default' },
      ]),
    });
    expect((await cli.run(['config', 'list'])).stdout).toContain('settings.json');
  });

  test.each([
    ['an unknown key', ['config', 'set', 'slack.colour', 'red'], 'no setting “slack.colour”'],
    ['a wrong value', ['config', 'set', 'slack.concurrency', '1000'], '“slack.concurrency” must be <= 64'],
    [
      'an address that is not safe',
      ['config', 'set', 'slack.apiUrl', 'http://evil.example'],
      '“slack.apiUrl” must be https://… | http://localhost….',
    ],
    [
      'what is no address',
      ['config', 'set', 'slack.apiUrl', 'slack'],
      '“slack.apiUrl” must be https://… | http://localhost….',
    ],
    [
      'what is no table',
      ['config', 'set', 'database.integrationTable', 'a b'],
      '“database.integrationTable” must be TABLE | SCHEMA.TABLE.',
    ],
    ['a key to read', ['config', 'get', 'nothing'], 'no setting “nothing”'],
  ])('refuses %s', async (_, args, message) => {
    const { code, stderr } = await createTestCli().run(args);
    expect(code).toBe(2);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(message);
    expect(stderr).toContain('jeton config list');
    expect(stderr).not.toContain('settings.json');
  });

  test.each([
    ['{"language": "fr",\n "slak": 1}', 'line 2: there is no setting “slak”'],
    ['{"language":\n', 'line 1: this is not JSON'],
  ])('names the line of a broken settings.json: %j', async (text, message) => {
    const cli = createTestCli();
    mkdirSync(cli.home);
    writeFileSync(join(cli.home, 'settings.json'), text);
    for (const command of [['status'], ['slack', 'refresh'], ['config', 'list']]) {
      const { code, stderr } = await cli.run(command);
      expect({ command, code }).toEqual({ command, code: 3 });
      expect(stderr).toContain(message);
    }
    expect(readFileSync(join(cli.home, 'settings.json'), 'utf8')).toBe(text);
  });
});

describe('jeton vault', () => {
  test('init, status, export-recovery-key', async () => {
    const cli = createTestCli();
    expect((await cli.json(['vault', 'status'])).code).toBe(5);
    expect(existsSync(cli.home)).toBe(false);
    expect(await cli.json(['vault', 'init'])).toMatchObject({
      code: 0,
      document: { state: 'ready', keySource: 'key-file' },
    });
    expect((await cli.run(['vault', 'init'])).code).toBe(2);
    expect(await cli.json(['vault', 'status'])).toMatchObject({
      code: 0,
      document: { state: 'ready', keySource: 'key-file', problem: null },
    });

    expect((await cli.run(['vault', 'export-recovery-key'])).code).toBe(2);
    const file = join(dirname(cli.keyFile), 'recovery-key');
    expect((await cli.run(['vault', 'export-recovery-key', '--out', file])).stdout).not.toContain(TEST_KEY);
    expect(readFileSync(file, 'utf8').trim()).toBe(TEST_KEY);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const again = await cli.run(['vault', 'export-recovery-key', '--out', file]);
    expect(again.code).toBe(3);
    expect(again.stderr).toContain('→ Choose another file name');
    const nowhere = join(cli.home, 'no-such-folder', 'key');
    expect(
      (await cli.run(['vault', 'export-recovery-key', '--out', nowhere])).stderr.replaceAll(/\s+/g, ' '),
    ).toContain('cannot be written: its folder does not exist.');
    expect((await cli.run(['vault', 'export-recovery-key', '--out', '-'])).stdout).toBe(`${TEST_KEY}\n`);
  });

  test('locked: says why, and every command that needs it ends with 5', async () => {
    const cli = createTestCli({ JETON_SLACK_API_URL: slack.url });
    await cli.run(['vault', 'init']);
    chmodSync(cli.keyFile, 0o644);
    expect(await cli.json(['status'])).toMatchObject({ code: 5, document: { vault: 'locked' } });
    const { code, stdout } = await cli.run(['vault', 'status']);
    expect(code).toBe(5);
    expect(stdout).toContain('others can read the file');
    expect((await cli.run(['vault', 'export-recovery-key', '--out', '-'])).code).toBe(5);
  });

  test('unlock refuses the key of another vault', async () => {
    const cli = createTestCli();
    await cli.run(['vault', 'init']);
    const input = Buffer.alloc(32, 'o').toString('base64');
    const env = { JETON_MASTER_KEY_FILE: undefined };
    const wrong = await cli.json(['vault', 'unlock', '--recovery-key-file', '-'], { env, input });
    expect(wrong).toMatchObject({ code: 5, document: { error: { code: 'vault-wrong-key' } } });
    const none = await cli.json(['vault', 'unlock'], { env: { ...env, JETON_RECOVERY_KEY: 'short' } });
    expect(none).toMatchObject({ code: 5, document: { error: { code: 'vault-key-unusable' } } });
  });

  test('unlock asks for nothing where the key is at hand, and says what keeps it from being', async () => {
    const cli = createTestCli();
    await cli.run(['vault', 'init']);
    expect(await cli.run(['vault', 'unlock'])).toEqual({
      code: 0,
      stdout: 'The vault is open already. Its key comes from JETON_MASTER_KEY_FILE.\n',
      stderr: '',
    });
    chmodSync(cli.keyFile, 0o644);
    const { code, stderr } = await cli.run(['vault', 'unlock']);
    expect(code).toBe(5);
    expect(stderr).toContain('others can read the file');
  });

  test('a vault whose variable is not set says which one that is', async () => {
    const cli = createTestCli();
    await cli.run(['vault', 'init']);
    const env = { JETON_MASTER_KEY_FILE: undefined };
    const { code, stdout } = await cli.run(['vault', 'status'], { env });
    expect(code).toBe(5);
    expect(stdout).toContain('Its key should come from JETON_MASTER_KEY_FILE.');
    const { stderr } = await cli.run(['vault', 'export-recovery-key', '--out', '-'], { env });
    expect(stderr).toContain('nothing here says where its key is');
    expect(stderr).toContain('→ Set JETON_MASTER_KEY_FILE to the file that holds its key');
  });
});

const examination = z.object({
  checks: z.array(
    z.object({ subject: z.string(), status: z.string(), detail: z.string(), remedy: z.string().nullable() }),
  ),
});

function checksOf(document: unknown) {
  return examination.parse(document).checks;
}

describe('jeton doctor', () => {
  test('finds a healthy machine healthy', async () => {
    const cli = createTestCli({ JETON_SLACK_API_URL: slack.url });
    const { code, document } = await cli.json(['doctor']);
    expect(code).toBe(0);
    expect(document).toHaveProperty('problems', 0);
    expect(checksOf(document).map(({ subject }) => subject)).toEqual([
      'node',
      'settings',
      'home',
      'files',
      'vault',
      'database',
      'integrations',
      'journal',
      'alerts',
      'slack',
      'clock',
      'schedule',
      'browser',
    ]);
  });

  test('finds rows that are not renewed, and says what is due', async () => {
    const cli = createTestCli({ JETON_SLACK_API_URL: slack.url });
    await cli.run(['vault', 'init']);
    const { vault, store } = await openTestStore(cli.home);
    const local = createLocalIntegrations({ store, vault, clock: systemTime, isDead: () => false });
    const add = (name: string): Promise<unknown> =>
      local.add({
        name,
        credentials: {
          clientId: '1.2',
          clientSecret: new Secret('test-client-secret'),
          refreshToken: undefined,
          accessToken: new Secret(`xoxb-test-long-lived-${name}`),
        },
        expiresAt: undefined,
      });
    const check = async () => {
      const { code, document } = await cli.json(['doctor']);
      return { code, ...checksOf(document).find(({ subject }) => subject === 'integrations') };
    };
    expect(await check()).toMatchObject({ code: 0, status: 'ok', detail: 'none yet' });
    expect((await cli.run(['doctor'])).stdout).toMatch(/Nothing is broken; there (is|are) \d+ note/);

    await add('Ops');
    expect(await check()).toMatchObject({
      code: 4,
      status: 'problem',
      detail: expect.stringMatching(/^Ops \(local:1\): .+/),
      remedy: expect.stringContaining('jeton slack exchange local:1'),
    });
    await add('Sales');
    expect(await check()).toMatchObject({
      code: 4,
      detail: '2 are not renewed: Ops (local:1), Sales (local:2)',
      remedy: expect.stringContaining('jeton status'),
    });
  });

  test('finds an unreachable Slack, open files and a clock that is wrong', async () => {
    const unreachable = createTestCli({ JETON_SLACK_API_URL: 'http://127.0.0.1:9' });
    expect((await unreachable.run(['doctor'])).stdout).toMatch(
      /✗ problem\s+Slack\s+127\.0\.0\.1:9: nothing listens/,
    );

    const cli = createTestCli({ JETON_SLACK_API_URL: slack.url });
    await cli.run(['config', 'set', 'language', 'en']);
    chmodSync(join(cli.home, 'settings.json'), 0o644);
    slack.inject({ kind: 'none', dateSkewMs: 600_000 });
    const { code, document } = await cli.json(['doctor']);
    expect(code).toBe(4);
    const problems = checksOf(document).filter(({ status }) => status === 'problem');
    expect(problems).toMatchObject([
      { subject: 'files', remedy: expect.stringContaining('chmod go-rwx') },
      { subject: 'clock', detail: expect.stringMatching(/(599|600|601) s/) },
    ]);
  });
});

describe('jeton schedule', () => {
  test('install, status, remove, in the user’s crontab', async () => {
    const crontab = standInCrontab();
    const folder = dirname(crontab.argv[0] ?? '');
    const cli = createTestCli({
      JETON_SLACK_API_URL: slack.url,
      PATH: `${folder}:${process.env['PATH'] ?? ''}`,
    });
    try {
      expect((await cli.json(['schedule', 'status'])).document).toHaveProperty('installed', false);
      const plan = await cli.json(['schedule', 'install', '--dry-run']);
      expect(plan).toMatchObject({
        code: 0,
        document: { installed: false, everyMinutes: 240, change: 'add' },
      });
      expect(crontab.content()).toBeUndefined();

      const installed = await cli.run(['schedule', 'install', '--every', '2h', '--test']);
      expect(installed.code).toBe(0);
      expect(installed.stdout).toContain('Jeton runs every 2 hours from now on.');
      expect((await cli.run(['schedule', 'install', '--every', '2h'])).stdout).toContain('Already installed');
      expect(crontab.content()?.match(/slack refresh/g)).toHaveLength(1);
      expect((await cli.json(['config', 'get', 'schedule.everyMinutes'])).document).toHaveProperty(
        'value',
        120,
      );
      expect((await cli.json(['schedule', 'status'])).document).toMatchObject({
        installed: true,
        everyMinutes: 120,
        lastRunAt: null,
        lastExitCode: null,
        lastRefreshAt: expect.any(String),
      });

      expect((await cli.json(['schedule', 'remove'])).document).toEqual({ removed: true });
      expect((await cli.run(['schedule', 'remove'])).stdout).toBe('No schedule was installed.\n');
      expect((await cli.json(['config', 'get', 'schedule.everyMinutes'])).document).toHaveProperty(
        'value',
        null,
      );
    } finally {
      crontab.dispose();
    }
  });

  test('status tells when the entry itself ran, by whoever’s refresh, and how that ended', async () => {
    const crontab = standInCrontab();
    onTestFinished(() => crontab.dispose());
    const folder = dirname(crontab.argv[0] ?? '');
    const env = { JETON_SLACK_API_URL: slack.url, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const cli = createTestCli(env);
    const status = async () => (await cli.json(['schedule', 'status'])).document;
    /** As cron does: with /bin/sh, next to nothing in the environment, and a % only where it is escaped. */
    const runEntry = async (): Promise<void> => {
      const line = crontab.content()?.split('\n')[1] ?? '';
      const command = line.replace(/^(\S+ ){5}/, '').replaceAll(String.raw`\%`, '%');
      await startProcess(['/bin/sh', '-c', command], { env: { PATH: '/usr/bin:/bin' } }).result();
    };
    await cli.run(['schedule', 'install']);

    await cli.run(['slack', 'refresh']);
    expect(await status()).toMatchObject({ lastRunAt: null, lastRefreshAt: expect.any(String) });
    expect((await cli.run(['schedule', 'status'])).stdout).toContain('Last run: never.');

    await runEntry();
    const ran = await status();
    expect(ran).toMatchObject({ lastRunAt: expect.any(String), lastExitCode: 0 });
    await cli.run(['slack', 'refresh']);
    expect(await status()).toMatchObject({ lastRunAt: Object(ran).lastRunAt, lastExitCode: 0 });

    writeFileSync(join(cli.home, 'settings.json'), '{ broken');
    await runEntry();
    expect(await status()).toMatchObject({ lastExitCode: 3 });
    rmSync(join(cli.home, 'settings.json'));
    expect((await cli.run(['schedule', 'status'])).stdout).toMatch(/Last run: .*, with exit code 3\./);
    const help = await cli.run(['slack', 'refresh', '--help']);
    expect(help.stdout).toContain('--dry-run');
    expect(help.stdout).not.toContain('--scheduled');
  });

  test('an entry of an earlier version does not pretend to know, and is replaced', async () => {
    const crontab = standInCrontab();
    onTestFinished(() => crontab.dispose());
    const folder = dirname(crontab.argv[0] ?? '');
    const env = { JETON_SLACK_API_URL: slack.url, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const cli = createTestCli(env);
    await cli.run(['schedule', 'install']);
    const earlier = crontab.content()?.replace(' --scheduled', '') ?? '';
    writeFileSync(join(folder, 'spool'), earlier, 'latin1');
    await cli.run(['slack', 'refresh']);

    const { stdout } = await cli.run(['schedule', 'status']);
    expect(stdout).toContain('An earlier version installed this entry');
    expect(stdout).toMatch(/Last refresh, by whomever: .*now/);
    expect(checksOf((await cli.json(['doctor'])).document)).toContainEqual(
      expect.objectContaining({ subject: 'schedule', status: 'warning' }),
    );
    expect((await cli.json(['schedule', 'install'])).document).toHaveProperty('change', 'replace');
    expect((await cli.run(['schedule', 'status'])).stdout).toContain('Last run: never.');
  });

  test.each([
    ['7h', 'The nearest it can: every 6 hours (--every 6h)'],
    ['soon', 'it takes 30m, 4h, 1d'],
  ])('refuses --every %s', async (every, message) => {
    const { code, stderr } = await createTestCli().run(['schedule', 'install', '--every', every]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});

describe('jeton logs', () => {
  test('shows the newest lines, and follows', async () => {
    const cli = createTestCli();
    expect((await cli.run(['logs'])).stdout).toBe('Nothing was logged yet.\n');
    const logs = join(cli.home, 'logs');
    mkdirSync(logs, { recursive: true });
    const line = (number: number): string =>
      `2026-01-15T10:00:0${number}.000Z info  event number=${number}\n`;
    writeFileSync(join(logs, 'cli.log'), line(1) + line(2) + line(3));
    expect((await cli.run(['logs', '-n', '2'])).stdout).toBe(line(2) + line(3));
    expect((await cli.json(['logs', '-n', '1'])).document).toEqual({ lines: [line(3).trim()] });

    const following = cli.start(['logs', '-n', '1', '--follow']);
    await following.saying('number=3');
    const writing = setInterval(() => appendFileSync(join(logs, 'daemon.log'), line(4)), 50);
    await following.saying('number=4').finally(() => clearInterval(writing));
    following.child.kill('SIGINT');
    expect((await following.result()).code).toBe(0);
  });
});

describe('a question', () => {
  test('for a secret shows nothing of the answer', async () => {
    const cli = createTestCli({ JETON_SLACK_API_URL: slack.url });
    const chain = slack.issueChain();
    const command = `${process.execPath} ${CLI} slack add --name Ops --client-id ${chain.clientId}`;
    // script(1) gives it a terminal, whose output becomes ours.
    const running = startProcess(['script', '-qefc', command, '/dev/null'], {
      env: {
        PATH: process.env['PATH'],
        TERM: 'xterm',
        LANG: 'C.UTF-8',
        JETON_HOME: cli.home,
        JETON_MASTER_KEY_FILE: cli.keyFile,
        JETON_SLACK_API_URL: slack.url,
      },
    });
    await running.saying('Client secret (not shown):');
    running.child.stdin?.write(`${chain.clientSecret}\r`);
    await running.saying('Refresh token (not shown):');
    running.child.stdin?.write(`typo\u0015${chain.refreshToken}\r`);
    await running.saying('Access token (Enter: none) (not shown):');
    running.child.stdin?.write('\r');
    await running.saying('Ops is kept fresh from now on');
    const { code, stdout } = await running.result();
    expect(code).toBe(0);
    for (const secret of slack.secrets()) expect(stdout).not.toContain(secret);
  });
});
