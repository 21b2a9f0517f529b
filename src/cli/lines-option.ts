import { z } from 'zod';
import { JetonError } from '../core/errors.ts';
import type { Messages } from '../shared/messages/messages.ts';

const DEFAULT = 30;

/** The number given as `-n`. Throws `usage` where it is none. */
export function linesWanted(options: unknown, t: Messages['t']): number {
  const { lines } = z.object({ lines: z.string().optional() }).parse(options);
  if (lines === undefined) return DEFAULT;
  if (/^[1-9]\d{0,6}$/.test(lines)) return Number(lines);
  throw new JetonError('usage', { option: '-n', value: lines, expected: t('usage.positive-number') });
}
