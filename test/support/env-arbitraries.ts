import * as fc from 'fast-check';
import { encodeEnvValue } from '../../src/core/export/env-file.ts';

/** A value that can be written for every reader: a token, or words and signs. */
export const safeValue = fc
  .oneof(
    fc.stringMatching(/^[A-Za-z0-9_-]{1,40}(\.[A-Za-z0-9_-]{1,40}){2}$/),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({
      unit: fc.constantFrom(...Array.from(`aZ09 \t'"#=$\`~!&;|<>()[]{}*?:,.@%+/^-_é€😀\u00a0\u2028`)),
      maxLength: 20,
    }),
  )
  .filter((value) => encodeEnvValue(value) !== undefined);

/** One line (or one value of many lines) of somebody else's, complete in itself, never of `T`, `U` or `V`. */
export const foreignLine = fc.oneof(
  fc.constantFrom(
    '',
    '   ',
    '# a comment with "quotes\' and T=1',
    '  # indented',
    'RESERVATION_TIME=09:00',
    'export PATH_TO="/a b"',
    "SMTP_PASSWORD='p#ss \"word'   # a comment",
    'MANY="line 1\nT=not a key\nline 3"',
    "MANY2='line 1\nexport T=neither\n'",
    'EMPTY=',
    'LONE_KEY',
    ' SPACED = out # x',
    'VACATION_DATES=2026-02-10:2026-02-14,2026-03-01',
    'URL=https://example.test/a?b=c&d=e#f',
    'ESCAPED="a \\" b \\\\ c"',
    'ÜMLAUT=é',
  ),
  fc.string({ unit: 'grapheme-ascii' }).map((words) => `# ${words}`),
);

/** Any mixture of what such files are made of, whole or not. */
export const envText = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: foreignLine },
      { weight: 3, arbitrary: fc.constantFrom('\n', '\r\n', '\r', 'T=', 'U=', 'export T=', 'A=', ' ') },
      {
        weight: 2,
        arbitrary: fc.constantFrom("'", '"', '\\', '#', '=', '\\"', "\\'", '\uFEFF', '\t', '${A}', 'x y'),
      },
    ),
  )
  .map((parts) => parts.join(''));
