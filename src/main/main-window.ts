import { BrowserWindow, nativeTheme, screen, type WebContents } from 'electron';
import type { Logger } from '../core/ports.ts';
import { boundsFor, keepBounds, LEAST } from '../node/window-bounds.ts';
import type { Payload } from '../shared/ipc/bridge.ts';
import { hideWindow } from './hide-window.ts';
import { APP_PAGE } from './origin.ts';
import type { WindowProblem } from './window-trouble.ts';
import { zoomByKeys } from './zoom.ts';

type ViewRequest = Payload<'viewRequested'>;

export interface MainWindowPorts {
  /** Remembers where the window was left. */
  readonly home: string;
  readonly preload: string;
  readonly icon: string;
  /** Whether a page that fails may be looked into. */
  readonly devTools: boolean;
  readonly onShowing: (isShown: boolean) => void;
  /** There is a window, be it minimized. */
  readonly onPresence: (isThere: boolean) => void;
  readonly requestView: (request: ViewRequest) => void;
  /** Nobody hears any more what the page asked to be told. */
  readonly onPageLeft: () => void;
  /** There is no window, though somebody wants one; the next {@link MainWindow.open} makes another. */
  readonly onProblem: (problem: WindowProblem) => void;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** A page that falls again sooner than this would only fall once more. */
const FALL_AGAIN_MS = 60_000;

/** A page asks for the state as soon as its scripts run, on a busy machine too; one that does not has none. */
const ASK_MS = 30_000;

/** The one window. Made when it is first wanted; closing hides it. */
export class MainWindow {
  readonly #ports: MainWindowPorts;
  #window: BrowserWindow | undefined;
  /** The page hears what it is told. */
  #isListening = false;
  #listening: NodeJS.Timeout | undefined;
  #wanted: ViewRequest | undefined;
  #isClosing = false;
  #fellAt = Number.NEGATIVE_INFINITY;

  constructor(ports: MainWindowPorts) {
    this.#ports = ports;
  }

  /** Whose calls are answered. */
  contents(): WebContents | undefined {
    return this.#window?.webContents;
  }

  /** While a person sees it. */
  shown(): BrowserWindow | undefined {
    return this.#window?.isVisible() === true ? this.#window : undefined;
  }

  /** To the front, and to a view. */
  open(view?: ViewRequest): void {
    if (this.#isClosing) return;
    if (view !== undefined) this.#request(view);
    if (this.#window === undefined) {
      this.#window = this.#create();
      return;
    }
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  /** The page has asked for the state: what it was to show, it can be told now. */
  pageIsListening(): void {
    if (!this.#isListening) this.#ports.log.info('page-listens');
    this.#isListening = true;
    clearTimeout(this.#listening);
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted !== undefined) this.#ports.requestView(wanted);
  }

  dispose(): void {
    this.#isClosing = true;
    this.#keepBounds();
    this.#window?.destroy();
    this.#window = undefined;
  }

  #request(view: ViewRequest): void {
    if (this.#isListening) this.#ports.requestView(view);
    else this.#wanted = view;
  }

  #create(): BrowserWindow {
    const { home, preload, icon, devTools, onShowing, onPresence } = this.#ports;
    const screens = screen.getAllDisplays().map(({ workArea }) => workArea);
    const window = new BrowserWindow({
      title: 'Jeton',
      icon,
      show: false,
      ...boundsFor(home, screens),
      minWidth: LEAST.width,
      minHeight: LEAST.height,
      autoHideMenuBar: true,
      // As the page's own, until that is there.
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#17191d' : '#ffffff',
      webPreferences: {
        preload,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        nodeIntegrationInSubFrames: false,
        nodeIntegrationInWorker: false,
        webSecurity: true,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        // Hidden, it costs nothing.
        backgroundThrottling: true,
        devTools,
      },
    });
    const tellShowing = (): void => {
      onShowing(window.isVisible() && !window.isMinimized());
      onPresence(window.isVisible() || window.isMinimized());
    };
    window.on('show', tellShowing);
    window.on('hide', tellShowing);
    window.on('minimize', tellShowing);
    window.on('restore', tellShowing);
    let wasShown = false;
    window.once('ready-to-show', () => {
      wasShown = true;
      window.show();
    });
    window.on('close', (event) => {
      if (this.#isClosing) return;
      event.preventDefault();
      this.#keepBounds();
      hideWindow(window);
    });
    window.on('closed', () => this.#forget());
    const { webContents } = window;
    zoomByKeys(webContents, process.platform);
    // Not as soon as it starts, for it may be prevented.
    webContents.on('did-navigate', () => this.#leavePage());
    let hasFallen = false;
    const giveUp = (reason: string): void => {
      if (hasFallen || this.#isClosing || window.isDestroyed()) return;
      this.#ports.log.warn('window-not-loaded', { reason });
      window.destroy();
      this.#ports.onProblem('not-loaded');
    };
    webContents.on('render-process-gone', (_, { reason }) => {
      hasFallen = true;
      this.#onFall(window, reason, window.isVisible() || !wasShown);
    });
    // Also of a page that is empty, or without its scripts: to Chromium that is loaded.
    webContents.on('did-finish-load', () => {
      clearTimeout(this.#listening);
      if (!this.#isListening) this.#listening = setTimeout(() => giveUp('silent'), ASK_MS).unref();
    });
    window.loadURL(APP_PAGE).catch((error: unknown) => {
      giveUp(error instanceof Error ? error.message : '');
    });
    return window;
  }

  /** The size of a window that is maximized or minimized is what it goes back to. */
  #keepBounds(): void {
    if (this.#window !== undefined) keepBounds(this.#ports.home, this.#window.getNormalBounds());
  }

  #onFall(window: BrowserWindow, reason: string, isWanted: boolean): void {
    if (this.#isClosing) return;
    this.#ports.log.warn('window-fell', { reason });
    const isFirst = Date.now() - this.#fellAt > FALL_AGAIN_MS;
    this.#fellAt = Date.now();
    // Not within its own event.
    setImmediate(() => {
      if (!window.isDestroyed()) window.destroy();
      if (!isWanted || this.#isClosing) return;
      if (isFirst) this.open();
      else this.#ports.onProblem('fell');
    });
  }

  #leavePage(): void {
    if (!this.#isListening) return;
    this.#isListening = false;
    this.#ports.onPageLeft();
  }

  #forget(): void {
    clearTimeout(this.#listening);
    this.#window = undefined;
    this.#leavePage();
    this.#ports.onShowing(false);
    this.#ports.onPresence(false);
  }
}
