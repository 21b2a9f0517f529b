import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DockPresence } from '../../src/main/dock-presence.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** macOS: for a second after the icon was shown it does not go. */
class FakeDock {
  isShown = false;
  #shownAt = Number.NEGATIVE_INFINITY;

  async show(): Promise<void> {
    this.isShown = true;
    this.#shownAt = Date.now();
  }

  hide(): void {
    if (Date.now() - this.#shownAt >= 1_000) this.isShown = false;
  }
}

test('the icon goes with the window, also with one that was there for a moment', () => {
  const dock = new FakeDock();
  const presence = new DockPresence(dock);
  presence.show(true);
  expect(dock.isShown).toBe(true);
  presence.show(false);
  vi.advanceTimersByTime(1_500);
  expect(dock.isShown).toBe(false);
});

test('a window that is opened again meanwhile keeps it', () => {
  const dock = new FakeDock();
  const presence = new DockPresence(dock);
  presence.show(true);
  presence.show(false);
  presence.show(true);
  vi.advanceTimersByTime(5_000);
  expect(dock.isShown).toBe(true);
});

test('where there is no dock, nothing is shown and nothing waits', () => {
  const presence = new DockPresence(undefined);
  presence.show(true);
  presence.show(false);
  expect(vi.getTimerCount()).toBe(0);
});
