/** Windows that a page opens: https://www.electronjs.org/docs/latest/api/window-open */
import type Electron from 'electron';
import type { Params } from './cdp.ts';
import { chromium, type AttachedPage } from './chromium.ts';
import { NotImplemented } from './facade.ts';
import type { LivePage } from './live-page.ts';
import { toElectron } from './scheme-origins.ts';

export type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0];

export interface ChildRequest {
  readonly details: Electron.HandlerDetails;
  readonly options: Electron.BrowserWindowConstructorOptions | undefined;
  readonly popup: AttachedPage;
}

interface WindowOpen {
  readonly url: string;
  readonly name: string;
  readonly features: readonly string[];
}

export class PopUps {
  handler: OpenHandler | undefined;
  readonly #page: LivePage;
  readonly #openChild: (request: ChildRequest) => Electron.BrowserWindow;
  /** What the page said that it opens, in order; the windows themselves come after that or before. */
  readonly #announced: WindowOpen[] = [];

  constructor(page: LivePage, openChild: (request: ChildRequest) => Electron.BrowserWindow) {
    this.#page = page;
    this.#openChild = openChild;
  }

  onWindowOpen(params: Params): void {
    this.#announced.push({
      url: String(params['url']),
      name: String(params['windowName']),
      features: params['windowFeatures'] as string[],
    });
    this.#page.partition.onWindowOpen();
  }

  /** False where the page did not say that it opens one. */
  adopt(popup: AttachedPage): boolean {
    const announced = this.#announced.shift();
    if (announced === undefined) return false;
    const details = this.#detailsOf(announced);
    const response = this.handler?.(details) ?? { action: 'allow' as const };
    if (response.action === 'deny') {
      void chromium().then((browser) => browser.refuse(popup, announced.url));
      return true;
    }
    if (response.createWindow !== undefined) throw new NotImplemented('setWindowOpenHandler createWindow');
    const options = response.overrideBrowserWindowOptions;
    const window = this.#openChild({ details, options, popup });
    const { url, frameName, disposition, referrer } = details;
    this.#page.emitter.emit('did-create-window', window, {
      url,
      frameName,
      options: options ?? {},
      disposition,
      referrer,
    });
    return true;
  }

  #detailsOf({ url, name, features }: WindowOpen): Electron.HandlerDetails {
    return {
      url: toElectron(url),
      // Chromium has no name for a window that nobody named.
      frameName: name === '_blank' ? '' : name,
      features: features.join(','),
      disposition: features.some((feature) => /^(width|height|popup)/.test(feature))
        ? 'new-window'
        : 'foreground-tab',
      referrer: { url: this.#page.mainFrameUrl, policy: 'strict-origin-when-cross-origin' },
    };
  }
}
