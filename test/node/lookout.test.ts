import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Lookout } from '../../src/node/sso/lookout.ts';

let looks: number[];
let mayChange: boolean;
let isSoon: boolean;
let lookout: Lookout;

beforeEach(() => {
  vi.useFakeTimers();
  looks = [];
  mayChange = true;
  isSoon = false;
  const startedAt = performance.now();
  lookout = new Lookout({
    async look() {
      looks.push(performance.now() - startedAt);
      return isSoon;
    },
    mayChangeUnasked: () => mayChange,
    onError: (error) => {
      throw error;
    },
  });
});
afterEach(() => {
  lookout.dispose();
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test('looks at once for a cookie that was set, be something else under way or not', async () => {
  await pass(1_000);
  lookout.ask();
  await pass(0);
  expect(looks).toEqual([1_000]);
  await pass(700);
  lookout.askSoon();
  await pass(50);
  lookout.ask();
  await pass(0);
  expect(looks).toEqual([1_000, 1_750]);
});

test('looks a little later for what a script may make of an answer, and again for a slow one', async () => {
  await pass(1_000);
  lookout.askSoon();
  await pass(50);
  lookout.askSoon();
  await pass(1_900);
  expect(looks).toEqual([1_100, 1_600]);
});

test('looks no more than twice a second, whatever happens, and misses nothing', async () => {
  for (let moment = 0; moment < 10_000; moment += 10) {
    if (moment % 20 === 0) lookout.ask();
    else lookout.askSoon();
    await pass(10);
  }
  const askedLast = 9_990;
  await pass(1_000);
  expect(looks[0]).toBe(0);
  const gaps = looks.slice(1).map((moment, index) => moment - (looks[index] ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(500);
  expect(Math.max(...gaps)).toBe(500);
  expect(looks.some((moment) => moment >= askedLast)).toBe(true);
});

test('looks seldom unasked, and never where nothing can have changed', async () => {
  await pass(4_500);
  expect(looks).toEqual([2_000, 4_000]);
  mayChange = false;
  await pass(20_000);
  expect(looks).toEqual([2_000, 4_000]);
  lookout.ask();
  await pass(0);
  expect(looks).toHaveLength(3);
});

test('goes on looking while it is told to', async () => {
  isSoon = true;
  mayChange = false;
  lookout.ask();
  await pass(2_000);
  expect(looks).toEqual([0, 500, 1_000, 1_500, 2_000]);
});

test('is quiet after its end', async () => {
  lookout.ask();
  lookout.dispose();
  lookout.ask();
  await pass(10_000);
  expect(looks).toEqual([]);
});
