import type { Clock, Timer } from '../../src/core/ports.ts';

/**
 * Time that moves only when a test moves it. `wall` can jump like a clock that is set; sleeps follow the
 * monotonic time, as a real timer does.
 */
export class VirtualTime implements Clock, Timer {
  #monotonic = 0;
  #wallOffset: number;
  readonly #sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  constructor(start: number) {
    this.#wallOffset = start;
  }

  now(): number {
    return this.#monotonic + this.#wallOffset;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) {
        resolve();
        return;
      }
      signal?.addEventListener('abort', () => resolve(), { once: true });
      this.#sleepers.push({ at: this.#monotonic + ms, wake: resolve });
    });
  }

  /** Somebody sets the clock; no time passes. */
  setWallClock(byMs: number): void {
    this.#wallOffset += byMs;
  }

  /** Time passes; sleepers wake in their order, and what they do happens before the next one wakes. */
  async advance(ms: number): Promise<void> {
    const end = this.#monotonic + ms;
    for (;;) {
      await settled();
      const next = this.#sleepers.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > end) break;
      this.#sleepers.splice(this.#sleepers.indexOf(next), 1);
      this.#monotonic = Math.max(this.#monotonic, next.at);
      next.wake();
    }
    this.#monotonic = end;
    await settled();
  }
}

/** Lets every promise that can go on without time passing do so. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
