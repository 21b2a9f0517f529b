import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { ScheduleWarning } from '../node/os-schedule/os-schedule.ts';
import type { Messages } from '../shared/messages/messages.ts';
import { lastRunFile } from './refresh-report.ts';

/** `4 hours`, `30 minutes`. */
export function intervalWords(minutes: number | undefined, { t, locale }: Messages): string {
  if (minutes === undefined) return t('schedule.someones-interval');
  const unit = minutes % 60 === 0 ? 'hour' : 'minute';
  const count = unit === 'hour' ? minutes / 60 : minutes;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}

export function warningWords(warning: ScheduleWarning, { t }: Messages): string {
  return warning.code === 'variable-not-carried'
    ? t('schedule.warning.variable-not-carried', { name: warning.name })
    : t(`schedule.warning.${warning.code}`);
}

const lastRunSchema = z.object({ endedAt: z.iso.datetime(), exitCode: z.int() });

/** When the last refresh ended, whoever started it, and how; `undefined` where there was none. */
export function lastRun(home: string): { readonly endedAt: number; readonly exitCode: number } | undefined {
  try {
    const { endedAt, exitCode } = lastRunSchema.parse(JSON.parse(readFileSync(lastRunFile(home), 'utf8')));
    return { endedAt: Date.parse(endedAt), exitCode };
  } catch {
    return undefined;
  }
}
