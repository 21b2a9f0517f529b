/** Where Chromium has the window of a page, as far as a page can tell: its size, and whether it is to be seen. */
import { chromium } from './chromium.ts';
import type { Contents } from './web-contents.ts';

export class WindowPlacement {
  readonly #contents: Contents;
  /** Chromium's windows change one after another. */
  #queue: Promise<unknown>;

  constructor(contents: Contents) {
    this.#contents = contents;
    this.#queue = contents.ready.catch(() => undefined);
  }

  /** To the page a minimised window is a hidden one: `document.visibilityState`. */
  setState(windowState: 'normal' | 'minimized'): void {
    this.#enqueue(async () => {
      await this.#contents.emulateFocus(windowState === 'normal');
      await this.#setBounds({ windowState });
    });
  }

  resize({ width, height }: { readonly width: number; readonly height: number }): void {
    this.#enqueue(() => this.#setBounds({ width, height }));
  }

  #enqueue(step: () => Promise<void>): void {
    this.#queue = this.#queue.then(step).catch(() => undefined);
  }

  async #setBounds(bounds: Readonly<Record<string, unknown>>): Promise<void> {
    const { devTools } = await chromium();
    const { targetId } = this.#contents;
    const found = await devTools.attempt('Browser.getWindowForTarget', { targetId });
    if (found === undefined) return;
    await devTools.attempt('Browser.setWindowBounds', { windowId: found['windowId'], bounds });
  }
}
