/** Between two looks, milliseconds. Nothing tells the main process; a look is a question to Chromium's own memory. */
const LOOK_MS = 15_000;

/**
 * Notices that the machine is on a network again. That it is on one is inconclusive where a bridge of Docker's is up all
 * the time (https://www.electronjs.org/docs/latest/api/net#netisonline): the daemon's next minute catches up then.
 */
export class NetworkWatch {
  readonly #timer: NodeJS.Timeout;

  constructor(isOnline: () => boolean, onBack: () => void) {
    let wasOnline = isOnline();
    this.#timer = setInterval(() => {
      const isBack = isOnline();
      if (isBack && !wasOnline) onBack();
      wasOnline = isBack;
    }, LOOK_MS);
    this.#timer.unref();
  }

  dispose(): void {
    clearInterval(this.#timer);
  }
}
