import type { RowDefect } from '../../core/integration.ts';

export type ParsedConfig =
  | { readonly defect: RowDefect }
  | { readonly defect: undefined; readonly fields: Readonly<Record<string, unknown>> };

/**
 * Far inside what `jsonb` can hold (stack depth, digits of a `numeric`), far beyond what an application writes.
 * A row beyond them is reported as broken, which is better than one that is listed and can never be claimed.
 */
const deepest = 1000;
const longestNumber = 1000;
const largestExponent = 1000;

const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[[\]{}]/g;

/**
 * Reads the text of a row's `config`. What PostgreSQL's `jsonb` refuses (`\u0000`, a lone surrogate) is broken
 * as well, because every edit of the row is done by the database on `jsonb`.
 */
export function parseConfig(text: string | null): ParsedConfig {
  if (text === null) return { defect: 'config-missing' };
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && fitsJsonb(text)
      ? { defect: undefined, fields: value }
      : { defect: 'config-broken' };
  } catch {
    // The error of JSON.parse quotes its input.
    return { defect: 'config-broken' };
  }
}

/** Without surrounding blanks, exactly those that the SQL in statements.ts trims; blank and absent are one. */
export function filled(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '') || undefined;
}

function fitsJsonb(json: string): boolean {
  let depth = 0;
  for (const [part] of json.matchAll(token)) {
    if (part.startsWith('"')) {
      if (!part.includes(String.raw`\u`)) continue;
      const text = String(JSON.parse(part));
      if (text.includes('\0') || !text.isWellFormed()) return false;
    } else if (part === '{' || part === '[') {
      depth += 1;
      if (depth > deepest) return false;
    } else if (part === '}' || part === ']') {
      depth -= 1;
    } else {
      const [digits = '', exponent = '0'] = part.toLowerCase().split('e');
      if (digits.length > longestNumber || Math.abs(Number(exponent)) > largestExponent) return false;
    }
  }
  return true;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
