import type { ScheduleWarning } from '../os-schedule/os-schedule.ts';
import type { Messages } from '../../shared/messages/messages.ts';
import { every } from '../../shared/messages/times.ts';

/** `every 4 hours`, `every day`. */
export function intervalWords(minutes: number | undefined, messages: Messages): string {
  return minutes === undefined ? messages.t('schedule.someones-interval') : every(minutes, messages);
}

export function warningWords(warning: ScheduleWarning, { t }: Messages): string {
  return warning.code === 'variable-not-carried'
    ? t('schedule.warning.variable-not-carried', { name: warning.name })
    : t(`schedule.warning.${warning.code}`);
}
