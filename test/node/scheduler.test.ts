import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { minuteTicker } from '../../src/node/scheduler.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-01-15T10:00:30Z');

let stop: () => void = () => {};

/** Ticks with the wall clock and with time as it really passes (fake timers keep `performance` monotonic). */
function record() {
  const ticks: { readonly at: number; readonly passed: number }[] = [];
  const began = performance.now();
  const ticker = minuteTicker.everyMinute(() => {
    ticks.push({ at: Date.now(), passed: performance.now() - began });
  });
  stop = () => ticker.dispose();
  return ticks;
}

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe('minuteTicker', () => {
  it('ticks on the minute', async () => {
    const ticks = record();
    await vi.advanceTimersByTimeAsync(5 * MINUTE);
    expect(ticks.map(({ at }) => new Date(at).toISOString().slice(11, 19))).toEqual([
      '10:01:00',
      '10:02:00',
      '10:03:00',
      '10:04:00',
      '10:05:00',
    ]);
  });

  it.each([
    ['a sleep of 14 hours', 14 * HOUR],
    ['a clock set forward a day', 24 * HOUR],
    ['a clock that was 20 years behind', 20 * 365 * 24 * HOUR],
    ['a clock set back 2 hours', -2 * HOUR],
    ['a clock set back 40 days', -40 * 24 * HOUR],
  ])('goes on minute by minute after %s', async (_, jump) => {
    const ticks = record();
    await vi.advanceTimersByTimeAsync(3 * MINUTE);
    const before = ticks.length;
    vi.setSystemTime(Date.now() + jump);
    await vi.advanceTimersByTimeAsync(10 * MINUTE);

    const after = ticks.slice(before);
    // One at once for what was slept through, where the jump was forward; then the usual rhythm.
    expect(after.length).toBeGreaterThanOrEqual(9);
    expect(after.length).toBeLessThanOrEqual(11);
    const gaps = after.slice(1).map(({ passed }, index) => passed - (after[index]?.passed ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(MINUTE);
  });

  it.each([
    ['forward', '2026-03-29T00:30:00Z'],
    ['backward', '2026-10-25T00:30:00Z'],
  ])('does not notice that summer time moves the hour %s', async (_, night) => {
    vi.stubEnv('TZ', 'Europe/Paris');
    vi.setSystemTime(Date.parse(night));
    const offset = new Date().getTimezoneOffset();
    const ticks = record();
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(new Date().getTimezoneOffset()).not.toBe(offset);
    expect(ticks).toHaveLength(60);
    expect(ticks.every(({ passed }, index) => passed === (index + 1) * MINUTE)).toBe(true);
  });

  it('is silent once disposed', async () => {
    const ticks = record();
    await vi.advanceTimersByTimeAsync(MINUTE);
    vi.setSystemTime(Date.now() - 2 * HOUR);
    stop();
    expect(vi.getTimerCount()).toBe(0);
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(ticks).toHaveLength(1);
  });

  it('can be disposed by the tick itself', async () => {
    let count = 0;
    const ticker = minuteTicker.everyMinute(() => {
      count++;
      ticker.dispose();
    });
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(count).toBe(1);
  });
});
