import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { hideWindow } from '../../src/main/hide-window.ts';

class FakeWindow extends EventEmitter {
  readonly did: string[] = [];
  readonly #isFullScreen: boolean;

  constructor(isFullScreen: boolean) {
    super();
    this.#isFullScreen = isFullScreen;
  }

  isFullScreen = () => this.#isFullScreen;
  setFullScreen = (isOn: boolean) => void this.did.push(`full screen: ${isOn}`);
  hide = () => void this.did.push('hidden');
}

test('a window is hidden at once, and one in full screen as soon as it has left that', () => {
  const small = new FakeWindow(false);
  hideWindow(small);
  expect(small.did).toEqual(['hidden']);

  const large = new FakeWindow(true);
  hideWindow(large);
  expect(large.did).toEqual(['full screen: false']);
  large.emit('leave-full-screen');
  expect(large.did).toEqual(['full screen: false', 'hidden']);
});
