import { EventEmitter } from 'node:events';
import type { WindowSessionEndEvent } from 'electron';
import { beforeEach, describe, expect, test } from 'vitest';
import { heedSessionEnd } from '../../src/main/session-end.ts';

const machine = new EventEmitter();
let windows: EventEmitter[];
let isBusy: boolean;
let quits: number;

beforeEach(() => {
  machine.removeAllListeners();
  windows = [];
  isBusy = false;
  quits = 0;
});

function heedOn(platform: NodeJS.Platform): void {
  heedSessionEnd({
    platform,
    onShutdown: (listener) => machine.on('shutdown', listener),
    onWindowCreated: (listener) => machine.on('window', listener),
    createWindow() {
      const window = new EventEmitter();
      windows.push(window);
      return window;
    },
    isBusy: () => isBusy,
    quit: () => (quits += 1),
  });
}

function openWindow(): void {
  const window = new EventEmitter();
  windows.push(window);
  machine.emit('window', window);
}

/** Whether it was prevented. */
function happen(emitter: EventEmitter, name: string): boolean {
  let isPrevented = false;
  const event: Pick<WindowSessionEndEvent, 'preventDefault' | 'reasons'> = {
    preventDefault: () => (isPrevented = true),
    reasons: ['logoff'],
  };
  emitter.emit(name, event);
  return isPrevented;
}

const ask = (): readonly boolean[] => windows.map((window) => happen(window, 'query-session-end'));

describe.each(['linux', 'darwin'] as const)('on %s', (platform) => {
  test('the machine waits, and Jeton quits', () => {
    heedOn(platform);
    expect(happen(machine, 'shutdown')).toBe(true);
    expect(quits).toBe(1);
    // Only Windows needs one to listen with.
    expect(windows).toEqual([]);
  });
});

describe('on Windows', () => {
  test('it is heard though no window is open, and in each that is opened', () => {
    heedOn('win32');
    isBusy = true;
    expect(ask()).toEqual([true]);
    openWindow();
    expect(ask()).toEqual([true, true]);
    expect(quits).toBe(3);
  });

  test('with nothing under way it is not held up, nor left when it is called off', () => {
    heedOn('win32');
    openWindow();
    expect(ask()).toEqual([false, false]);
    expect(quits).toBe(0);
    for (const window of windows) happen(window, 'session-end');
    expect(quits).toBeGreaterThan(0);
  });
});
