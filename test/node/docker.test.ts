/** Docker's adapter against a real engine and a real compose. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BotTarget, RestartOutcome } from '../../src/core/export/restart.ts';
import { isRestartOwed } from '../../src/core/export/restart.ts';
import { systemTimer } from '../../src/node/clock.ts';
import { Docker } from '../../src/node/docker.ts';
import type { RunCommand } from '../../src/node/run-command.ts';
import type { TestBot } from '../support/bots.ts';
import { startDockerd, type TestDockerd } from '../support/dockerd.ts';

// compose 1 takes seconds to start where others are at work, too.
vi.setConfig({ testTimeout: 60_000 });

const MOUNTED = ['volumes: ["./config:/app/config:rw"]'];
const KEYS = ['ONEFLEX_TOKEN', 'ONEFLEX_REFRESH_TOKEN'];

let engine: TestDockerd;
let run: RunCommand;
beforeAll(async () => {
  engine = await startDockerd();
  run = await engine.runWith('docker', 'docker-compose');
});
afterAll(() => engine.dispose());

const dockerBy = (by: RunCommand, folders: readonly string[] = []) =>
  new Docker({ run: by, folders, timer: systemTimer });

function targetOf(bot: TestBot, changes: Partial<BotTarget> = {}): BotTarget {
  const { dir, envFile } = bot;
  return { dir, composeFiles: [], service: undefined, envFile, keys: KEYS, ...changes };
}

/** What nothing but a running engine and compose is needed for. */
const nowhere = (changes: Partial<BotTarget> = {}): BotTarget => {
  const dir = changes.dir ?? engine.folder;
  return {
    dir,
    composeFiles: [],
    service: undefined,
    envFile: join(dir, 'config/.env'),
    keys: KEYS,
    ...changes,
  };
};

function expectRestarted(outcome: RestartOutcome) {
  if (outcome.kind !== 'restarted') throw new Error(JSON.stringify(outcome));
  return outcome;
}

describe.each([
  ['docker-compose', '1.29.2', ['docker', 'docker-compose']],
  ['docker compose', '1.29.2', ['docker', 'compose-plugin']],
] as const)('a bot under %s', (form, version, programs) => {
  let docker: Docker;
  beforeAll(async () => {
    docker = dockerBy(await engine.runWith(...programs));
  });

  it('is inspected, and nothing changes', async () => {
    const bot = await engine.startBot({ compose: MOUNTED });
    const before = await docker.inspect(targetOf(bot));
    expect(before).toMatchObject({
      kind: 'inspected',
      docker: { program: 'docker', version: '20.10.24+dfsg1', serverVersion: '20.10.24+dfsg1' },
      compose: { form, version },
      services: ['oneflex-bot'],
      service: 'oneflex-bot',
      container: {
        running: true,
        restarting: false,
        health: 'none',
        variables: [],
        timeZone: '',
        mounts: [{ source: join(bot.dir, 'config'), destination: '/app/config' }],
        workingDir: bot.dir,
      },
      plan: { action: 'restart', because: 'file-mounted', keys: [] },
    });
    expect(await docker.inspect(targetOf(bot))).toEqual(before);
  });

  it('reads the new token after a restart', async () => {
    // The name of the public bot's own.
    const composeFile = 'docker-compose.ghcr.yml';
    const bot = await engine.startBot({ compose: MOUNTED, composeFile });
    const target = targetOf(bot, { composeFiles: [composeFile] });
    const before = await docker.inspect(target);
    await bot.writeToken('test-token-2');
    const lines: string[] = [];
    const outcome = expectRestarted(await docker.restart(target, { onLine: (line) => lines.push(line) }));
    expect(outcome.plan).toEqual({ action: 'restart', because: 'file-mounted', keys: [] });
    const { container } = before.kind === 'inspected' ? before : {};
    expect(outcome.container).toEqual({ ...container, startedAt: outcome.container.startedAt });
    expect(Date.parse(outcome.container.startedAt)).toBeGreaterThan(Date.parse(container?.startedAt ?? ''));
    expect(lines.join('\n')).toMatch(/restarting/i);
    expect(await bot.output()).toEqual(['the token is test-token-1', 'the token is test-token-2']);
  });

  it('is created anew where an env_file keeps the old token', async () => {
    const bot = await engine.startBot({ compose: [...MOUNTED, 'env_file: config/.env'] });
    await bot.writeToken('test-token-2');
    await bot.compose('restart', '-t', '5');
    expect(await bot.output()).toEqual(['the token is test-token-1', 'the token is test-token-1']);

    const outcome = expectRestarted(await docker.restart(targetOf(bot)));
    const plan = { action: 'recreate', because: 'keys-in-environment', keys: ['ONEFLEX_TOKEN'] };
    expect(outcome.plan).toEqual(plan);
    expect(outcome.container.variables).toEqual(
      expect.arrayContaining(['ONEFLEX_TOKEN', 'RESERVATION_TIME']),
    );
    expect(await bot.output()).toEqual(['the token is test-token-2']);
    // No value of the environment comes along.
    expect(JSON.stringify(outcome)).not.toContain('test-token');
  });
});

describe.concurrent('a container', () => {
  it('that has stopped is started', async () => {
    const bot = await engine.startBot({ compose: MOUNTED });
    await bot.compose('stop', '-t', '5');
    expect(await dockerBy(run).inspect(targetOf(bot))).toMatchObject({ container: { running: false } });
    expect(await dockerBy(run).restart(targetOf(bot))).toMatchObject({ kind: 'restarted' });
  });

  it('that somebody started since is known by that, and passes as a restart does', async () => {
    const bot = await engine.startBot({ compose: [...MOUNTED, 'environment: {TZ: Asia/Tokyo}'] });
    const docker = dockerBy(run);
    const before = await docker.inspect(targetOf(bot));
    const { startedAt = '' } = (before.kind === 'inspected' ? before.container : undefined) ?? {};
    expect(before).toMatchObject({ container: { timeZone: 'Asia/Tokyo' } });
    await engine.docker('restart', '--time', '5', await bot.containerId());
    expect(await docker.prove(targetOf(bot), startedAt)).toMatchObject({
      kind: 'restarted',
      plan: { action: 'restart' },
    });
  });

  it('that does not see the file is created anew', async () => {
    const bot = await engine.startBot({ compose: ['volumes: ["./elsewhere:/app/config:rw"]'] });
    expect(await dockerBy(run).inspect(targetOf(bot))).toMatchObject({
      plan: { action: 'recreate', because: 'file-not-mounted' },
    });
  });

  it('sees the file under another name of its folder, and a file that is mounted by itself', async () => {
    const bot = await engine.startBot({ compose: ['volumes: ["./config/.env:/app/config/.env:rw"]'] });
    const link = join(engine.folder, 'link');
    await symlink(bot.dir, link);
    const target = nowhere({ dir: link });
    expect(await dockerBy(run).inspect(target)).toMatchObject({ plan: { because: 'file-mounted' } });
    await bot.writeToken('test-token-2');
    expect(await dockerBy(run).restart(target)).toMatchObject({ kind: 'restarted' });
    expect((await bot.output()).at(-1)).toBe('the token is test-token-2');
  });

  it('of compose run is not the bot', async () => {
    const bot = await engine.startBot({ compose: MOUNTED });
    const id = await bot.containerId();
    await bot.compose('run', '-d', 'oneflex-bot');
    await engine.docker('rm', '--force', id);
    expect(await dockerBy(run).inspect(targetOf(bot))).toMatchObject({
      kind: 'inspected',
      container: undefined,
    });
  });

  it('is waited for until it is healthy', async () => {
    const bot = await engine.startBot({ compose: [...MOUNTED, HEALTH_CHECK] });
    const outcome = expectRestarted(await dockerBy(run).restart(targetOf(bot)));
    expect(outcome.container).toMatchObject({ health: 'healthy', running: true });
  });

  it('that is not healthy is told by its last lines', async () => {
    const bot = await engine.startBot({ compose: [...MOUNTED, HEALTH_CHECK] });
    await bot.mark('sick');
    const outcome = await dockerBy(run).restart(targetOf(bot));
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: { reason: 'unhealthy' },
      plan: { action: 'restart' },
      log: ['the token is test-token-1', 'the token is test-token-1'],
    });
    expect(isRestartOwed(outcome)).toBe(false);
  });

  it.each(['no', 'unless-stopped'])(
    'that exits again (restart: %s) is told by its last lines',
    async (policy) => {
      const bot = await engine.startBot({ compose: [...MOUNTED, `restart: "${policy}"`] });
      await bot.mark('exit');
      const outcome = await dockerBy(run).restart(targetOf(bot));
      expect(outcome).toMatchObject({
        kind: 'failed',
        failure: { reason: 'exited' },
        plan: { action: 'restart' },
      });
      if (outcome.kind !== 'failed') return;
      // Of two outputs the order is Docker's.
      expect(outcome.log).toEqual(
        expect.arrayContaining(['the token is test-token-1', 'refused: ONEFLEX_TOKEN=[secret]']),
      );
      expect(outcome.log.join()).not.toContain('ONEFLEX_TOKEN=test');
      expect(outcome.log.length).toBeLessThanOrEqual(20);
      expect(isRestartOwed(outcome)).toBe(false);
    },
  );

  it('that is not there is not made', async () => {
    const bot = await engine.startBot({ compose: MOUNTED });
    await bot.compose('rm', '--stop', '--force');
    expect(await dockerBy(run).inspect(targetOf(bot))).toMatchObject({
      container: undefined,
      plan: undefined,
    });
    const outcome = await dockerBy(run).restart(targetOf(bot));
    expect(outcome).toEqual({
      kind: 'failed',
      failure: { reason: 'no-container', message: '' },
      plan: undefined,
      log: [],
    });
    expect(isRestartOwed(outcome)).toBe(true);
    expect(await bot.compose('ps', '-q')).toBe('');
  });

  it('that takes its time to stop is not waited for once nobody wants it', async () => {
    const stubborn = 'command: ["sh", "-c", "sleep 1000; true"]';
    const bot = await engine.startBot({ compose: [...MOUNTED, stubborn] });
    const controller = new AbortController();
    const onLine = () => controller.abort();
    const outcome = await dockerBy(run).restart(targetOf(bot), { onLine, signal: controller.signal });
    expect(outcome).toMatchObject({ kind: 'failed', failure: { reason: 'cancelled' }, log: [] });
    expect(isRestartOwed(outcome)).toBe(true);
  });
});

describe('the service', () => {
  const others = ['  database:', '    image: jeton-test-bot', '  mail:', '    image: jeton-test-bot'];

  it('is the public bot’s, or the one asked for', async () => {
    const bot = await engine.startBot({ start: false, otherServices: others });
    expect(await dockerBy(run).inspect(targetOf(bot))).toMatchObject({
      service: 'oneflex-bot',
      container: undefined,
    });
    const asked = targetOf(bot, { service: 'mail' });
    expect(await dockerBy(run).inspect(asked)).toMatchObject({ service: 'mail' });
  });

  it('has to be there', async () => {
    const bot = await engine.startBot({ start: false, otherServices: others });
    const { kind, failure } = await failing(targetOf(bot, { service: 'bott' }));
    expect({ kind, ...failure }).toEqual({
      kind: 'failed',
      reason: 'service-unknown',
      service: 'bott',
      services: expect.arrayContaining(['oneflex-bot', 'database', 'mail']),
    });
  });

  it('has to be named where there are several', async () => {
    const bot = await engine.startBot({
      service: 'desk-bot',
      composeFile: 'compose.nas.yml',
      start: false,
      otherServices: others,
    });
    const { failure } = await failing(targetOf(bot, { composeFiles: ['compose.nas.yml'] }));
    expect(failure).toEqual({
      reason: 'service-ambiguous',
      services: expect.arrayContaining(['desk-bot', 'database', 'mail']),
    });
  });

  it('is the only one there is', async () => {
    const bot = await engine.startBot({ start: false, service: 'desk-bot' });
    expect(await dockerBy(run).inspect(targetOf(bot))).toMatchObject({ service: 'desk-bot' });
  });
});

describe('what is missing', () => {
  it('docker', async () => {
    const docker = dockerBy(await engine.runWith());
    expect(await docker.inspect(nowhere())).toEqual(failed('docker-missing', ''));
    expect(await docker.restart(nowhere())).toMatchObject(failed('docker-missing', ''));
  });

  it('not docker, if it is in one of the folders', async () => {
    const bot = await engine.startBot({ compose: MOUNTED });
    const docker = dockerBy(await engine.runWith(), ['/nowhere', '/usr/bin']);
    expect(await docker.inspect(targetOf(bot))).toMatchObject({
      kind: 'inspected',
      docker: { program: '/usr/bin/docker' },
      compose: { form: 'docker-compose' },
    });
  });

  it('compose', async () => {
    const docker = dockerBy(await engine.runWith('docker'));
    expect(await docker.inspect(nowhere())).toEqual(failed('compose-missing', ''));
  });

  it('the compose file, by default and by name, or the folder', async () => {
    expect((await failing(nowhere())).failure).toEqual({
      reason: 'compose-file-missing',
      message: expect.stringContaining("Can't find a suitable configuration file"),
    });
    const named = nowhere({ composeFiles: ['docker-compose.ghcr.yml'] });
    expect((await failing(named)).failure).toMatchObject({ reason: 'compose-file-missing' });
    const folder = nowhere({ dir: '/nowhere' });
    expect((await failing(folder)).failure).toEqual({ reason: 'compose-file-missing', message: '/nowhere' });
  });

  it.each([
    ['YAML', 'services: [oops', 'while parsing'],
    ['its env_file', 'services: {bot: {image: x, env_file: none.env}}', "Couldn't find env file"],
    ['a value', 'services: {bot: {image: "${WHICH:?is not said}"}}', 'is not said'],
  ])('%s, in a compose file', async (what, text, message) => {
    const dir = join(engine.folder, `broken ${what}`);
    await mkdir(dir);
    await writeFile(join(dir, 'docker-compose.yml'), text);
    expect((await failing(nowhere({ dir }))).failure).toEqual({
      reason: 'compose-file-invalid',
      message: expect.stringContaining(message),
    });
  });
});

describe('an engine', () => {
  const asNobody: RunCommand = (argv, options) =>
    run(['/usr/bin/setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--', ...argv], options);

  it('that is not for everybody', async () => {
    const outcome = await dockerBy(asNobody).restart(nowhere());
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: { reason: 'permission-denied', message: expect.stringContaining(engine.socket) },
    });
    expect(isRestartOwed(outcome)).toBe(true);
  });

  it('that is down', async () => {
    const none = { DOCKER_HOST: `unix://${join(engine.folder, 'none.sock')}` };
    const docker = dockerBy((argv, options) =>
      run(['/usr/bin/env', `DOCKER_HOST=${none.DOCKER_HOST}`, ...argv], options),
    );
    const outcome = await docker.restart(nowhere());
    expect(outcome).toMatchObject({
      kind: 'failed',
      failure: { reason: 'daemon-down', message: expect.stringContaining('none.sock') },
    });
    expect(isRestartOwed(outcome)).toBe(true);
  });

  it('behind sudo', async () => {
    const bot = await engine.startBot({ compose: MOUNTED });
    // sudo keeps no environment.
    const kept: RunCommand = ([sudo = '', n = '', ...argv], options) =>
      run([`/usr/bin/${sudo}`, n, '/usr/bin/env', `DOCKER_HOST=unix://${engine.socket}`, ...argv], options);
    const docker = new Docker({ run: kept, folders: [], sudo: true, timer: systemTimer });
    expect(await docker.inspect(targetOf(bot))).toMatchObject({ container: { running: true } });
  });

  it('behind a sudo that wants a password', async () => {
    const byPath: RunCommand = ([, ...argv], options) => asNobody(['/usr/bin/sudo', ...argv], options);
    const docker = new Docker({ run: byPath, folders: [], sudo: true, timer: systemTimer });
    expect(await docker.inspect(nowhere())).toEqual(failed('sudo-refused', 'sudo: a password is required'));
  });
});

const HEALTH_CHECK =
  'healthcheck: {test: ["CMD-SHELL", "test ! -e /app/config/sick"], interval: 1s, retries: 1}';

const failed = (reason: string, message: string) => ({ kind: 'failed', failure: { reason, message } });

async function failing(target: BotTarget) {
  const found = await dockerBy(run).inspect(target);
  if (found.kind !== 'failed') throw new Error(JSON.stringify(found));
  return found;
}
