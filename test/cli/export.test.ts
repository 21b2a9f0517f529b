/** Exports through the built command line, to bots in real containers. */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit-codes.ts';
import { exitCodeOfRestart } from '../../src/cli/export-report.ts';
import { startSlackSimulator } from '../simulators/slack.ts';
import { startWorldlineSimulator, type WorldlineSimulator } from '../simulators/worldline.ts';
import { type Display, installedChromium, startDisplay } from '../support/browser.ts';
import { createTestCli, type TestCli } from '../support/cli.ts';
import type { TestBot } from '../support/bots.ts';
import { startDockerd, type TestDockerd } from '../support/dockerd.ts';
import { personAt } from '../support/person.ts';
import { temporaryHome } from '../support/temporary-home.ts';

// compose 1 takes seconds to start where others are at work, too.
vi.setConfig({ testTimeout: 120_000 });

const MOUNTED = ['volumes: ["./config:/app/config:rw"]'];
const SETTINGS = '# mine\nRESERVATION_TIME=\nNOTIFY="yes" # or no\n';

let engine: TestDockerd;
let worldline: WorldlineSimulator;
let display: Display;
beforeAll(async () => {
  // A name that Node resolves, too.
  worldline = await startWorldlineSimulator({ host: 'localhost' });
  display = await startDisplay();
  engine = await startDockerd();
});
afterAll(async () => {
  await engine.dispose();
  await display.stop();
  await worldline.stop();
});

interface World {
  readonly cli: TestCli;
  readonly bot: TestBot;
}

/** A bot that runs, known to a Jeton that nobody is signed in to. */
async function setUp(
  options: Parameters<TestDockerd['startBot']>[0] = {},
  ...addArgs: readonly string[]
): Promise<World> {
  const bot = await engine.startBot({ compose: MOUNTED, ...options });
  await writeFile(bot.envFile, `${SETTINGS}ONEFLEX_TOKEN=test-token-1\n`);
  const cli = createTestCli({
    JETON_ONEFLEX_URL: worldline.url,
    DOCKER_HOST: `unix://${engine.socket}`,
    ...display.env,
  });
  const added = await cli.run(['target', 'add', 'bot', '--dir', bot.dir, ...addArgs]);
  expect(added).toMatchObject({ code: 0, stderr: expect.any(String) });
  return { cli, bot };
}

/** Signs in by hand, without exporting; answers the access token. */
async function signIn({ cli }: World): Promise<string> {
  const { accessToken, refreshToken } = worldline.issue(worldline.employee);
  const args = ['oneflex', 'login', '--paste', '--no-export'];
  const { code } = await cli.run(args, { input: `${accessToken}\n${refreshToken}\n` });
  expect(code).toBe(0);
  return accessToken;
}

function tokenIn({ envFile }: TestBot): string | undefined {
  return /^ONEFLEX_TOKEN=(.*)$/m.exec(readFileSync(envFile, 'utf8'))?.[1];
}

/** `HH:MM`, some minutes from now. */
function clockIn(minutes: number): string {
  const date = new Date(Date.now() + minutes * 60_000);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

test('from a sign-in in a real browser to a container that has read the new token', async () => {
  const world = await setUp();
  const { cli, bot } = world;
  const running = cli.start(['oneflex', 'login', '--browser', installedChromium()]);
  await worldline.waitFor('asked-for-email');
  const person = await personAt(join(cli.home, 'browser'));
  onTestFinished(() => person.leave());
  await person.signIn(worldline.employee);
  await person.leave();
  const { code, stdout, stderr } = await running.result();

  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('Signed in to OneFlex') });
  expect(stdout).toContain('ONEFLEX_TOKEN, ONEFLEX_REFRESH_TOKEN written');
  expect(stdout).toContain('restarted: it reads the file when it starts');
  const token = tokenIn(bot) ?? '';
  expect(worldline.ownerOf(token)).toEqual(worldline.employee);
  expect(await bot.output()).toContain(`the token is ${token}`);
  const text = await readFile(bot.envFile, 'utf8');
  expect(text.startsWith(SETTINGS)).toBe(true);
  expect((await stat(bot.envFile)).mode & 0o007).toBe(0);
  for (const secret of worldline.secrets()) expect(stdout + stderr).not.toContain(secret);

  // The token endpoint's next one is written, and nobody's restart is worth an interruption.
  const renewed = await cli.json(['oneflex', 'renew']);
  expect(renewed).toMatchObject({
    code: 0,
    document: { targets: [{ file: { changedKeys: ['ONEFLEX_TOKEN'] }, restart: { outcome: 'none' } }] },
  });
  expect(tokenIn(bot)).not.toBe(token);
});

describe('jeton export', () => {
  test('writes, restarts, and leaves alone what is up to date', async () => {
    const world = await setUp();
    const { cli, bot } = world;
    expect(await cli.json(['export'])).toMatchObject({
      code: 4,
      document: { targets: [{ file: { written: false, error: { code: 'oneflex-not-signed-in' } } }] },
    });
    expect(await cli.json(['status'])).toMatchObject({
      code: 0,
      document: {
        sentence: 'Nothing to keep fresh yet.',
        targets: [{ exportFailure: { error: { code: 'oneflex-not-signed-in' } } }],
      },
    });
    const token = await signIn(world);

    const planned = await cli.json(['export', '--dry-run']);
    expect(planned).toMatchObject({
      code: 0,
      document: {
        targets: [
          {
            file: { changedKeys: ['ONEFLEX_TOKEN', 'ONEFLEX_REFRESH_TOKEN'], written: false },
            restart: { action: 'restart', outcome: 'would-restart', startedAt: null, error: null },
          },
        ],
      },
    });
    expect(tokenIn(bot)).toBe('test-token-1');

    const { code, document } = await cli.json(['export', 'bot']);
    expect(code).toBe(0);
    expect(document).toEqual({
      targets: [
        {
          name: 'bot',
          file: {
            path: bot.envFile,
            changedKeys: ['ONEFLEX_TOKEN', 'ONEFLEX_REFRESH_TOKEN'],
            keptKeys: [],
            written: true,
            warnings: [],
          },
          missing: [],
          session: null,
          restart: {
            action: 'restart',
            outcome: 'restarted',
            startedAt: expect.stringMatching(/Z$/),
            pending: null,
            error: null,
            invalidTime: null,
          },
        },
      ],
    });
    expect(await bot.output()).toContain(`the token is ${token}`);

    const again = await cli.run(['export']);
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('up to date');
    expect(again.stdout).toContain('not restarted: nothing changed');
    expect((await cli.json(['status'])).document).toMatchObject({
      targets: [
        {
          name: 'bot',
          file: bot.envFile,
          host: null,
          restart: 'on-reconnect',
          pending: null,
          exportFailure: null,
          lastExport: { changedKeys: ['ONEFLEX_TOKEN', 'ONEFLEX_REFRESH_TOKEN'] },
          lastRestart: { at: expect.stringMatching(/Z$/), failure: null },
        },
      ],
    });
  });

  test('makes a new container where env_file would win over the file', async () => {
    const world = await setUp({ compose: [...MOUNTED, 'env_file: ./config/.env'] });
    const { cli, bot } = world;
    const token = await signIn(world);
    const before = await bot.containerId();
    const { code, stdout } = await cli.run(['export']);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'recreated: with a restart its environment would win over the file (ONEFLEX_TOKEN)',
    );
    expect(await bot.containerId()).not.toBe(before);
    expect(await bot.output()).toContain(`the token is ${token}`);
  });

  test('obeys --no-restart and --restart', async () => {
    const world = await setUp();
    const { cli, bot } = world;
    const token = await signIn(world);
    const left = await cli.run(['export', '--no-restart']);
    expect(left).toMatchObject({ code: 0, stdout: expect.stringContaining('not restarted: as asked') });
    expect(tokenIn(bot)).toBe(token);
    expect(await bot.output()).not.toContain(`the token is ${token}`);
    expect(await cli.json(['export', '--restart'])).toMatchObject({
      code: 0,
      document: { targets: [{ file: { written: false }, restart: { outcome: 'restarted' } }] },
    });
    expect(await bot.output()).toContain(`the token is ${token}`);
  });

  test('holds the restart of a bot that is about to book, unless forced', async () => {
    const world = await setUp();
    const { cli, bot } = world;
    const token = await signIn(world);
    await writeFile(bot.envFile, `RESERVATION_TIME=${clockIn(5)}\nONEFLEX_TOKEN=test-token-1\n`);
    const held = await cli.json(['export']);
    expect(held).toMatchObject({
      code: 1,
      document: {
        targets: [
          {
            file: { written: true },
            restart: { outcome: 'held', pending: { heldUntil: expect.stringMatching(/Z$/), reason: null } },
          },
        ],
      },
    });
    expect(await bot.output()).not.toContain(`the token is ${token}`);
    expect((await cli.run(['status'])).stdout).toContain('Restart held until');
    expect(await cli.json(['export', '--force'])).toMatchObject({
      code: 0,
      document: { targets: [{ restart: { outcome: 'restarted', pending: null } }] },
    });
    expect(await bot.output()).toContain(`the token is ${token}`);
  });

  test('shows the last words of a bot that ends again, without what is secret in them', async () => {
    const world = await setUp();
    const { cli, bot } = world;
    const token = await signIn(world);
    await bot.mark('exit');
    const { code, stdout } = await cli.run(['export']);
    expect(code).toBe(4);
    expect(stdout).toContain('The bot was restarted, and ended again.');
    expect(stdout).toContain('What it said last:');
    expect(stdout).toContain('refused: ONEFLEX_TOKEN=[secret]');
    expect(stdout).not.toContain(token);
    const status = await cli.json(['status']);
    expect(status).toMatchObject({
      code: 4,
      document: {
        sentence: 'The bot bot did not come up after its restart.',
        targets: [{ pending: null, lastRestart: { failure: 'exited' } }],
      },
    });
  });

  test('remembers a restart that Docker could not be asked for', async () => {
    const world = await setUp();
    const { cli, bot } = world;
    const token = await signIn(world);
    const gone = { env: { DOCKER_HOST: `unix://${join(temporaryHome(), 'docker.sock')}` } };
    const { code, stdout } = await cli.run(['export'], gone);
    expect(code).toBe(1);
    expect(stdout).toContain('ONEFLEX_TOKEN, ONEFLEX_REFRESH_TOKEN written');
    expect(stdout).toContain('Docker is not running.');
    expect(stdout).toContain('Restart pending; Jeton tries again.');
    expect(tokenIn(bot)).toBe(token);
    const status = await cli.json(['status']);
    expect(status).toMatchObject({
      code: 1,
      document: {
        sentence: 'The bot bot waits for its restart; Jeton tries again by itself.',
        targets: [{ pending: { since: expect.any(String), heldUntil: null, reason: 'daemon-down' } }],
      },
    });
    expect((await cli.run(['doctor'])).stdout).toMatch(/Bot +bot: Restart pending since/);

    // It is owed, although the file is up to date by now.
    expect(await cli.json(['export'])).toMatchObject({
      code: 0,
      document: { targets: [{ file: { written: false }, restart: { outcome: 'restarted', pending: null } }] },
    });
    expect(await bot.output()).toContain(`the token is ${token}`);
  });

  test('says of each target what is wrong, and goes on with the others', async () => {
    const world = await setUp({ start: false }, '--restart', 'never');
    const { cli, bot } = world;
    await signIn(world);
    const other = temporaryHome();
    mkdirSync(join(other, 'config', '.env'), { recursive: true });
    await cli.run(['target', 'add', 'another', '--dir', other]);
    const { code, stdout } = await cli.run(['export']);
    expect(code).toBe(4);
    expect(stdout).toContain('it is a folder');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('stop the bot, remove the folder');
    expect(stdout).toContain('written');
    expect(worldline.ownerOf(tokenIn(bot) ?? '')).toEqual(worldline.employee);
    expect(await cli.json(['export', 'nobody'])).toMatchObject({
      code: 2,
      document: { error: { code: 'target-not-found' } },
    });
  });

  test('brings a Slack token to any key', async () => {
    const slack = await startSlackSimulator();
    onTestFinished(() => slack.stop());
    const chain = slack.issueChain();
    const folder = temporaryHome();
    const cli = createTestCli({ JETON_SLACK_API_URL: slack.url });
    const files = ['--client-secret-file', '-', '--refresh-token-file', '-'];
    await cli.run(['slack', 'add', '--name', 'Ops', '--client-id', chain.clientId, ...files], {
      input: `${chain.clientSecret}\n${chain.refreshToken}\n`,
    });
    const add = ['target', 'add', 'ops', '--dir', folder, '--file', '.env', '--restart', 'never'];
    const set = ['--set', 'SLACK_TOKEN=slack:1', '--set', 'A=oneflex:access'];
    expect((await cli.run([...add, ...set])).code).toBe(0);
    // Of two tokens there is one.
    expect(await cli.json(['export'])).toMatchObject({
      code: 4,
      document: {
        targets: [
          {
            file: { changedKeys: ['SLACK_TOKEN'], written: true },
            missing: [{ key: 'A', source: 'oneflex:access', error: { code: 'oneflex-not-signed-in' } }],
          },
        ],
      },
    });
    expect((await cli.run(['export'])).stdout).toContain('A stays as it is: Nobody is signed in to OneFlex');
    const [, token = ''] = /^SLACK_TOKEN=(.*)\n$/.exec(readFileSync(join(folder, '.env'), 'utf8')) ?? [];
    expect(slack.secrets()).toContain(token);

    await cli.run(['slack', 'remove', '1', '--yes']);
    expect(await cli.json(['export'])).toMatchObject({
      code: 4,
      document: { targets: [{ file: { error: { code: 'integration-not-found' } } }] },
    });
  });

  test('keeps session.json beside the file, when asked to', async () => {
    const world = await setUp({ start: false }, '--session-json', '--restart', 'never');
    const { cli, bot } = world;
    const running = cli.start(['oneflex', 'login', '--browser', installedChromium()]);
    await worldline.waitFor('asked-for-email', worldline.ledger.length);
    const person = await personAt(join(cli.home, 'browser'));
    onTestFinished(() => person.leave());
    await person.signIn(worldline.employee);
    await person.leave();
    expect((await running.result()).code).toBe(0);
    const path = join(bot.dir, 'config', 'session.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const session: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const cookie = expect.objectContaining({ name: 'access_token', value: tokenIn(bot) });
    expect(session).toMatchObject({ cookies: expect.arrayContaining([cookie]) });
  });
});

test('what Docker lacks decides the exit code', () => {
  const code = (reason: 'docker-missing' | 'compose-missing' | 'unhealthy' | 'no-container') =>
    exitCodeOfRestart({ reason, message: '' });
  expect(code('docker-missing')).toBe(EXIT.machine);
  expect(code('compose-missing')).toBe(EXIT.machine);
  expect(code('unhealthy')).toBe(EXIT.personNeeded);
  expect(code('no-container')).toBe(EXIT.failed);
});

describe('jeton target check', () => {
  test('shows file, container and what an export would do, and changes nothing', async () => {
    const world = await setUp();
    const { cli, bot } = world;
    await signIn(world);
    const before = readFileSync(bot.envFile, 'utf8');
    const { code, document } = await cli.json(['target', 'check', 'bot']);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      targets: [
        {
          name: 'bot',
          error: null,
          file: {
            path: bot.envFile,
            state: 'present',
            mode: expect.stringMatching(/^0[0-7]{3}$/),
            owner: { uid: 0, gid: 0 },
            keys: ['RESERVATION_TIME', 'NOTIFY', 'ONEFLEX_TOKEN'],
            problem: null,
          },
          container: {
            error: null,
            service: 'oneflex-bot',
            running: true,
            mounts: [{ source: join(bot.dir, 'config'), destination: '/app/config' }],
            plan: { action: 'restart', because: 'file-mounted' },
          },
          export: {
            changedKeys: ['ONEFLEX_TOKEN', 'ONEFLEX_REFRESH_TOKEN'],
            error: null,
            restart: { wanted: true, because: 'person', action: 'restart', heldUntil: null },
          },
        },
      ],
    });
    expect(JSON.stringify(document)).not.toContain('test-token-1');
    expect(readFileSync(bot.envFile, 'utf8')).toBe(before);
    expect((await cli.json(['status'])).document).toMatchObject({ targets: [{ lastExport: null }] });

    const { stdout } = await cli.run(['target', 'check']);
    expect(stdout).toContain('seen after a restart: the file is mounted');
    await bot.compose('rm', '-sf', 'oneflex-bot');
    rmSync(bot.envFile);
    const text = (await cli.run(['target', 'check'])).stdout;
    expect(text).toContain('oneflex-bot has no container');
    expect(text).toContain('is not there yet');
  });
});
