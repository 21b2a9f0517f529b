/** What the application may do with a window: the members and events of Electron's `BrowserWindow`. */
import { pathToFileURL } from 'node:url';
import type Electron from 'electron';
import type { DesktopWindow } from './desktop-window.ts';
import { emittingFacade } from './facade.ts';
import { allWindows } from './window-registry.ts';

/** `prototype` is that of `BrowserWindow`, which each window is an instance of. */
export function browserWindowFacade(desktop: DesktopWindow, prototype: object): Electron.BrowserWindow {
  Object.setPrototypeOf(desktop.emitter, prototype);
  const members = {
    id: desktop.id,
    webContents: desktop.contents.webContents,
    loadURL: (url: string) => desktop.contents.load(url),
    loadFile: (path: string) => desktop.contents.load(pathToFileURL(path).href),
    reload: () => desktop.contents.webContents.reload(),
    show: () => desktop.show(true),
    showInactive: () => desktop.show(false),
    hide: () => desktop.hide(),
    close: () => desktop.close(),
    destroy: () => desktop.destroy(),
    focus: () => desktop.focus(),
    blur: () => desktop.blur(),
    isFocused: () => desktop.isFocused,
    isDestroyed: () => desktop.isDestroyed,
    isVisible: () => !desktop.isDestroyed && desktop.visibility !== 'hidden',
    isMinimized: () => desktop.visibility === 'minimized',
    isMaximized: () => false,
    isFullScreen: () => false,
    isModal: () => desktop.options.modal === true,
    minimize: () => desktop.minimize(),
    restore: () => {
      if (desktop.visibility === 'minimized') desktop.show(true);
    },
    getTitle: () => desktop.title,
    setTitle: (title: string) => desktop.setTitle(title),
    getBounds: () => ({ ...desktop.bounds }),
    getNormalBounds: () => ({ ...desktop.bounds }),
    setBounds: (bounds: Partial<Electron.Rectangle>) => desktop.setBounds(bounds),
    getSize: () => [desktop.bounds.width, desktop.bounds.height],
    setSize: (width: number, height: number) => desktop.setBounds({ width, height }),
    setMinimumSize: () => undefined,
    getPosition: () => [desktop.bounds.x, desktop.bounds.y],
    setPosition: (x: number, y: number) => void Object.assign(desktop.bounds, { x, y }),
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
    getParentWindow: () => allWindows().find((window) => window === desktop.options.parent) ?? null,
    getChildWindows: () => desktop.children().map(({ facade }) => facade),
  } satisfies Partial<Electron.BrowserWindow>;
  return emittingFacade(
    'browserWindow',
    desktop.emitter,
    [
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
    ],
    members,
  ) as unknown as Electron.BrowserWindow;
}
