import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boundsFor, keepBounds } from '../../src/node/window-bounds.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const SCREEN = { x: 0, y: 24, width: 1920, height: 1056 };
const LEFT_SCREEN = { x: -1280, y: 0, width: 1280, height: 1024 };
const USUAL = { width: 1000, height: 700 };

test('comes back to where it was left, on any of the screens', () => {
  const home = temporaryHome();
  expect(boundsFor(home, [SCREEN])).toEqual(USUAL);

  const left = { x: -900, y: 40, width: 800, height: 600 };
  keepBounds(home, left);
  expect(boundsFor(home, [SCREEN, LEFT_SCREEN])).toEqual(left);
});

test.each([
  ['on a screen that is gone', { x: -900, y: 40, width: 800, height: 600 }],
  ['below the last line', { x: 100, y: 1070, width: 800, height: 600 }],
  ['with its upper edge out of reach', { x: 100, y: -300, width: 800, height: 600 }],
  ['smaller than it may be', { x: 100, y: 100, width: 20, height: 20 }],
  ['larger than anything', { x: 100, y: 100, width: 1e9, height: 600 }],
])('is as usual where it would be %s', (_, kept) => {
  const home = temporaryHome();
  keepBounds(home, kept);
  expect(boundsFor(home, [SCREEN])).toEqual(USUAL);
});

test('is as usual where the file says nothing of use, and keeps quiet where it cannot be written', () => {
  const home = temporaryHome();
  writeFileSync(join(home, 'window.json'), '{"x": 1, "y": "');
  expect(boundsFor(home, [SCREEN])).toEqual(USUAL);
  expect(() => keepBounds(join(home, 'not-there'), { x: 0, y: 0, ...USUAL })).not.toThrow();
});
