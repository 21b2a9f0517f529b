import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemTimer } from '../../src/node/clock.ts';

const DAY = 24 * 60 * 60 * 1000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('sleeps longer than one timer of Node can', async () => {
  let awake = false;
  const sleeping = systemTimer.sleep(60 * DAY).then(() => (awake = true));
  await vi.advanceTimersByTimeAsync(60 * DAY - 1);
  expect(awake).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await sleeping;
});

it('wakes at once when aborted, before or during, and leaves nothing behind', async () => {
  await systemTimer.sleep(DAY, AbortSignal.abort());
  const stop = new AbortController();
  const sleeping = systemTimer.sleep(60 * DAY, stop.signal);
  stop.abort();
  await sleeping;
  expect(vi.getTimerCount()).toBe(0);
});
