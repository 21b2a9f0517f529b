/**
 * The text of a `.env` file: reading it as python-dotenv does (the bot's reader), and changing values without
 * touching a byte of anything else. The grammar follows
 * https://github.com/theskumar/python-dotenv/blob/main/src/dotenv/parser.py (0.21 to 1.2), but for one thing:
 * `KEY= # words` is a comment after an empty value here, as every other reader has it.
 */
import type { EnvWarning } from '../ports.ts';

/** One `KEY=value`. Offsets are into the text, in UTF-16 units. */
export interface Assignment {
  readonly key: string;
  /** Without quotes and escapes; `${…}` is not followed. */
  readonly value: string;
  /** From 1. */
  readonly line: number;
  readonly exported: boolean;
  /** Where its line begins. */
  readonly start: number;
  /** Behind the value, before blanks, a comment and the line break. */
  readonly end: number;
}

export interface ParsedEnv {
  /** In the order of the file; of two with one key, readers take the last. */
  readonly assignments: readonly Assignment[];
  /** Lines (from 1) that python-dotenv skips because it cannot read them. */
  readonly unreadable: readonly number[];
}

export type EnvEdit =
  | {
      readonly ok: true;
      readonly text: string;
      readonly changedKeys: readonly string[];
      readonly warnings: readonly EnvWarning[];
    }
  | { readonly ok: false; readonly key: string; readonly reason: EditRefusal };

/**
 * `key`: not a name that every reader accepts. `value`: no notation that every reader takes for this value.
 * `quotes`: an open quote elsewhere in the file would swallow the change, or the change would close it.
 */
export type EditRefusal = 'key' | 'value' | 'quotes';

const LINE_BREAK = /\r\n|\n|\r/g;

/** The parts of a statement. To Python a byte order mark is no space. */
const part = {
  byteOrderMarks: /\uFEFF*/y,
  space: /[^\S\uFEFF]*/y,
  blanks: /[^\S\r\n\uFEFF]*/y,
  restOfLine: /[^\r\n]*/y,
  export: /export[^\S\r\n\uFEFF]+/y,
  key: /'[^']+'|(?:[^=#\s']|\uFEFF)(?:[^=#\s]|\uFEFF)*/y,
  equals: /=/y,
  noValue: /[^\S\r\n\uFEFF]*(?:[\r\n]|$)|[^\S\r\n\uFEFF]+#/y,
  singleQuoted: /'(?:\\'|[^'])*'/y,
  doubleQuoted: /"(?:\\"|[^"])*"/y,
  comment: /[^\S\r\n\uFEFF]*(?:#[^\r\n]*)?/y,
} as const;

/** Sets values, in the order given: where the key is, or at the end. A value that is there already stays as it is. */
export function editEnv(original: string, changes: ReadonlyMap<string, string>): EnvEdit {
  // python-dotenv would make the mark a part of the first key.
  const before = original.replace(/^\uFEFF+/, '');
  const parsed = parseEnv(before);
  const warnings: EnvWarning[] = before === original ? [] : [{ kind: 'byte-order-mark-removed' }];
  for (const line of parsed.unreadable) warnings.push({ kind: 'unreadable-line', line });

  const changedKeys: string[] = [];
  const replacements: { readonly at: Assignment; readonly by: string }[] = [];
  const additions: string[] = [];
  for (const [key, value] of changes) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(key)) return { ok: false, key, reason: 'key' };
    const encoded = encodeEnvValue(value);
    if (encoded === undefined) return { ok: false, key, reason: 'value' };
    const occurrences = parsed.assignments.filter((assignment) => assignment.key === key);
    const last = occurrences.at(-1);
    if (occurrences.length > 1) {
      warnings.push({ kind: 'duplicate-key', key, lines: occurrences.map(({ line }) => line) });
    }
    if (last?.value === value) continue;
    changedKeys.push(key);
    if (last === undefined) additions.push(`${key}=${encoded}`);
    // At column 0 and without blanks: the bot looks for a line that starts with `KEY=`, and so does a shell.
    else replacements.push({ at: last, by: `${last.exported ? 'export ' : ''}${key}=${encoded}` });
  }

  const text = appended(replaced(before, replacements), additions);
  const [first] = changedKeys;
  if (first !== undefined && !differsOnlyIn(parsed, parseEnv(text), changes)) {
    return { ok: false, key: first, reason: 'quotes' };
  }
  return { ok: true, text, changedKeys, warnings };
}

/**
 * A notation that compose-go, python-dotenv, dotenv, Node's parseEnv and bash all read as `value`, or
 * `undefined` where there is none.
 */
export function encodeEnvValue(value: string): string | undefined {
  if (/[\r\n\0]|\$\{/.test(value) || !value.isWellFormed()) return undefined;
  if (/^[A-Za-z0-9_./:@%+,=^-]+$/.test(value)) return value;
  if (!/['\\]/.test(value)) return `'${value}'`;
  if (!/["\\$`]/.test(value)) return `"${value}"`;
  return undefined;
}

/** The value that readers take for `key`. */
export function valueIn({ assignments }: ParsedEnv, key: string): string | undefined {
  return assignments.findLast((assignment) => assignment.key === key)?.value;
}

/** Reads any text; byte order marks at its beginning are part of nothing. */
export function parseEnv(text: string): ParsedEnv {
  const assignments: Assignment[] = [];
  const unreadable: number[] = [];
  const reader = new Reader(text);
  reader.skip(part.byteOrderMarks);
  while ((reader.skip(part.space), !reader.atEnd)) {
    const start = reader.position;
    const line = reader.line;
    const assignment = readStatement(reader);
    if (assignment === 'unreadable') {
      reader.skip(part.restOfLine);
      unreadable.push(line);
    } else if (assignment !== undefined) {
      assignments.push({ ...assignment, line, start: startOfLine(text, start) });
    }
  }
  return { assignments, unreadable };
}

/** One statement, from its first character: an assignment, nothing (a comment, a lone key), or unreadable. */
function readStatement(reader: Reader): Omit<Assignment, 'line' | 'start'> | 'unreadable' | undefined {
  const exported = reader.skip(part.export) !== undefined;
  const key = reader.next === '#' ? '' : reader.skip(part.key);
  if (key === undefined) return 'unreadable';
  reader.skip(part.blanks);
  const value = reader.skip(part.equals) === undefined ? undefined : readValue(reader);
  if (value === 'unreadable') return value;
  const end = reader.position;
  reader.skip(part.comment);
  if (!reader.atEnd && reader.next !== '\n' && reader.next !== '\r') return 'unreadable';
  if (value === undefined) return undefined;
  return { key: key.replace(/^'(.*)'$/s, '$1'), value: value.text, exported, end };
}

function readValue(reader: Reader): { readonly text: string } | 'unreadable' {
  // An empty value, with or without a comment: the blanks stay outside of it.
  if (reader.see(part.noValue) !== undefined) return { text: '' };
  reader.skip(part.blanks);
  if (reader.next === "'") {
    const quoted = reader.skip(part.singleQuoted);
    return quoted === undefined ? 'unreadable' : { text: quoted.slice(1, -1).replaceAll(/\\([\\'])/g, '$1') };
  }
  if (reader.next === '"') {
    const quoted = reader.skip(part.doubleQuoted);
    return quoted === undefined
      ? 'unreadable'
      : {
          text: quoted
            .slice(1, -1)
            .replaceAll(/\\([\\'"abfnrtv])/g, (_, escaped: string) => unescaped(escaped)),
        };
  }
  const line = reader.see(part.restOfLine) ?? '';
  const comment = line.search(/[^\S\uFEFF]#/);
  const text = withoutSpaceBehind(comment === -1 ? line : line.slice(0, comment));
  reader.position += text.length;
  return { text };
}

/** Not `trimEnd`, which takes byte order marks too; not one expression, which takes its time on many blanks. */
function withoutSpaceBehind(text: string): string {
  let end = text.length;
  while (end > 0 && /[^\S\uFEFF]/.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

function unescaped(character: string): string {
  return { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }[character] ?? character;
}

/** Reads a text from left to right by sticky expressions. */
class Reader {
  readonly #text: string;
  position = 0;
  #counted = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.position >= this.#text.length;
  }

  get next(): string | undefined {
    return this.#text[this.position];
  }

  /** From 1. */
  get line(): number {
    this.#line += this.#text.slice(this.#counted, this.position).match(LINE_BREAK)?.length ?? 0;
    this.#counted = this.position;
    return this.#line;
  }

  /** What of the text matches here, if anything does. */
  see(what: RegExp): string | undefined {
    what.lastIndex = this.position;
    return what.exec(this.#text)?.[0];
  }

  /** As {@link see}, and moves behind it. */
  skip(what: RegExp): string | undefined {
    const found = this.see(what);
    this.position += found?.length ?? 0;
    return found;
  }
}

function startOfLine(text: string, position: number): number {
  let start = position;
  while (start > 0 && text[start - 1] !== '\n' && text[start - 1] !== '\r') start -= 1;
  return start;
}

function replaced(
  text: string,
  replacements: readonly { readonly at: Assignment; readonly by: string }[],
): string {
  const fromTheEnd = replacements.toSorted((one, other) => other.at.start - one.at.start);
  return fromTheEnd.reduce(
    (result, { at, by }) => result.slice(0, at.start) + by + result.slice(at.end),
    text,
  );
}

/** New lines end with a line break also where the last one did not: the bot appends without looking. */
function appended(text: string, lines: readonly string[]): string {
  if (lines.length === 0) return text;
  const lineBreak = text.match(LINE_BREAK)?.at(-1) ?? '\n';
  const separator = text === '' || /[\r\n]$/.test(text) ? '' : lineBreak;
  return text + separator + lines.map((line) => line + lineBreak).join('');
}

/** The promise of this file, checked on the result: every other assignment is as it was, and ours hold. */
function differsOnlyIn(before: ParsedEnv, after: ParsedEnv, changes: ReadonlyMap<string, string>): boolean {
  const others = ({ assignments }: ParsedEnv): string =>
    JSON.stringify(assignments.flatMap(({ key, value }) => (changes.has(key) ? [] : [[key, value]])));
  return (
    others(before) === others(after) &&
    before.unreadable.length === after.unreadable.length &&
    [...changes].every(([key, value]) => valueIn(after, key) === value)
  );
}
