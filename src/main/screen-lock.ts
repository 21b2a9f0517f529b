/** Between two looks while it is locked, milliseconds. A look is a question to Chromium's own memory. */
const LOOK_MS = 5_000;

/**
 * Whether the screen is locked: the system answers, and on Linux does not tell. Nobody looks while it is not locked:
 * whoever has something to say asks first, and what is then kept back is said soon after it is unlocked.
 */
export class ScreenLock {
  readonly #ask: () => boolean;
  readonly #onUnlocked: () => void;
  #timer: NodeJS.Timeout | undefined;
  #unlocking = Promise.withResolvers<void>();

  constructor(ask: () => boolean, onUnlocked: () => void) {
    this.#ask = ask;
    this.#onUnlocked = onUnlocked;
    // On Linux the first question makes Chromium find out, which takes a moment.
    this.isLocked();
  }

  isLocked(): boolean {
    const isLocked = this.#ask();
    if (isLocked)
      this.#timer ??= setInterval(() => {
        if (!this.#ask()) this.unlocked();
      }, LOOK_MS).unref();
    return isLocked;
  }

  /** At once where it is not locked. */
  async whenUnlocked(): Promise<void> {
    if (this.isLocked()) await this.#unlocking.promise;
  }

  /** The system said so, or was seen to be. */
  unlocked(): void {
    this.dispose();
    this.#unlocking.resolve();
    this.#unlocking = Promise.withResolvers();
    this.#onUnlocked();
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
