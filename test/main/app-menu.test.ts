import type { MenuItemConstructorOptions } from 'electron';
import { expect, test, vi } from 'vitest';
import { appMenu, MenuBar } from '../../src/main/app-menu.ts';
import { fr } from '../../src/shared/messages/fr.ts';
import { createMessages } from '../../src/shared/messages/messages.ts';
import { FakeApplication } from '../fakes/fake-application.ts';

const { shown } = vi.hoisted(() => ({ shown: [] as (readonly MenuItemConstructorOptions[])[] }));
vi.mock('electron', () => ({
  Menu: {
    buildFromTemplate: (template: readonly MenuItemConstructorOptions[]) => template,
    setApplicationMenu: (menu: readonly MenuItemConstructorOptions[]) => void shown.push(menu),
  },
}));

test('a Mac copies, pastes, closes and quits by its menu, in the person’s language', () => {
  const labels = (messages: Parameters<typeof appMenu>[0]) =>
    appMenu(messages).flatMap(({ submenu }) =>
      Array.isArray(submenu) ? submenu.filter(({ role }) => role !== undefined) : [],
    );
  const english = labels(new FakeApplication().messages);
  expect(english.map(({ role }) => role)).toEqual(
    expect.arrayContaining(['quit', 'copy', 'paste', 'selectAll', 'minimize', 'close']),
  );
  const french = labels(createMessages<typeof fr>(fr, 'fr', 'fr-FR'));
  expect(french.map(({ role }) => role)).toEqual(english.map(({ role }) => role));
  expect(french.find(({ role }) => role === 'paste')?.label).toBe('Coller');
  expect(french.filter(({ label }, index) => label === english[index]?.label)).toEqual([]);
});

test('and gets another one with another language alone', () => {
  const { messages } = new FakeApplication();
  const bar = new MenuBar();
  bar.show(messages);
  bar.show(messages);
  bar.show(createMessages<typeof fr>(fr, 'fr', 'fr-FR'));
  expect(shown.map((menu) => menu.map(({ label }) => label))).toEqual([
    ['Jeton', 'Edit', 'Window'],
    ['Jeton', 'Édition', 'Fenêtre'],
  ]);
});
