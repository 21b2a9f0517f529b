import { expect, test } from 'vitest';
import { renderTable, widthOf, wrap } from '../../src/cli/table.ts';

const heading = (text: string): string => text;

test('aligns columns, whatever the letters', () => {
  const columns = [{ heading: 'A' }, { heading: 'NAME', flexible: true }, { heading: 'C' }];
  const rows = [
    { cells: ['1', '日本', 'x'] },
    { cells: ['22', '\u001b[32mÉquipe\u001b[39m', 'y'], notes: ['  note'] },
  ];
  expect(renderTable(columns, rows, { width: 80, heading })).toEqual([
    'A   NAME    C',
    '1   日本    x',
    '22  \u001b[32mÉquipe\u001b[39m  y',
    '  note',
  ]);
});

test('cuts the flexible column, and only that, to the width', () => {
  const columns = [{ heading: 'ID' }, { heading: 'NAME', flexible: true }];
  const [, line = ''] = renderTable(columns, [{ cells: ['app:1', 'A very long name of a team'] }], {
    width: 20,
    heading,
  });
  expect(line).toBe('app:1  A very long…');
});

test('counts the columns a terminal needs', () => {
  expect(widthOf('\u001b[1mabc\u001b[22m')).toBe(3);
  expect(widthOf('é')).toBe(1);
  expect(widthOf('e\u0301')).toBe(1);
  expect(widthOf('日本')).toBe(4);
  expect(widthOf('🔑')).toBe(2);
});

test('wraps at spaces, and hangs below a mark', () => {
  expect(wrap('→ one two three four', 12, '  ')).toEqual(['  → one two', '    three', '    four']);
  expect(wrap('averyveryverylongword', 5)).toEqual(['averyveryverylongword']);
});
