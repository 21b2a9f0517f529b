/** scripts/test-places.ts: what `npm test` leaves out where, by files that are there, each for one reason. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

test('who starts the stand-in by itself is listed with the reason, and nobody else leaves a test out', () => {
  const texts = filesOf('test/e2e/').map((file) => {
    return { file, text: readFileSync(join(import.meta.dirname, '..', file), 'utf8') };
  });
  const startsIt = texts.filter(({ text }) => text.includes('startHost(')).map(({ file }) => file);
  expect(STAND_IN_ALONE.map(({ file }) => file).sort()).toEqual(startsIt);
  expect(texts.filter(({ text }) => /\.(?:skip|runIf|skipIf|todo)\b/.test(text))).toEqual([]);
});
