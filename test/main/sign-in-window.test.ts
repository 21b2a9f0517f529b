/** What forgets the account, and what signs in to it, at the same time; all else of the window is tried in a real one. */
import { expect, test, vi } from 'vitest';
import { settingsSchema } from '../../src/core/settings.ts';
import { SignInWindow } from '../../src/main/sign-in-window.ts';

const clearing = vi.hoisted(() => Promise.withResolvers<void>());
vi.mock('electron', () => {
  const listen = (): void => undefined;
  const session = {
    clearStorageData: () => clearing.promise,
    clearCache: () => Promise.resolve(),
    clearAuthCache: () => Promise.resolve(),
    cookies: { get: () => Promise.resolve([]), flushStore: () => Promise.resolve(), off: listen },
    webRequest: {
      onBeforeRequest: listen,
      onHeadersReceived: listen,
      onCompleted: listen,
      onErrorOccurred: listen,
    },
  };
  return { session: { fromPartition: () => session }, BrowserWindow: vi.fn<() => void>() };
});

test('a sign-in that begins while the profile is removed waits for the end of that', async () => {
  const window = new SignInWindow({
    hasSandbox: true,
    settings: () => settingsSchema.parse({}).oneflex,
    onBlocked: () => undefined,
    blockedWords: (host) => host,
    askAgain: () => Promise.resolve(false),
  });
  const removed = window.removeProfile();
  let hasBegun = false;
  // A silent one, as a renewal makes it; one that is cancelled needs no window.
  const signal = AbortSignal.abort();
  const outcome = window
    .signIn({ silent: true, timeoutMs: 1_000, keptCookies: undefined, signal })
    .finally(() => (hasBegun = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(hasBegun).toBe(false);
  clearing.resolve();
  expect(await removed).toBe(true);
  expect(await outcome).toEqual({ kind: 'cancelled' });
});
