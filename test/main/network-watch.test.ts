import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { NetworkWatch } from '../../src/main/network-watch.ts';

let isOnline: boolean;
let backs: number;
let watch: NetworkWatch;

beforeEach(() => {
  vi.useFakeTimers();
  isOnline = true;
  backs = 0;
  watch = new NetworkWatch(
    () => isOnline,
    () => (backs += 1),
  );
});
afterEach(() => {
  watch.dispose();
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test('a network that comes back is noticed once, within a quarter of a minute', async () => {
  await pass(60_000);
  expect(backs).toBe(0);
  isOnline = false;
  await pass(60_000);
  expect(backs).toBe(0);
  isOnline = true;
  await pass(15_000);
  expect(backs).toBe(1);
  await pass(60_000);
  expect(backs).toBe(1);
});

test('so is the first one', async () => {
  isOnline = false;
  watch.dispose();
  watch = new NetworkWatch(
    () => isOnline,
    () => (backs += 1),
  );
  isOnline = true;
  await pass(15_000);
  expect(backs).toBe(1);
});

test('afterwards nothing looks any more', async () => {
  isOnline = false;
  await pass(15_000);
  watch.dispose();
  isOnline = true;
  await pass(60_000);
  expect(backs).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
