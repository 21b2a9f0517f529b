import type { Messages } from './messages.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Moments in the person's words, locale and zone. All are epoch milliseconds. */
export interface Times {
  /** `in 5 hours`, `12 minutes ago`, `now`. */
  relative(moment: number): string;
  /** `23:40` today, `Thu 09:00` within six days, else with the date. */
  absolute(moment: number): string;
  /** `23:40, in 5 hours`. */
  both(moment: number): string;
}

export function createTimes({ t, locale, language }: Messages, now: number): Times {
  // English abbreviates with a full stop, French does not.
  const relativeFormat = new Intl.RelativeTimeFormat(locale, { style: language === 'fr' ? 'short' : 'long' });
  const clock = { hour: '2-digit', minute: '2-digit' } as const;

  const relative = (moment: number): string => {
    const distance = moment - now;
    const size = Math.abs(distance);
    if (size < MINUTE_MS / 2) return t('time.now');
    if (size < 1.5 * HOUR_MS) return relativeFormat.format(roundedFrom(distance, MINUTE_MS), 'minute');
    if (size < 1.5 * DAY_MS) return relativeFormat.format(roundedFrom(distance, HOUR_MS), 'hour');
    return relativeFormat.format(roundedFrom(distance, DAY_MS), 'day');
  };
  const absolute = (moment: number): string => {
    const date = new Date(moment);
    const today = new Date(now);
    const options: Intl.DateTimeFormatOptions =
      date.toDateString() === today.toDateString()
        ? clock
        : Math.abs(moment - now) < 6 * DAY_MS
          ? { weekday: 'short', ...clock }
          : {
              day: 'numeric',
              month: 'short',
              ...(date.getFullYear() !== today.getFullYear() && { year: 'numeric' }),
              ...clock,
            };
    return new Intl.DateTimeFormat(locale, options).format(date);
  };
  return {
    relative,
    absolute,
    both: (moment) =>
      t('time.absolute-and-relative', { time: absolute(moment), relative: relative(moment) }),
  };
}

/** Never 0: what is not now is at least one unit away. */
function roundedFrom(distance: number, unit: number): number {
  return Math.sign(distance) * Math.max(1, Math.round(Math.abs(distance) / unit));
}
