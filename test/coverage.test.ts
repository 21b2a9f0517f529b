/** scripts/coverage.ts: which lines are complained of, and which explanations. */
import { expect, test } from 'vitest';
import { complaintsOf, type CoveredFile } from '../scripts/coverage.ts';

const SOURCE = `export function runs() {
  work();
  if (isMac) {
    first();

    second();
  }
  return 1;
}

function unused() {
  third();
}
`;

/** A file of which all lines ran but these. */
function covered(...missed: readonly number[]): CoveredFile {
  const numbers = [1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13];
  const lines = Object.fromEntries(numbers.map((line) => [String(line), missed.includes(line) ? 0 : 1]));
  const total = numbers.length;
  return {
    sourcePath: 'src/main/made-up.ts',
    source: SOURCE,
    data: { lines },
    summary: { lines: { total, covered: total - missed.length } },
  };
}

const explained = (code: string, sometimes?: true) => ({
  file: 'src/main/made-up.ts',
  code,
  why: 'for a reason',
  ...(sometimes && { sometimes }),
});

test('a line that does not run is complained of, those side by side once', () => {
  expect(complaintsOf([covered()], [])).toEqual([]);
  expect(complaintsOf([covered(4, 6, 12)], [])).toEqual([
    'src/main/made-up.ts:4–6 does not run: first();',
    'src/main/made-up.ts:12 does not run: third();',
  ]);
});

test('an explanation holds for its line and the block that it begins, and for no other', () => {
  expect(complaintsOf([covered(4, 6, 7)], [explained('if (isMac)')])).toEqual([]);
  expect(complaintsOf([covered(4, 6, 8)], [explained('if (isMac)')])).toEqual([
    'src/main/made-up.ts:8 does not run: return 1;',
  ]);
  expect(complaintsOf([covered(4, 6)], [explained('first();')])).toEqual([
    'src/main/made-up.ts:6 does not run: second();',
  ]);
});

test('an explanation of what runs, or is gone, is complained of, unless it says that it may run', () => {
  const stale = 'is explained, and runs or is not there any more';
  expect(complaintsOf([covered()], [explained('if (isMac)')])).toEqual([
    `src/main/made-up.ts: ‘if (isMac)’ ${stale}`,
  ]);
  expect(complaintsOf([covered()], [explained('if (isWindows)')])).toEqual([
    `src/main/made-up.ts: ‘if (isWindows)’ ${stale}`,
  ]);
  expect(complaintsOf([], [explained('if (isMac)')])).toEqual([`src/main/made-up.ts: ‘if (isMac)’ ${stale}`]);
  expect(complaintsOf([covered()], [explained('if (isMac)', true)])).toEqual([]);
});
