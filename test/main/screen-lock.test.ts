import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ScreenLock } from '../../src/main/screen-lock.ts';

let isLocked: boolean;
let asked: number;
let unlocks: number;
let lock: ScreenLock;

function look(): void {
  lock = new ScreenLock(
    () => {
      asked += 1;
      return isLocked;
    },
    () => (unlocks += 1),
  );
}

beforeEach(() => {
  vi.useFakeTimers();
  isLocked = false;
  asked = 0;
  unlocks = 0;
  look();
});
afterEach(() => {
  lock.dispose();
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test('it is asked each time, for no event tells of it', () => {
  expect(lock.isLocked()).toBe(false);
  isLocked = true;
  expect(lock.isLocked()).toBe(true);
  isLocked = false;
  expect(lock.isLocked()).toBe(false);
});

test('whoever asked while it was locked is told soon after, once', async () => {
  isLocked = true;
  lock.isLocked();
  lock.isLocked();
  await pass(60_000);
  expect(unlocks).toBe(0);
  isLocked = false;
  await pass(5_000);
  expect(unlocks).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
  await pass(60_000);
  expect(unlocks).toBe(1);
});

test('it may be locked from the start', async () => {
  isLocked = true;
  look();
  isLocked = false;
  await pass(5_000);
  expect(unlocks).toBe(1);
});

test('nothing looks while it is not locked', async () => {
  lock.isLocked();
  const before = asked;
  expect(vi.getTimerCount()).toBe(0);
  await pass(600_000);
  expect(asked).toBe(before);
});

test('where the system tells of it, nobody is told twice', async () => {
  isLocked = true;
  lock.isLocked();
  isLocked = false;
  lock.unlocked();
  expect(unlocks).toBe(1);
  expect(vi.getTimerCount()).toBe(0);
  await pass(60_000);
  expect(unlocks).toBe(1);
});

test('afterwards nothing looks any more', async () => {
  isLocked = true;
  lock.isLocked();
  lock.dispose();
  isLocked = false;
  await pass(60_000);
  expect(unlocks).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});

test('who waits for somebody to be there goes on at once, or once it is unlocked', async () => {
  await lock.whenUnlocked();
  isLocked = true;
  let isOver = false;
  const waiting = lock.whenUnlocked().then(() => (isOver = true));
  await pass(20_000);
  expect(isOver).toBe(false);
  isLocked = false;
  await pass(5_000);
  await waiting;
  expect(unlocks).toBe(1);
});
