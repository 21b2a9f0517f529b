/** Docker's adapter against answers that a real engine here does not give: slow ones, those of compose 2, wrong ones. */
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { BotTarget } from '../../src/core/export/restart.ts';
import type { Timer } from '../../src/core/ports.ts';
import { Docker } from '../../src/node/docker.ts';
import type { CommandOptions, CommandOutcome } from '../../src/node/run-command.ts';

const target: BotTarget = {
  dir: '/srv/bot',
  composeFiles: ['docker-compose.ghcr.yml', 'mine.yml'],
  service: undefined,
  envFile: '/srv/bot/config/.env',
  keys: ['ONEFLEX_TOKEN'],
};

const said = (stdout: string): CommandOutcome => ({
  kind: 'ended',
  exitCode: 0,
  stdout: Buffer.from(stdout),
  stderr: '',
});
const refused = (stderr: string, exitCode = 1): CommandOutcome => ({
  kind: 'ended',
  exitCode,
  stdout: Buffer.alloc(0),
  stderr,
});

const container = (changes: object = {}) =>
  JSON.stringify({
    id: 'c1',
    running: true,
    restarting: false,
    startedAt: '2026-11-22T01:00:00Z',
    exitCode: 0,
    health: 'none',
    variables: [],
    timeZone: [''],
    mounts: [{ Type: 'bind', Source: '/srv/bot/config', Destination: '/app/config', RW: true }],
    workingDir: '/srv/bot',
    oneOff: 'False',
    ...changes,
  });

/** What each command answers, by a part of it; a list is for one call each, its last for all that follow. */
type Answers = Readonly<Record<string, CommandOutcome | readonly CommandOutcome[]>>;

const USUAL: Answers = {
  '--version': said('Docker version 28.2.2, build e6534b4\n'),
  'version --format': said('28.2.2\n'),
  'version --short': said('2.36.2\n'),
  'config --services': said('oneflex-bot\n'),
  'ps --all --quiet': said('c1\n'),
  inspect: [said(container()), said(container({ startedAt: '2026-11-22T01:05:00Z' }))],
  'restart -t': said(''),
  logs: said(''),
};

/** `commandMs`: by how much each command lets `performance` advance, where that is a fake. */
function machine(
  answers: Answers = {},
  {
    sudo = false,
    commandMs = 0,
    ...limits
  }: { sudo?: boolean; commandMs?: number; inspectionLimitMs?: number } = {},
) {
  const commands: string[] = [];
  const asked: CommandOptions[] = [];
  // A test's own come first: the parts that they go by may be in others.
  const left = Object.entries({ ...answers, ...USUAL, ...answers }).map(
    ([part, answer]) => [part, [answer].flat()] as const,
  );
  let sleptMs = 0;
  const timer: Timer = {
    sleep: (ms) => {
      sleptMs += ms;
      return Promise.resolve();
    },
  };
  const run = (argv: readonly string[], options: CommandOptions): Promise<CommandOutcome> => {
    const command = argv.join(' ');
    commands.push(command);
    asked.push(options);
    const queue = left.find(([part]) => command.includes(part))?.[1] ?? [];
    const outcome = queue.length > 1 ? queue.shift() : queue[0];
    if (commandMs > 0) vi.advanceTimersByTime(commandMs);
    return Promise.resolve(outcome ?? { kind: 'missing' });
  };
  const docker = new Docker({ run, folders: ['/opt/docker'], sudo, timer, ...limits });
  return { docker, commands, asked, sleptMs: () => sleptMs };
}

describe('what is run', () => {
  it('is what a person would run in the folder, with a limit to each', async () => {
    const { docker, commands, asked, sleptMs } = machine();
    expect(await docker.restart(target)).toMatchObject({ kind: 'restarted' });
    const compose = 'docker compose -f docker-compose.ghcr.yml -f mine.yml';
    expect(commands.map((command) => command.replace(/--format \{.*\}(?= c1)/, '--format …'))).toEqual([
      'docker --version',
      'docker version --format {{.Server.Version}}',
      'docker compose version --short',
      `${compose} config --services`,
      `${compose} ps --all --quiet oneflex-bot`,
      'docker inspect --type container --format … c1',
      `${compose} restart -t 30 oneflex-bot`,
      ...Array.from({ length: 7 }, () => 'docker inspect --type container --format … c1'),
    ]);
    expect(sleptMs()).toBe(3_000);
    expect(asked.filter(({ cwd }) => cwd === '/srv/bot')).toHaveLength(3);
    expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual(
      commands.map((command) => (command.includes(' restart ') ? 180_000 : 30_000)),
    );
    expect(asked.every(({ env }) => env?.['LC_ALL'] === 'C')).toBe(true);
  });

  it('is all behind sudo, where that is needed', async () => {
    const { docker, commands } = machine({}, { sudo: true });
    expect(await docker.restart(target)).toMatchObject({ kind: 'restarted' });
    expect(commands.every((command) => command.startsWith('sudo -n docker '))).toBe(true);
  });

  it('is a new container where the environment keeps the token', async () => {
    const variables = ['ONEFLEX_TOKEN'];
    const { docker, commands } = machine({
      'up -d': said(''),
      inspect: [
        said(container({ variables })),
        said(container({ variables, id: 'c2', startedAt: '2026-11-22T01:05:00Z' })),
      ],
    });
    expect(await docker.restart(target)).toMatchObject({ kind: 'restarted', container: { id: 'c2' } });
    expect(commands.filter((command) => command.includes(' up '))).toEqual([
      'docker compose -f docker-compose.ghcr.yml -f mine.yml up -d --force-recreate --no-deps -t 30 oneflex-bot',
    ]);
  });

  it('is looked for in the folders', async () => {
    const { docker, commands } = machine({
      'docker --version': [{ kind: 'missing' }, said('Docker version 24.0.2, build 1')],
      'docker-compose version': [refused('sh: docker-compose: not found', 127), said('v2.20.1')],
      'compose version': refused("docker: 'compose' is not a docker command."),
    });
    expect(await docker.inspect(target)).toMatchObject({
      docker: { program: '/opt/docker/docker', version: '24.0.2' },
      compose: { form: 'docker-compose', version: '2.20.1' },
    });
    expect(commands[0]).toBe('docker --version');
    expect(commands.at(-1)).toContain('/opt/docker/docker inspect');
  });
});

describe('an inspection that has a limit', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  it('shares it among its commands, and ends with it', async () => {
    const { docker, asked } = machine({}, { inspectionLimitMs: 25_000, commandMs: 10_000 });
    expect(await docker.inspect(target)).toMatchObject({
      kind: 'failed',
      failure: { reason: 'timeout', message: expect.stringContaining('config --services') },
    });
    expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([25_000, 15_000, 5_000]);
  });

  it('leaves the restart its own', async () => {
    const { docker, commands, asked } = machine({}, { inspectionLimitMs: 25_000, commandMs: 4_000 });
    expect(await docker.restart(target)).toMatchObject({ kind: 'restarted' });
    const limits = asked.map(({ timeoutMs }) => timeoutMs);
    const restart = commands.findIndex((command) => command.includes(' restart '));
    expect(limits.slice(0, restart)).toEqual([25_000, 21_000, 17_000, 13_000, 9_000, 5_000]);
    expect(limits.slice(restart)).toEqual([180_000, 30_000, 30_000]);
  });
});

describe('a restart that is said to be well', () => {
  it('is not, if the container is the one that ran before', async () => {
    const { docker } = machine({
      inspect: said(container()),
      logs: said('2026-11-22T01:00:00.000000000Z idle\n'),
    });
    expect(await docker.restart(target)).toMatchObject({
      kind: 'failed',
      failure: { reason: 'not-restarted' },
      plan: { action: 'restart' },
      log: ['idle'],
    });
  });

  it('is not, if there is no container any more', async () => {
    const gone = refused('Error response from daemon: No such container: c1');
    const there = said(container());
    const started = said(container({ startedAt: '2026-11-22T01:05:00Z' }));
    const before = machine({ inspect: [there, gone] });
    expect(await before.docker.restart(target)).toMatchObject({
      failure: { reason: 'not-restarted' },
      log: [],
    });
    const after = machine({ inspect: [there, started, gone] });
    expect(await after.docker.restart(target)).toMatchObject({ failure: { reason: 'exited' }, log: [] });
  });

  it('is told beforehand, with the start that it is to end', async () => {
    const { docker, commands } = machine();
    const told: (string | undefined)[] = [];
    await docker.restart(target, {
      willRestart: async (startedAt) => void told.push(startedAt, commands.at(-1)?.split(' ')[1]),
    });
    expect(told).toEqual(['2026-11-22T01:00:00Z', 'inspect']);
  });

  it('is proven later as well, without another', async () => {
    const since = '2026-11-22T00:00:00Z';
    const { docker, commands, sleptMs } = machine({ inspect: said(container()) });
    expect(await docker.prove(target, since)).toMatchObject({
      kind: 'restarted',
      plan: { action: 'restart' },
      container: { startedAt: '2026-11-22T01:00:00Z' },
    });
    expect(sleptMs()).toBe(3_000);
    expect(commands.some((command) => / (restart|up) /.test(command))).toBe(false);

    expect(await docker.prove(target, '2026-11-22T01:00:00Z')).toBeUndefined();
    const stopped = machine({ inspect: said(container({ running: false })) });
    expect(await stopped.docker.prove(target, since)).toBeUndefined();
    const none = machine({ 'ps --all': said('') });
    expect(await none.docker.prove(target, since)).toBeUndefined();
    const again = said(container({ startedAt: '2026-11-22T01:05:00Z' }));
    const falling = machine({ inspect: [said(container()), said(container()), again] });
    expect(await falling.docker.prove(target, since)).toMatchObject({ failure: { reason: 'exited' } });
    const down = machine({ 'version --format': refused('Cannot connect to the Docker daemon') });
    expect(await down.docker.prove(target, since)).toMatchObject({ failure: { reason: 'daemon-down' } });
  });

  it('is waited for by the clock where each look takes long', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const starting = said(container({ startedAt: '2026-11-22T01:05:00Z', health: 'starting' }));
    const { docker, sleptMs } = machine({ inspect: [said(container()), starting] }, { commandMs: 10_000 });
    expect(await docker.restart(target)).toMatchObject({ failure: { reason: 'unhealthy' } });
    expect(sleptMs()).toBeLessThan(10_000);
  });

  it('is not, if its health check does not come to an end', async () => {
    const starting = said(container({ startedAt: '2026-11-22T01:05:00Z', health: 'starting' }));
    const { docker, sleptMs } = machine({ inspect: [said(container()), starting] });
    expect(await docker.restart(target)).toMatchObject({ failure: { reason: 'unhealthy' } });
    expect(sleptMs()).toBe(120_000);
  });
});

describe('an answer that does not come', () => {
  it.each([
    '--version',
    'version --format',
    'version --short',
    'config --services',
    'ps --all',
    'inspect',
    'restart -t',
  ])('to %s is a timeout', async (part) => {
    const { docker } = machine({ [part]: { kind: 'timed-out' } });
    expect(await docker.restart(target)).toMatchObject({
      kind: 'failed',
      failure: { reason: 'timeout', message: expect.stringContaining('docker') },
    });
  });

  it('because the machine is out of reach is not Docker’s', async () => {
    const unreachable = new Error('out of reach');
    const run = () => Promise.reject(unreachable);
    const docker = new Docker({ run, folders: [], timer: { sleep: () => Promise.resolve() } });
    await expect(docker.restart(target)).rejects.toBe(unreachable);
  });
});

describe('what went wrong', () => {
  it('has the words of the tool, without what it quotes of the file', async () => {
    const quoted =
      'failed to read /srv/bot/config/.env: line 3: unexpected character "\\n" in variable name near "test-token-7\\nX=1"';
    const { docker } = machine({ 'config --services': refused(quoted) });
    expect(await docker.inspect(target)).toEqual({
      kind: 'failed',
      failure: {
        reason: 'compose-file-invalid',
        message:
          'failed to read /srv/bot/config/.env: line 3: unexpected character "\\n" in variable name near […]',
      },
    });
  });

  it.each([
    ['Error response from daemon: driver failed', 'failed', 'Error response from daemon: driver failed'],
    ['', 'failed', 'exit code 1'],
    ['Cannot connect to the Docker daemon at unix:///x.sock.', 'daemon-down', 'Cannot connect to the Docker'],
  ])('in the restart itself (%s) comes with the log', async (stderr, reason, message) => {
    const stdout = '2026-11-22T01:00:01.000000000Z one\n2026-11-22T01:00:03.000000000Z three\n';
    const logs = { ...said(stdout), stderr: '2026-11-22T01:00:02.000000000Z ONEFLEX_TOKEN=test-token-7\n' };
    const { docker } = machine({ 'restart -t': refused(stderr), logs });
    expect(await docker.restart(target)).toMatchObject({
      failure: { reason, message: expect.stringContaining(message) },
      plan: { action: 'restart' },
      log: ['one', 'ONEFLEX_TOKEN=[secret]', 'three'],
    });
  });

  it('with the log, too, is no reason to say nothing', async () => {
    const { docker } = machine({ 'restart -t': refused('no'), logs: { kind: 'timed-out' } });
    expect(await docker.restart(target)).toMatchObject({
      failure: { reason: 'failed', message: 'no' },
      log: [],
    });
  });

  it('is a service without a container, which compose before 2.15 calls none (docker/compose#9951)', async () => {
    const { docker } = machine({ 'ps --all': refused('no such service: oneflex-bot') });
    expect(await docker.inspect(target)).toMatchObject({ kind: 'inspected', container: undefined });
  });

  it.each(['[]', '{"id":1}', 'not json'])('is an answer that nobody can read (%s)', async (answer) => {
    const { docker } = machine({ inspect: said(answer) });
    expect(await docker.inspect(target)).toMatchObject({ kind: 'failed', failure: { reason: 'failed' } });
  });

  it.each([
    'sudo: a password is required',
    'sudo: a terminal is required to read the password; either use the -S option',
    'ada is not in the sudoers file.',
    'Sorry, user ada is not allowed to execute /usr/bin/docker --version as root on nas.',
  ])('is sudo’s: %s', async (stderr) => {
    const { docker } = machine({ '--version': refused(stderr) }, { sudo: true });
    expect(await docker.inspect(target)).toEqual({
      kind: 'failed',
      failure: { reason: 'sudo-refused', message: stderr },
    });
  });

  it('is not sudo’s when it only warns, or does not find docker', async () => {
    const { docker } = machine(
      {
        'sudo -n docker --version': refused(
          'sudo: unable to resolve host nas\nsudo: docker: command not found',
        ),
      },
      { sudo: true },
    );
    expect(await docker.inspect(target)).toMatchObject({ docker: { program: '/opt/docker/docker' } });
  });
});
