import { expect, test } from 'vitest';
import { Engine } from '../../src/core/engine.ts';
import { JetonError, type ErrorCode } from '../../src/core/errors.ts';
import type { LogFields } from '../../src/core/ports.ts';
import { MemorySource } from '../fakes/memory-source.ts';
import { overriding, silent, World } from '../support/engine-world.ts';

test('a source that cannot be read is logged once per change, and not in every round', async () => {
  const world = new World();
  const { sources: _, ...ports } = world.startProcess();
  let problem: ErrorCode | undefined;
  const rows = new MemorySource({ rows: world.rows.app, clock: world.time, isDead: () => false });
  const application = overriding(rows, {
    list: async () => (problem === undefined ? rows.list() : Promise.reject(new JetonError(problem))),
  });
  const logged: string[] = [];
  const record = (event: string, fields: LogFields = {}): void => {
    if (event.startsWith('source-')) logged.push([event, ...Object.values(fields)].join(' '));
  };
  const log = { ...silent, info: record, warn: record };
  const engine = new Engine({ ...ports, application, log });

  const rounds = ['database-unreachable', 'database-refused', undefined, 'database-unreachable'] as const;
  for (problem of rounds) for (let round = 0; round < 3; round += 1) await engine.keepFresh();

  expect(logged).toEqual([
    'source-unreachable app database-unreachable',
    'source-unreachable app database-refused',
    'source-readable-again app',
    'source-unreachable app database-unreachable',
  ]);
});

test('a process may not end while OneFlex tokens or a Slack pair are being written', async () => {
  const world = new World();
  const { sources: _, ...ports } = world.startProcess();
  const engine = new Engine({ ...ports, application: undefined });
  expect(engine.mayEnd).toBe(true);

  const written = Promise.withResolvers<void>();
  const writing = ports.oneflex.inHand.whileWriting(written.promise);
  expect(engine.mayEnd).toBe(false);
  written.resolve();
  await writing;
  expect(engine.mayEnd).toBe(true);

  const letGo = ports.pairsInHand.hold();
  expect(engine.mayEnd).toBe(false);
  letGo();
  expect(engine.mayEnd).toBe(true);
});

test('a round that begins in a pause sends nothing', async () => {
  const world = new World();
  world.rows.app.add({ ...world.slack.issue('one'), expiresAt: world.time.now() });
  const { sources, ...ports } = world.startProcess();
  const engine = new Engine({ ...ports, application: sources[1] });
  const { slack } = await engine.keepFresh({ paused: AbortSignal.abort() });
  expect(slack).toMatchObject({ renewed: 0, results: [{ outcome: 'skipped' }] });
  expect(world.slack.sent).toEqual([]);
  expect(await engine.keepFresh()).toMatchObject({ slack: { renewed: 1 } });
});
