/** The icon of a desktop that has its own copy of the menu, as Linux does. */
import { expect, test, vi } from 'vitest';
import type { MenuItemConstructorOptions } from 'electron';
import { TrayIcon } from '../../src/main/tray.ts';
import type { TrayCommand } from '../../src/main/tray-menu.ts';
import { emptyState, FakeApplication } from '../fakes/fake-application.ts';

const { sent } = vi.hoisted(() => ({ sent: [] as (readonly MenuItemConstructorOptions[])[] }));
vi.mock('electron', () => ({
  Menu: { buildFromTemplate: (template: readonly MenuItemConstructorOptions[]) => template },
  Tray: class {
    on = () => undefined;
    setToolTip = () => undefined;
    setContextMenu = (menu: readonly MenuItemConstructorOptions[]) => void sent.push(menu);
  },
}));

test('a switch that the desktop has turned shows what is so, also where nothing changes', () => {
  const asked: TrayCommand[] = [];
  const tray = new TrayIcon({ folder: '', platform: 'linux', run: (command) => asked.push(command) });
  const { messages } = new FakeApplication();
  tray.show({ ...emptyState(), startAtLogin: 'off' }, messages);
  const item = sent[0]?.find(({ type }) => type === 'checkbox');
  const turned = { checked: true };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of what Electron gives, the icon takes this
  item?.click?.(turned as Electron.MenuItem, undefined, {});
  expect(turned.checked).toBe(false);
  expect(asked).toEqual([{ kind: 'start-at-login', on: true }]);
  // The refusal changes nothing of the state.
  tray.show({ ...emptyState(), startAtLogin: 'off' }, messages);
  expect(sent).toHaveLength(2);
});
