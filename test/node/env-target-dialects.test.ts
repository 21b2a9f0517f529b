/** What the editor writes means the same to everybody who reads such files. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv as parseEnvOfNode } from 'node:util';
import { parse as parseEnvOfDotenv } from 'dotenv';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { editEnv, parseEnv } from '../../src/core/export/env-file.ts';
import { envText, foreignLine, safeValue } from '../support/env-arbitraries.ts';
import { temporaryHome } from '../support/temporary-home.ts';

function merged(text: string, values: ReadonlyMap<string, string>): string {
  const edit = editEnv(text, values);
  if (!edit.ok) throw new Error(`refused: ${edit.key} (${edit.reason})`);
  return edit.text;
}

/** `null` is a key without a value. */
const values = z.array(z.record(z.string(), z.string().nullable()));
type Values = z.infer<typeof values>[number];

/** One process reads many files, and prints what it found as JSON. */
function readBy(program: readonly [string, ...string[]], files: readonly string[]): Values[] {
  const [command, ...args] = program;
  const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8' };
  return values.parse(
    JSON.parse(
      execFileSync(command, [...args, ...files], {
        env,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    ),
  );
}

const PYTHON = [
  'python3',
  '-c',
  'import dotenv, json, sys; print(json.dumps([dotenv.dotenv_values(f) for f in sys.argv[1:]]))',
] as const;

/** Each file in a shell of its own; the environment comes back through Node, which knows how to quote it. */
const BASH = [
  'bash',
  '--norc',
  '-c',
  `set -eu
  separator='['
  for file in "$@"; do
    printf %s "$separator"
    (set -a; . "$file"; exec '${process.execPath}' -p 'JSON.stringify(process.env)')
    separator=,
  done
  printf ']'`,
  'bash',
] as const;

function written(texts: readonly string[]): readonly string[] {
  const folder = temporaryHome();
  return texts.map((text, index) => {
    const file = join(folder, `${index}.env`);
    writeFileSync(file, text);
    return file;
  });
}

/** Many values in one file each for every key, so that one shell reads them all. */
function filesOfValues(): { readonly values: ReadonlyMap<string, string>; readonly text: string }[] {
  const values = fc.sample(safeValue, { numRuns: 2000, seed: 1 });
  const entries = values.map((value, index): [string, string] => [`KEY_${index}`, value]);
  return [0, 500, 1000, 1500].map((start) => {
    const some = new Map(entries.slice(start, start + 500));
    return { values: some, text: merged('# begin\nFIRST=1\n', some) };
  });
}

describe('every reader finds the value that was written', () => {
  const files = filesOfValues();

  it.each([
    ['dotenv', (text: string): object => parseEnvOfDotenv(text)],
    ["Node's parseEnv", (text: string): object => parseEnvOfNode(text)],
  ])('%s', (_, read) => {
    for (const { values, text } of files) expect(read(text)).toMatchObject(Object.fromEntries(values));
  });

  it.each([
    ['python-dotenv', PYTHON],
    ['bash', BASH],
  ])('%s', (_, program) => {
    expect(readBy(program, written(files.map(({ text }) => text)))).toMatchObject(
      files.map(({ values }) => Object.fromEntries(values)),
    );
  });
});

describe('among lines of others', () => {
  const samples = fc.sample(
    fc.record({
      above: fc.array(foreignLine, { maxLength: 6 }),
      own: fc.constantFrom('T=', "T='old' # comment", 'export T="a b"', ' T = x', "#T='", ''),
      below: fc.array(foreignLine, { maxLength: 6 }),
      values: fc.record({ T: safeValue, U: safeValue }),
    }),
    { numRuns: 200, seed: 2 },
  );
  const cases = samples.map(({ above, own, below, values }) => {
    const before = [...above, own, ...below].map((line) => `${line}\n`).join('');
    return { before, after: merged(before, new Map(Object.entries(values))), values };
  });
  const withoutOurs = (read: object): object =>
    Object.fromEntries(Object.entries(read).filter(([key]) => key !== 'T' && key !== 'U'));

  it.each([
    ['dotenv', (text: string): object => parseEnvOfDotenv(text)],
    ["Node's parseEnv", (text: string): object => parseEnvOfNode(text)],
  ])('%s finds ours, and theirs as before', (_, read) => {
    for (const { before, after, values } of cases) {
      expect(read(after)).toMatchObject(values);
      expect(withoutOurs(read(after))).toEqual(withoutOurs(read(before)));
    }
  });

  it('python-dotenv finds ours, and theirs as before', () => {
    const before = readBy(PYTHON, written(cases.map((one) => one.before)));
    const after = readBy(PYTHON, written(cases.map((one) => one.after)));
    expect(after).toMatchObject(cases.map(({ values }) => values));
    expect(after.map(withoutOurs)).toEqual(before.map(withoutOurs));
  });
});

it('we read any file as python-dotenv does', () => {
  // But for interpolation, and for a comment right behind the equals sign, where it alone sees a value.
  const texts = fc
    .sample(envText, { numRuns: 1500, seed: 3 })
    .filter((text) => !text.includes('${') && !/=[^\S\r\n]+#/.test(text) && !text.startsWith('\uFEFF'));
  const ours = texts.map((text) =>
    Object.fromEntries(parseEnv(text).assignments.map(({ key, value }) => [key, value])),
  );
  const theirs = readBy(PYTHON, written(texts));
  const withValues = theirs.map((read) =>
    Object.fromEntries(Object.entries(read).filter(([, value]) => value !== null)),
  );
  expect(texts.length).toBeGreaterThan(500);
  expect(ours).toEqual(withValues);
});
