import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { Messages } from '../shared/messages/messages.ts';

/**
 * The menu bar of a Mac, which copies, pastes and closes by it. Electron's own words for its roles are English:
 * https://www.electronjs.org/docs/latest/api/menu-item.
 */
export function appMenu({ t }: Messages): MenuItemConstructorOptions[] {
  const separator = { type: 'separator' } as const;
  return [
    {
      label: 'Jeton',
      submenu: [
        { role: 'about', label: t('menu.about') },
        separator,
        { role: 'hide', label: t('menu.hide') },
        { role: 'hideOthers', label: t('menu.hide-others') },
        { role: 'unhide', label: t('menu.show-all') },
        separator,
        { role: 'quit', label: t('tray.quit') },
      ],
    },
    {
      label: t('menu.edit'),
      submenu: [
        { role: 'undo', label: t('menu.undo') },
        { role: 'redo', label: t('menu.redo') },
        separator,
        { role: 'cut', label: t('menu.cut') },
        { role: 'copy', label: t('menu.copy') },
        { role: 'paste', label: t('menu.paste') },
        { role: 'selectAll', label: t('menu.select-all') },
      ],
    },
    {
      label: t('menu.window'),
      submenu: [
        { role: 'minimize', label: t('menu.minimize') },
        { role: 'close', label: t('menu.close') },
      ],
    },
  ];
}

/** The same in the language of the moment. */
export class MenuBar {
  #language: string | undefined;

  show(messages: Messages): void {
    if (messages.language === this.#language) return;
    this.#language = messages.language;
    Menu.setApplicationMenu(Menu.buildFromTemplate(appMenu(messages)));
  }
}
