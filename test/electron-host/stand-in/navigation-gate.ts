/** Who may go where: https://www.electronjs.org/docs/latest/api/web-contents#navigation-events */
import type { Params } from './cdp.ts';
import { cancellable } from './facade.ts';
import type { LivePage } from './live-page.ts';
import { isCustomScheme, toChromium } from './scheme-origins.ts';
import { recordOpened } from './shell.ts';

export interface Navigation {
  readonly url: string;
  readonly frameId: string;
  readonly redirectedFrom: string | undefined;
}

const CHROMIUM_OWN = /^(https?|file|data|blob|about|javascript|chrome-error|filesystem|view-source|chrome):/;

export class NavigationGate {
  /** The program asked for the navigation that is under way; such a one is not asked about. */
  isProgrammatic = false;
  readonly #page: LivePage;

  constructor(page: LivePage) {
    this.#page = page;
  }

  /** False when a listener prevented it. */
  mayNavigate({ url, frameId, redirectedFrom }: Navigation): boolean {
    const { frames } = this.#page;
    const isMainFrame = frames.isMain(frameId);
    const frame = frames.node(frameId);
    const details = { url, isSameDocument: false, isMainFrame, frame: frame.facade, initiator: null };
    const emit = (
      name:
        | 'did-start-navigation'
        | 'will-frame-navigate'
        | 'will-navigate'
        | 'will-redirect'
        | 'did-redirect-navigation',
    ): boolean => {
      const event = cancellable(details);
      this.#page.emitter.emit(name, event, url, false, isMainFrame, 1, frame.routingId);
      return !event.defaultPrevented;
    };
    if (redirectedFrom !== undefined) {
      if (!emit('will-redirect')) return false;
      emit('did-redirect-navigation');
      return true;
    }
    emit('did-start-navigation');
    if (isMainFrame && this.isProgrammatic) return true;
    return emit('will-frame-navigate') && (!isMainFrame || emit('will-navigate'));
  }

  /** Where it leads is no request that Chromium would make: another program's address, or one of the application's. */
  onRequested(params: Params): void {
    const url = String(params['url']);
    if (CHROMIUM_OWN.test(url) || params['disposition'] !== 'currentTab') return;
    const page = this.#page;
    const frameId = String(params['frameId']);
    const isMainFrame = page.frames.isMain(frameId);
    if (!this.mayNavigate({ url, frameId, redirectedFrom: undefined })) return;
    if (isCustomScheme(url)) {
      if (isMainFrame) void page.attempt('Page.navigate', { url: toChromium(url) });
      return;
    }
    const { webContents: contents, partition, frames } = page;
    const asker = { contents, url: frames.get(frameId)?.url ?? '', isMainFrame };
    void partition.permissions.request('openExternal', asker).then((isGranted) => {
      if (isGranted) recordOpened('protocol', url);
    });
  }
}
