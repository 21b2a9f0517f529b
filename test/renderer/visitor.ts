/** Somebody in the window, who presses, types and looks in whatever language it speaks. */
import type { Call } from '../../src/shared/ipc/channels.ts';
import { loadWindowMessages, type PlainWindowKey } from '../../src/shared/messages/window/window-messages.ts';
import type { OpenOptions, OpenWindow } from './served-window.ts';

export type Language = NonNullable<OpenOptions['language']>;

export interface Visitor extends OpenWindow {
  readonly language: Language;
  readonly word: (key: PlainWindowKey) => string;
  /** The first button in sight that says this; `within` what is found by this selector. */
  readonly press: (key: PlainWindowKey, within?: string) => Promise<void>;
  /** The one thing to do in the row of this name. */
  readonly act: (row: string) => Promise<void>;
  readonly unfold: (row: string) => Promise<void>;
  readonly type: (key: PlainWindowKey, text: string) => Promise<void>;
  readonly escape: () => Promise<void>;
  /** The next such call fails with this. */
  readonly failNext: (call: Call, code: string, details?: Readonly<Record<string, string>>) => Promise<void>;
  readonly seeOne: (selector: string) => Promise<void>;
}

export async function visit(window: OpenWindow, language: Language): Promise<Visitor> {
  const { page } = window;
  const { t } = await loadWindowMessages(language, language === 'fr' ? 'fr-FR' : 'en-GB');
  const row = (name: string) => page.locator('.list-item').filter({ hasText: name });
  return {
    ...window,
    language,
    word: t,
    press: (key, within = 'body') =>
      page
        .locator(within)
        .getByRole('button', { name: t(key), exact: true })
        .filter({ visible: true })
        .first()
        .click(),
    act: (name) => row(name).locator('.row-action button').click(),
    unfold: (name) => row(name).locator('.row-name').click(),
    type: (key, text) =>
      page
        .getByRole('textbox', { name: new RegExp(`^${t(key)}`) })
        .first()
        .fill(text),
    escape: () => page.keyboard.press('Escape'),
    failNext: (call, code, details = {}) =>
      window.fake((fake, next) => fake.fail(next.call, next.code, next.details), { call, code, details }),
    seeOne: (selector) => page.locator(selector).filter({ visible: true }).first().waitFor(),
  };
}
