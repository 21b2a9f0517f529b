import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Locator, type Page } from 'playwright-core';
import type { Account } from '../simulators/worldline.ts';

/** Somebody at the browser that Jeton opened: sees its windows, types and clicks, over a connection of their own. */
export interface Person {
  /** Clicks OneFlex's own button, where it shows one, and agrees to whatever a dialog asks. */
  clickSignIn(): Promise<void>;
  /** Answers every question, in whichever window, up to the last click. */
  signIn(account: Account, answers?: { readonly stay?: boolean }): Promise<void>;
  /** The last two of them: the code, and whether to stay signed in. */
  finish(account: Account, answers?: { readonly stay?: boolean }): Promise<void>;
  /** Types into the field of this label and sends the form. */
  answer(label: string, text: string): Promise<void>;
  /** What a page says in a heading or an alert. */
  reads(text: string): Promise<void>;
  goTo(url: string): Promise<void>;
  closeWindow(): Promise<void>;
  /** Stops looking; the browser stays. */
  leave(): Promise<void>;
}

/** Needs a browser that is up, as whoever has seen its first request knows: see `installedChromium`. */
export async function personAt(profileDir: string): Promise<Person> {
  const [port] = readFileSync(join(profileDir, 'DevToolsActivePort'), 'utf8').split('\n');
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const [context] = browser.contexts();
  if (context === undefined) throw new Error('no window');

  const answer = async (label: string, text: string): Promise<void> => {
    const field = await onAnyPage(context, (page) => page.getByLabel(label, { exact: true }));
    await field.fill(text);
    await field.press('Enter', { noWaitAfter: true });
  };

  const finish: Person['finish'] = async (account, { stay = false } = {}) => {
    await answer('Code', account.code);
    const name = stay ? 'Oui' : 'Non';
    const button = await onAnyPage(context, (page) => page.getByRole('button', { name, exact: true }));
    // The browser may be closed before the click is over: what it leads to is what Jeton waits for.
    await button.click({ noWaitAfter: true }).catch(() => undefined);
  };

  return {
    answer,
    async clickSignIn() {
      context.on('dialog', (dialog) => void dialog.accept());
      await (await onAnyPage(context, (page) => page.getByRole('button', { name: 'Se connecter' }))).click();
    },
    async signIn(account, answers) {
      await answer('E-mail', account.email);
      await answer('Mot de passe', account.password);
      await finish(account, answers);
    },
    finish,
    async reads(text) {
      await onAnyPage(context, (page) => page.getByText(text));
    },
    async goTo(url) {
      await context.pages()[0]?.goto(url, { waitUntil: 'commit' });
    },
    async closeWindow() {
      await Promise.all(context.pages().map((page) => page.close()));
    },
    leave: () => browser.close(),
  };
}

/** The first match to be visible on a page that is open, or opens. */
async function onAnyPage(context: BrowserContext, find: (page: Page) => Locator): Promise<Locator> {
  const whenVisible = async (page: Page): Promise<Locator> => {
    const locator = find(page);
    await locator.waitFor();
    return locator;
  };
  const opened = context.waitForEvent('page').then(whenVisible);
  return Promise.any([...context.pages().map(whenVisible), opened]);
}
