/** The Chromium behind the windows of one start, and Playwright's view of its pages. */
import { chromium, type Browser, type Page } from 'playwright-core';
import { startChromium, type ChromiumProcess } from './chromium-process.ts';
import { onlooker } from './devtools-transport.ts';
import { partitionsDirOf, patienceOf, type HostOptions } from './host-process.ts';
import type { WindowState } from './protocol.ts';

export class HostBrowser {
  readonly #options: HostOptions;
  readonly #patience: number;
  #chromium: Promise<ChromiumProcess> | undefined;
  #browser: Promise<Browser> | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#patience = patienceOf(options);
  }

  /** Of its DevTools; it is started when somebody asks. */
  async endpoint(): Promise<string> {
    this.#chromium ??= startChromium(partitionsDirOf(this.#options), {
      isHeadless: this.#options.headless ?? true,
      args: this.#options.chromiumArgs ?? [],
      env: { ...process.env, ...this.#options.env },
    });
    return (await this.#chromium).endpoint;
  }

  async pageOf({ targetId, url }: WindowState): Promise<Page> {
    const endpoint = await this.endpoint();
    // Playwright would else give pages a theme of its own.
    this.#browser ??= onlooker(endpoint).then((transport) =>
      chromium.connectOverCDP(transport, { noDefaults: true }),
    );
    const browser = await this.#browser;
    const context = browser.contexts()[0]!;
    const asked = new Set<Page>();
    const find = async (): Promise<Page | undefined> => {
      for (const page of context.pages().filter((each) => !asked.has(each))) {
        asked.add(page);
        if ((await targetOf(page)) === targetId) return page;
      }
      return undefined;
    };
    /** One that closes meanwhile is not the one. */
    const targetOf = async (page: Page): Promise<string | undefined> => {
      try {
        const session = await context.newCDPSession(page);
        const { targetInfo } = await session.send('Target.getTargetInfo');
        await session.detach();
        return targetInfo.targetId;
      } catch {
        return undefined;
      }
    };
    // One that just opened may still be on its way to Playwright.
    const deadline = AbortSignal.timeout(this.#patience);
    let found = await find();
    while (found === undefined && !deadline.aborted) {
      if (context.pages().every((page) => asked.has(page)))
        await context.waitForEvent('page', { timeout: this.#patience });
      found = await find();
    }
    if (found === undefined) throw new Error(`Playwright does not see the window at ${url}`);
    found.setDefaultTimeout(this.#patience);
    return found;
  }

  async close(): Promise<void> {
    const browser = await this.#browser?.catch(() => undefined);
    const process = await this.#chromium?.catch(() => undefined);
    this.#browser = undefined;
    this.#chromium = undefined;
    await process?.stop();
    await browser?.close().catch(() => undefined);
  }
}
