import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Ticker } from '../../src/core/daemon.ts';
import { runDaemon } from '../../src/core/daemon.ts';
import type { EnginePorts } from '../../src/core/engine.ts';
import { Engine } from '../../src/core/engine.ts';
import { JetonError } from '../../src/core/errors.ts';
import { MemoryLocalIntegrations } from '../fakes/memory-source.ts';
import type { VirtualTime } from '../fakes/virtual-time.ts';
import { overriding, silent, World } from '../support/engine-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Ticks with the monotonic time, as timers do; `flood` is what node-schedule can do after a clock jump. */
class VirtualTicker implements Ticker {
  readonly #time: VirtualTime;
  #onTick: (() => void) | undefined;

  constructor(time: VirtualTime) {
    this.#time = time;
  }

  everyMinute(onTick: () => void): { dispose(): void } {
    this.#onTick = onTick;
    const goOn = (): void => {
      if (this.#onTick !== onTick) return;
      onTick();
      void this.#time.sleep(MINUTE).then(goOn);
    };
    void this.#time.sleep(MINUTE).then(goOn);
    return { dispose: () => (this.#onTick = undefined) };
  }

  get isRunning(): boolean {
    return this.#onTick !== undefined;
  }

  flood(times: number): void {
    for (let time = 0; time < times; time += 1) this.#onTick?.();
  }
}

let world: World;
let ticker: VirtualTicker;
let stop: AbortController;
let daemon: Promise<void>;
const names = ['one', 'two', 'three'];

function startDaemon(change: Partial<EnginePorts> = {}, log = silent): void {
  const { sources, ...ports } = world.startProcess();
  const engine = new Engine({
    ...ports,
    local: new MemoryLocalIntegrations({ clock: world.time, rows: world.rows.local }),
    application: sources[1],
    ...change,
  });
  daemon = runDaemon({ engine, ticker, clock: world.time, timer: world.time, log }, stop.signal);
}

beforeEach(async () => {
  world = new World();
  ticker = new VirtualTicker(world.time);
  stop = new AbortController();
  for (const name of names)
    world.rows.app.add({ ...world.slack.issue(name), name, expiresAt: world.time.now() });
});

afterEach(async () => {
  stop.abort();
  await world.time.advance(1);
  await daemon;
});

/** The daemon has started, and everything is fresh. */
async function started(): Promise<void> {
  startDaemon();
  await world.time.advance(MINUTE);
  expect(world.slack.sent).toHaveLength(names.length);
  world.slack.sent.length = 0;
}

describe('the daemon', () => {
  test('renews each chain about every 6 hours, for weeks', async () => {
    await started();
    await world.time.advance(10 * 24 * HOUR);
    const perDay = world.slack.sent.length / names.length / 10;
    expect(perDay).toBeGreaterThanOrEqual(3.9);
    expect(perDay).toBeLessThanOrEqual(4.6);
  }, 60_000);

  test.each([
    ['14 hours of sleep over two due times', 14 * HOUR],
    ['a clock set forward a day', 24 * HOUR],
    ['a clock set back two hours', -2 * HOUR],
    ['40 days of sleep, beyond what a timer can hold', 40 * 24 * HOUR],
  ])('%s: exactly one catch-up run', async (_, jump) => {
    await started();
    await world.time.advance(10 * MINUTE);
    world.time.setWallClock(jump);
    ticker.flood(500);
    await world.time.advance(30 * MINUTE);
    expect(world.slack.sent.toSorted()).toEqual(names.map((name) => `xoxe-1-test-${name}-2`).toSorted());
    for (const [, row] of world.rows.app.entries()) {
      expect((row.expiresAt ?? 0) - world.time.now()).toBeGreaterThan(11 * HOUR);
    }
  });

  test('a flood of ticks is one run, and never two at once', async () => {
    let underWay = 0;
    let most = 0;
    const { vault } = world.startProcess();
    startDaemon({
      vault: overriding(vault, {
        ensureReady: async () => {
          underWay += 1;
          most = Math.max(most, underWay);
          await world.time.sleep(5000);
          underWay -= 1;
        },
      }),
    });
    for (let round = 0; round < 20; round += 1) {
      ticker.flood(50);
      await world.time.advance(1000);
    }
    expect(most).toBe(1);
  });

  test('outlives trouble, and says it once', async () => {
    const said: string[] = [];
    let locked = true;
    const { vault } = world.startProcess();
    const ensureReady = async (): Promise<void> => {
      if (locked) throw new JetonError('vault-locked');
    };
    const say = (event: string): void => void said.push(event);
    startDaemon({ vault: overriding(vault, { ensureReady }) }, { ...silent, error: say, info: say });
    await world.time.advance(10 * MINUTE);
    expect(said).toEqual(['run-failed']);
    expect(world.slack.sent).toEqual([]);

    locked = false;
    await world.time.advance(2 * MINUTE);
    expect(said).toEqual(['run-failed', 'trouble-over']);
    expect(world.slack.sent).toHaveLength(names.length);
  });

  test('a retry that is due between two ticks does not wait for the second', async () => {
    world.slack.failNext(
      { kind: 'answer-lost' },
      { kind: 'answer-lost' },
      { kind: 'answer-lost' },
      { kind: 'answer-lost' },
      { kind: 'answer-lost' },
      { kind: 'answer-lost' },
    );
    startDaemon();
    await world.time.advance(10_000);
    expect(world.slack.sent).toHaveLength(9);
    for (const name of names) expect(world.slack.current(name)).toBe(`xoxe-1-test-${name}-2`);
  });

  test('ends when asked, and leaves no tick behind', async () => {
    await started();
    stop.abort();
    await world.time.advance(1);
    await daemon;
    expect(ticker.isRunning).toBe(false);
  });
});
