/** The order of an export, over the real stores; the file and the containers are small working fakes. */
import { beforeEach, describe, expect, test } from 'vitest';
import { JetonError } from '../../../src/core/errors.ts';
import type { ExportPorts, ExportRequest, ExportResult } from '../../../src/core/export/export.ts';
import { ailingTargets, exportTargets, staleTargets } from '../../../src/core/export/export.ts';
import type { Container, RestartOptions, RestartOutcome } from '../../../src/core/export/restart.ts';
import type { Target } from '../../../src/core/export/target.ts';
import { targetSchema } from '../../../src/core/export/target.ts';
import type { EnvFile, OneflexStore, SessionCookie } from '../../../src/core/ports.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createOneflexStore } from '../../../src/node/database/oneflex.ts';
import { createTargetStore } from '../../../src/node/database/targets.ts';
import { MemoryRows, MemorySource } from '../../fakes/memory-source.ts';
import { VirtualTime } from '../../fakes/virtual-time.ts';
import { overriding, silent } from '../../support/engine-world.ts';
import { openTestStore } from '../../support/open-stores.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const MINUTE = 60_000;
const account = { id: '7', email: 'alice@example.test', fullName: 'Alice Example' };

/** A bot: a file of keys, and a container that counts its starts. */
class Bot {
  readonly file = new Map<string, string>();
  readonly cookies: SessionCookie[] = [];
  readonly steps: string[] = [];
  starts = 1;
  disposals = 0;
  running = true;
  fileProblem: JetonError | undefined;
  restartFailure: 'daemon-down' | 'unhealthy' | undefined;
  /** Of the container. */
  timeZone = '';
  /** Whether it passes as a restart does. */
  isWell = true;
  /** Thrown by whatever asks for the container. */
  machineProblem: JetonError | undefined;
  /** Runs when the file has just been written. */
  afterWriting: () => Promise<void> = async () => undefined;
  /** Runs in the middle of a restart. */
  duringRestart: () => Promise<void> = async () => undefined;
  /** Runs while somebody looks whether it is well. */
  duringLook: () => Promise<void> = async () => undefined;

  get envFile(): EnvFile {
    return {
      inspect: async (settings = []) => ({
        kind: 'present',
        path: '/bot/config/.env',
        mode: 0o600,
        uid: 0,
        gid: 0,
        keys: [...this.file.keys()],
        settings: new Map(
          settings.flatMap((key) => (this.file.has(key) ? [[key, this.file.get(key) ?? '']] : [])),
        ),
        warnings: [],
        obstacle: undefined,
      }),
      merge: async (values, options = {}) => {
        if (this.fileProblem !== undefined) throw this.fileProblem;
        const changedKeys = [...values].flatMap(([key, value]) =>
          this.file.get(key) === value.reveal() ? [] : [key],
        );
        const written = options.dryRun !== true && changedKeys.length > 0;
        if (written) {
          this.steps.push('file');
          for (const [key, value] of values) this.file.set(key, value.reveal());
          await this.afterWriting();
        }
        return { path: '/bot/config/.env', changedKeys, keptKeys: [], written, warnings: [] };
      },
    };
  }

  container(): Container {
    return {
      id: 'c1',
      running: this.running,
      restarting: false,
      startedAt: `start ${this.starts}`,
      exitCode: 0,
      health: 'none',
      variables: [],
      timeZone: this.timeZone,
      mounts: [],
      workingDir: '/bot',
    };
  }

  async restart({ willRestart }: RestartOptions = {}): Promise<RestartOutcome> {
    this.steps.push('restart');
    if (this.machineProblem !== undefined) throw this.machineProblem;
    const plan = { action: 'restart', because: 'file-mounted', keys: [] } as const;
    if (this.restartFailure !== 'daemon-down') await willRestart?.(`start ${this.starts}`);
    await this.duringRestart();
    if (this.restartFailure !== undefined) {
      return {
        kind: 'failed',
        failure: { reason: this.restartFailure, message: '' },
        plan,
        log: ['a line', this.file.get('ONEFLEX_TOKEN') ?? ''],
      };
    }
    this.starts += 1;
    this.running = true;
    return { kind: 'restarted', plan, container: this.container() };
  }

  async prove(since: string): Promise<RestartOutcome | undefined> {
    if (this.machineProblem !== undefined) throw this.machineProblem;
    const container = this.container();
    await this.duringLook();
    if (!container.running || container.startedAt === since) return undefined;
    const plan = { action: 'restart', because: 'file-mounted', keys: [] } as const;
    if (this.isWell) return { kind: 'restarted', plan, container };
    return { kind: 'failed', failure: { reason: 'exited', message: '' }, plan, log: [] };
  }
}

let time: VirtualTime;
let bot: Bot;
let ports: ExportPorts;
let oneflex: OneflexStore;
let rows: MemoryRows;
let issued = 0;

beforeEach(async () => {
  time = new VirtualTime(new Date(2026, 2, 10, 12).getTime());
  bot = new Bot();
  rows = new MemoryRows('local');
  const { store, vault } = await openTestStore(temporaryHome());
  const isDead = (): boolean => false;
  oneflex = createOneflexStore({ store, vault, clock: time, isDead });
  ports = {
    targets: {
      store: createTargetStore({ store, clock: time, isDead }),
      open: async ({ dir }) => ({
        envFile: bot.envFile,
        sessionFile: { write: async (cookies) => void bot.cookies.push(...cookies) },
        containers: {
          inspect: async () => ({
            kind: 'inspected',
            docker: { program: 'docker', version: '1', serverVersion: '1' },
            compose: { form: 'docker compose', version: '2' },
            services: ['bot'],
            service: 'bot',
            container: bot.container(),
            plan: undefined,
          }),
          restart: (_, options) => bot.restart(options),
          prove: (_, since) => bot.prove(since),
        },
        bot: { dir, composeFiles: [], service: undefined, envFile: '/bot/config/.env', keys: [] },
        timeZone: async () => undefined,
        dispose: async () => void (bot.disposals += 1),
      }),
      sessionCookies: async () => [cookie('access_token', 'as old as the sign-in'), cookie('lang', 'fr')],
    },
    sources: [new MemorySource({ clock: time, rows })],
    oneflex: { store: oneflex },
    clock: time,
    timer: time,
    random: { next: () => 0.5 },
    log: silent,
    owner: 'this-process',
  };
});

function cookie(name: string, value: string): SessionCookie {
  return {
    name,
    value: new Secret(value),
    domain: 'oneflex.example.test',
    path: '/',
    secure: true,
    httpOnly: true,
    expiresAt: undefined,
  };
}

async function addTarget(change: Partial<Target> = {}): Promise<void> {
  const target = targetSchema.parse({ name: 'bot', dir: '/bot', ...change });
  expect(await ports.targets.store.add(target)).toBe(true);
}

/** A person signs in: other tokens than before. */
async function signIn(
  { cookies }: { cookies?: Secret | undefined } = { cookies: new Secret('[]') },
): Promise<void> {
  issued += 1;
  const tokens = {
    accessToken: new Secret(`test-access-${issued}`),
    refreshToken: new Secret(`test-refresh-${issued}`),
    expiresAt: time.now() + 15 * MINUTE,
    cookies,
  };
  await oneflex.signIn(account, tokens, time.now());
}

async function run(request: Partial<ExportRequest> = {}): Promise<ExportResult> {
  const [result] = await exportTargets(ports, { trigger: 'asked', ...request });
  if (result === undefined) throw new Error('there is a target');
  return result;
}

async function record() {
  return (await ports.targets.store.list())[0];
}

async function pending() {
  return (await record())?.pending;
}

/** Runs as a process that is killed in the middle of a restart does: nothing of what comes after happens. */
async function dieRestarting(change: () => void): Promise<void> {
  const died = new Promise<void>((resolve) => {
    bot.duringRestart = () => {
      change();
      resolve();
      return new Promise<never>(() => undefined);
    };
  });
  void run();
  await died;
  bot.duringRestart = async () => undefined;
  await ports.targets.store.release('bot', 'this-process');
}

describe('an export', () => {
  test('writes the file, restarts the bot, and remembers both', async () => {
    await addTarget();
    await signIn();
    const result = await run();
    expect(bot.steps).toEqual(['file', 'restart']);
    expect(bot.file.get('ONEFLEX_TOKEN')).toBe(`test-access-${issued}`);
    expect(bot.file.get('ONEFLEX_REFRESH_TOKEN')).toBe(`test-refresh-${issued}`);
    expect(result).toMatchObject({
      file: { written: true, changedKeys: ['ONEFLEX_TOKEN', 'ONEFLEX_REFRESH_TOKEN'] },
      restart: { outcome: 'restarted', startedAt: 'start 2' },
    });
    expect((await ports.targets.store.list())[0]).toMatchObject({
      pending: undefined,
      lastExport: { changedKeys: ['ONEFLEX_TOKEN', 'ONEFLEX_REFRESH_TOKEN'] },
      lastRestart: { failure: undefined },
    });
  });

  test('of what the file says already does nothing', async () => {
    await addTarget();
    await signIn();
    await run();
    bot.steps.length = 0;
    expect(await run()).toMatchObject({ file: { written: false }, restart: { outcome: 'none' } });
    expect(bot.steps).toEqual([]);
  });

  test('brings a Slack token to any key', async () => {
    const id = rows.add({ accessToken: 'xoxe.xoxb-1-test-mapped' });
    await addTarget({ mappings: [{ key: 'SLACK_TOKEN', source: `slack:${id}` }] });
    await run();
    expect(bot.file.get('SLACK_TOKEN')).toBe('xoxe.xoxb-1-test-mapped');
  });

  test('keeps session.json with the tokens of now, where it was asked for', async () => {
    await addTarget({ sessionJson: true });
    await signIn();
    await run();
    expect(bot.cookies.map(({ name, value }) => [name, value.reveal()])).toEqual([
      ['access_token', `test-access-${issued}`],
      ['lang', 'fr'],
    ]);
  });

  test('says that session.json was not written, where the tokens came without cookies', async () => {
    await addTarget({ sessionJson: true });
    await signIn({ cookies: undefined });
    expect((await run()).session).toBe('no-cookies');
    expect(bot.cookies).toEqual([]);
    await signIn();
    expect((await run()).session).toBe('written');
  });

  test('of tokens of which some are not there brings the others, and says which and why', async () => {
    const id = rows.add({ accessToken: 'xoxe.xoxb-1-test-mapped' });
    bot.file.set('ONEFLEX_TOKEN', 'from before');
    await addTarget({
      mappings: [
        { key: 'ONEFLEX_TOKEN', source: 'oneflex:access' },
        { key: 'SLACK_TOKEN', source: `slack:${id}` },
        { key: 'GONE', source: 'slack:local:99' },
      ],
    });
    expect(await staleTargets(ports)).toEqual(['bot']);
    expect(await run({ trigger: 'background' })).toMatchObject({
      file: { changedKeys: ['SLACK_TOKEN'] },
      missing: [
        { key: 'ONEFLEX_TOKEN', source: 'oneflex:access', code: 'oneflex-not-signed-in' },
        { key: 'GONE', source: 'slack:local:99', code: 'integration-not-found' },
      ],
    });
    expect(Object.fromEntries(bot.file)).toEqual({
      ONEFLEX_TOKEN: 'from before',
      SLACK_TOKEN: 'xoxe.xoxb-1-test-mapped',
    });
    expect((await record())?.exportFailure).toMatchObject({ code: 'oneflex-not-signed-in' });
    // Nobody can do more about it now.
    expect(await staleTargets(ports)).toEqual([]);
    await signIn();
    expect(await staleTargets(ports)).toEqual(['bot']);
    expect(await run()).toMatchObject({ missing: [{ key: 'GONE' }] });
    expect(bot.file.get('ONEFLEX_TOKEN')).toBe(`test-access-${issued}`);
  });

  test('remembers what failed rather than what nobody has set up', async () => {
    const [source] = ports.sources;
    if (source === undefined) throw new Error('there is one');
    const accessToken = async (): Promise<never> =>
      Promise.reject(new JetonError('secret-damaged', { id: 'local:7' }));
    ports = { ...ports, sources: [overriding(source, { accessToken })] };
    await addTarget({
      mappings: [
        { key: 'ONEFLEX_TOKEN', source: 'oneflex:access' },
        { key: 'SLACK_TOKEN', source: 'slack:local:7' },
      ],
    });
    expect(await run()).toMatchObject({ file: { error: { code: 'secret-damaged' } } });
  });

  test('does not take a database that is out of reach for a reason to export', async () => {
    const id = rows.add({});
    await addTarget({
      mappings: [
        { key: 'ONEFLEX_TOKEN', source: 'oneflex:access' },
        { key: 'SLACK_TOKEN', source: `slack:${id}` },
      ],
    });
    await signIn();
    await run();
    const unreachable = async (): Promise<never> => Promise.reject(new JetonError('database-unreachable'));
    const [source] = ports.sources;
    if (source === undefined) throw new Error('there is one');
    const without = { ...ports, sources: [overriding(source, { list: unreachable })] };
    expect(await staleTargets(without)).toEqual([]);
  });

  test('that fails is remembered, since when and why, until one succeeds', async () => {
    await addTarget();
    await signIn();
    const since = time.now();
    const details = { path: '/bot/config/.env', reason: 'EROFS' };
    bot.fileProblem = new JetonError('env-file-unwritable', details);
    await run({ trigger: 'background' });
    await time.advance(MINUTE);
    await run({ trigger: 'background' });
    expect((await record())?.exportFailure).toEqual({ code: 'env-file-unwritable', details, at: since });
    bot.fileProblem = undefined;
    await run({ dryRun: true });
    expect((await record())?.exportFailure).toBeDefined();
    await run();
    expect((await record())?.exportFailure).toBeUndefined();
  });

  test('without anybody signed in changes nothing and says so', async () => {
    await addTarget();
    expect((await run()).file).toEqual({ error: { code: 'oneflex-not-signed-in', details: {} } });
    expect(bot.steps).toEqual([]);
  });

  test('that cannot write the file restarts nothing, and the next target is served all the same', async () => {
    await addTarget();
    await addTarget({ name: 'other' });
    await signIn();
    bot.fileProblem = new JetonError('env-file-unwritable', { path: '/bot/config/.env', reason: 'EROFS' });
    const results = await exportTargets(ports, { trigger: 'asked' });
    expect(results.map(({ file }) => 'error' in file && file.error.code)).toEqual([
      'env-file-unwritable',
      'env-file-unwritable',
    ]);
    expect(bot.steps).toEqual([]);
  });

  test('of an unknown target is an error before anything is done', async () => {
    await expect(exportTargets(ports, { names: ['nobody'], trigger: 'asked' })).rejects.toMatchObject({
      code: 'target-not-found',
    });
  });

  test('run dry says what would happen, and nothing does', async () => {
    await addTarget();
    await signIn();
    expect(await run({ dryRun: true })).toMatchObject({
      file: { written: false, changedKeys: ['ONEFLEX_TOKEN', 'ONEFLEX_REFRESH_TOKEN'] },
      restart: { outcome: 'would-restart' },
    });
    expect(bot.steps).toEqual([]);
    expect((await ports.targets.store.list())[0]?.lastExport).toBeUndefined();
  });

  test('is done by one process at a time', async () => {
    await addTarget();
    await signIn();
    bot.duringRestart = async () => {
      const [second] = await exportTargets(
        { ...ports, owner: 'another-process' },
        { trigger: 'background', givesWay: true },
      );
      expect(second?.file).toMatchObject({ error: { code: 'target-busy' } });
    };
    await run();
    expect(bot.steps).toEqual(['file', 'restart']);
  });

  test('waits for the one that is under way elsewhere, though not for ever', async () => {
    await addTarget();
    await signIn();
    const { store } = ports.targets;
    const waitedFor: string[] = [];
    const asked = { onWaiting: (name: string) => void waitedFor.push(name) };
    await store.claim('bot', 'another-process', 60 * MINUTE);
    const patient = run(asked);
    await time.advance(10_000);
    expect(bot.steps).toEqual([]);
    await store.release('bot', 'another-process');
    await time.advance(1_000);
    expect((await patient).restart).toMatchObject({ outcome: 'restarted' });
    expect(waitedFor).toEqual(['bot']);

    await store.claim('bot', 'another-process', 60 * MINUTE);
    const inVain = run(asked);
    await time.advance(20_000);
    expect((await inVain).file).toMatchObject({ error: { code: 'target-busy' } });
    const stopped = run({ ...asked, signal: AbortSignal.abort() });
    expect((await stopped).file).toMatchObject({ error: { code: 'target-busy' } });
  });
});

describe('the restart', () => {
  test('after a renewal in the background waits for a person; after a sign-in it does not', async () => {
    await addTarget();
    await signIn();
    expect(await run({ trigger: 'background' })).toMatchObject({ restart: { outcome: 'none' } });
    expect(await pending()).toBeUndefined();
    await signIn();
    expect(await run({ trigger: 'interactive' })).toMatchObject({ restart: { outcome: 'restarted' } });
  });

  test('after a sign-in comes also when the daemon exports before the one who signed in', async () => {
    await addTarget();
    await signIn();
    await run({ trigger: 'background' });
    await time.advance(MINUTE);
    await signIn();
    expect(await run({ trigger: 'background' })).toMatchObject({ restart: { outcome: 'restarted' } });
  });

  test('is owed still when the file may have been written and nobody knows', async () => {
    await addTarget();
    await signIn();
    bot.afterWriting = async () =>
      Promise.reject(new JetonError('ssh-unreachable', { host: 'nas', reason: 'lost' }));
    await run({ trigger: 'interactive' });
    bot.afterWriting = async () => undefined;
    expect(await staleTargets(ports)).toEqual(['bot']);
    expect(await run({ trigger: 'background' })).toMatchObject({ restart: { outcome: 'restarted' } });
  });

  test('that a person asked for is owed under any policy', async () => {
    await addTarget({ restart: 'never' });
    await signIn();
    bot.restartFailure = 'daemon-down';
    await run({ restart: true });
    bot.restartFailure = undefined;
    await time.advance(15 * MINUTE);
    expect(await run({ trigger: 'background' })).toMatchObject({ restart: { outcome: 'restarted' } });
    expect(await staleTargets(ports)).toEqual([]);
  });

  test('is not owed any more when the policy leaves a running bot alone', async () => {
    await addTarget({ restart: 'when-stopped' });
    await signIn();
    bot.running = false;
    bot.restartFailure = 'daemon-down';
    await run();
    bot.running = true;
    await time.advance(15 * MINUTE);
    expect(await run({ trigger: 'background' })).toMatchObject({ restart: { outcome: 'none' } });
    expect(await pending()).toBeUndefined();
  });

  test('is owed still when a person exports without one', async () => {
    await addTarget({});
    await signIn();
    bot.restartFailure = 'daemon-down';
    await run();
    const owed = await pending();
    expect(await run({ restart: false })).toMatchObject({ restart: { outcome: 'none' } });
    expect(await pending()).toEqual(owed);
    bot.restartFailure = undefined;
    await time.advance(15 * MINUTE);
    expect(await run({ trigger: 'background' })).toMatchObject({ restart: { outcome: 'restarted' } });
  });

  test('starts a bot that has stopped, also from the background', async () => {
    await addTarget({ restart: 'when-stopped' });
    await signIn();
    bot.running = false;
    expect(await run({ trigger: 'background' })).toMatchObject({ restart: { outcome: 'restarted' } });
  });

  test('that fails with Docker down is owed, survives, and is tried again less and less often', async () => {
    await addTarget();
    await signIn();
    bot.restartFailure = 'daemon-down';
    expect(await run()).toMatchObject({
      file: { written: true },
      restart: { outcome: 'failed', failure: { reason: 'daemon-down' }, pending: true },
    });
    const first = await pending();
    expect(first).toMatchObject({ reason: 'daemon-down' });
    expect(await staleTargets(ports)).toEqual([]);

    const waits: number[] = [];
    for (let attempt = 0; attempt < 5; attempt += 1) {
      const retryAt = (await pending())?.retryAt ?? 0;
      waits.push(retryAt - time.now());
      await time.advance(retryAt - time.now());
      expect(await staleTargets(ports)).toEqual(['bot']);
      await run({ trigger: 'background' });
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect((await pending())?.since).toBe(first?.since);

    bot.restartFailure = undefined;
    await time.advance(15 * MINUTE);
    expect(await run({ trigger: 'background' })).toMatchObject({ restart: { outcome: 'restarted' } });
    expect(await pending()).toBeUndefined();
  });

  test('that a crash kept from being settled is not repeated, but proven', async () => {
    await addTarget();
    await signIn();
    await dieRestarting(() => (bot.starts += 1));
    expect(await pending()).toMatchObject({ startedAt: 'start 1', reason: undefined });
    expect(await run({ trigger: 'background' })).toMatchObject({
      file: { written: false },
      restart: { outcome: 'restarted', startedAt: 'start 2' },
    });
    expect(bot.steps).toEqual(['file', 'restart']);
    expect(await pending()).toBeUndefined();
    expect((await record())?.lastRestart).toMatchObject({ failure: undefined });
  });

  test('is repeated where the crash came before the container was started again', async () => {
    await addTarget();
    await signIn();
    await dieRestarting(() => undefined);
    await run({ trigger: 'background' });
    expect(bot.steps).toEqual(['file', 'restart', 'restart']);
    expect(await pending()).toBeUndefined();
  });

  test('is repeated where the container has stopped since', async () => {
    await addTarget();
    await signIn();
    await dieRestarting(() => {
      bot.starts += 1;
      bot.running = false;
    });
    await run({ trigger: 'background' });
    expect(bot.steps).toEqual(['file', 'restart', 'restart']);
  });

  test('is repeated where a person asks for it', async () => {
    await addTarget();
    await signIn();
    await dieRestarting(() => (bot.starts += 1));
    await run({ restart: true });
    expect(bot.steps).toEqual(['file', 'restart', 'restart']);
  });

  test('that took place unseen, and did not last, is a failure that is not tried again', async () => {
    await addTarget();
    await signIn();
    await dieRestarting(() => (bot.starts += 1));
    bot.isWell = false;
    expect(await run({ trigger: 'background' })).toMatchObject({
      restart: { outcome: 'failed', failure: { reason: 'exited' }, pending: false },
    });
    expect(bot.steps).toEqual(['file', 'restart']);
    expect(await pending()).toBeUndefined();
  });

  test('of before the file changed once more does not do for the change', async () => {
    await addTarget();
    await signIn();
    await dieRestarting(() => (bot.starts += 1));
    await signIn();
    // A second crash, right after the file was written.
    bot.afterWriting = () => new Promise<never>(() => undefined);
    void run({ trigger: 'background' });
    await expect.poll(() => bot.steps).toEqual(['file', 'restart', 'file']);
    bot.afterWriting = async () => undefined;
    await ports.targets.store.release('bot', 'this-process');
    await run({ trigger: 'background' });
    expect(bot.steps).toEqual(['file', 'restart', 'file', 'restart']);
  });

  test('for which the machine was lost in the middle is owed, and says so', async () => {
    await addTarget();
    await signIn();
    bot.machineProblem = new JetonError('ssh-unreachable', { host: 'nas', reason: 'lost' });
    expect(await run()).toMatchObject({
      file: { written: true },
      restart: {
        outcome: 'failed',
        failure: { reason: 'unreachable', code: 'ssh-unreachable', details: { host: 'nas' } },
        pending: true,
      },
    });
    expect(await record()).toMatchObject({
      pending: { reason: 'unreachable' },
      lastRestart: { failure: 'unreachable' },
      exportFailure: undefined,
    });
    bot.machineProblem = undefined;
    await time.advance(15 * MINUTE);
    expect(await run({ trigger: 'background' })).toMatchObject({ restart: { outcome: 'restarted' } });
  });

  test('that went wrong is forgotten once the bot was started by somebody and is well', async () => {
    await addTarget();
    await signIn();
    bot.restartFailure = 'unhealthy';
    await run();
    bot.restartFailure = undefined;
    expect(await ailingTargets(ports)).toEqual(['bot']);
    expect(await staleTargets(ports)).toEqual([]);
    const failure = async () => (await record())?.lastRestart?.failure;

    await run({ trigger: 'background' });
    expect(await failure()).toBe('unhealthy');
    bot.starts += 1;
    bot.isWell = false;
    await run({ trigger: 'background' });
    expect(await failure()).toBe('unhealthy');
    bot.machineProblem = new JetonError('ssh-unreachable', { host: 'nas', reason: 'lost' });
    await run({ trigger: 'background' });
    expect(await failure()).toBe('unhealthy');
    bot.machineProblem = undefined;
    bot.isWell = true;
    await run({ trigger: 'background' });
    expect(await failure()).toBeUndefined();
    expect(bot.steps).toEqual(['file', 'restart']);
    expect(await ailingTargets(ports)).toEqual([]);
  });

  test('is not in the way of a look at whether the bot was mended, nor undone by one', async () => {
    await addTarget({ restart: 'always' });
    await signIn();
    bot.restartFailure = 'unhealthy';
    await run();
    bot.starts += 1;
    bot.duringLook = async () => {
      bot.duringLook = async () => undefined;
      await time.advance(MINUTE);
      const other = { ...ports, owner: 'another-process' };
      const [second] = await exportTargets(other, { trigger: 'asked', restart: true, givesWay: true });
      expect(second?.restart).toMatchObject({ outcome: 'failed' });
    };
    await run({ trigger: 'background' });
    // That of the look is the restart before.
    expect((await record())?.lastRestart).toMatchObject({ at: time.now(), failure: 'unhealthy' });
    expect(await ports.targets.store.claim('bot', 'another-process', MINUTE)).toBe(true);
  });

  test('that took place and went wrong is not owed: another would do the same', async () => {
    await addTarget();
    await signIn();
    bot.restartFailure = 'unhealthy';
    expect(await run()).toMatchObject({
      restart: { outcome: 'failed', pending: false, log: ['a line', '[secret]'] },
    });
    expect(bot.disposals).toBe(1);
    expect(await pending()).toBeUndefined();
    expect((await ports.targets.store.list())[0]?.lastRestart).toMatchObject({ failure: 'unhealthy' });
  });

  test('is owed from before the file is written, so that a crash right after it forgets nothing', async () => {
    await addTarget();
    await signIn();
    const never = new Promise<never>(() => undefined);
    bot.afterWriting = () => never;
    void run({ trigger: 'interactive' });
    await expect.poll(() => bot.steps).toEqual(['file']);
    expect(await pending()).toBeDefined();

    bot.afterWriting = async () => undefined;
    await ports.targets.store.release('bot', 'this-process');
    expect(await staleTargets(ports)).toEqual(['bot']);
    expect(await run({ trigger: 'background' })).toMatchObject({ restart: { outcome: 'restarted' } });
  });

  test('is remembered while it is tried, too', async () => {
    await addTarget();
    await signIn();
    bot.duringRestart = async () => {
      expect(await pending()).toBeDefined();
      expect(await staleTargets(ports)).toEqual(['bot']);
    };
    await run();
    expect(await pending()).toBeUndefined();
  });

  test('is held while the bot is about to book, and comes afterwards', async () => {
    await addTarget();
    await signIn();
    bot.file.set('RESERVATION_TIME', '12:05');
    expect(await run()).toMatchObject({ restart: { outcome: 'held', until: time.now() + 10 * MINUTE } });
    expect(bot.steps).toEqual(['file']);
    expect(await staleTargets(ports)).toEqual([]);
    await time.advance(10 * MINUTE);
    expect(await staleTargets(ports)).toEqual(['bot']);
    expect(await run({ trigger: 'background' })).toMatchObject({ restart: { outcome: 'restarted' } });
  });

  test('is held by the clock of the container, else by that of the file', async () => {
    await addTarget();
    await signIn();
    const inUtc = new Date(time.now() + 5 * MINUTE).toISOString().slice(11, 16);
    const inTokyo = new Date(time.now() + 5 * MINUTE + 9 * 60 * MINUTE).toISOString().slice(11, 16);
    bot.file.set('RESERVATION_TIME', inTokyo);
    bot.file.set('TZ', 'Asia/Tokyo');
    expect(await run()).toMatchObject({ restart: { outcome: 'held', until: time.now() + 10 * MINUTE } });
    bot.file.set('RESERVATION_TIME', inUtc);
    bot.timeZone = 'UTC';
    expect(await run({ restart: true })).toMatchObject({ restart: { outcome: 'held' } });
  });

  test('is not held for a time that is none, which is said', async () => {
    await addTarget();
    await signIn();
    bot.file.set('RESERVATION_TIME', '9h');
    expect(await run()).toMatchObject({ restart: { outcome: 'restarted' }, invalidTime: '9h' });
  });

  test('is not held when forced', async () => {
    await addTarget();
    await signIn();
    bot.file.set('RESERVATION_TIME', '12:05');
    expect(await run({ force: true })).toMatchObject({ restart: { outcome: 'restarted' } });
  });

  test('is left out, or done for nothing, when a person says so', async () => {
    await addTarget({ restart: 'always' });
    await signIn();
    expect(await run({ restart: false })).toMatchObject({
      file: { written: true },
      restart: { outcome: 'none' },
    });
    expect(await run({ restart: true })).toMatchObject({
      file: { written: false },
      restart: { outcome: 'restarted' },
    });
  });
});

describe('what the daemon exports', () => {
  test('is what changed since the file was last brought up to date, by whomever', async () => {
    await addTarget();
    expect(await staleTargets(ports)).toEqual([]);
    await signIn();
    expect(await staleTargets(ports)).toEqual(['bot']);
    await run({ trigger: 'background' });
    expect(await staleTargets(ports)).toEqual([]);
    await signIn();
    expect(await staleTargets(ports)).toEqual(['bot']);
  });

  test('includes what was forgotten and is back, though its tokens are the same', async () => {
    const tokens = {
      accessToken: new Secret('test-access-same'),
      refreshToken: undefined,
      expiresAt: time.now() + 15 * MINUTE,
      cookies: undefined,
    };
    await addTarget();
    await oneflex.signIn(account, tokens, time.now());
    await run();
    await oneflex.forget();
    expect(await run()).toMatchObject({ file: { error: { code: 'oneflex-not-signed-in' } } });
    expect(await staleTargets(ports)).toEqual([]);
    await oneflex.signIn(account, tokens, time.now());
    expect(await staleTargets(ports)).toEqual(['bot']);
    await run({ trigger: 'background' });
    expect(await record()).toMatchObject({ exportFailure: undefined });
    expect(await staleTargets(ports)).toEqual([]);
  });

  test('includes a Slack token that was rotated', async () => {
    const id = rows.add({});
    await addTarget({ mappings: [{ key: 'SLACK_TOKEN', source: `slack:${id}` }] });
    await run();
    expect(await staleTargets(ports)).toEqual([]);
    Object.assign(rows.get(id) ?? {}, {
      refreshToken: 'xoxe-1-test-next',
      accessToken: 'xoxe.xoxb-1-test-next',
    });
    expect(await staleTargets(ports)).toEqual(['bot']);
  });

  test('does not include a row that has no token yet, which a person is told', async () => {
    const id = rows.add({ accessToken: undefined });
    await addTarget({ mappings: [{ key: 'SLACK_TOKEN', source: `slack:${id}` }] });
    expect(await staleTargets(ports)).toEqual([]);
    expect(await run()).toMatchObject({
      file: { error: { code: 'integration-incomplete', details: { id, missing: 'access_token' } } },
    });
    Object.assign(rows.get(id) ?? {}, { accessToken: 'xoxe.xoxb-1-test-first' });
    expect(await staleTargets(ports)).toEqual(['bot']);
  });
});
