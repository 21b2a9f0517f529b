import { app, type BrowserWindow, clipboard, dialog, nativeTheme, shell } from 'electron';
import { JetonError } from '../core/errors.ts';
import type { AutoLaunch } from './auto-launch.ts';
import type { Desktop, Notice } from './desktop.ts';
import { openLink } from './security.ts';

export interface ElectronDesktopPorts {
  readonly hasSandbox: boolean;
  readonly signInWindow: Desktop['signInWindow'];
  readonly autoLaunch: AutoLaunch;
  readonly isScreenLocked: () => boolean;
  readonly notify: (notice: Notice) => void;
  /** Above which a dialog is to be. */
  readonly window: () => BrowserWindow | undefined;
}

export class ElectronDesktop implements Desktop {
  readonly hasSandbox: boolean;
  readonly signInWindow: Desktop['signInWindow'];
  readonly #ports: ElectronDesktopPorts;

  constructor(ports: ElectronDesktopPorts) {
    this.#ports = ports;
    this.hasSandbox = ports.hasSandbox;
    this.signInWindow = ports.signInWindow;
  }

  /** What dates are written in; the words may be in another: https://www.electronjs.org/docs/latest/api/app#appgetsystemlocale. */
  get locale(): string {
    return app.getSystemLocale() || app.getLocale();
  }

  async chooseFolder(): Promise<string | undefined> {
    const options = { properties: ['openDirectory' as const, 'createDirectory' as const] };
    const window = this.#ports.window();
    const { canceled, filePaths } = await (window === undefined
      ? dialog.showOpenDialog(options)
      : dialog.showOpenDialog(window, options));
    return canceled ? undefined : filePaths[0];
  }

  async chooseNewFile(suggestedName: string): Promise<string | undefined> {
    const options = { defaultPath: suggestedName };
    const window = this.#ports.window();
    const { canceled, filePath } = await (window === undefined
      ? dialog.showSaveDialog(options)
      : dialog.showSaveDialog(window, options));
    return canceled || filePath === '' ? undefined : filePath;
  }

  copyText(text: string): void {
    void copy(text);
  }

  /** Throws `file-unreadable` (`path`, `reason`) where the system cannot show it. */
  async openFolder(path: string): Promise<void> {
    const reason = await shell.openPath(path);
    if (reason !== '') throw new JetonError('file-unreadable', { path, reason });
  }

  openLink(link: Parameters<Desktop['openLink']>[0]): Promise<void> {
    return openLink(link);
  }

  startAtLogin(): 'on' | 'off' | 'unknown' {
    return this.#ports.autoLaunch.state();
  }

  async setStartAtLogin(on: boolean): Promise<void> {
    this.#ports.autoLaunch.set(on);
  }

  useTheme(theme: 'system' | 'light' | 'dark'): void {
    nativeTheme.themeSource = theme;
  }

  isScreenLocked(): boolean {
    return this.#ports.isScreenLocked();
  }

  notify(notice: Notice): void {
    this.#ports.notify(notice);
  }
}

/** Another program may hold the clipboard: nothing was copied then, which is seen when it is pasted. */
async function copy(text: string): Promise<void> {
  try {
    await clipboard.writeText(text);
  } catch {}
}
