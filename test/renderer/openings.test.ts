/** What opens after a press takes the focus, and gives it back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Payload } from '../../src/shared/ipc/bridge.ts';
import type { PlainWindowKey } from '../../src/shared/messages/window/window-messages.ts';
import { type OpenOptions, type ServedWindow, serveWindow } from './served-window.ts';
import { visit, type Visitor } from './visitor.ts';

let served: ServedWindow;
beforeAll(async () => {
  served = await serveWindow();
});
afterAll(() => served[Symbol.asyncDispose]());

interface Place {
  readonly name: string;
  readonly scenario: NonNullable<OpenOptions['scenario']>;
  readonly view: Payload<'viewRequested'>['view'];
  readonly prepare?: (visitor: Visitor) => Promise<unknown>;
  readonly openings: readonly Opening[];
}

/** What opens by a key, where the focus is then, and what is under the focus again after Escape. */
interface Opening {
  readonly opener: PlainWindowKey;
  /** What else is pressed than Enter on the opener. */
  readonly keys?: readonly string[];
  readonly opened: string;
}

describe('by keys alone, what opens has the focus, and Escape gives it back', () => {
  test.each<Place>([
    {
      name: 'above the list',
      scenario: 'mixed',
      view: 'integrations',
      openings: [
        { opener: 'list.pause', opened: '[role=menu]' },
        { opener: 'list.more', opened: '[role=menu]' },
        { opener: 'list.more', keys: ['Enter', 'End', 'Enter'], opened: '.panel' },
      ],
    },
    {
      name: 'a row of Jeton’s own',
      scenario: 'fresh',
      view: 'integrations',
      prepare: ({ unfold }) => unfold('Team Lyon'),
      openings: [
        { opener: 'do.update', opened: '.panel' },
        { opener: 'do.remove', opened: '.confirm' },
      ],
    },
    {
      name: 'a row of the application’s',
      scenario: 'fresh',
      view: 'integrations',
      prepare: ({ unfold }) => unfold('Support desk'),
      openings: [{ opener: 'do.backfill', opened: '.panel' }],
    },
    {
      name: 'OneFlex',
      scenario: 'fresh',
      view: 'integrations',
      prepare: ({ unfold }) => unfold('OneFlex'),
      openings: [{ opener: 'do.forget', opened: '.confirm' }],
    },
    {
      name: 'pasting tokens',
      scenario: 'needs-sign-in',
      view: 'integrations',
      async prepare({ act, press }) {
        await act('OneFlex');
        await press('action.cancel');
      },
      openings: [{ opener: 'sign-in.paste', opened: '.panel form' }],
    },
    {
      name: 'a locked vault',
      scenario: 'vault-locked',
      view: 'integrations',
      openings: [{ opener: 'vault-locked.unlock', opened: '.standing form' }],
    },
    {
      name: 'the bot',
      scenario: 'fresh',
      view: 'bot',
      openings: [
        { opener: 'bot.add', opened: '.panel' },
        { opener: 'action.edit', opened: '.panel' },
        { opener: 'do.remove', opened: '.confirm' },
      ],
    },
    {
      name: 'settings',
      scenario: 'fresh',
      view: 'settings',
      async prepare({ fake, seeOne }) {
        await seeOne('.setting');
        await fake((fake) => {
          fake.answer('getAlerts', { state: 'on', format: 'slack', waiting: 0, problem: null });
          fake.change({});
        });
      },
      openings: [
        { opener: 'database.disconnect', opened: '.confirm' },
        { opener: 'alerts.turn-off', opened: '.confirm' },
        { opener: 'database.other', opened: '[data-group=database] form.form' },
        { opener: 'alerts.change', opened: '[data-group=alerts] form.form' },
        { opener: 'vault-locked.unlock', opened: '[data-group=vault] form.form' },
      ],
    },
    {
      name: 'what cannot be opened',
      scenario: 'trouble',
      view: 'integrations',
      openings: [
        { opener: 'store.restore', opened: '.confirm' },
        { opener: 'store.begin-anew', opened: '.confirm' },
      ],
    },
  ])('$name', async ({ scenario, view, prepare, openings }) => {
    await using window = await served.open({ scenario });
    const visitor = await visit(window, 'en');
    await window.page.locator(`a[href="#${view}"]`).click();
    await prepare?.(visitor);
    const { page, word } = visitor;
    for (const { opener, keys = ['Enter'], opened } of openings) {
      const button = page.getByRole('button', { name: word(opener), exact: true }).filter({ visible: true });
      await button.first().focus();
      for (const key of keys) await page.keyboard.press(key);
      await expect.poll(() => hasFocus(visitor, opened), { message: opened }).toBe(true);
      await page.keyboard.press('Escape');
      await expect.poll(() => page.locator(opened).count(), { message: opened }).toBe(0);
      await expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe(word(opener));
    }
  });
});

function hasFocus({ page }: Visitor, selector: string): Promise<boolean> {
  return page.evaluate(`document.activeElement.closest(${JSON.stringify(selector)}) !== null`);
}
