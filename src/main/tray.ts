import { join } from 'node:path';
import { Menu, Tray, type MenuItemConstructorOptions } from 'electron';
import type { AppState } from '../shared/ipc/bridge.ts';
import type { Messages } from '../shared/messages/messages.ts';
import { trayMenu, type TrayCommand, type TrayItem } from './tray-menu.ts';

export interface TrayIconPorts {
  /** Where the icons are. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  readonly run: (command: TrayCommand) => void;
}

/** The icon, its tooltip and its menu; what did not change is left as it is, for some desktops flicker. */
export class TrayIcon {
  readonly #ports: TrayIconPorts;
  #tray: Tray | undefined;
  #icon = '';
  #tooltip = '';
  #items = '';
  #menu: Menu | undefined;

  constructor(ports: TrayIconPorts) {
    this.#ports = ports;
  }

  show(state: AppState, messages: Messages): void {
    const icon = join(this.#ports.folder, iconName(state.overall, this.#ports.platform));
    const tray = (this.#tray ??= this.#create(icon));
    if (icon !== this.#icon) tray.setImage(icon);
    this.#icon = icon;
    if (state.sentence !== this.#tooltip) tray.setToolTip(state.sentence);
    this.#tooltip = state.sentence;

    const items = trayMenu(state, messages);
    const description = JSON.stringify(items);
    if (description === this.#items) return;
    this.#items = description;
    this.#menu = Menu.buildFromTemplate(this.#template(items));
    // With a menu of its own, macOS opens it at any click.
    if (this.#ports.platform !== 'darwin') tray.setContextMenu(this.#menu);
  }

  dispose(): void {
    this.#tray?.destroy();
    this.#tray = undefined;
  }

  /** Where there are clicks: https://www.electronjs.org/docs/latest/api/tray. */
  #create(icon: string): Tray {
    const tray = new Tray(icon);
    this.#icon = icon;
    tray.on('click', () => this.#ports.run({ kind: 'open' }));
    if (this.#ports.platform === 'darwin') {
      // A second click is no other wish, and need not be waited for.
      tray.setIgnoreDoubleClickEvents(true);
      tray.on('right-click', () => tray.popUpContextMenu(this.#menu));
    }
    return tray;
  }

  #template(items: readonly TrayItem[]): MenuItemConstructorOptions[] {
    return items.map((item) => this.#templateOf(item));
  }

  #templateOf(item: TrayItem): MenuItemConstructorOptions {
    if (item.kind === 'separator') return { type: 'separator' };
    const label = withoutMnemonic(item.label);
    switch (item.kind) {
      case 'text':
        return { label, enabled: false };
      case 'submenu':
        return { label, submenu: this.#template(item.items) };
      case 'command':
        return { label, click: () => this.#ports.run(item.does) };
      case 'checkbox':
        return {
          label,
          type: 'checkbox',
          checked: item.on,
          click: (menuItem) => {
            // What it is shows once it is so. Linux has its own copy of the menu.
            menuItem.checked = item.on;
            if (this.#ports.platform === 'linux') this.#tray?.setContextMenu(this.#menu ?? null);
            this.#ports.run(item.does);
          },
        };
    }
  }
}

/** Told apart by shape; on macOS a template image, which the system draws in its own colour. */
function iconName(overall: AppState['overall'], platform: NodeJS.Platform): string {
  if (platform === 'darwin') return `tray-${overall}Template.png`;
  return `tray-${overall}.${platform === 'win32' ? 'ico' : 'png'}`;
}

/** In a menu `&` marks the letter after it: https://www.electronjs.org/docs/latest/api/menu-item. */
function withoutMnemonic(label: string): string {
  return label.replaceAll('&', '&&');
}
