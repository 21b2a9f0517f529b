import { beforeEach, describe, expect, test } from 'vitest';
import type { IntegrationId } from '../../../src/core/integration.ts';
import type { CredentialChange } from '../../../src/core/ports.ts';
import { Secret } from '../../../src/core/secret.ts';
import { stateOf } from '../../../src/core/schedule.ts';
import { addIntegration } from '../../../src/core/slack/add.ts';
import { refresh } from '../../../src/core/slack/refresh.ts';
import { updateIntegration } from '../../../src/core/slack/update.ts';
import type { MemoryRow } from '../../fakes/memory-source.ts';
import { Fate, World } from '../../support/engine-world.ts';

const HOUR = 3_600_000;

/** A world with one row, whose chain is `old`, and another chain, `new`, that nobody holds yet. */
class UpdateWorld extends World {
  readonly given = this.slack.issue('new');
  readonly id: IntegrationId = this.rows.local.add({
    ...this.slack.issue('old'),
    name: 'Ops',
    expiresAt: this.time.now() + 11 * HOUR,
  });

  get row(): MemoryRow | undefined {
    return this.rows.local.get(this.id);
  }

  async update(change: Partial<CredentialChange> = {}, fate = new Fate()): Promise<string> {
    const ports = this.startProcess('home', fate);
    const row = (await this.startProcess().local.list()).find(({ id }) => id === this.id);
    if (row === undefined) throw new Error('the row is gone');
    const refreshToken = new Secret(this.given.refreshToken);
    const whole = { clientId: undefined, clientSecret: undefined, refreshToken, ...change };
    const outcome = updateIntegration(ports.local, ports, row, whole);
    return Promise.race([outcome, fate.died.then(() => 'killed')]);
  }

  async nextRun(): Promise<void> {
    await refresh(this.startProcess());
  }
}

let world: UpdateWorld;
beforeEach(() => (world = new UpdateWorld()));

describe('an update', () => {
  test('gives the row the new chain, rotated, under its id and name', async () => {
    expect(await world.update({ clientSecret: new Secret('test-client-secret-9') })).toBe('updated');

    expect(world.row).toMatchObject({
      name: 'Ops',
      refreshToken: 'xoxe-1-test-new-2',
      accessToken: 'xoxe.xoxb-1-test-new-2',
      clientSecret: 'test-client-secret-9',
    });
    expect(world.rows.local.entries()).toHaveLength(1);
    const { health, activity } = world.disk('home');
    expect([...(await health.all()).keys()]).toEqual([world.id]);
    expect((await health.all()).get(world.id)).toMatchObject({ lastRenewedAt: world.time.now() });
    expect((await activity.list({ limit: 1 }))[0]).toMatchObject({ id: world.id, event: 'updated' });
    await world.nextRun();
    expect(world.slack.sent).toEqual(['xoxe-1-test-new-1']);
  });

  test('brings a dead row back to life, and leaves a paused one paused', async () => {
    world.slack.revoke('old');
    await refresh(world.startProcess(), { force: true });
    const { health } = world.disk('home');
    const dead = (await health.all()).get(world.id);
    if (dead === undefined) throw new Error('nothing is remembered');
    expect(dead.condition).toBe('dead');
    await health.setPaused(world.id, dead.chain, true);

    expect(await world.update()).toBe('updated');

    expect((await health.all()).get(world.id)).toMatchObject({
      condition: 'ok',
      paused: true,
      lastError: undefined,
    });
  });

  test('may be of the client secret alone: the chain goes on', async () => {
    const change = { clientSecret: new Secret('test-client-secret-9'), refreshToken: undefined };
    expect(await world.update(change)).toBe('updated');
    expect(world.row).toMatchObject({
      refreshToken: 'xoxe-1-test-old-2',
      clientSecret: 'test-client-secret-9',
    });
    expect(world.rows.local.entries()).toHaveLength(1);
    expect(world.slack.sent).toEqual(['xoxe-1-test-old-1']);
  });

  test.each([
    ['refuses', 'chain-dead', 'slack-rejected'],
    ['cannot be asked', 'transient', 'slack-unreachable'],
  ] as const)('that Slack %s leaves the row with what it had', async (_, failureClass, code) => {
    const before = { ...world.row };
    world.slack.failNext({ kind: 'fails', failure: { class: failureClass, code: 'some_code' } });

    await expect(world.update()).rejects.toMatchObject({ code });

    expect(world.row).toEqual(before);
    expect(world.rows.local.entries()).toHaveLength(1);
    expect((await world.disk('home').health.all()).size).toBe(0);
    await refresh(world.startProcess(), { force: true });
    expect(world.row?.refreshToken).toBe('xoxe-1-test-old-2');
  });

  test('of a client secret that Slack refuses does not count against the row', async () => {
    await world.nextRun();
    const remembered = await world.disk('home').health.all();
    const failure = { class: 'misconfigured', code: 'bad_client_secret' } as const;
    world.slack.failNext({ kind: 'fails', failure });
    const change = { clientSecret: new Secret('test-client-secret-9'), refreshToken: undefined };
    await expect(world.update(change)).rejects.toMatchObject({ code: 'slack-rejected' });
    expect(await world.disk('home').health.all()).toEqual(remembered);
    expect(remembered.get(world.id)).toMatchObject({ condition: 'ok' });
  });

  test('whose answer got lost comes home with the next run', async () => {
    world.slack.failNext({ kind: 'answer-lost' }, { kind: 'answer-lost' });
    expect(await world.update()).toBe('in-doubt');
    expect(world.row?.refreshToken).toBe('xoxe-1-test-old-1');

    await world.time.advance(30_000);
    await world.nextRun();
    expect(world.row?.refreshToken).toBe(world.slack.current('new'));
    expect(world.rows.local.entries()).toHaveLength(1);
  });

  test('takes no token that another row has, nor one that is none', async () => {
    const other = world.rows.local.add({ ...world.given });
    await expect(world.update()).rejects.toMatchObject({
      code: 'integration-exists',
      details: { id: other },
    });
    world.rows.local.remove(other);
    await refresh(world.startProcess(), { force: true });
    const spent = { refreshToken: new Secret('xoxe-1-test-old-1') };
    await expect(world.update(spent)).rejects.toMatchObject({
      code: 'integration-exists',
      details: { id: world.id },
    });
    const longLived = { refreshToken: new Secret('xoxb-test-long-lived') };
    await expect(world.update(longLived)).rejects.toMatchObject({ code: 'not-a-refresh-token' });
    expect(world.slack.sent).toEqual(['xoxe-1-test-old-1']);
  });
});

describe('an update that is killed', () => {
  async function stepsOfOne(): Promise<number> {
    const fate = new Fate();
    const rehearsal = new UpdateWorld();
    await rehearsal.update({}, fate);
    return fate.steps.length;
  }

  test('at every step: the row has its old chain or the new one, and the next run completes what was begun', async () => {
    const steps = await stepsOfOne();
    expect(steps).toBeGreaterThan(20);
    for (let at = 1; at <= steps; at += 1) {
      world = new UpdateWorld();
      const context = `killed at ${at}`;
      await world.update({}, new Fate(at));
      const current = ['old', 'new'].map((name) => world.slack.current(name));
      const isProposed = world.rows.local.entries().length > 1;
      expect(current, context).toContain(world.row?.refreshToken);
      const isUnspent = world.row?.refreshToken === current[0] && !isProposed;

      await world.nextRun();

      expect(world.row?.refreshToken, context).toBe(world.slack.current(isUnspent ? 'old' : 'new'));
      expect(world.rows.local.entries(), context).toHaveLength(1);
      expect(world.row?.lease, context).toBeUndefined();
      expect(await world.disk('home').journal.pending(), context).toEqual([]);
      if (isUnspent) expect(world.slack.sent, context).toEqual([]);
      const newSends = world.slack.sent.filter((token) => token === world.given.refreshToken);
      expect(newSends.length, context).toBeLessThanOrEqual(2);
    }
  });

  test('at every step, with a token that Slack refuses: the row never loses its chain', async () => {
    const fate = new Fate();
    world.slack.revoke('new');
    await world.update({}, fate).catch(() => undefined);
    expect(fate.steps.length).toBeGreaterThan(15);
    for (let at = 1; at <= fate.steps.length; at += 1) {
      world = new UpdateWorld();
      world.slack.revoke('new');
      await world.update({}, new Fate(at)).catch(() => undefined);
      await world.nextRun();
      await refresh(world.startProcess(), { force: true, ids: [world.id] });
      expect(world.row?.refreshToken, `killed at ${at}`).toBe('xoxe-1-test-old-2');
      expect(world.slack.current('old'), `killed at ${at}`).toBe('xoxe-1-test-old-2');
    }
  });
});

/** Looks at every row of the home before and after each step, as another process may. */
class Onlooker extends Fate {
  readonly seen = new Set<string>();
  readonly #look: () => Promise<readonly string[]>;

  constructor(watched: World) {
    super();
    const { local } = watched.startProcess();
    this.#look = async () => {
      const remembered = await watched.disk('home').health.all();
      return (await local.list()).map((row) => stateOf(row, remembered.get(row.id), watched.time.now()).kind);
    };
  }

  override async step(what: string): Promise<void> {
    for (const state of await this.#look()) this.seen.add(state);
    await super.step(what);
  }
}

test.each(['an app that is added', 'an update'])(
  'what is tried and refused is dead to nobody, at no moment: %s',
  async (what) => {
    world.slack.revoke('new');
    const onlooker = new Onlooker(world);
    const ports = world.startProcess('home', onlooker);
    const credentials = {
      clientId: 'test-client',
      clientSecret: new Secret('test-client-secret'),
      refreshToken: new Secret(world.given.refreshToken),
      accessToken: undefined,
    };
    const tried =
      what === 'an update'
        ? world.update({}, onlooker)
        : addIntegration(ports.local, ports, { name: 'New', credentials, expiresAt: undefined });
    await expect(tried).rejects.toMatchObject({ code: 'slack-rejected' });
    expect(onlooker.seen).toContain('renewing');
    expect(onlooker.seen).not.toContain('needs-reinstall');
    expect(world.rows.local.entries()).toHaveLength(1);
  },
);
