/**
 * One sign-in to OneFlex in a window of the application. The person signs in; Jeton opens the first page and watches
 * cookies. It types nothing, clicks nothing and reads no page, and no code of Jeton's runs in one.
 */
import {
  BrowserWindow,
  type BrowserWindowConstructorOptions,
  type Cookie,
  type OnErrorOccurredListenerDetails,
  type OnHeadersReceivedListenerDetails,
  type Session,
  type WebPreferences,
} from 'electron';
import { isTokenCookie, TokenCapture } from '../core/oneflex/capture.ts';
import type { SignInAttempt, SignInOutcome } from '../core/oneflex/sign-in-browser.ts';
import { serverTime } from '../node/http-date.ts';
import { keepCookies, lostCookies } from '../node/sso/kept-cookies.ts';
import { Lookout } from '../node/sso/lookout.ts';
import { Standstill } from '../node/sso/standstill.ts';
import { WINDOW_PARTITION } from '../node/sso/window-profile.ts';
import { addressOf, cookieToSet, keptCookieOf } from './electron-cookies.ts';
import { guardNavigation, type NavigationPolicy } from './security.ts';
import { hostNameOf, type Place, type SignInHosts } from './sign-in-hosts.ts';

export type Unreachable = Extract<SignInOutcome, { readonly kind: 'unreachable' }>;

export interface AttemptRequest extends SignInAttempt {
  /** OneFlex's own address; only cookies of exactly its host count. */
  readonly baseUrl: string;
  readonly hosts: SignInHosts;
  /** Of sign-ins alone, and guarded already. */
  readonly session: Session;
  /** Once for each host; of a silent attempt nothing is said. */
  readonly onBlocked: (host: string) => void;
  /** The same for the window's title, for a notification may be kept back. */
  readonly blockedWords: (host: string) => string;
  /** A page on the way did not open: whether the person wants to try again, or to leave. `signal` ends the question. */
  readonly askAgain: (window: BrowserWindow, failed: Unreachable, signal: AbortSignal) => Promise<boolean>;
}

/** Leaves the time to close within the promised 30 s. */
const SILENT_LIMIT_MS = 28_000;

const TITLE = 'Jeton';

export class AttemptInWindow {
  /** Never rejects but for a bug. */
  readonly outcome: Promise<SignInOutcome>;
  /** When no window of it is left, and its cookies are on disk. Never rejects. */
  readonly closed: Promise<void>;
  readonly silent: boolean;
  readonly #request: AttemptRequest;
  /** OneFlex's, with its port. */
  readonly #host: string;
  readonly #capture: TokenCapture;
  readonly #lookout: Lookout;
  readonly #standstill: Standstill | undefined;
  readonly #windows = new Set<BrowserWindow>();
  readonly #blocked = new Set<string>();
  readonly #settled = Promise.withResolvers<SignInOutcome>();
  readonly #gone = Promise.withResolvers<void>();
  readonly #ended = new AbortController();
  #isOver = false;
  /** There is a page that the person has seen. */
  #hasShown = false;
  #isAsking = false;
  #limit: NodeJS.Timeout | undefined;

  constructor(request: AttemptRequest) {
    this.#request = request;
    this.silent = request.silent;
    this.outcome = this.#settled.promise;
    this.closed = this.#gone.promise;
    this.#host = new URL(request.baseUrl).host;
    this.#capture = new TokenCapture(request.baseUrl);
    this.#lookout = new Lookout({
      look: () => this.#look(),
      // Each change is heard; what was not a token by the clock of then may be one by now.
      mayChangeUnasked: () =>
        [...this.#windows].some(({ webContents }) => hostNameOf(webContents.getURL()) === this.#host),
      onError: (error) => this.#fail(error),
    });
    this.#standstill = request.silent ? new Standstill((halt) => this.end(halt)) : undefined;
    this.#start();
  }

  /** It has come to something, and may still be closing. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** To the front, if it is one that is seen. */
  show(): void {
    if (this.silent) return;
    for (const window of this.#windows) {
      if (window.isMinimized()) window.restore();
      window.show();
    }
  }

  /** Does nothing once it is over. */
  end(outcome: SignInOutcome): void {
    if (this.#isOver) return;
    this.#tearDown();
    this.#settled.resolve(outcome);
  }

  #start(): void {
    const { silent, timeoutMs, signal } = this.#request;
    const limitMs = silent ? Math.min(timeoutMs, SILENT_LIMIT_MS) : timeoutMs;
    this.#limit = setTimeout(() => this.end({ kind: 'timed-out' }), Math.max(0, limitMs));
    signal?.addEventListener('abort', this.#onAbort);
    if (signal?.aborted === true) this.#onAbort();
    else this.#open().catch((error: unknown) => this.#fail(error));
  }

  readonly #onAbort = (): void => this.end({ kind: 'cancelled' });

  #fail(error: unknown): void {
    if (this.#isOver) return;
    this.#tearDown();
    this.#settled.reject(error instanceof Error ? error : new Error('not an error', { cause: error }));
  }

  async #open(): Promise<void> {
    await this.#prepareCookies();
    if (this.#isOver) return;
    this.#listen();
    const window = new BrowserWindow(windowOptions(this.silent));
    this.#adopt(window);
    if (!this.silent) window.show();
    // A page that does not open is the person's to reload; without one, the traffic has shown it.
    await window.loadURL(this.#request.baseUrl).catch(() => undefined);
  }

  /** The tokens of last time are removed, so that what is captured is new; what was lost since is put back. */
  async #prepareCookies(): Promise<void> {
    const { session, baseUrl, keptCookies } = this.#request;
    const { cookies } = session;
    const present = (await cookies.get({})).map(keptCookieOf);
    for (const cookie of present.filter((one) => isTokenCookie(one, baseUrl))) {
      await cookies.remove(addressOf(cookie), cookie.name);
    }
    const lost = lostCookies(keptCookies, present, baseUrl, Date.now()).flatMap(
      (cookie) => cookieToSet(cookie) ?? [],
    );
    // One at a time: a cookie that is not accepted must not take the others with it.
    await Promise.allSettled(lost.map((cookie) => cookies.set(cookie)));
  }

  /** One listener for each event is all that a session has: https://www.electronjs.org/docs/latest/api/web-request. */
  #listen(): void {
    const { session, hosts } = this.#request;
    const { webRequest } = session;
    session.cookies.on('changed', this.#onCookie);
    webRequest.onBeforeRequest(({ id, url, resourceType }, answer) => {
      const place = resourceType === 'mainFrame' ? 'window' : 'frame';
      const isNavigation = resourceType === 'mainFrame' || resourceType === 'subFrame';
      // Behind the events of navigation, which not everything passes that leads a page elsewhere.
      const cancel = isNavigation && !hosts.allows(url, place);
      if (cancel) this.#onBlocked(url, place);
      else this.#standstill?.requested(id);
      answer({ cancel });
    });
    webRequest.onHeadersReceived((details, answer) => {
      answer({});
      if (hostNameOf(details.url) === this.#host) this.#hear(details);
      if (details.resourceType === 'mainFrame') {
        this.#standstill?.arrived(new URL(details.url).hostname, details.statusCode);
      }
    });
    webRequest.onCompleted(({ id }) => this.#standstill?.ended(id));
    webRequest.onErrorOccurred((details) => {
      if (details.resourceType === 'mainFrame') this.#onUnreachable(details);
      this.#standstill?.ended(details.id);
    });
  }

  /** Electron shows an empty page in such a case, and nothing to try again with. */
  #onUnreachable({ url, error, method, webContentsId }: OnErrorOccurredListenerDetails): void {
    const code = error.replace('net::', '');
    // A page that left before it was there; one that was kept from going there.
    if (code === 'ERR_ABORTED' || code === 'ERR_BLOCKED_BY_CLIENT') return;
    const failed: Unreachable = { kind: 'unreachable', host: new URL(url).hostname, code };
    const windows = [...this.#windows];
    const window = windows.find(({ webContents }) => webContents.id === webContentsId) ?? windows.at(-1);
    // Whoever is half through goes on from there once the network is back; who a certificate is not trusted to be, is
    // not tried again.
    const canGoOn = !this.silent && this.#hasShown && !code.startsWith('ERR_CERT_');
    if (!canGoOn || window === undefined) this.end(failed);
    else this.#offerAgain(window, failed, method).catch((thrown: unknown) => this.#fail(thrown));
  }

  async #offerAgain(window: BrowserWindow, failed: Unreachable, method: string): Promise<void> {
    if (this.#isOver || this.#isAsking) return;
    this.#isAsking = true;
    const closed = new AbortController();
    const onClosed = (): void => closed.abort();
    window.once('closed', onClosed);
    const signal = AbortSignal.any([closed.signal, this.#ended.signal]);
    const isWanted = await this.#request.askAgain(window, failed, signal);
    this.#isAsking = false;
    if (signal.aborted) return;
    window.off('closed', onClosed);
    if (!isWanted) this.end({ kind: 'closed-by-person' });
    else if (method === 'GET') window.webContents.reload();
    // What a form sent is not sent twice; the session remembers how far the person was.
    else await window.loadURL(this.#request.baseUrl).catch(() => undefined);
  }

  /** OneFlex's clock, by which its tokens are timed. */
  #hear({ responseHeaders = {} }: OnHeadersReceivedListenerDetails): void {
    const headers = Object.entries(responseHeaders).map(
      ([name, values]) => [name.toLowerCase(), values[0] ?? ''] as const,
    );
    const serverNow = serverTime(Object.fromEntries(headers));
    if (serverNow !== undefined) this.#capture.hear(serverNow, Date.now());
  }

  readonly #onCookie = (_: unknown, cookie: Cookie, _cause: string, removed: boolean): void => {
    if (!removed && isTokenCookie(keptCookieOf(cookie), this.#request.baseUrl)) this.#lookout.ask();
  };

  async #look(): Promise<boolean> {
    const { session } = this.#request;
    const cookies = (await session.cookies.get({})).map(keptCookieOf);
    if (this.#isOver) return false;
    const tokens = this.#capture.observe(cookies, Date.now());
    if (tokens !== undefined) {
      this.end({ kind: 'signed-in', tokens: { ...tokens, cookies: keepCookies(cookies) } });
    }
    return this.#capture.isWaiting;
  }

  /** Also of the windows that pages open, which are under the same rules; `opener`: the host that opened it. */
  #adopt(window: BrowserWindow, opener?: string): void {
    const { webContents } = window;
    let host = opener;
    /** Where it was kept from going, until it is somewhere else. */
    let blocked: string | undefined;
    this.#windows.add(window);
    window.on('closed', () => {
      this.#windows.delete(window);
      if (this.#windows.size === 0) this.end({ kind: 'closed-by-person' });
    });
    // What a page calls itself is not where it is.
    window.on('page-title-updated', (event) => event.preventDefault());
    const entitle = (): void => window.setTitle([host, blocked ?? TITLE].filter(Boolean).join(' – '));
    entitle();
    webContents.on('did-navigate', (_, address) => {
      // An empty page has what the page before it, or its opener, puts there.
      if (address !== 'about:blank') {
        host = hostNameOf(address);
        blocked = undefined;
        this.#hasShown = true;
      }
      entitle();
    });
    if (this.silent) webContents.setAudioMuted(true);

    const policy: NavigationPolicy = {
      allows: (address, place) => this.#request.hosts.allows(address, place),
      onBlocked: (address, place) => {
        this.#onBlocked(address, place);
        if (this.silent) return;
        blocked = this.#request.blockedWords(hostNameOf(address));
        entitle();
      },
    };
    guardNavigation(webContents, policy);
    webContents.setWindowOpenHandler(({ url }) => {
      if (this.silent) return { action: 'deny' };
      if (!policy.allows(url, 'window')) {
        policy.onBlocked(url, 'window');
        return { action: 'deny' };
      }
      return {
        action: 'allow',
        overrideBrowserWindowOptions: { ...windowOptions(false), parent: window, show: true },
      };
    });
    webContents.on('did-create-window', (child) => this.#adopt(child, host));
  }

  #onBlocked(address: string, place: Place): void {
    const host = hostNameOf(address);
    if (this.silent) {
      // The person has to see where it wanted to go.
      if (place === 'window') this.end({ kind: 'person-needed', host });
    } else if (!this.#blocked.has(host)) {
      this.#blocked.add(host);
      this.#request.onBlocked(host);
    }
  }

  #tearDown(): void {
    this.#isOver = true;
    const { session, signal } = this.#request;
    this.#ended.abort();
    clearTimeout(this.#limit);
    this.#lookout.dispose();
    this.#standstill?.dispose();
    signal?.removeEventListener('abort', this.#onAbort);
    session.cookies.off('changed', this.#onCookie);
    // Not within an event of the window that goes.
    setImmediate(() => void this.#close().finally(this.#gone.resolve));
  }

  async #close(): Promise<void> {
    const { cookies, webRequest } = this.#request.session;
    for (const window of this.#windows) window.destroy();
    webRequest.onBeforeRequest(null);
    webRequest.onHeadersReceived(null);
    webRequest.onCompleted(null);
    webRequest.onErrorOccurred(null);
    // Cookies are written half a minute after they changed, or now.
    await cookies.flushStore().catch(() => undefined);
  }
}

/**
 * Whoever names these is Jeton: a page may ask for a window without a title, or above all others. Without a preload
 * script nothing of Jeton's is in it.
 */
function windowOptions(silent: boolean): BrowserWindowConstructorOptions {
  const webPreferences: WebPreferences = {
    partition: SIGN_IN_PARTITION,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    nodeIntegrationInWorker: false,
    webSecurity: true,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: false,
    // A hidden page would be slowed down, and one that asks something would show that.
    backgroundThrottling: !silent,
    disableDialogs: silent,
    safeDialogs: true,
  };
  return {
    title: TITLE,
    show: false,
    width: 560,
    height: 760,
    minWidth: 360,
    minHeight: 400,
    focusable: !silent,
    skipTaskbar: silent,
    frame: true,
    titleBarStyle: 'default',
    transparent: false,
    opacity: 1,
    alwaysOnTop: false,
    fullscreen: false,
    kiosk: false,
    simpleFullscreen: false,
    modal: false,
    closable: true,
    movable: true,
    center: true,
    autoHideMenuBar: true,
    webPreferences,
  };
}

/** On disk, and of nothing but sign-ins. */
export const SIGN_IN_PARTITION = `persist:${WINDOW_PARTITION}`;
