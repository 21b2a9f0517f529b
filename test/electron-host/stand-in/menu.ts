/** https://www.electronjs.org/docs/latest/api/menu and …/api/menu-item */
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import type { MenuItemState } from '../protocol.ts';
import { publish } from './control.ts';
import { emitterOf } from './events.ts';
import { emittingFacade, facade } from './facade.ts';

type Template = Electron.MenuItemConstructorOptions;

const ROLE_LABELS: Readonly<Record<string, string>> = { quit: 'Quit', about: 'About', close: 'Close Window' };

const roles = new WeakMap<Electron.MenuItem, Template['role']>();
const built = new WeakMap<object, readonly Electron.MenuItem[]>();

function itemOf(template: Template): Electron.MenuItem {
  const type = template.type ?? (template.submenu === undefined ? 'normal' : 'submenu');
  // Electron refuses these as well: lib/browser/api/menu-item.
  if (type !== 'separator' && template.label === undefined && template.role === undefined)
    throw new TypeError('Invalid template for MenuItem: must have label, role or type');
  const submenu = Array.isArray(template.submenu)
    ? Menu.buildFromTemplate(template.submenu)
    : template.submenu;
  const values = {
    enabled: template.enabled ?? true,
    visible: template.visible ?? true,
    checked: template.checked ?? false,
    label: template.label ?? ROLE_LABELS[template.role ?? ''] ?? template.role ?? '',
  };
  const members = {
    id: template.id ?? '',
    type,
    submenu: submenu as Electron.Menu,
    sublabel: template.sublabel ?? '',
    toolTip: template.toolTip ?? '',
    click: (...args: unknown[]) => {
      if (type === 'checkbox') values.checked = !values.checked;
      if (type === 'radio') values.checked = true;
      template.click?.(...([item, ...args] as unknown as Parameters<NonNullable<Template['click']>>));
    },
    get label() {
      return values.label;
    },
    set label(label: string) {
      values.label = label;
    },
    get enabled() {
      return values.enabled;
    },
    set enabled(enabled: boolean) {
      values.enabled = enabled;
    },
    get visible() {
      return values.visible;
    },
    set visible(visible: boolean) {
      values.visible = visible;
    },
    get checked() {
      return values.checked;
    },
    set checked(checked: boolean) {
      values.checked = checked;
    },
  } satisfies Partial<Electron.MenuItem>;
  const item = facade('menuItem', members) as unknown as Electron.MenuItem;
  roles.set(item, template.role);
  return item;
}

function itemsOf(menu: Electron.Menu): readonly Electron.MenuItem[] {
  return built.get(menu) ?? [];
}

export function menuStateOf(menu: Electron.Menu): readonly MenuItemState[] {
  return itemsOf(menu).map((item) => ({
    id: item.id === '' ? undefined : item.id,
    label: wordsOf(item),
    type: item.type,
    enabled: item.enabled,
    visible: item.visible,
    checked: item.checked,
    submenu: item.submenu === undefined || item.submenu === null ? [] : menuStateOf(item.submenu),
  }));
}

/** A letter after `&` is only marked, and `&&` is one: https://www.electronjs.org/docs/latest/api/menu-item. */
function wordsOf({ label }: Electron.MenuItem): string {
  return label.replaceAll(/&(.)/g, '$1');
}

/** As a person would: nothing that is hidden or greyed out can be chosen. */
export function choose(menu: Electron.Menu | undefined, path: readonly string[]): void {
  const [label, ...rest] = path;
  const items = menu === undefined ? [] : itemsOf(menu).filter(({ visible }) => visible);
  const item = items.find((each) => wordsOf(each) === label);
  if (item === undefined)
    throw new Error(
      `no '${label ?? ''}' in the menu: ${items.map((each) => wordsOf(each) || '—').join(' | ')}`,
    );
  if (!item.enabled) throw new Error(`'${wordsOf(item)}' is greyed out`);
  if (rest.length > 0) {
    choose(item.submenu, rest);
    return;
  }
  if (roles.get(item) === 'quit') {
    quit();
    return;
  }
  item.click({ triggeredByAccelerator: false }, undefined, undefined);
}

let quit: () => void = () => undefined;

export function onQuitRole(listener: () => void): void {
  quit = listener;
}

class MenuBase extends EventEmitter {
  constructor() {
    super();
    const items: Electron.MenuItem[] = [];
    const members = {
      items,
      append: (item: Electron.MenuItem) => void items.push(item),
      insert: (index: number, item: Electron.MenuItem) => void items.splice(index, 0, item),
      getMenuItemById: (id: string): Electron.MenuItem | null => find(items, id),
      popup: () => undefined,
      closePopup: () => undefined,
    } satisfies Partial<Electron.Menu>;
    const menu = emittingFacade(
      'menu',
      emitterOf<Electron.Menu>(this),
      ['menu-will-show', 'menu-will-close'],
      members,
    );
    built.set(menu, items);
    // oxlint-disable-next-line no-constructor-return -- what the application gets is guarded
    return menu;
  }
  static buildFromTemplate(template: readonly (Template | Electron.MenuItem)[]): Electron.Menu {
    const menu = new MenuBase() as unknown as Electron.Menu;
    for (const entry of template) menu.append(itemOf(entry as Template));
    return menu;
  }
  static setApplicationMenu(menu: Electron.Menu | null): void {
    applicationMenu = menu;
    publish({ applicationMenu: menu === null ? null : menuStateOf(menu) });
  }
  static getApplicationMenu(): Electron.Menu | null {
    return applicationMenu;
  }
}

let applicationMenu: Electron.Menu | null = null;

function find(items: readonly Electron.MenuItem[], id: string): Electron.MenuItem | null {
  for (const item of items) {
    if (item.id === id) return item;
    const inner = item.submenu?.getMenuItemById(id) ?? null;
    if (inner !== null) return inner;
  }
  return null;
}

interface MenuConstructor {
  new (): Electron.Menu;
  buildFromTemplate(template: readonly (Template | Electron.MenuItem)[]): Electron.Menu;
  setApplicationMenu(menu: Electron.Menu | null): void;
  getApplicationMenu(): Electron.Menu | null;
}
export const Menu = MenuBase as unknown as MenuConstructor;

export const MenuItem = function MenuItem(template: Template) {
  return itemOf(template);
} as unknown as new (template: Template) => Electron.MenuItem;
