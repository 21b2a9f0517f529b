/** https://www.electronjs.org/docs/latest/api/browser-window */
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import type Electron from 'electron';
import type { WindowState } from '../protocol.ts';
import { chromium, type AttachedPage } from './chromium.ts';
import { handle, publish, setting } from './control.ts';
import { emitterOf } from './events.ts';
import { cancellable, emittingFacade, plain } from './facade.ts';
import { dispatchInvoke, dispatchSend, type Sender } from './ipc-main.ts';
import { makeFrame, type FrameNode } from './frames.ts';
import { partitionOf, partitionOfSession, type Partition } from './session.ts';
import { Contents, contentsById, type ChildRequest } from './web-contents.ts';

const EVENTS = [
  'close',
  'closed',
  'show',
  'hide',
  'focus',
  'blur',
  'minimize',
  'restore',
  'maximize',
  'unmaximize',
  'resize',
  'resized',
  'move',
  'moved',
  'ready-to-show',
  'page-title-updated',
  'unresponsive',
  'responsive',
  'session-end',
  'query-session-end',
] as const;

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Entry {
  readonly facade: Electron.BrowserWindow;
  readonly desktop: DesktopWindow;
}

const windows = new Map<number, Entry>();
const createdListeners: ((window: Electron.BrowserWindow) => void)[] = [];
const focusListeners: ((
  event: 'browser-window-focus' | 'browser-window-blur',
  window: Electron.BrowserWindow,
) => void)[] = [];
let whenAllClosed: () => void = () => undefined;
let lastId = 0;

export function onAllClosed(listener: () => void): void {
  whenAllClosed = listener;
}

export function onWindowCreated(listener: (window: Electron.BrowserWindow) => void): void {
  createdListeners.push(listener);
}

export function onFocusChanged(listener: (typeof focusListeners)[number]): void {
  focusListeners.push(listener);
}

export function allWindows(): readonly Electron.BrowserWindow[] {
  return [...windows.values()].map(({ facade }) => facade);
}

function publishWindows(): void {
  publish({ windows: [...windows.values()].map(({ desktop }) => desktop.state()) });
}

class DesktopWindow {
  readonly id = ++lastId;
  readonly contents: Contents;
  readonly facade: Electron.BrowserWindow;
  readonly #emitter = emitterOf<Electron.BrowserWindow>();
  readonly #options: Electron.BrowserWindowConstructorOptions;
  readonly #partition: Partition;
  readonly #bounds: Bounds;
  #title: string;
  #visibility: WindowState['visibility'];
  #isFocused = false;
  #isDestroyed = false;
  #isClosing = false;
  /** Chromium's windows change one after another. */
  #queue: Promise<unknown>;

  constructor(
    options: Electron.BrowserWindowConstructorOptions,
    prototype: object,
    popup?: AttachedPage,
    partition?: Partition,
  ) {
    const { webPreferences = {} } = options;
    this.#options = options;
    this.#partition =
      partition ??
      (webPreferences.session === undefined ? undefined : partitionOfSession(webPreferences.session)) ??
      partitionOf(webPreferences.partition ?? '');
    this.#title = options.title ?? 'Electron';
    this.#visibility = options.show === false ? 'hidden' : 'shown';
    this.#bounds = {
      x: options.x ?? 0,
      y: options.y ?? 0,
      width: options.width ?? 800,
      height: options.height ?? 600,
    };
    this.contents = new Contents(
      this.#partition,
      webPreferences,
      {
        onTitle: (title) => this.#onTitle(title),
        openChild: (request) => this.#openChild(request, prototype),
        onFirstPaint: () => this.#emitter.emit('ready-to-show'),
        onChange: publishWindows,
        onGone: () => this.#gone(),
        closeWindow: () => this.close(),
      },
      () => (popup === undefined ? this.#newPage() : Promise.resolve(popup)),
    );
    this.facade = this.#makeFacade(prototype);
    windows.set(this.id, { facade: this.facade, desktop: this });
    // A headed browser would show what the application keeps hidden.
    const isApart = this.#visibility === 'hidden' && !setting.isHeadless;
    this.#queue = this.contents.ready
      .then(() => (isApart ? this.#place('minimized') : undefined))
      .catch(() => undefined);
    for (const listener of createdListeners) listener(this.facade);
    if (this.#visibility === 'shown') {
      setImmediate(() => {
        if (this.#isDestroyed) return;
        this.#emitter.emit('show');
        this.#focus();
      });
    }
    publishWindows();
  }

  state(): WindowState {
    const parent = this.#options.parent;
    return {
      id: this.id,
      webContentsId: this.contents.id,
      targetId: this.contents.targetId,
      title: this.#title,
      url: this.contents.mainFrameUrl.replace(/^about:blank$/, ''),
      visibility: this.#visibility,
      isFocused: this.#isFocused,
      parentId: parent === undefined || parent === null ? undefined : parent.id,
      partition: this.#partition.name,
      options: plain({
        ...this.#options,
        parent: undefined,
        icon: undefined,
        webPreferences: plainPreferences(this.#options.webPreferences),
      }),
    };
  }

  close(): void {
    if (this.#isDestroyed || this.#isClosing) return;
    const event = cancellable({});
    this.#emitter.emit('close', event);
    if (event.defaultPrevented) return;
    this.#isClosing = true;
    setImmediate(() => this.destroy());
  }

  destroy(): void {
    if (this.#isDestroyed) return;
    void this.contents.destroy();
  }

  act(event: 'close' | 'show' | 'hide' | 'focus' | 'blur'): void {
    if (event === 'close') this.close();
    else if (event === 'show') this.#show(true);
    else if (event === 'hide') this.#hide();
    else if (event === 'focus') this.#focus();
    else this.#blur();
  }

  #gone(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    windows.delete(this.id);
    for (const { desktop } of windows.values())
      if (desktop.#options.parent === this.facade) desktop.destroy();
    this.#emitter.emit('closed');
    publishWindows();
    if (windows.size === 0) whenAllClosed();
  }

  async #newPage(): Promise<AttachedPage> {
    const { browserContextId } = await this.#partition.context();
    const { width, height } = this.#bounds;
    return (await chromium()).newPage(browserContextId, { width, height });
  }

  #openChild({ options, popup, details }: ChildRequest, prototype: object): Electron.BrowserWindow {
    const size = Object.fromEntries(
      details.features
        .split(',')
        .map((feature) => feature.split('='))
        .filter(([key]) => key === 'width' || key === 'height')
        .map(([key, value]) => [key, Number(value)]),
    );
    const child = new DesktopWindow(
      {
        ...size,
        ...options,
        // https://www.electronjs.org/docs/latest/api/window-open: a child has its opener's preferences.
        webPreferences: { ...this.contents.webPreferences, ...options?.webPreferences },
      },
      prototype,
      popup,
      this.#partition,
    );
    return child.facade;
  }

  #onTitle(title: string): void {
    const event = cancellable({});
    this.#emitter.emit('page-title-updated', event, title, true);
    if (!event.defaultPrevented) this.#setTitle(title);
  }

  #setTitle(title: string): void {
    this.#title = title;
    publishWindows();
  }

  #show(withFocus: boolean): void {
    if (this.#isDestroyed) return;
    if (this.#visibility !== 'shown') {
      const isRestored = this.#visibility === 'minimized';
      this.#visibility = 'shown';
      this.#enqueue(() => this.#place('normal'));
      this.#emitter.emit(isRestored ? 'restore' : 'show');
    }
    if (withFocus) this.#focus();
    publishWindows();
  }

  #hide(): void {
    if (this.#isDestroyed || this.#visibility === 'hidden') return;
    this.#visibility = 'hidden';
    this.#blur();
    // To the page a minimised window is a hidden one: `document.visibilityState`.
    if (this.contents.webPreferences.backgroundThrottling !== false)
      this.#enqueue(() => this.#place('minimized'));
    this.#emitter.emit('hide');
    publishWindows();
  }

  #focus(): void {
    if (this.#isFocused || this.#visibility !== 'shown') return;
    for (const { desktop } of windows.values()) if (desktop !== this) desktop.#blur();
    this.#isFocused = true;
    this.#emitter.emit('focus');
    for (const listener of focusListeners) listener('browser-window-focus', this.facade);
    publishWindows();
  }

  #blur(): void {
    if (!this.#isFocused) return;
    this.#isFocused = false;
    this.#emitter.emit('blur');
    for (const listener of focusListeners) listener('browser-window-blur', this.facade);
    publishWindows();
  }

  #enqueue(step: () => Promise<unknown>): void {
    this.#queue = this.#queue.then(step).catch(() => undefined);
  }

  async #place(windowState: 'normal' | 'minimized'): Promise<void> {
    const { devTools } = await chromium();
    const found = await devTools.attempt('Browser.getWindowForTarget', { targetId: this.contents.targetId });
    if (found === undefined) return;
    await this.contents.emulateFocus(windowState === 'normal');
    await devTools.attempt('Browser.setWindowBounds', {
      windowId: found['windowId'],
      bounds: { windowState },
    });
  }

  async #resize(): Promise<void> {
    const { devTools } = await chromium();
    const found = await devTools.attempt('Browser.getWindowForTarget', { targetId: this.contents.targetId });
    if (found === undefined) return;
    const { width, height } = this.#bounds;
    await devTools.attempt('Browser.setWindowBounds', {
      windowId: found['windowId'],
      bounds: { width, height },
    });
  }

  #setBounds(bounds: Partial<Bounds>): void {
    Object.assign(this.#bounds, bounds);
    this.#enqueue(() => this.#resize());
    this.#emitter.emit('resize');
  }

  #makeFacade(prototype: object): Electron.BrowserWindow {
    const emitter = this.#emitter;
    Object.setPrototypeOf(emitter, prototype);
    const members = {
      id: this.id,
      webContents: this.contents.facade,
      loadURL: (url: string) => this.contents.load(url),
      loadFile: (path: string) => this.contents.load(pathToFileURL(path).href),
      reload: () => this.contents.facade.reload(),
      show: () => this.#show(true),
      showInactive: () => this.#show(false),
      hide: () => this.#hide(),
      close: () => this.close(),
      destroy: () => this.destroy(),
      focus: () => this.#focus(),
      blur: () => this.#blur(),
      isFocused: () => this.#isFocused,
      isDestroyed: () => this.#isDestroyed,
      isVisible: () => !this.#isDestroyed && this.#visibility !== 'hidden',
      isMinimized: () => this.#visibility === 'minimized',
      isMaximized: () => false,
      isFullScreen: () => false,
      isModal: () => this.#options.modal === true,
      minimize: () => {
        this.#visibility = 'minimized';
        this.#blur();
        this.#enqueue(() => this.#place('minimized'));
        emitter.emit('minimize');
        publishWindows();
      },
      restore: () => {
        if (this.#visibility === 'minimized') this.#show(true);
      },
      getTitle: () => this.#title,
      setTitle: (title: string) => this.#setTitle(title),
      getBounds: () => ({ ...this.#bounds }),
      setBounds: (bounds: Partial<Electron.Rectangle>) => this.#setBounds(bounds),
      getSize: () => [this.#bounds.width, this.#bounds.height],
      setSize: (width: number, height: number) => this.#setBounds({ width, height }),
      setMinimumSize: () => undefined,
      getPosition: () => [this.#bounds.x, this.#bounds.y],
      setPosition: (x: number, y: number) => void Object.assign(this.#bounds, { x, y }),
      center: () => undefined,
      setMenu: () => undefined,
      removeMenu: () => undefined,
      setMenuBarVisibility: () => undefined,
      setAutoHideMenuBar: () => undefined,
      setIcon: () => undefined,
      setBackgroundColor: () => undefined,
      setSkipTaskbar: () => undefined,
      setAlwaysOnTop: () => undefined,
      setResizable: () => undefined,
      setFullScreenable: () => undefined,
      moveTop: () => undefined,
      flashFrame: () => undefined,
      setContentProtection: () => undefined,
      getParentWindow: () => allWindows().find((window) => window === this.#options.parent) ?? null,
      getChildWindows: () =>
        [...windows.values()]
          .filter(({ desktop }) => desktop.#options.parent === this.facade)
          .map(({ facade }) => facade),
    } satisfies Partial<Electron.BrowserWindow>;
    return emittingFacade('browserWindow', emitter, EVENTS, members) as unknown as Electron.BrowserWindow;
  }
}

function plainPreferences(preferences: Electron.WebPreferences | undefined): object {
  return { ...preferences, session: undefined };
}

interface Constructor {
  new (options?: Electron.BrowserWindowConstructorOptions): Electron.BrowserWindow;
  getAllWindows(): Electron.BrowserWindow[];
  getFocusedWindow(): Electron.BrowserWindow | null;
  fromId(id: number): Electron.BrowserWindow | null;
  fromWebContents(contents: Electron.WebContents): Electron.BrowserWindow | null;
}

class WindowBase extends EventEmitter {
  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super();
    // oxlint-disable-next-line no-constructor-return -- what the application gets is guarded
    return new DesktopWindow(options, WindowBase.prototype).facade;
  }
  static getAllWindows(): Electron.BrowserWindow[] {
    return [...allWindows()];
  }
  static getFocusedWindow(): Electron.BrowserWindow | null {
    return allWindows().find((window) => window.isFocused()) ?? null;
  }
  static fromId(id: number): Electron.BrowserWindow | null {
    return windows.get(id)?.facade ?? null;
  }
  static fromWebContents(contents: Electron.WebContents): Electron.BrowserWindow | null {
    return allWindows().find((window) => window.webContents === contents) ?? null;
  }
}
export const BrowserWindow = WindowBase as unknown as Constructor;

handle('window.event', ({ id, event }) => {
  const entry = windows.get(id);
  if (entry === undefined) throw new Error(`no window ${id}`);
  entry.desktop.act(event);
  return null;
});

handle('ipc.send', async ({ kind, channel, args, frame, windowId }) => {
  const entry = windowId === undefined ? [...windows.values()][0] : windows.get(windowId);
  const contents = entry === undefined ? undefined : contentsById(entry.desktop.contents.id);
  if (contents === undefined) throw new Error('no window to send from');
  const sender = forgedSender(contents, frame);
  // What arrives was cloned, whoever sent it.
  const values = structuredClone(args);
  if (kind === 'send') {
    dispatchSend(sender, channel, values);
    return { kind: 'answered', value: undefined };
  }
  try {
    return { kind: 'answered', value: await dispatchInvoke(sender, channel, values) };
  } catch (error) {
    return { kind: 'rejected', message: error instanceof Error ? error.message : String(error) };
  }
});

function forgedSender(contents: Contents, frame: { readonly kind: string; readonly url?: string }): Sender {
  const main = contents.mainFrame();
  if (frame.kind === 'own') return contents.senderOf(main);
  if (frame.kind === 'null') return { ...contents.senderOf(undefined), frame: null };
  const nodes = new Map<string, FrameNode>();
  if (main !== undefined) nodes.set(main.id, main);
  const parentId = frame.kind === 'child' ? main?.id : undefined;
  const forged = makeFrame(
    { node: (id) => nodes.get(id), children: () => [], sendTo: () => undefined },
    'forged',
    { url: frame.url ?? '', parentId },
  );
  return contents.senderOf(forged);
}
