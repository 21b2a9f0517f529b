/** scripts/test-places.ts: what `npm test` leaves out where, by files that are there, each for one reason. */
import { expect, test } from 'vitest';
import { filesOf, leftOutOn, NEEDS } from '../scripts/test-places.ts';
import { STAND_IN_ALONE } from './e2e/stand-in-alone.ts';

test('every entry names tests, and no test is named twice', () => {
  const patterns = NEEDS.flatMap(({ tests }) => tests);
  expect(patterns.filter((pattern) => filesOf(pattern).length === 0)).toEqual([]);
  // Each name between braces is a file’s.
  for (const pattern of patterns) {
    const names = /\{(.*)\}/.exec(pattern)?.[1]?.split(',') ?? [];
    if (names.length > 0) expect(filesOf(pattern), pattern).toHaveLength(names.length);
  }
  const files = patterns.flatMap(filesOf);
  expect(files.filter((file, index) => files.indexOf(file) !== index)).toEqual([]);
});

test('nothing is left out on Linux; elsewhere all of the decisions run', () => {
  expect(leftOutOn('linux')).toEqual([]);
  for (const platform of ['darwin', 'win32'] as const) {
    const files = leftOutOn(platform).flatMap(({ tests }) => tests);
    expect(files.length).toBeGreaterThan(0);
    expect(files.filter((file) => /^test\/(?:core|fakes|shared|simulators)\//.test(file))).toEqual([]);
  }
});

test('every story of the application is either left to real Electron or needs none', () => {
  const left = new Set(leftOutOn('darwin').flatMap(({ tests }) => tests));
  expect(filesOf('test/e2e/').filter((file) => !left.has(file))).toEqual(['test/e2e/electron-hook.test.ts']);
});

test('what is left to the stand-in alone are stories that are there', () => {
  expect(Object.keys(STAND_IN_ALONE).filter((file) => filesOf(file).length === 0)).toEqual([]);
});
