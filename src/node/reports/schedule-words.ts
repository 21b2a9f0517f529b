import type { ScheduleWarning } from '../os-schedule/os-schedule.ts';
import { durationWords } from '../../shared/messages/duration-words.ts';
import type { Messages } from '../../shared/messages/messages.ts';

export function intervalWords(minutes: number | undefined, messages: Messages): string {
  return minutes === undefined ? messages.t('schedule.someones-interval') : durationWords(minutes, messages);
}

export function warningWords(warning: ScheduleWarning, { t }: Messages): string {
  return warning.code === 'variable-not-carried'
    ? t('schedule.warning.variable-not-carried', { name: warning.name })
    : t(`schedule.warning.${warning.code}`);
}
