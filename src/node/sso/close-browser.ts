import { setTimeout as delay } from 'node:timers/promises';

/** From the first failed question to a browser that is being closed until Playwright sees its end. */
export const GOING_DOWN_MS = 2_000;

/** What closing needs of Playwright's BrowserContext. */
interface Closable {
  close(): Promise<void>;
  once(event: 'close', listener: () => void): unknown;
}

/**
 * Ends the browser, and waits for its end. Never rejects: one that is ending by itself, because the person closed its
 * last window, makes Playwright say that there is nothing to close, and what the sign-in came to stands all the same.
 */
export async function closeBrowser(context: Closable): Promise<void> {
  const ended = new Promise<void>((resolve) => context.once('close', () => resolve()));
  await context.close().catch(() => Promise.race([ended, delay(GOING_DOWN_MS, undefined, { ref: false })]));
}
