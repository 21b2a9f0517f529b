import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  BotTarget,
  Container,
  RestartFailure,
  RestartQuestion,
} from '../../../src/core/export/restart.ts';
import {
  chooseService,
  commandFailureOf,
  configFailureOf,
  decideRestart,
  holdRestart,
  isRestartOwed,
  judgeRestart,
  planRestart,
} from '../../../src/core/export/restart.ts';

const target: BotTarget = {
  dir: '/srv/bot',
  composeFiles: [],
  service: undefined,
  envFile: '/srv/bot/config/.env',
  keys: ['ONEFLEX_TOKEN', 'ONEFLEX_REFRESH_TOKEN'],
};
const container: Container = {
  id: 'c1',
  running: true,
  restarting: false,
  startedAt: '2026-11-22T01:00:00.1Z',
  exitCode: 0,
  health: 'none',
  variables: ['PATH', 'TZ'],
  timeZone: '',
  mounts: [{ source: '/srv/bot/config', destination: '/app/config' }],
  workingDir: '/srv/bot',
};

describe('chooseService', () => {
  it.each([
    [['web', 'oneflex-bot'], undefined, 'oneflex-bot'],
    [['web', 'oneflex-bot'], 'web', 'web'],
    [['desk-bot'], undefined, 'desk-bot'],
  ])('of %j, asked for %j, is %s', (services, asked, service) => {
    expect(chooseService(services, asked)).toEqual({ kind: 'chosen', service });
  });

  it.each([
    [['web', 'bot'], undefined, { reason: 'service-ambiguous', services: ['web', 'bot'] }],
    [[], undefined, { reason: 'service-ambiguous', services: [] }],
    [['web'], 'bot', { reason: 'service-unknown', service: 'bot', services: ['web'] }],
    [['oneflex-bot'], 'bot', { reason: 'service-unknown', service: 'bot', services: ['oneflex-bot'] }],
  ])('of %j, asked for %j, is a question', (services, asked, failure) => {
    expect(chooseService(services, asked)).toEqual({ kind: 'failed', failure });
  });
});

describe('planRestart', () => {
  it.each<[string, Partial<Container>, Partial<BotTarget>]>([
    ['the folder', {}, {}],
    [
      'the file itself',
      { mounts: [{ source: '/srv/bot/config/.env', destination: '/app/config/.env' }] },
      {},
    ],
    ['a folder far above', { mounts: [{ source: '/srv/', destination: '/srv' }] }, {}],
    ['the folder, on a Mac', { mounts: [{ source: '/host_mnt/srv/bot/config', destination: '/x' }] }, {}],
    [
      'the folder, on Windows',
      { mounts: [{ source: String.raw`C:\bot\config`, destination: '/x' }] },
      { dir: String.raw`C:\bot`, envFile: String.raw`C:\bot\config\.env` },
    ],
    [
      'the folder, under the name that compose had for it',
      { workingDir: '/volume1/bot', mounts: [{ source: '/volume1/bot/config', destination: '/x' }] },
      {},
    ],
  ])('restarts a container that mounts %s', (_, made, asked) => {
    const plan = planRestart({ ...container, ...made }, { ...target, ...asked });
    expect(plan).toEqual({ action: 'restart', because: 'file-mounted', keys: [] });
  });

  it.each<[string, Container['mounts']]>([
    ['nothing', []],
    ['a neighbour', [{ source: '/srv/bot/conf', destination: '/x' }]],
    [
      'a volume and a tmpfs',
      [
        { source: '/var/lib/docker/volumes/config/_data', destination: '/x' },
        { source: '', destination: '/tmp' },
      ],
    ],
  ])('makes a container that mounts %s anew', (_, mounts) => {
    const plan = planRestart({ ...container, mounts }, target);
    expect(plan).toEqual({ action: 'recreate', because: 'file-not-mounted', keys: [] });
  });

  it('makes a container anew that has a key in its environment, whatever it mounts', () => {
    const variables = ['PATH', 'ONEFLEX_REFRESH_TOKEN', 'RESERVATION_TIME'];
    const plan = planRestart({ ...container, variables }, target);
    expect(plan).toEqual({
      action: 'recreate',
      because: 'keys-in-environment',
      keys: ['ONEFLEX_REFRESH_TOKEN'],
    });
  });
});

describe('decideRestart', () => {
  const question: RestartQuestion = {
    policy: 'on-reconnect',
    trigger: 'interactive',
    flag: undefined,
    changed: true,
    containerRunning: true,
    pending: false,
  };

  it.each<[Partial<RestartQuestion>, boolean, string]>([
    [{}, true, 'person'],
    [{ trigger: 'asked' }, true, 'person'],
    [{ trigger: 'background' }, false, 'background'],
    [{ trigger: 'background', containerRunning: undefined }, false, 'background'],
    [{ trigger: 'background', containerRunning: false }, true, 'stopped'],
    [{ trigger: 'background', pending: true }, true, 'pending'],
    [{ trigger: 'background', changed: false, pending: true }, true, 'pending'],
    [{ changed: false }, false, 'nothing-changed'],
    [{ changed: false, containerRunning: false }, false, 'nothing-changed'],
    [{ policy: 'always', trigger: 'background' }, true, 'always'],
    [{ policy: 'always', changed: false }, false, 'nothing-changed'],
    [{ policy: 'when-stopped' }, false, 'running'],
    [{ policy: 'when-stopped', pending: true }, false, 'running'],
    [{ policy: 'when-stopped', containerRunning: undefined }, true, 'state-unknown'],
    [{ policy: 'when-stopped', containerRunning: false, trigger: 'background' }, true, 'stopped'],
    [{ policy: 'never', containerRunning: false }, false, 'never'],
    // Only a person's --restart can be owed under this policy.
    [{ policy: 'never', pending: true }, true, 'pending'],
  ])('with %j: %s, %s', (asked, restart, because) => {
    expect(decideRestart({ ...question, ...asked })).toEqual({ restart, because });
  });

  it('does what a flag says, whatever else', () => {
    const anything = fc.record<RestartQuestion>({
      policy: fc.constantFrom('on-reconnect', 'when-stopped', 'always', 'never'),
      trigger: fc.constantFrom('interactive', 'asked', 'background'),
      flag: fc.boolean(),
      changed: fc.boolean(),
      containerRunning: fc.constantFrom(true, false, undefined),
      pending: fc.boolean(),
    });
    fc.assert(
      fc.property(anything, (asked) => {
        expect(decideRestart(asked)).toEqual({ restart: asked.flag, because: 'flag' });
      }),
    );
  });
});

describe('holdRestart', () => {
  const zone = process.env['TZ'];
  beforeEach(() => {
    process.env['TZ'] = 'Europe/Paris';
  });
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  const at = (text: string): number => Date.parse(text);
  const free = { kind: 'free' };
  const held = (until: string) => ({ kind: 'held', until: at(until) });

  it.each([
    ['09:00', '2026-11-22T08:49:59.999+01:00', free],
    ['09:00', '2026-11-22T08:50:00+01:00', held('2026-11-22T09:05:00+01:00')],
    ['09:00', '2026-11-22T09:00:00+01:00', held('2026-11-22T09:05:00+01:00')],
    ['09:00', '2026-11-22T09:04:59.999+01:00', held('2026-11-22T09:05:00+01:00')],
    ['09:00', '2026-11-22T09:05:00+01:00', free],
    ['09:00:30', '2026-11-22T08:50:15+01:00', free],
    ['09:00:30', '2026-11-22T08:50:30+01:00', held('2026-11-22T09:05:30+01:00')],
    [' 9:00 ', '2026-11-22T08:55:00+01:00', held('2026-11-22T09:05:00+01:00')],
    // Around midnight, and at the end of a month.
    ['00:03', '2026-11-30T23:55:00+01:00', held('2026-12-01T00:08:00+01:00')],
    ['23:58', '2026-12-01T00:01:00+01:00', held('2026-12-01T00:03:00+01:00')],
    // The hour that there is twice, and the one that there is not.
    ['02:30', '2026-10-25T02:25:00+02:00', held('2026-10-25T02:35:00+02:00')],
    ['02:30', '2026-03-29T03:25:00+02:00', held('2026-03-29T03:35:00+02:00')],
    ['09:00', '2026-03-29T08:55:00+02:00', held('2026-03-29T09:05:00+02:00')],
  ])('for %j at %s', (time, now, hold) => {
    expect(holdRestart(time, at(now))).toEqual(hold);
    // By a zone that is told, wherever this machine is.
    process.env['TZ'] = 'Asia/Tokyo';
    expect(holdRestart(time, at(now), 'Europe/Paris')).toEqual(hold);
  });

  it.each([
    ['+05:30', '2026-11-22T08:55:00+05:30'],
    ['-03:00', '2026-11-22T08:55:00-03:00'],
    ['UTC', '2026-11-22T08:55:00Z'],
    ['Pacific/Kiritimati', '2026-11-22T08:55:00+14:00'],
  ])('goes by the clock of %s', (timeZone, now) => {
    expect(holdRestart('09:00', at(now), timeZone)).toEqual({ kind: 'held', until: at(now) + 10 * 60_000 });
    expect(holdRestart('09:00', at(now) + 10 * 60_000, timeZone)).toEqual(free);
  });

  it.each([undefined, '', '  '])('is free without a time (%j)', (time) => {
    expect(holdRestart(time, at('2026-11-22T08:55:00+01:00'))).toEqual(free);
  });

  it.each(['24:00', '9h', '09:60', '09:00:60', '09:00 Europe/Paris', 'soon', '09:00,18:00', '-1:00'])(
    'does not take %j for a time',
    (time) => {
      expect(holdRestart(time, at('2026-11-22T08:55:00+01:00'))).toEqual({ kind: 'time-invalid' });
    },
  );
});

describe('judgeRestart', () => {
  const before = container;
  const started = { ...container, startedAt: '2026-11-22T01:05:00.1Z' };
  const judge = (latest: Partial<Container>, elapsedMs = 3_000) =>
    judgeRestart({ before, started, latest: { ...started, ...latest }, elapsedMs });

  it('believes what ran for 3 s, and is healthy where that is checked', () => {
    expect(judge({}, 2_999)).toBe('not-yet');
    expect(judge({})).toBe('proven');
    expect(judge({ health: 'healthy' }, 2_999)).toBe('not-yet');
    expect(judge({ health: 'healthy' })).toBe('proven');
  });

  it('waits two minutes for the health check', () => {
    expect(judge({ health: 'starting' }, 119_999)).toBe('not-yet');
    expect(judge({ health: 'starting' }, 120_000)).toBe('unhealthy');
    expect(judge({ health: 'unhealthy' }, 0)).toBe('unhealthy');
  });

  it('is not content with the container that ran before', () => {
    expect(judgeRestart({ before, started: before, latest: before, elapsedMs: 10_000 })).toBe(
      'not-restarted',
    );
  });

  it.each<[string, Partial<Container>]>([
    ['ended', { running: false, exitCode: 1 }],
    ['ended, which Docker calls unhealthy', { running: false, health: 'unhealthy' }],
    ['is about to be started again, which Docker calls running', { restarting: true }],
    ['was started again meanwhile', { startedAt: '2026-11-22T01:05:02.1Z' }],
  ])('says so of one that %s', (_, latest) => {
    expect(judge(latest)).toBe('exited');
  });
});

describe('isRestartOwed', () => {
  const plan = { action: 'restart', because: 'file-mounted', keys: [] } as const;
  const failed = (failure: RestartFailure) => isRestartOwed({ kind: 'failed', failure, plan, log: [] });

  it('is not after a restart, whether it went well or not', () => {
    expect(isRestartOwed({ kind: 'restarted', plan, container })).toBe(false);
    expect(failed({ reason: 'exited', message: 'exit code 1' })).toBe(false);
    expect(failed({ reason: 'unhealthy', message: '' })).toBe(false);
  });

  it('is where none took place, or nobody knows', () => {
    expect(failed({ reason: 'daemon-down', message: '' })).toBe(true);
    expect(failed({ reason: 'timeout', message: '' })).toBe(true);
    expect(failed({ reason: 'not-restarted', message: '' })).toBe(true);
    expect(failed({ reason: 'service-ambiguous', services: [] })).toBe(true);
  });
});

/** As printed by docker 20.10 and 28.2 and compose 1.29 here, or as quoted in the issues named. */
describe('commandFailureOf', () => {
  it.each([
    [
      'permission-denied',
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.50/version": dial unix /var/run/docker.sock: connect: permission denied',
    ],
    [
      'permission-denied',
      "docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.', PermissionError(13, 'Permission denied'))",
    ],
    [
      'daemon-down',
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
    ],
    [
      'daemon-down',
      "docker.errors.DockerException: Error while fetching server API version: ('Connection aborted.', FileNotFoundError(2, 'No such file or directory'))",
    ],
    // Azure-Samples/holiday-peak-hub#472: docker 29 on Windows.
    [
      'daemon-down',
      'failed to connect to the docker API at npipe:////./pipe/dockerDesktopLinuxEngine; check if the path is correct and if the daemon is running: open //./pipe/dockerDesktopLinuxEngine: The system cannot find the file specified.',
    ],
    // docker/for-win#12788
    [
      'daemon-down',
      'error during connect: This error may indicate that the docker daemon is not running.: Get "http://%2F%2F.%2Fpipe%2Fdocker_engine_linux/v1.24/containers/json?limit=0": open //./pipe/docker_engine_linux: The system cannot find the file specified.',
    ],
    ['no-container', 'No containers to restart'],
    ['no-container', 'Error response from daemon: No such container: deadbeef'],
    // What a program in the container may not do is another matter.
    [
      'failed',
      'Error response from daemon: OCI runtime create failed: runc create failed: exec: "/bot": permission denied: unknown',
    ],
    ['failed', ''],
  ])('is %s for %s', (reason, stderr) => {
    expect(commandFailureOf(stderr)).toBe(reason);
  });

  it('is not misled by a docker that may not read its own configuration', () => {
    const warning =
      'WARNING: Error loading config file: /root/.docker/config.json: open /root/.docker/config.json: permission denied';
    expect(commandFailureOf(`${warning}\nCannot connect to the Docker daemon at unix:///x.sock.`)).toBe(
      'daemon-down',
    );
  });
});

describe('configFailureOf', () => {
  it.each([
    [
      'compose-file-missing',
      [],
      "Can't find a suitable configuration file in this directory or any\nparent.",
    ],
    ['compose-file-missing', ['x.yml'], ".FileNotFoundError: [Errno 2] No such file or directory: './x.yml'"],
    // docker/compose#11264
    ['compose-file-missing', [], 'no configuration file provided: not found'],
    // docker/compose#9548
    ['compose-file-missing', ['sub/x.yml'], 'open /srv/bot/sub/x.yml: no such file or directory'],
    // docker/compose#10995: the env_file, not the compose file.
    [
      'compose-file-invalid',
      ['x.yml'],
      'Failed to load /tmp/a/.env: open /tmp/a/.env: no such file or directory',
    ],
    ['compose-file-invalid', [], "Couldn't find env file: /srv/bot/none.env"],
    ['compose-file-invalid', ['x.yml'], 'yaml: line 1: did not find expected node content'],
  ])('is %s for %j: %s', (reason, composeFiles, stderr) => {
    expect(configFailureOf(stderr, { composeFiles })).toBe(reason);
  });
});
