import type { Clock, Timer } from '../ports.ts';

/** How the server answered a request, as far as pacing is concerned. */
export type Pace =
  | { readonly kind: 'served' }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number };

/** After a 429, what the server let through since the one before, and a little more: it may allow it by now. */
const HEADROOM = 1.05;
/** Each served request shortens the gap by this factor, so that an old limit is forgotten. */
const EASING = 0.995;
/** The gap when the server let nothing through at all. */
const CAUTIOUS_GAP_MS = 100;
const LONGEST_GAP_MS = 30_000;

export interface WaitLimits {
  readonly signal?: AbortSignal | undefined;
  /** Epoch milliseconds; whoever would have to wait longer does not wait at all. */
  readonly deadline?: number | undefined;
}

interface Waiter extends WaitLimits {
  readonly enter: (started: boolean) => void;
}

/**
 * One limiter for everything a process sends to Slack. As many as `ceiling` requests are under way at once. A 429
 * stops all of them for the time it names; from then on requests start at the pace that the server was seen to
 * allow, and slowly faster. So it settles where the server wants it without being told the limit.
 */
export class RateLimiter {
  #ceiling: number;
  readonly #clock: Clock;
  readonly #timer: Timer;
  readonly #waiting: Waiter[] = [];
  #underWay = 0;
  #isSleeping = false;
  /** Milliseconds between two starts. */
  #gapMs = 0;
  #lastStartAt = 0;
  #pausedAt = 0;
  #pausedForMs = 0;
  /** Since when, and how many were served since: the pace that the server allows. */
  #countingFrom: number | undefined;
  #served = 0;

  constructor(ceiling: number, clock: Clock, timer: Timer) {
    this.#ceiling = ceiling;
    this.#clock = clock;
    this.#timer = timer;
  }

  /** From now on so many at once; what it learnt of the server's pace stays. */
  adopt(ceiling: number): void {
    this.#ceiling = ceiling;
    this.#startWaiting();
  }

  /**
   * Runs `task` when there is room. It says of each answer how the server took the request, at once: whatever it does
   * with the answer afterwards is none of the server's pace. `undefined`: there was no room before the limits of waiting
   * were reached, and the task was not started.
   */
  async run<T>(
    task: (answered: (pace: Pace) => void) => Promise<T>,
    limits: WaitLimits = {},
  ): Promise<T | undefined> {
    if (!(await this.#enter(limits))) return undefined;
    const startedAt = this.#clock.now();
    try {
      return await task((pace) => this.#learn(pace, startedAt));
    } finally {
      this.#underWay -= 1;
      this.#startWaiting();
    }
  }

  /** Whoever is stopped leaves at once, also from behind others who go on waiting. */
  async #enter({ signal, deadline }: WaitLimits): Promise<boolean> {
    if (signal?.aborted === true) return false;
    const { promise: isStarted, resolve: enter } = Promise.withResolvers<boolean>();
    const waiter = { signal, deadline, enter };
    const leave = (): void => {
      const place = this.#waiting.indexOf(waiter);
      if (place === -1) return;
      this.#waiting.splice(place, 1);
      enter(false);
    };
    this.#waiting.push(waiter);
    signal?.addEventListener('abort', leave);
    this.#startWaiting();
    try {
      return await isStarted;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  /** When the pause that the server asked for ends, epoch milliseconds. */
  pausedUntil(): number {
    return this.#clock.now() + Math.max(this.#left(this.#pausedAt, this.#pausedForMs), 0);
  }

  #startWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.pausedUntil() > (next.deadline ?? Number.POSITIVE_INFINITY)) {
        this.#waiting.shift();
        next.enter(false);
        continue;
      }
      if (this.#underWay >= this.#ceiling || this.#isSleeping) return;
      const wait = Math.max(
        this.#left(this.#pausedAt, this.#pausedForMs),
        this.#left(this.#lastStartAt, this.#gapMs),
      );
      if (wait > 0) {
        this.#isSleeping = true;
        void this.#timer.sleep(wait, next.signal).then(() => {
          this.#isSleeping = false;
          this.#startWaiting();
        });
        return;
      }
      this.#waiting.shift();
      this.#underWay += 1;
      this.#lastStartAt = this.#clock.now();
      this.#countingFrom ??= this.#lastStartAt;
      next.enter(true);
    }
  }

  /** A clock that was set must not turn a wait of seconds into one of hours. */
  #left(since: number, forMs: number): number {
    const elapsed = this.#clock.now() - since;
    return elapsed < 0 ? 0 : Math.ceil(forMs - elapsed);
  }

  #learn(pace: Pace, startedAt: number): void {
    if (pace.kind === 'served') {
      this.#served += 1;
      this.#gapMs *= EASING;
      return;
    }
    const now = this.#clock.now();
    // What was under way when the pause began has nothing new to say about the pace.
    if (startedAt >= this.#pausedAt) {
      const elapsed = now - (this.#countingFrom ?? now);
      this.#gapMs =
        this.#served > 0 && elapsed > 0
          ? Math.min(elapsed / this.#served / HEADROOM, LONGEST_GAP_MS)
          : Math.min(Math.max(this.#gapMs * 2, CAUTIOUS_GAP_MS), LONGEST_GAP_MS);
      this.#countingFrom = now;
      this.#served = 0;
    }
    if (pace.retryAfterMs > this.#left(this.#pausedAt, this.#pausedForMs)) {
      this.#pausedAt = now;
      this.#pausedForMs = pace.retryAfterMs;
    }
  }
}
