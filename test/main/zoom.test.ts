import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { zoomByKeys } from '../../src/main/zoom.ts';

function contentsOn(platform: NodeJS.Platform) {
  const contents = Object.assign(new EventEmitter(), { zoomLevel: 0 });
  zoomByKeys(contents, platform);
  /** Answers whether the page does not get the key. */
  const press = (key: string, held: object = { control: true }): boolean => {
    let isTaken = false;
    const input = { type: 'keyDown', key, control: false, meta: false, alt: false, ...held };
    contents.emit('before-input-event', { preventDefault: () => (isTaken = true) }, input);
    return isTaken;
  };
  return { contents, press };
}

test('a page gets larger and smaller within bounds, and is as it was again', () => {
  const { contents, press } = contentsOn('linux');
  for (let time = 0; time < 9; time += 1) press('+');
  expect(contents.zoomLevel).toBe(5);
  for (let time = 0; time < 20; time += 1) press('-');
  expect(contents.zoomLevel).toBe(-3);
  expect(press('0')).toBe(true);
  expect(contents.zoomLevel).toBe(0);
});

test('other keys, and the same ones without their modifier, are the page’s', () => {
  const { contents, press } = contentsOn('win32');
  expect([press('a'), press('+', {}), press('=', { control: true, alt: true })]).toEqual([
    false,
    false,
    false,
  ]);
  expect(press('0', { type: 'keyUp', control: true })).toBe(false);
  expect(contents.zoomLevel).toBe(0);
});

test('a Mac has ⌘ for it', () => {
  const { contents, press } = contentsOn('darwin');
  expect([press('=', { control: true }), press('=', { meta: true })]).toEqual([false, true]);
  expect(contents.zoomLevel).toBe(1);
});
