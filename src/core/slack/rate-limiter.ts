import type { Clock, Timer } from '../ports.ts';

/** How a request ended, as far as pacing is concerned. */
export type Pace =
  | { readonly kind: 'served' }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number };

/**
 * One limiter for everything a process sends to Slack. Starts with `ceiling` requests at once; a 429 stops all of
 * them for the time it names and halves how many may be under way afterwards; a full round of served requests
 * lets one more through. So it settles where the server wants it without being told the limit.
 */
export class RateLimiter {
  readonly #ceiling: number;
  readonly #clock: Clock;
  readonly #timer: Timer;
  #window: number;
  #underWay = 0;
  #servedInRound = 0;
  #pausedAt = 0;
  #pausedForMs = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(ceiling: number, clock: Clock, timer: Timer) {
    this.#ceiling = ceiling;
    this.#window = ceiling;
    this.#clock = clock;
    this.#timer = timer;
  }

  /**
   * Runs `task` when there is room; `paceOf` says from its result how the server took it. `undefined`: `signal`
   * aborted before there was room, and the task was not started.
   */
  async run<T>(
    task: () => Promise<T>,
    paceOf: (result: T) => Pace,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    if (!(await this.#enter(signal))) return undefined;
    const startedAt = this.#clock.now();
    try {
      const result = await task();
      this.#adapt(paceOf(result), startedAt);
      return result;
    } finally {
      this.#leave();
    }
  }

  async #enter(signal?: AbortSignal): Promise<boolean> {
    while (signal?.aborted !== true) {
      const pause = this.#pauseLeft();
      if (pause > 0) await this.#timer.sleep(pause, signal);
      else if (this.#underWay >= this.#window) await new Promise<void>((wake) => this.#waiting.push(wake));
      else {
        this.#underWay += 1;
        return true;
      }
    }
    // Pass the turn on: whoever waits behind us must see the signal too.
    this.#waiting.shift()?.();
    return false;
  }

  #leave(): void {
    this.#underWay -= 1;
    // Wake as many as there is room for; those who find a pause sleep through it.
    for (const wake of this.#waiting.splice(0, Math.max(1, this.#window - this.#underWay))) wake();
  }

  /** A clock that moved must not turn a pause of seconds into one of hours: what is left never exceeds its length. */
  #pauseLeft(): number {
    const elapsed = this.#clock.now() - this.#pausedAt;
    return elapsed < 0 ? 0 : this.#pausedForMs - elapsed;
  }

  #adapt(pace: Pace, startedAt: number): void {
    if (pace.kind === 'served') {
      this.#servedInRound += 1;
      if (this.#servedInRound >= this.#window) {
        this.#servedInRound = 0;
        this.#window = Math.min(this.#ceiling, this.#window + 1);
      }
      return;
    }
    const now = this.#clock.now();
    // Requests that were under way when the pause began say nothing new.
    if (startedAt >= this.#pausedAt) {
      this.#window = Math.max(1, Math.floor(this.#window / 2));
      this.#servedInRound = 0;
    }
    if (pace.retryAfterMs > this.#pauseLeft()) {
      this.#pausedAt = now;
      this.#pausedForMs = pace.retryAfterMs;
    }
  }
}
