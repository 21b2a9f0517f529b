import { parseEnv, valueIn } from '../core/export/env-file.ts';
import type { EnvFileState, EnvWarning } from '../core/ports.ts';
import { unreadable } from './replace-file.ts';

/**
 * The text of a `.env` file. Only UTF-8: python-dotenv reads nothing else, so a bot with another file does not
 * start, and what is not understood byte for byte could not be kept byte for byte.
 *
 * @throws JetonError `env-file-unreadable`.
 */
export function decodeEnv(path: string, bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(path, cause, 'not-utf8');
  }
}

/** What an inspection tells of a text, with the values of `wanted` only. */
export function describeEnv(
  text: string,
  wanted: readonly string[],
): Pick<Extract<EnvFileState, { readonly kind: 'present' }>, 'keys' | 'settings' | 'warnings'> {
  const parsed = parseEnv(text);
  const settings = new Map<string, string>();
  for (const key of wanted) {
    const value = valueIn(parsed, key);
    if (value !== undefined) settings.set(key, value);
  }
  return {
    keys: [...new Set(parsed.assignments.map(({ key }) => key))],
    settings,
    warnings: parsed.unreadable.map((line): EnvWarning => ({ kind: 'unreadable-line', line })),
  };
}
