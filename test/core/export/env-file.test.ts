import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editEnv, encodeEnvValue, parseEnv, valueIn } from '../../../src/core/export/env-file.ts';
import { envText, foreignLine, safeValue } from '../../support/env-arbitraries.ts';

const changes = (values: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(values));

function edited(text: string, values: Readonly<Record<string, string>>): string {
  const edit = editEnv(text, changes(values));
  if (!edit.ok) throw new Error(`refused: ${edit.key} (${edit.reason})`);
  return edit.text;
}

describe('reading', () => {
  const values = (text: string) => parseEnv(text).assignments.map(({ key, value }) => [key, value]);

  it.each<[string, string, string[][]]>([
    ['a plain line', 'A=1', [['A', '1']]],
    ['blanks around', '  A  =  1 2  ', [['A', '1 2']]],
    [
      'export',
      'export A=1\nexport\tB = 2',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    [
      'no value',
      'A=\nB=',
      [
        ['A', ''],
        ['B', ''],
      ],
    ],
    [
      'a comment behind',
      'A=1 # one\nB="2"# two',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['a hash within', 'A=1#one', [['A', '1#one']]],
    [
      'a comment in place of a value',
      'A= # paste it here\nB=#b',
      [
        ['A', ''],
        ['B', '#b'],
      ],
    ],
    ['single quotes', String.raw`A='a\nb\'c\\d "e" #f'`, [['A', String.raw`a\nb'c\d "e" #f`]]],
    ['double quotes', String.raw`A="a\nb\"c\\d 'e' #f"`, [['A', `a\nb"c\\d 'e' #f`]]],
    [
      'a value of many lines',
      'A="1\nB=2\n"\nC=3',
      [
        ['A', '1\nB=2\n'],
        ['C', '3'],
      ],
    ],
    [
      'CRLF',
      'A=1\r\nB="2"\r\n\r\n',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    [
      'lone CR',
      'A=1\rB=2',
      [
        ['A', '1'],
        ['B', '2'],
      ],
    ],
    ['a key alone', 'A\nexport B\nC=3', [['C', '3']]],
    ['a quoted key', "'A B'=1", [['A B', '1']]],
    ['equals signs in the value', 'A=b=c==', [['A', 'b=c==']]],
  ])('understands %s', (_, text, expected) => {
    expect(values(text)).toEqual(expected);
    expect(parseEnv(text).unreadable).toEqual([]);
  });

  it('says which lines nobody can read, and reads the others', () => {
    const parsed = parseEnv("A=1\nB=\"open\n=no key\nC='c' d\nD: 4\nE=5\n");
    expect(parsed.unreadable).toEqual([2, 3, 4, 5]);
    expect(parsed.assignments.map(({ key, line }) => [key, line])).toEqual([
      ['A', 1],
      ['E', 6],
    ]);
  });

  it('gives the last of two', () => {
    expect(valueIn(parseEnv('A=1\nA=2\n'), 'A')).toBe('2');
    expect(valueIn(parseEnv('A=1'), 'B')).toBeUndefined();
  });

  it('comes to an end with any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), envText), (text) => {
        const lines = text.split(/\r\n|\n|\r/).length;
        for (const { start, end, line } of parseEnv(text).assignments) {
          expect(start).toBeLessThan(end);
          expect(line).toBeLessThanOrEqual(lines);
        }
      }),
    );
  });

  it('takes no time worth mentioning for the longest file', () => {
    const blanks = `A=${' '.repeat(500_000)}x\nB="${String.raw`\"`.repeat(100_000)}\n`;
    expect(parseEnv(blanks).assignments[0]?.value).toBe('x');
  });
});

describe('editing', () => {
  it.each<[string, string, string]>([
    ['changes a line', 'A=1\nT=old\nB=2\n', 'A=1\nT=new\nB=2\n'],
    ['adds a line', 'A=1\n', 'A=1\nT=new\n'],
    ['adds to nothing', '', 'T=new\n'],
    ['ends an open line first', 'A=1', 'A=1\nT=new\n'],
    ['keeps CRLF', 'A=1\r\nT=old\r\nB=2\r\n', 'A=1\r\nT=new\r\nB=2\r\n'],
    ['adds as the file breaks its lines', 'A=1\r\nB=2', 'A=1\r\nB=2\r\nT=new\r\n'],
    ['keeps a missing line break', 'A=1\nT=old', 'A=1\nT=new'],
    ['keeps a comment behind', 'T=old  # from the site\n', 'T=new  # from the site\n'],
    ['keeps a comment in place of a value', 'T= # paste it here\n', 'T=new # paste it here\n'],
    ['keeps export', 'export T=old\n', 'export T=new\n'],
    ['goes to column 0, without blanks', 'A=1\n\n  T = "old"\n', 'A=1\n\nT=new\n'],
    ['replaces quotes', "T='old'\n", 'T=new\n'],
    ['replaces a value of many lines', 'A=1\nT="o\nl\nd" # x\nB=2', 'A=1\nT=new # x\nB=2'],
    ['sees no key in a comment', '#T=old\n', '#T=old\nT=new\n'],
    ['sees no key in a longer one', 'TT=1\nXT=2\n', 'TT=1\nXT=2\nT=new\n'],
    ['sees no key in a value of many lines', 'A="\nT=old\n"\n', 'A="\nT=old\n"\nT=new\n'],
    ['changes the last of two', 'T=old\nT=older\n', 'T=old\nT=new\n'],
    ['removes a byte order mark', '\uFEFFT=old\n', 'T=new\n'],
    ['leaves a lone key', 'T\n', 'T\nT=new\n'],
    ['leaves what nobody can read', '=x\nT=old\n', '=x\nT=new\n'],
  ])('%s', (_, before, after) => {
    expect(edited(before, { T: 'new' })).toBe(after);
    expect(edited(after, { T: 'new' })).toBe(after);
  });

  it('sets several at once, new ones in their order', () => {
    expect(edited('B=1\nA=2\n', { A: 'a', Z: 'z', B: 'b', C: 'c' })).toBe('B=b\nA=a\nZ=z\nC=c\n');
  });

  it.each(['T=new', "T='new'", ' T = "new" # kept', 'export T=new', 'T="n\\x65w"\nT=new'])(
    'leaves %j, which says so already',
    (text) => {
      expect(editEnv(text, changes({ T: 'new' }))).toMatchObject({ ok: true, text, changedKeys: [] });
    },
  );

  it('says which keys it changed, and what is odd', () => {
    const edit = editEnv('\uFEFFT=1\nB=2\n=\nT=3\nC="x\n', changes({ T: '4', B: '2', N: '5' }));
    expect(edit).toMatchObject({
      ok: true,
      changedKeys: ['T', 'N'],
      warnings: [
        { kind: 'byte-order-mark-removed' },
        { kind: 'unreadable-line', line: 3 },
        { kind: 'unreadable-line', line: 5 },
        { kind: 'duplicate-key', key: 'T', lines: [1, 4] },
      ],
    });
  });

  it.each([
    ['a line feed', 'a\nb'],
    ['a carriage return', 'a\rb'],
    ['a NUL', 'a\0b'],
    ['an interpolation', 'a${b}'],
    ['a quote and a backslash', `a'b\\c`],
    ['a quote and a dollar', `a'b$c`],
    ['half a character', 'a\uD800b'],
  ])('refuses %s by the name of the key', (_, value) => {
    expect(editEnv('T=old\n', changes({ A: 'fine', T: value }))).toEqual({
      ok: false,
      key: 'T',
      reason: 'value',
    });
  });

  it.each(['', 'A B', '1A', 'A=B', 'É', 'A.B'])('refuses the key %j', (key) => {
    expect(editEnv('', new Map([[key, 'x']]))).toEqual({ ok: false, key, reason: 'key' });
  });

  it('refuses a change that an open quote would swallow', () => {
    const open = "A='open\nB=2\n";
    expect(editEnv(open, changes({ T: 'with blanks' }))).toEqual({ ok: false, key: 'T', reason: 'quotes' });
    expect(edited(open, { T: 'without' })).toBe(`${open}T=without\n`);
  });

  it('touches no other byte', () => {
    fc.assert(
      fc.property(
        fc.array(foreignLine),
        fc.array(foreignLine),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('T=', "T='old'", 'export T="a b"', ' T = x', undefined),
        safeValue,
        (above, below, lineBreak, own, value) => {
          const end = (lines: readonly string[]): string => lines.map((line) => line + lineBreak).join('');
          const before = end(above) + (own === undefined ? '' : own + lineBreak) + end(below);
          const after = edited(before, { T: value });
          const line = `${own?.startsWith('export') === true ? 'export ' : ''}T=${encodeEnvValue(value)}`;
          const isThere = own !== undefined && valueIn(parseEnv(before), 'T') === value;
          // Where there are no lines, there is none to take after.
          const ending = before === '' ? '\n' : lineBreak;
          expect(after).toBe(
            isThere
              ? before
              : own === undefined
                ? before + line + ending
                : end(above) + line + lineBreak + end(below),
          );
        },
      ),
      { examples: [[[], [], '\r\n', undefined, '']] },
    );
  });

  it('keeps every other assignment of any text, holds ours, and has nothing to do the second time', () => {
    const others = (text: string) =>
      parseEnv(text.replace(/^\uFEFF/, '')).assignments.flatMap(({ key, value }) =>
        key === 'T' || key === 'U' ? [] : [[key, value]],
      );
    fc.assert(
      fc.property(envText, safeValue, safeValue, (text, t, u) => {
        const wanted = changes({ T: t, U: u });
        const edit = editEnv(text, wanted);
        fc.pre(edit.ok);
        expect(others(edit.text)).toEqual(others(text));
        const parsed = parseEnv(edit.text);
        expect([valueIn(parsed, 'T'), valueIn(parsed, 'U')]).toEqual([t, u]);
        expect(editEnv(edit.text, wanted)).toMatchObject({ ok: true, text: edit.text, changedKeys: [] });
      }),
      { numRuns: 1000 },
    );
  });
});

describe('encoding', () => {
  it.each([
    ['eyJhbGciOi.J9-_x/+=', 'eyJhbGciOi.J9-_x/+='],
    ['', `''`],
    ['a b', `'a b'`],
    ['#a', `'#a'`],
    ['$a`"', `'$a\`"'`],
    ["it's", `"it's"`],
    ['a\\b', undefined],
    ["it's $5", undefined],
    ['~', `'~'`],
    ['é', `'é'`],
  ])('writes %j as %j', (value, encoded) => {
    expect(encodeEnvValue(value)).toBe(encoded);
  });
});
