/** What the engine exports by itself, beside its renewals. */
import { beforeEach, expect, test } from 'vitest';
import { Engine, type EnginePorts, type ExportWatcher } from '../../src/core/engine.ts';
import { JetonError } from '../../src/core/errors.ts';
import type { ExportResult } from '../../src/core/export/export.ts';
import { targetSchema } from '../../src/core/export/target.ts';
import type { IntegrationId } from '../../src/core/integration.ts';
import type { EnvMerge, TargetMachine, TargetStore } from '../../src/core/ports.ts';
import { createTargetStore } from '../../src/node/database/targets.ts';
import { overriding, World } from '../support/engine-world.ts';
import { openTestStore } from '../support/open-stores.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const MINUTE = 60_000;

let world: World;
let store: TargetStore;
let ports: EnginePorts;
let engine: Engine;
let row: IntegrationId;
/** Merges that have begun, by the target's folder, and what lets each go on where `isSlow`. */
const begun: { readonly dir: string; readonly goOn: () => void }[] = [];
let isSlow: boolean;
let problem: JetonError | undefined;
const results: ExportResult[] = [];
const underWay = new Set<string>();
/** How often somebody asked for a container. */
let looks = 0;

beforeEach(async () => {
  begun.length = 0;
  isSlow = true;
  problem = undefined;
  results.length = 0;
  looks = 0;
  world = new World();
  row = world.rows.local.add({ ...world.slack.issue('one'), expiresAt: world.time.now() + 12 * 60 * MINUTE });
  const opened = await openTestStore(temporaryHome());
  store = createTargetStore({ store: opened.store, clock: world.time, isDead: () => false });
  const { sources: _, ...process } = world.startProcess();
  ports = {
    ...process,
    application: undefined,
    targets: { store, open: async ({ dir }) => machineIn(dir), sessionCookies: async () => [] },
  };
  engine = new Engine(ports);
});

async function addTarget(name: string): Promise<void> {
  const mappings = [{ key: 'SLACK_TOKEN', source: `slack:${row}` }];
  await store.add(targetSchema.parse({ name, dir: `/${name}`, mappings, restart: 'never' }));
}

function machineIn(dir: string): TargetMachine {
  const nobody = async (): Promise<never> => Promise.reject(new Error('nobody asks for it'));
  return {
    envFile: {
      inspect: nobody,
      async merge(): Promise<EnvMerge> {
        await new Promise<void>((resolve) => {
          begun.push({ dir, goOn: resolve });
          if (!isSlow) resolve();
        });
        if (problem !== undefined) throw problem;
        return { path: dir, changedKeys: ['SLACK_TOKEN'], keptKeys: [], written: true, warnings: [] };
      },
    },
    sessionFile: { write: nobody },
    containers: {
      inspect: nobody,
      restart: nobody,
      prove: async () => {
        looks += 1;
        return undefined;
      },
    },
    bot: { dir, composeFiles: [], service: undefined, envFile: dir, keys: [] },
    timeZone: async () => undefined,
    dispose: async () => undefined,
  };
}

const watcher: ExportWatcher = {
  onBegin: (name) => {
    underWay.add(name);
    return { signal: new AbortController().signal, onEnd: () => underWay.delete(name) };
  },
  onResult: (result) => results.push(result),
};
const round = () => engine.keepFresh({ watcher });

test('no renewal waits for an export that does not come to its end', async () => {
  await addTarget('bot');
  await round();
  await expect.poll(() => begun).toHaveLength(1);
  await world.time.advance(12 * 60 * MINUTE);
  expect(await round()).toMatchObject({ slack: { renewed: 1 } });
  // And of each target there is but one at a time.
  expect(begun).toHaveLength(1);
  expect(results).toEqual([]);
  expect([...underWay]).toEqual(['bot']);
  begun[0]?.goOn();
  await engine.exportsDone();
  expect([...underWay]).toEqual([]);
  expect(results).toMatchObject([{ name: 'bot', file: { written: true } }]);
  // What was renewed meanwhile follows.
  await round();
  await expect.poll(() => begun).toHaveLength(2);
  begun[1]?.goOn();
  await engine.exportsDone();
  await round();
  expect(begun).toHaveLength(2);
});

/** Its renewals of OneFlex are not to be had. */
class WithoutOneflex extends Engine {
  override renewOneflex(): Promise<never> {
    return Promise.reject(new JetonError('store-busy'));
  }
}

test('renewals that throw keep no file from being brought up to date', async () => {
  await addTarget('bot');
  const ensureReady = async (): Promise<never> => Promise.reject(new JetonError('vault-locked'));
  engine = new WithoutOneflex({ ...ports, vault: overriding(ports.vault, { ensureReady }) });
  await world.time.advance(12 * 60 * MINUTE);
  await expect(round()).rejects.toMatchObject({ code: 'vault-locked' });
  await expect.poll(() => begun).toHaveLength(1);
  begun[0]?.goOn();
  await engine.exportsDone();
  expect(results).toHaveLength(1);
});

test('several targets are served at once, and not all at once', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  for (const name of names) await addTarget(name);
  await round();
  await expect.poll(() => begun.map(({ dir }) => dir)).toEqual(['/a', '/b', '/c', '/d']);
  await round();
  expect(begun).toHaveLength(4);
  for (const { goOn } of begun) goOn();
  await engine.exportsDone();
  await round();
  await expect.poll(() => begun).toHaveLength(6);
  for (const { goOn } of begun) goOn();
  await engine.exportsDone();
  expect(results.map(({ name }) => name)).toEqual(names);
});

test('a target that fails is tried again, but not every minute', async () => {
  await addTarget('bot');
  isSlow = false;
  problem = new JetonError('env-file-unwritable', { path: '/bot', reason: 'EROFS' });
  for (let minute = 0; minute < 60; minute += 1) {
    await round();
    await engine.exportsDone();
    await world.time.advance(MINUTE);
  }
  expect(begun.length).toBeGreaterThan(3);
  expect(begun.length).toBeLessThan(20);
  expect(await engine.snapshot()).toMatchObject({
    headline: { kind: 'export-failing', name: 'bot' },
    targets: [{ exportFailure: { code: 'env-file-unwritable' } }],
  });
});

test('a target that another process is at is left to it', async () => {
  await addTarget('bot');
  await store.claim('bot', 'another-process', MINUTE);
  await round();
  // No time passes, so that whoever waited would wait for ever.
  await engine.exportsDone();
  expect(results).toMatchObject([{ file: { error: { code: 'target-busy' } } }]);
});

test('a bot whose source the person removed is shown as it is, and fails nobody', async () => {
  await addTarget('bot');
  isSlow = false;
  await round();
  await engine.exportsDone();
  world.rows.local.add({ ...world.slack.issue('two'), expiresAt: world.time.now() + 12 * 60 * MINUTE });
  await engine.remove(row);
  await engine.exportTargets({ trigger: 'asked' });
  expect(await engine.snapshot()).toMatchObject({
    headline: { kind: 'all-fresh' },
    targets: [{ exportFailure: { code: 'integration-not-found' } }],
  });
});

test('a bot that was not well is looked at every five minutes', async () => {
  await addTarget('bot');
  isSlow = false;
  await round();
  await engine.exportsDone();
  await store.recordRestart('bot', { at: world.time.now(), failure: 'exited', startedAt: 'start 1' });
  for (let minute = 0; minute < 20; minute += 1) {
    await world.time.advance(MINUTE);
    await round();
    await engine.exportsDone();
  }
  expect(looks).toBe(4);
});

test('a pause lets an export that was begun come to its end, and begins no other', async () => {
  await addTarget('bot');
  const pause = new AbortController();
  await engine.keepFresh({ paused: pause.signal, watcher });
  await expect.poll(() => begun).toHaveLength(1);
  pause.abort();
  begun[0]?.goOn();
  await engine.exportsDone();
  expect(results).toMatchObject([{ name: 'bot', file: { written: true } }]);

  await addTarget('other');
  await engine.keepFresh({ paused: pause.signal, watcher });
  await engine.exportsDone();
  expect(begun).toHaveLength(1);
});
