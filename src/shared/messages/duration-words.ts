import type { Messages } from './messages.ts';

/** `4 hours`, `30 minutes`. */
export function durationWords(minutes: number, { locale }: Pick<Messages, 'locale'>): string {
  const unit = minutes % 60 === 0 ? 'hour' : 'minute';
  const count = unit === 'hour' ? minutes / 60 : minutes;
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count);
}
