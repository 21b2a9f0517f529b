/** Between two looks, milliseconds. */
const GAP_MS = 500;
/** For a script to make a cookie of what it was just given; one that takes longer is seen by a second look. */
const SCRIPT_MS = 100;
/** Until a look that nothing asked for. */
const IDLE_MS = 2_000;

/** How {@link Lookout} looks. */
interface Looking {
  /** Answers whether to look again soon. */
  readonly look: () => Promise<boolean>;
  /** False while nothing can have changed that nobody asked for. */
  readonly mayChangeUnasked: () => boolean;
  readonly onError: (error: unknown) => void;
}

/**
 * Looks at a browser's cookies, never more than twice a second: at once when one was set, if the last look was not just
 * now; a moment after anything that a script may make one of, and once more; and seldom otherwise.
 */
export class Lookout {
  readonly #looking: Looking;
  #lastLookAt = Number.NEGATIVE_INFINITY;
  #nextLookAt = Number.POSITIVE_INFINITY;
  /** How many looks are still to be taken. */
  #asked = 0;
  #isBusy = false;
  #isDisposed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(looking: Looking) {
    this.#looking = looking;
    this.#lookAt(performance.now() + IDLE_MS);
  }

  /** A cookie was set. */
  ask(): void {
    this.#askFor(performance.now(), 1);
  }

  /** Something happened that a script may make a cookie of. */
  askSoon(): void {
    this.#askFor(performance.now() + SCRIPT_MS, 2);
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }

  #askFor(moment: number, looks: number): void {
    this.#asked = Math.max(this.#asked, looks);
    if (!this.#isBusy) this.#lookAt(Math.max(moment, this.#lastLookAt + GAP_MS));
  }

  /** Or earlier, if that was the plan. */
  #lookAt(moment: number): void {
    if (this.#isDisposed || moment >= this.#nextLookAt) return;
    this.#nextLookAt = moment;
    clearTimeout(this.#timer);
    this.#wait(moment);
  }

  /** A timer drops fractions of a millisecond, and would be early. */
  #wait(moment: number): void {
    const timeout = Math.max(0, Math.ceil(moment - performance.now()));
    this.#timer = setTimeout(() => {
      if (performance.now() < moment) this.#wait(moment);
      else void this.#look().catch(this.#looking.onError);
    }, timeout);
  }

  async #look(): Promise<void> {
    const { look, mayChangeUnasked } = this.#looking;
    const wasAsked = this.#asked > 0;
    this.#asked = Math.max(0, this.#asked - 1);
    this.#nextLookAt = Number.POSITIVE_INFINITY;
    if (!wasAsked && !mayChangeUnasked()) return this.#lookAt(performance.now() + IDLE_MS);
    this.#isBusy = true;
    this.#lastLookAt = performance.now();
    const isSoon = await look();
    this.#isBusy = false;
    // What was asked for while it looked, or is on its way.
    if (this.#asked > 0 || isSoon) this.#askFor(this.#lastLookAt + GAP_MS, 1);
    else this.#lookAt(this.#lastLookAt + IDLE_MS);
  }
}
