import { join } from 'node:path';
import type { LaunchOptions } from './driver.ts';

export const HURRIED_CLOCK = join(import.meta.dirname, 'hurried-clock.cjs');

/** What it reads. */
export function hurriedClock(hurry: NonNullable<LaunchOptions['hurry']>): Readonly<Record<string, string>> {
  if (hurry.length === 0) return {};
  return { HURRIED_CLOCK: hurry.map(({ from, to }) => `${from}:${to}`).join(',') };
}
