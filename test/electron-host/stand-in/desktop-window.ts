/** A window on the desktop: what is to be seen of it, and what becomes of it. Its page is the web contents'. */
import type Electron from 'electron';
import type { WindowState } from '../protocol.ts';
import { browserWindowFacade } from './browser-window-facade.ts';
import { chromium, type AttachedPage } from './chromium.ts';
import { setting } from './control.ts';
import { emitterOf } from './events.ts';
import { cancellable, plain } from './facade.ts';
import type { ChildRequest } from './pop-ups.ts';
import { partitionOf, partitionOfSession, type Partition } from './session.ts';
import { Contents } from './web-contents.ts';
import { WindowPlacement } from './window-placement.ts';
import {
  addWindow,
  desktopWindows,
  nextWindowId,
  publishWindows,
  removeWindow,
  tellClosed,
  tellCreated,
  tellFocus,
} from './window-registry.ts';

interface Bounds {
  x: number;
  y: number;
  width: number;
  height: number;
}

export class DesktopWindow {
  readonly id = nextWindowId();
  readonly contents: Contents;
  readonly facade: Electron.BrowserWindow;
  readonly emitter = emitterOf<Electron.BrowserWindow>();
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly #partition: Partition;
  readonly bounds: Bounds;
  readonly #placement: WindowPlacement;
  title: string;
  visibility: WindowState['visibility'];
  isFocused = false;
  isDestroyed = false;
  #isClosing = false;

  constructor(
    options: Electron.BrowserWindowConstructorOptions,
    prototype: object,
    popup?: AttachedPage,
    partition?: Partition,
  ) {
    const { webPreferences = {} } = options;
    this.options = options;
    this.#partition =
      partition ??
      (webPreferences.session === undefined ? undefined : partitionOfSession(webPreferences.session)) ??
      partitionOf(webPreferences.partition ?? '');
    this.title = options.title ?? 'Electron';
    this.visibility = options.show === false ? 'hidden' : 'shown';
    this.bounds = {
      x: options.x ?? 0,
      y: options.y ?? 0,
      width: options.width ?? 800,
      height: options.height ?? 600,
    };
    this.contents = new Contents(
      this.#partition,
      webPreferences,
      {
        openChild: (request) => this.#openChild(request, prototype),
        onFirstPaint: () => this.emitter.emit('ready-to-show'),
        onChange: publishWindows,
        onGone: () => this.#gone(),
        closeWindow: () => this.close(),
      },
      () => (popup === undefined ? this.#newPage() : Promise.resolve(popup)),
    );
    this.facade = browserWindowFacade(this, prototype);
    this.contents.emitter.on('page-title-updated', this.#onTitle.bind(this));
    addWindow(this);
    this.#placement = new WindowPlacement(this.contents);
    // A headed browser would show what the application keeps hidden.
    if (this.visibility === 'hidden' && !setting.isHeadless) this.#placement.setState('minimized');
    tellCreated(this);
    if (this.visibility === 'shown') {
      setImmediate(() => {
        if (this.isDestroyed) return;
        this.emitter.emit('show');
        this.focus();
      });
    }
    publishWindows();
  }

  state(): WindowState {
    const parent = this.options.parent;
    return {
      id: this.id,
      webContentsId: this.contents.id,
      targetId: this.contents.targetId,
      title: this.title,
      url: this.contents.mainFrameUrl.replace(/^about:blank$/, ''),
      visibility: this.visibility,
      isFocused: this.isFocused,
      parentId: parent === undefined || parent === null ? undefined : parent.id,
      partition: this.#partition.name,
      options: plain({
        ...this.options,
        parent: undefined,
        icon: undefined,
        webPreferences: plainPreferences(this.options.webPreferences),
      }),
    };
  }

  close(): void {
    if (this.isDestroyed || this.#isClosing) return;
    const event = cancellable({});
    this.emitter.emit('close', event);
    if (event.defaultPrevented) return;
    this.#isClosing = true;
    setImmediate(() => this.destroy());
  }

  destroy(): void {
    if (this.isDestroyed) return;
    void this.contents.destroy();
  }

  #gone(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    removeWindow(this);
    for (const child of this.children()) child.destroy();
    this.emitter.emit('closed');
    tellClosed();
  }

  async #newPage(): Promise<AttachedPage> {
    const { browserContextId } = await this.#partition.context();
    const { width, height } = this.bounds;
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

  /** The event is one and the same for page and window: lib/browser/api/browser-window of Electron's. */
  #onTitle(event: Electron.Event, title: string, isExplicit: boolean): void {
    this.emitter.emit('page-title-updated', event, title, isExplicit);
    if (!event.defaultPrevented) this.setTitle(title);
  }

  setTitle(title: string): void {
    this.title = title;
    publishWindows();
  }

  show(withFocus: boolean): void {
    if (this.isDestroyed) return;
    if (this.visibility !== 'shown') {
      const isRestored = this.visibility === 'minimized';
      this.visibility = 'shown';
      this.#placement.setState('normal');
      this.emitter.emit(isRestored ? 'restore' : 'show');
    }
    if (withFocus) this.focus();
    publishWindows();
  }

  hide(): void {
    if (this.isDestroyed || this.visibility === 'hidden') return;
    this.visibility = 'hidden';
    this.blur();
    if (this.contents.webPreferences.backgroundThrottling !== false) this.#placement.setState('minimized');
    this.emitter.emit('hide');
    publishWindows();
  }

  focus(): void {
    if (this.isFocused || this.visibility !== 'shown') return;
    for (const other of desktopWindows()) if (other !== this) other.blur();
    this.isFocused = true;
    this.emitter.emit('focus');
    tellFocus('browser-window-focus', this.facade);
    publishWindows();
  }

  blur(): void {
    if (!this.isFocused) return;
    this.isFocused = false;
    this.emitter.emit('blur');
    tellFocus('browser-window-blur', this.facade);
    publishWindows();
  }

  setBounds(bounds: Partial<Bounds>): void {
    Object.assign(this.bounds, bounds);
    this.#placement.resize(this.bounds);
    this.emitter.emit('resize');
  }

  minimize(): void {
    this.visibility = 'minimized';
    this.blur();
    this.#placement.setState('minimized');
    this.emitter.emit('minimize');
    publishWindows();
  }

  children(): readonly DesktopWindow[] {
    return desktopWindows().filter(({ options }) => options.parent === this.facade);
  }
}

function plainPreferences(preferences: Electron.WebPreferences | undefined): object {
  return { ...preferences, session: undefined };
}
