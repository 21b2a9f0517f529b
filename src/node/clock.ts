import type { Clock, Random, Timer } from '../core/ports.ts';

/** Node fires a timer of more than 2^31-1 ms (24.8 days) at once, so longer sleeps are taken in pieces. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = { now: () => Date.now() };

export const systemRandom: Random = { next: () => Math.random() };

export const systemTimer: Timer = {
  async sleep(ms, signal) {
    for (let left = ms; left > 0; left -= LONGEST_TIMER_MS) {
      if (signal?.aborted === true) return;
      await sleepOnce(Math.min(left, LONGEST_TIMER_MS), signal);
    }
  },
};

function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake, { once: true });
  });
}
