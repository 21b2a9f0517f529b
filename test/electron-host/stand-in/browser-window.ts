/** https://www.electronjs.org/docs/latest/api/browser-window: the class itself. A window is in desktop-window. */
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { handle } from './control.ts';
import { DesktopWindow } from './desktop-window.ts';
import { allWindows, desktopWindow } from './window-registry.ts';

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
    return desktopWindow(id)?.facade ?? null;
  }
  static fromWebContents(contents: Electron.WebContents): Electron.BrowserWindow | null {
    return allWindows().find((window) => window.webContents === contents) ?? null;
  }
}
export const BrowserWindow = WindowBase as unknown as Constructor;

handle('window.event', ({ id, event }) => {
  const desktop = desktopWindow(id);
  if (desktop === undefined) throw new Error(`no window ${id}`);
  if (event === 'show') desktop.show(true);
  else desktop[event]();
  return null;
});
