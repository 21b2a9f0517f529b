/**
 * A process is ended at every single step of a run, and the process after it, too. As long as the next one comes
 * within Slack's grace, every chain goes on, and no refresh token is sent again but for the one that was in doubt.
 */
import { describe, expect, test } from 'vitest';
import type { IntegrationId } from '../../../src/core/integration.ts';
import { LEASE_MS } from '../../../src/core/slack/renew.ts';
import { refresh } from '../../../src/core/slack/refresh.ts';
import { Fate, World } from '../../support/engine-world.ts';

interface Chains {
  readonly name: string;
  readonly ids: readonly IntegrationId[];
}

function populate(world: World): readonly Chains[] {
  const alpha = world.slack.issue('alpha');
  const beta = world.slack.issue('beta');
  const shared = world.slack.issue('shared');
  return [
    { name: 'alpha', ids: [world.rows.local.add({ ...alpha })] },
    { name: 'beta', ids: [world.rows.app.add({ ...beta })] },
    { name: 'shared', ids: [world.rows.app.add({ ...shared }), world.rows.app.add({ ...shared })] },
  ];
}

function due(world: World): readonly Chains[] {
  const chains = populate(world);
  for (const rows of [world.rows.local, world.rows.app]) {
    for (const [, row] of rows.entries()) row.expiresAt = world.time.now();
  }
  return chains;
}

/** Runs to the end, or until the process dies. */
async function runProcess(world: World, machine: string, fate: Fate): Promise<void> {
  await Promise.race([refresh(world.startProcess(machine, fate)), fate.died]);
}

function expectEveryChainAlive(world: World, chains: readonly Chains[], context: string): void {
  for (const { name, ids } of chains) {
    for (const id of ids) {
      const row = world.rows[id.startsWith('app:') ? 'app' : 'local'].get(id);
      expect(row?.refreshToken, `${context}: ${id} of ${name}`).toBe(world.slack.current(name));
      expect(row?.lease, `${context}: lease on ${id}`).toBeUndefined();
    }
  }
}

function mostOftenSent(world: World): number {
  const counts = Map.groupBy(world.slack.sent, (token) => token);
  return Math.max(...[...counts.values()].map((sends) => sends.length));
}

async function stepsOfOneRun(): Promise<number> {
  const world = new World();
  due(world);
  const fate = new Fate();
  await runProcess(world, 'home', fate);
  return fate.steps.length;
}

describe('a kill storm', () => {
  test('without a kill, each token is sent once', async () => {
    const world = new World();
    const chains = due(world);
    await runProcess(world, 'home', new Fate());
    expectEveryChainAlive(world, chains, 'undisturbed');
    expect(mostOftenSent(world)).toBe(1);
    expect(world.slack.sent).toHaveLength(3);
  });

  test('at every step: the next process on the same machine brings every chain home', async () => {
    const steps = await stepsOfOneRun();
    expect(steps).toBeGreaterThan(40);
    for (let at = 1; at <= steps; at += 1) {
      const world = new World();
      const chains = due(world);
      await runProcess(world, 'home', new Fate(at));
      await runProcess(world, 'home', new Fate());
      expectEveryChainAlive(world, chains, `killed at ${at}`);
      expect(mostOftenSent(world), `killed at ${at}`).toBeLessThanOrEqual(2);
      expect(await world.disk('home').journal.pending(), `killed at ${at}`).toEqual([]);
    }
  });

  test('at every pair of steps: two kills in a row lose nothing either', async () => {
    const steps = await stepsOfOneRun();
    for (let first = 1; first <= steps; first += 1) {
      for (let second = 1; second <= steps; second += 3) {
        const world = new World();
        const chains = due(world);
        await runProcess(world, 'home', new Fate(first));
        await runProcess(world, 'home', new Fate(second));
        await runProcess(world, 'home', new Fate());
        expectEveryChainAlive(world, chains, `killed at ${first}, then at ${second}`);
        expect(mostOftenSent(world)).toBeLessThanOrEqual(3);
      }
    }
  });

  test('at every step, with another machine taking over once the lease has run out', async () => {
    const steps = await stepsOfOneRun();
    for (let at = 1; at <= steps; at += 1) {
      const world = new World(2 * LEASE_MS);
      const chains = due(world).filter(({ ids }) => ids.every((id) => id.startsWith('app:')));
      await runProcess(world, 'desktop', new Fate(at));
      const sentBefore = world.slack.sent.length;
      await runProcess(world, 'server', new Fate());
      const heldRowsLeftAlone = world.slack.sent.slice(sentBefore).every((token) => {
        return world.slack.sent.indexOf(token) >= sentBefore || token.includes('alpha');
      });
      expect(heldRowsLeftAlone, `killed at ${at}: a token in flight elsewhere was sent`).toBe(true);
      await world.time.advance(LEASE_MS);
      await runProcess(world, 'server', new Fate());
      expectEveryChainAlive(world, chains, `killed at ${at}`);
    }
  });

  test('two machines and a kill: what the dead one had in its journal never replaces a newer pair', async () => {
    const steps = await stepsOfOneRun();
    for (let at = 1; at <= steps; at += 1) {
      const world = new World(2 * LEASE_MS);
      const chains = due(world).filter(({ ids }) => ids.every((id) => id.startsWith('app:')));
      await runProcess(world, 'desktop', new Fate(at));
      await world.time.advance(LEASE_MS);
      await runProcess(world, 'server', new Fate());
      await world.time.advance(7 * 3_600_000);
      await runProcess(world, 'server', new Fate());
      await runProcess(world, 'desktop', new Fate());
      expectEveryChainAlive(world, chains, `killed at ${at}`);
    }
  });

  test('what is in the journal needs no grace: only a reply that never reached the disk can be lost', async () => {
    const oneChain = (world: World): readonly Chains[] => {
      const id = world.rows.app.add({ ...world.slack.issue('alpha'), expiresAt: world.time.now() });
      return [{ name: 'alpha', ids: [id] }];
    };
    const undisturbed = new Fate();
    const rehearsal = new World(0);
    oneChain(rehearsal);
    await runProcess(rehearsal, 'home', undisturbed);
    // A kill at a step leaves the call it names undone; steps count from 1.
    const sent = undisturbed.steps.indexOf('refresh:before') + 1;
    const recorded = undisturbed.steps.indexOf('record:before') + 1;
    expect(recorded).toBeGreaterThan(sent);

    for (let at = 1; at <= undisturbed.steps.length; at += 1) {
      const world = new World(0);
      const chains = oneChain(world);
      await runProcess(world, 'home', new Fate(at));
      await world.time.advance(1);
      await runProcess(world, 'home', new Fate());
      const [id] = chains[0]?.ids ?? [];
      const alive = world.rows.app.get(id ?? 'app:0')?.refreshToken === world.slack.current('alpha');
      expect(alive, `killed at ${at} (${undisturbed.steps[at - 1]}) without grace`).toBe(
        at <= sent || at > recorded,
      );
    }
  });

  test('four processes at once: each chain is renewed exactly once', async () => {
    const world = new World();
    const chains = due(world);
    await Promise.all(
      ['home', 'home', 'server', 'server'].map((machine) => runProcess(world, machine, new Fate())),
    );
    expectEveryChainAlive(world, chains, 'four at once');
    expect(world.slack.sent).toHaveLength(3);
  });
});
