import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { closeBrowser } from '../../src/node/sso/close-browser.ts';

/** Says what Playwright says of a browser that is ending by itself, which it has not heard of yet. */
class EndingBrowser extends EventEmitter {
  close(): Promise<void> {
    return Promise.reject(new Error('browserContext.close: Target page, context or browser has been closed'));
  }
}

test('a browser that is ending by itself is waited for, and is no error', async () => {
  const browser = new EndingBrowser();
  let isClosed = false;
  const closed = closeBrowser(browser).then(() => (isClosed = true));
  await new Promise(setImmediate);
  expect(isClosed).toBe(false);
  browser.emit('close');
  await closed;
});
