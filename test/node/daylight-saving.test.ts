import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runDaemon } from '../../src/core/daemon.ts';
import { Engine } from '../../src/core/engine.ts';
import { formatExpiry, parseExpiry } from '../../src/node/postgres/expiry.ts';
import { minuteTicker } from '../../src/node/scheduler.ts';
import { silent, World } from '../support/engine-world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NAMES = ['one', 'two', 'three'];

beforeEach(() => void vi.stubEnv('TZ', 'Europe/Paris'));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

// In Paris both changes are at 01:00 UTC: 02:00 becomes 03:00 in spring, 03:00 becomes 02:00 in autumn.
describe.each([
  { season: 'spring', day: '2026-03-29', expiry: '09:30:00.123456', offset: '+02:00' },
  { season: 'autumn', day: '2026-10-25', expiry: '08:30:00.123456', offset: '+01:00' },
])('the night of $day, in Paris', ({ season, day, expiry, offset }) => {
  const utc = (time: string): number => Date.parse(`${day}T${time}Z`);

  test('a local time after the change is read, and written, with the offset of after it', () => {
    expect(parseExpiry(`${day}T${expiry}`)).toBe(utc('07:30:00.123'));
    expect(formatExpiry(utc('07:30:00.123'))).toBe(`${day}T${expiry.slice(0, -3)}${offset}`);
  });

  test('what falls due in the hour of the change is renewed then, once, and every minute is looked at', async () => {
    const world = new World();
    world.time.setWallClock(utc('00:00:00') - world.time.now());
    vi.useFakeTimers({ now: world.time.now(), toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    const offsetBefore = new Date().getTimezoneOffset();
    for (const name of NAMES) {
      const expiresAt = parseExpiry(`${day}T${expiry}`);
      world.rows.app.add({ ...world.slack.issue(name), name, expiresAt });
    }
    const ticks: number[] = [];
    const ticker = {
      everyMinute: (onTick: () => void) =>
        minuteTicker.everyMinute(() => {
          ticks.push(Date.now());
          onTick();
        }),
    };
    const { sources, ...ports } = world.startProcess();
    const engine = new Engine({ ...ports, application: sources[1] });
    const stop = new AbortController();
    const daemon = runDaemon(
      { engine, ticker, clock: world.time, timer: world.time, log: silent },
      stop.signal,
    );

    const sentAt: number[] = [];
    while (world.time.now() < utc('05:00:00')) {
      vi.advanceTimersByTime(10 * SECOND);
      await world.time.advance(10 * SECOND);
      while (sentAt.length < world.slack.sent.length) sentAt.push(world.time.now());
    }
    stop.abort();
    await daemon;

    expect(new Date().getTimezoneOffset() - offsetBefore).toBe(season === 'spring' ? -60 : 60);
    // Half of 12 hours before the end, up to 36 minutes earlier: jitter.
    expect(sentAt).toHaveLength(NAMES.length);
    expect(Math.min(...sentAt)).toBeGreaterThanOrEqual(utc('00:54:00'));
    expect(Math.max(...sentAt)).toBeLessThanOrEqual(utc('01:31:00'));
    expect(world.slack.sent.toSorted()).toEqual(NAMES.map((name) => `xoxe-1-test-${name}-1`).toSorted());
    expect(ticks).toEqual(Array.from({ length: 300 }, (_, minute) => utc('00:01:00') + minute * MINUTE));
  });
});

test('a local time that comes twice, or never, is off by the hour at most', () => {
  const hours = (text: string, from: string): number =>
    ((parseExpiry(text) ?? NaN) - Date.parse(from)) / HOUR;
  expect([0, 1]).toContain(hours('2026-10-25T02:30', '2026-10-25T00:30Z'));
  expect([0, 1]).toContain(hours('2026-03-29T02:30', '2026-03-29T00:30Z'));
});
