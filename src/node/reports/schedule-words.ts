import type { ScheduleWarning } from '../os-schedule/os-schedule.ts';
import type { Messages } from '../../shared/messages/messages.ts';

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
