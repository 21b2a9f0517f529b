/** Between two looks, milliseconds. */
const GAP_MS = 500;
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
 * now; {@link GAP_MS} after anything that a script may make one of; and seldom otherwise.
 */
export class Lookout {
  readonly #looking: Looking;
  #lastLookAt = Number.NEGATIVE_INFINITY;
  #nextLookAt = Number.POSITIVE_INFINITY;
  #isAsked = false;
  #isBusy = false;
  #isDisposed = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(looking: Looking) {
    this.#looking = looking;
    this.#lookAt(performance.now() + IDLE_MS);
  }

  /** A cookie was set. */
  ask(): void {
    this.#askFor(performance.now());
  }

  /** Something happened that a script may make a cookie of. */
  askSoon(): void {
    this.#askFor(performance.now() + GAP_MS);
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }

  #askFor(moment: number): void {
    this.#isAsked = true;
    if (!this.#isBusy) this.#lookAt(Math.max(moment, this.#lastLookAt + GAP_MS));
  }

  /** Or earlier, if that was the plan. */
  #lookAt(moment: number): void {
    if (this.#isDisposed || moment >= this.#nextLookAt) return;
    this.#nextLookAt = moment;
    clearTimeout(this.#timer);
    const wait = Math.max(0, moment - performance.now());
    this.#timer = setTimeout(() => void this.#look().catch(this.#looking.onError), wait);
  }

  async #look(): Promise<void> {
    const { look, mayChangeUnasked } = this.#looking;
    const wasAsked = this.#isAsked;
    this.#isAsked = false;
    this.#nextLookAt = Number.POSITIVE_INFINITY;
    if (!wasAsked && !mayChangeUnasked()) return this.#lookAt(performance.now() + IDLE_MS);
    this.#isBusy = true;
    this.#lastLookAt = performance.now();
    const isSoon = await look();
    this.#isBusy = false;
    // What was asked for while it looked, or is on its way.
    if (this.#isAsked || isSoon) this.#askFor(this.#lastLookAt + GAP_MS);
    else this.#lookAt(this.#lastLookAt + IDLE_MS);
  }
}
