import type { Dock } from 'electron';

/** For a second after the icon was shown, macOS would leave another one behind, and Electron does not hide it. */
const HIDE_AGAIN_MS = 1_200;

/** macOS: in the dock while there is a window, and only then. Elsewhere there is no dock. */
export class DockPresence {
  readonly #dock: Pick<Dock, 'show' | 'hide'> | undefined;
  #hideAgain: NodeJS.Timeout | undefined;

  constructor(dock: Pick<Dock, 'show' | 'hide'> | undefined) {
    this.#dock = dock;
  }

  show(isShown: boolean): void {
    const dock = this.#dock;
    if (dock === undefined) return;
    clearTimeout(this.#hideAgain);
    if (isShown) {
      void dock.show();
      return;
    }
    dock.hide();
    this.#hideAgain = setTimeout(() => dock.hide(), HIDE_AGAIN_MS).unref();
  }
}
