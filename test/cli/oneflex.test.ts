/** OneFlex through the built command line: real Chromium, a person of the test's own at it, a simulated OneFlex. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  type Account,
  startWorldlineSimulator,
  type WorldlineOptions,
  type WorldlineSimulator,
} from '../simulators/worldline.ts';
import { browsersOn, type Display, installedChromium, startDisplay } from '../support/browser.ts';
import {
  CLI,
  type CliResult,
  createTestCli,
  type RunningCli,
  startProcess,
  type TestCli,
} from '../support/cli.ts';
import { type Person, personAt } from '../support/person.ts';
import { temporaryHome } from '../support/temporary-home.ts';

// Each starts real browsers, one after the other.
vi.setConfig({ testTimeout: 60_000 });

let display: Display;
beforeAll(async () => {
  display = await startDisplay();
});
afterAll(() => display.stop());

interface World {
  readonly worldline: WorldlineSimulator;
  readonly cli: TestCli;
  readonly profile: string;
}

async function setUp(options: WorldlineOptions = {}): Promise<World> {
  // A name that Node resolves, too.
  const worldline = await startWorldlineSimulator({ host: 'localhost', ...options });
  onTestFinished(() => worldline.stop());
  const cli = createTestCli({ JETON_ONEFLEX_URL: worldline.url, ...display.env });
  return { worldline, cli, profile: join(cli.home, 'browser') };
}

/** Sits down at the browser that `running` opens. */
async function personIn({ worldline, profile }: World): Promise<Person> {
  await worldline.waitFor('visited', worldline.ledger.length);
  const person = await personAt(profile);
  onTestFinished(() => person.leave());
  return person;
}

function login({ cli }: World, ...args: readonly string[]): RunningCli {
  return cli.start(['oneflex', 'login', '--browser', installedChromium(), ...args]);
}

/** A whole sign-in by `account`. */
async function signIn(
  world: World,
  account: Account = world.worldline.employee,
  ...args: readonly string[]
): Promise<CliResult> {
  const running = login(world, ...args);
  const person = await personIn(world);
  await person.signIn(account);
  await person.leave();
  return running.result();
}

function paste({ worldline, cli }: World, account: Account = worldline.employee, ...args: readonly string[]) {
  const { accessToken, refreshToken } = worldline.issue(account);
  return cli.json(['oneflex', 'login', '--paste', ...args], { input: `${accessToken}\n${refreshToken}\n` });
}

function logsOf({ cli }: World): string {
  const folder = join(cli.home, 'logs');
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

describe('jeton oneflex login', () => {
  test('waits for the person, says who it is, and lets nobody see a token', async () => {
    const world = await setUp();
    const { code, stdout, stderr } = await signIn(world);
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: expect.stringContaining('Signed in to OneFlex as Camille Testeur.'),
    });
    expect(stdout).toContain('Renewals use this browser, too');
    for (const secret of world.worldline.secrets()) {
      expect(stdout + stderr + logsOf(world)).not.toContain(secret);
    }
    expect(browsersOn(world.profile)).toEqual([]);

    const status = await world.cli.json(['status']);
    expect(status).toMatchObject({
      code: 0,
      document: {
        sentence: expect.stringContaining('Everything is fresh.'),
        integrations: [
          {
            id: 'oneflex:1',
            kind: 'oneflex',
            name: 'OneFlex (Camille Testeur)',
            state: 'fresh',
            expiresAt: expect.any(String),
            sessionEndsAt: null,
          },
        ],
      },
    });
    expect((await world.cli.json(['slack', 'list'])).document).toHaveProperty('integrations', []);
  });

  test('brings the tokens to the bot while the browser closes, and does not end before it has', async () => {
    const world = await setUp();
    const bot = temporaryHome();
    const file = join(bot, '.env');
    writeFileSync(file, 'ONEFLEX_TOKEN=old\n');
    await world.cli.run(['target', 'add', 'bot', '--dir', bot, '--file', '.env', '--restart', 'never']);
    // It has shut down, and ends only once the new token is where it belongs.
    const ended = join(bot, 'browser-ended');
    const browser = join(bot, 'browser');
    const untilExported = `while grep -q ONEFLEX_TOKEN=old '${file}'; do sleep 0.05; done`;
    writeFileSync(browser, `#!/bin/sh\n'${installedChromium()}' "$@"\n${untilExported}\n: > '${ended}'\n`, {
      mode: 0o755,
    });
    for (const headless of [[], ['--headless']]) {
      writeFileSync(file, 'ONEFLEX_TOKEN=old\n');
      rmSync(ended, { force: true });
      const running = world.cli.start(['oneflex', 'login', '--browser', browser, ...headless]);
      if (headless.length === 0) {
        const person = await personIn(world);
        await person.signIn(world.worldline.employee, { stay: true });
        await person.leave();
      }
      expect(await running.result()).toMatchObject({ code: 0 });
      expect(existsSync(ended)).toBe(true);
      expect(browsersOn(world.profile)).toEqual([]);
    }
  });

  test('without a window goes on with the kept session, in the browser of the sign-in', async () => {
    const world = await setUp({ tokenEndpoint: 'off' });
    await signIn(world);
    const { length } = world.worldline.ledger;
    const silent = await world.cli.json(['oneflex', 'login', '--headless']);
    expect(silent).toMatchObject({
      code: 0,
      document: { account: { name: 'Camille Testeur' }, targets: [] },
    });
    await world.worldline.waitFor('session-used', length);

    world.worldline.expireSessions();
    const startedAt = performance.now();
    const refused = await world.cli.json(['oneflex', 'login', '--headless']);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(refused).toMatchObject({ code: 4, document: { error: { code: 'person-needed' } } });

    const { code, stdout } = await world.cli.run(['status']);
    expect(code).toBe(4);
    expect(stdout).toContain('OneFlex (Camille Testeur) needs you.');
    expect(stdout).toContain('→ Sign in again: jeton oneflex login');
  });

  test('ends with 4 when the window is closed', async () => {
    const world = await setUp();
    const running = login(world, '--json');
    const person = await personIn(world);
    await person.closeWindow();
    const { code, stdout } = await running.result();
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toHaveProperty('error.code', 'closed-by-person');
  });

  test('ends with 4 when nobody comes', async () => {
    const world = await setUp();
    const { code, stderr } = await login(world, '--timeout', '3').result();
    expect(code).toBe(4);
    expect(stderr).toContain('Nobody signed in within 3 s.');
    expect(browsersOn(world.profile)).toEqual([]);
  });

  test('is not refused for this machine’s clock, but names it', async () => {
    const world = await setUp({ now: () => Date.now() - 20 * 60_000 });
    const { code, stdout, stderr } = await signIn(world);
    expect(code).toBe(0);
    expect(stderr).toContain('This machine’s clock is 20 min ahead of OneFlex’s');
    expect(stdout).toContain('The access token works until');
    const status = await world.cli.json(['status']);
    expect(status).toMatchObject({ code: 0, document: { integrations: [{ state: 'fresh' }] } });
    expect((await world.cli.run(['oneflex', 'status', '--verify'])).stderr).toContain('20 min ahead');
  });

  test('closes the browser on Ctrl-C', async () => {
    const world = await setUp();
    const running = login(world);
    await world.worldline.waitFor('asked-for-email');
    running.child.kill('SIGINT');
    const { code, stderr } = await running.result();
    expect(code).toBe(1);
    expect(stderr).toContain('Stopped at your request.');
    expect(browsersOn(world.profile)).toEqual([]);
  });

  test('ends with 69 without a browser, a screen, or one that starts', async () => {
    const { cli } = await setUp();
    const absent = join(temporaryHome(), 'browser');
    const chromium = installedChromium();
    for (const more of [[], ['--headless']]) {
      expect(await cli.json(['oneflex', 'login', '--browser', absent, ...more])).toMatchObject({
        code: 69,
        document: { error: { code: 'no-browser', message: expect.stringContaining(absent) } },
      });
    }
    const options = { env: { DISPLAY: '' } };
    expect(await cli.json(['oneflex', 'login', '--browser', chromium], options)).toMatchObject({
      code: 69,
      document: { error: { code: 'no-display' } },
    });
    writeFileSync(absent, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    expect(await cli.json(['oneflex', 'login', '--browser', absent])).toMatchObject({
      code: 69,
      document: { error: { code: 'launch-failed' } },
    });
  });

  test('takes another account only when told to, and keeps the profile for the one it has', async () => {
    const world = await setUp();
    const { colleague, employee } = world.worldline;
    await paste(world, employee);
    const refused = await signIn(world, colleague);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('Dominique Essai signed in, but Jeton keeps the session of Camille');
    expect(existsSync(world.profile)).toBe(false);
    expect((await world.cli.json(['oneflex', 'status'])).document).toMatchObject({
      account: { email: employee.email },
    });
    expect(await signIn(world, colleague, '--replace-account')).toMatchObject({ code: 0 });
    expect((await world.cli.json(['oneflex', 'status'])).document).toMatchObject({
      account: { email: colleague.email },
    });
  });

  test('wants a reasonable time limit and one way at a time', async () => {
    const { cli } = await setUp();
    for (const args of [
      ['--timeout', 'soon'],
      ['--timeout', '0'],
      ['--paste', '--headless'],
    ]) {
      expect((await cli.run(['oneflex', 'login', ...args])).code).toBe(2);
    }
  });
});

describe('jeton oneflex login --paste', () => {
  test('takes both tokens from stdin, one a line', async () => {
    const world = await setUp();
    const { employee } = world.worldline;
    const { code, document } = await paste(world);
    expect(code).toBe(0);
    expect(document).toEqual({
      account: { name: employee.fullName, email: employee.email },
      expiresAt: expect.stringMatching(/Z$/),
      targets: [],
    });
    expect(await world.cli.json(['oneflex', 'renew'])).toMatchObject({
      code: 0,
      document: { by: 'token-endpoint' },
    });
  });

  test('does without the refresh token', async () => {
    const world = await setUp();
    const { accessToken } = world.worldline.issue(world.worldline.employee);
    const { code } = await world.cli.run(['oneflex', 'login', '--paste'], { input: accessToken });
    expect(code).toBe(0);
  });

  test('stores nothing that OneFlex refuses, and nothing where there is nothing', async () => {
    const world = await setUp();
    const { accessToken } = world.worldline.issue(world.worldline.employee);
    world.worldline.expireTokens('access');
    expect(await world.cli.json(['oneflex', 'login', '--paste'], { input: accessToken })).toMatchObject({
      code: 4,
      document: {
        error: {
          code: 'oneflex-not-accepted',
          remedy: expect.stringContaining('copy its cookie access_token anew'),
        },
      },
    });
    expect((await world.cli.run(['oneflex', 'login', '--paste'], { input: '\n' })).code).toBe(2);
    expect(await world.cli.json(['oneflex', 'status'])).toEqual({ code: 4, document: { signedIn: false } });
  });

  test('sends nobody what is no access token, and says where one is', async () => {
    const world = await setUp();
    const clipboard = 'what-was-in-the-clipboard';
    const { code, stdout, stderr } = await world.cli.run(['oneflex', 'login', '--paste'], {
      input: clipboard,
    });
    expect(code).toBe(2);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('not a OneFlex access token');
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('copy the value of access_token');
    expect(stdout + stderr).not.toContain(clipboard);
    expect(world.worldline.ledger).toEqual([]);
  });

  test('on a terminal asks for them unseen, and whether another account is meant', async () => {
    const world = await setUp();
    const { cli, worldline } = world;
    await paste(world);
    const { accessToken, refreshToken } = worldline.issue(worldline.colleague);
    // script(1) gives it a terminal, whose output becomes ours.
    const command = `${process.execPath} ${CLI} oneflex login --paste`;
    const running = startProcess(['script', '-qefc', command, '/dev/null'], {
      env: {
        PATH: process.env['PATH'],
        TERM: 'xterm',
        LANG: 'C.UTF-8',
        JETON_HOME: cli.home,
        JETON_MASTER_KEY_FILE: cli.keyFile,
        JETON_ONEFLEX_URL: worldline.url,
      },
    });
    await running.saying('Access token (cookie access_token) (not shown):');
    running.child.stdin?.write(`${accessToken}\r`);
    await running.saying('Refresh token (cookie refresh_token; Enter: none) (not shown):');
    running.child.stdin?.write(`${refreshToken}\r`);
    await running.saying('but Jeton keeps the session of Camille Testeur. Replace it?');
    running.child.stdin?.write('y\r');
    const { code, stdout } = await running.result();
    expect(code).toBe(0);
    expect(stdout).toContain('Signed in to OneFlex as Dominique Essai.');
    for (const secret of worldline.secrets()) expect(stdout).not.toContain(secret);
  });

  test('tells a OneFlex that is down from one that refuses', async () => {
    const world = await setUp({ down: true });
    expect(await paste(world)).toMatchObject({
      code: 1,
      document: { error: { code: 'oneflex-unreachable' } },
    });
  });
});

describe('jeton oneflex renew, status and forget', () => {
  test('renew says when the person is needed', async () => {
    const world = await setUp({ tokenEndpoint: 'off' });
    expect(await world.cli.json(['oneflex', 'renew'])).toMatchObject({
      code: 4,
      document: { error: { code: 'oneflex-not-signed-in' } },
    });
    await paste(world);
    await world.cli.run(['config', 'set', 'oneflex.browser', installedChromium()]);
    const { code, stderr } = await world.cli.run(['--lang', 'fr', 'oneflex', 'renew']);
    expect(code).toBe(4);
    expect(stderr).toContain('OneFlex vous demande de vous connecter');
  });

  test('renew loses no token that it cannot store at once', async () => {
    const world = await setUp({ tokenEndpoint: 'both-tokens' });
    const { cli, worldline } = world;
    await paste(world);
    const renewal = cli.start(['oneflex', 'renew']);
    await worldline.waitFor('renewed');
    // From before the answer has left until Jeton has given up its first try.
    const database = new Database(join(cli.home, 'jeton.db'));
    onTestFinished(() => void database.close());
    database.exec('BEGIN IMMEDIATE');
    await expect.poll(() => logsOf(world), { timeout: 30_000 }).toContain('oneflex-tokens-not-written');
    database.exec('COMMIT');
    const { code, stderr } = await renewal.result();
    expect(code).toBe(1);
    expect(stderr).toContain('could not be written');
    // Its refresh token is the only one that still works.
    expect(await cli.json(['oneflex', 'renew'])).toMatchObject({
      code: 0,
      document: { by: 'token-endpoint' },
    });
    expect(worldline.count('renewal-refused')).toBe(0);
  });

  test('status asks OneFlex only with --verify', async () => {
    const world = await setUp();
    await paste(world);
    const asked = world.worldline.ledger.length;
    expect(await world.cli.json(['oneflex', 'status'])).toMatchObject({
      code: 0,
      document: { signedIn: true, state: 'fresh', lapsedAt: null, lastError: null, verified: false },
    });
    expect(world.worldline.ledger.length).toBe(asked);
    const { code, stdout } = await world.cli.run(['oneflex', 'status', '--verify']);
    expect(code).toBe(0);
    expect(stdout).toContain('OneFlex accepts the access token, and says that it is Camille Testeur’s.');
    world.worldline.expireTokens('access');
    expect((await world.cli.run(['oneflex', 'status', '--verify'])).code).toBe(4);
  });

  test('forget leaves neither tokens nor cookies nor profile, and asks first', async () => {
    const world = await setUp();
    const { cli, worldline } = world;
    await signIn(world);
    expect(existsSync(world.profile)).toBe(true);
    expect((await cli.run(['oneflex', 'forget'])).code).toBe(2);
    expect(await cli.json(['oneflex', 'forget', '--yes'])).toEqual({
      code: 0,
      document: { forgotten: true },
    });
    expect(existsSync(world.profile)).toBe(false);
    expect((await cli.json(['status'])).document).toHaveProperty('integrations', []);
    const activity = await cli.run(['activity']);
    expect(activity.stdout).toMatch(/forgotten[^]*signed in/);
    expect(await cli.json(['oneflex', 'forget'])).toEqual({ code: 0, document: { forgotten: false } });
    const database = readFileSync(join(cli.home, 'jeton.db')).toString('latin1');
    for (const secret of worldline.secrets()) expect(database).not.toContain(secret);
  });

  test('forget takes what the application’s window keeps, or leaves it to an application that runs', async () => {
    const { cli } = await setUp();
    const profile = join(cli.home, 'window', 'Partitions', 'oneflex');
    mkdirSync(profile, { recursive: true });
    const lock = join(cli.home, process.platform === 'win32' ? 'lockfile' : 'SingletonLock');
    symlinkSync(`here-${process.pid}`, lock);
    const running = await cli.run(['oneflex', 'forget', '--yes']);
    expect(running.stdout).toContain('clears its own sign-in window');
    expect(existsSync(profile)).toBe(true);
    rmSync(lock);
    const ended = await cli.run(['oneflex', 'forget', '--yes']);
    expect(ended.stdout).not.toContain('clears its own');
    expect(existsSync(profile)).toBe(false);
  });

  test('forget waits for a silent renewal, whose browser would bring the profile back', async () => {
    const world = await setUp({ tokenEndpoint: 'off' });
    await signIn(world);
    world.worldline.expireSessions();
    world.worldline.configure({ restless: true });
    const { length } = world.worldline.ledger;
    const renewal = world.cli.start(['oneflex', 'renew']);
    await world.worldline.waitFor('asked-for-email', length);
    expect((await world.cli.run(['oneflex', 'forget', '--yes'])).code).toBe(0);
    expect((await renewal.result()).code).toBe(4);
    const activity = await world.cli.json(['activity']);
    expect(activity.document).toMatchObject({
      activity: [{ event: 'forgotten' }, { event: 'lapsed' }, { event: 'signed-in' }],
    });
    expect(existsSync(world.profile)).toBe(false);
    expect((await world.cli.json(['oneflex', 'status'])).document).toEqual({ signedIn: false });
  });

  test('forget takes the profile from no window that is open', async () => {
    const world = await setUp();
    const running = login(world);
    const person = await personIn(world);
    expect(await world.cli.json(['oneflex', 'forget', '--yes'])).toMatchObject({
      code: 4,
      document: { error: { code: 'profile-in-use' } },
    });
    expect(existsSync(world.profile)).toBe(true);
    await person.closeWindow();
    await running.result();
    expect((await world.cli.run(['oneflex', 'forget', '--yes'])).code).toBe(0);
    expect(existsSync(world.profile)).toBe(false);
  });
});
