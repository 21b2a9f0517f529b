/** The one Chromium behind all windows, and which page belongs to which of them. */
import { browserEndpoint } from './control.ts';
import { DevTools, type Params } from './cdp.ts';

export interface AttachedPage {
  readonly targetId: string;
  readonly sessionId: string;
  readonly url: string;
  readonly openerId: string | undefined;
}

/** Told of a page that nobody asked for: a page opened it. It stands still until it is resumed. */
type PopupListener = (page: AttachedPage) => void;

interface TargetInfo {
  readonly targetId: string;
  readonly type: string;
  readonly url: string;
  readonly openerId?: string;
  readonly browserContextId?: string;
}

export class Chromium {
  readonly devTools: DevTools;
  /** By browser context. */
  readonly #popups = new Map<string, PopupListener>();
  readonly #expected = new Map<string, (page: AttachedPage) => void>();
  readonly #early = new Map<string, AttachedPage>();
  /** Pages that are being made: whatever appears meanwhile may be one of them. */
  #making = 0;
  readonly #gone = new Map<string, () => void>();
  readonly #downloads = new Map<string, (method: string, params: Params) => void>();

  private constructor(devTools: DevTools) {
    this.devTools = devTools;
    devTools.listen('', (method, params) => this.#onEvent(method, params));
  }

  static async connect(): Promise<Chromium> {
    const devTools = await DevTools.connect(await browserEndpoint());
    const chromium = new Chromium(devTools);
    await devTools.send('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: true,
      flatten: true,
    });
    return chromium;
  }

  async newContext(
    onPopup: PopupListener,
    onDownload: (method: string, params: Params) => void,
  ): Promise<string> {
    const { browserContextId } = await this.devTools.send('Target.createBrowserContext', {
      disposeOnDetach: true,
    });
    const id = String(browserContextId);
    this.#popups.set(id, onPopup);
    this.#downloads.set(id, onDownload);
    return id;
  }

  async newPage(browserContextId: string, bounds: Params): Promise<AttachedPage> {
    this.#making += 1;
    try {
      const reply = await this.devTools.send('Target.createTarget', {
        url: 'about:blank',
        browserContextId,
        newWindow: true,
        ...bounds,
      });
      const targetId = String(reply['targetId']);
      const early = this.#early.get(targetId);
      this.#early.delete(targetId);
      return early ?? (await new Promise((resolve) => this.#expected.set(targetId, resolve)));
    } finally {
      this.#making -= 1;
    }
  }

  /**
   * Closes a page that stands still and was to go to `url`, without a single request. It has to go on to be closed; and
   * what waits for an answer of ours is sent when our session ends: so its request is failed first.
   */
  async refuse({ targetId, sessionId }: AttachedPage, url: string): Promise<void> {
    const { devTools } = this;
    const close = (): void => void devTools.attempt('Target.closeTarget', { targetId });
    devTools.listen(sessionId, (method, { requestId }) => {
      if (method === 'Fetch.requestPaused')
        void devTools
          .attempt('Fetch.failRequest', { requestId, errorReason: 'Aborted' }, sessionId)
          .then(close);
      else if (method === 'Page.frameStoppedLoading') close();
    });
    this.#gone.set(sessionId, () => devTools.forget(sessionId));
    await Promise.all(
      ['Page.enable', 'Fetch.enable', 'Runtime.runIfWaitingForDebugger'].map((method) =>
        devTools.attempt(method, {}, sessionId),
      ),
    );
    if (!/^(https?|file):/.test(url)) close();
  }

  whenGone(sessionId: string, callback: () => void): void {
    this.#gone.set(sessionId, callback);
  }

  #onEvent(method: string, params: Params): void {
    if (method === 'Target.attachedToTarget') this.#attached(params);
    else if (method === 'Target.detachedFromTarget') {
      const sessionId = String(params['sessionId']);
      this.#gone.get(sessionId)?.();
      this.#gone.delete(sessionId);
    } else if (method.startsWith('Browser.download')) {
      for (const listener of this.#downloads.values()) listener(method, params);
    }
  }

  #attached(params: Params): void {
    const sessionId = String(params['sessionId']);
    const info = params['targetInfo'] as TargetInfo;
    const page = { targetId: info.targetId, sessionId, url: info.url, openerId: info.openerId };
    const expected = this.#expected.get(info.targetId);
    const popup = this.#popups.get(info.browserContextId ?? '');
    if (info.type !== 'page' || popup === undefined) {
      // The browser's own, or another application's in the same browser.
      void this.devTools.attempt('Runtime.runIfWaitingForDebugger', {}, sessionId);
      return;
    }
    if (expected !== undefined) {
      this.#expected.delete(info.targetId);
      expected(page);
    } else if (this.#making > 0 && info.openerId === undefined) this.#early.set(info.targetId, page);
    else popup(page);
  }
}

let connection: Promise<Chromium> | undefined;

/** Started with the first window. */
export function chromium(): Promise<Chromium> {
  connection ??= Chromium.connect();
  return connection;
}
