import type { MessagesOf } from './messages.ts';
import type { enTimes } from './time-words.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Moments in the person's words, locale and zone. All are epoch milliseconds. */
export interface Times {
  /** `in 5 hours`, `12 min ago`, `now`, `just now`. */
  readonly relative: (moment: number) => string;
  /** `23:40` today, `Thu 09:00` within six days, else with the date. */
  readonly absolute: (moment: number) => string;
  /** `23:40, in 5 hours`. */
  readonly both: (moment: number) => string;
}

/**
 * The first use of Intl's number and date formats reads ICU's data, which takes as long as Node's own start
 * (measured: 20 ms, Node 24): the common cases do without.
 */
export function createTimes(
  { t, locale, language }: Pick<MessagesOf<typeof enTimes>, 't' | 'locale' | 'language'>,
  now: number,
): Times {
  const has24Hours = language === 'fr' || locale === 'en-GB';

  const relative = (moment: number): string => {
    const size = Math.abs(moment - now);
    const direction = moment > now ? 'in' : 'ago';
    if (size < MINUTE_MS / 2) return t(direction === 'in' ? 'time.now' : 'time.just-now');
    if (size < 1.5 * HOUR_MS) return t(`time.${direction}.minutes`, { count: rounded(size, MINUTE_MS) });
    if (size < 1.5 * DAY_MS) return t(`time.${direction}.hours`, { count: rounded(size, HOUR_MS) });
    return t(`time.${direction}.days`, { count: rounded(size, DAY_MS) });
  };

  const absolute = (moment: number): string => {
    const date = new Date(moment);
    const today = new Date(now);
    const isToday = date.toDateString() === today.toDateString();
    if (isToday || Math.abs(moment - now) < 6 * DAY_MS) {
      const weekday = t('time.weekdays').split(' ')[date.getDay()] ?? '';
      const clock = has24Hours ? clockOf(date) : clockIn(locale, date);
      return isToday ? clock : `${weekday} ${clock}`;
    }
    const year = date.getFullYear() === today.getFullYear() ? {} : ({ year: 'numeric' } as const);
    const day = { day: 'numeric', month: 'short', ...year } as const;
    return new Intl.DateTimeFormat(locale, { ...day, hour: '2-digit', minute: '2-digit' }).format(date);
  };

  return {
    relative,
    absolute,
    both: (moment) => t('time.absolute-and-relative', { time: absolute(moment), relative: relative(moment) }),
  };
}

/** `every 30 minutes`, `every hour`, `every 2 days`: how often something happens. */
export function every(minutes: number, { t }: Pick<MessagesOf<typeof enTimes>, 't'>): string {
  const size = minutes * MINUTE_MS;
  if (size % DAY_MS === 0) return t('time.every.days', { count: size / DAY_MS });
  if (size % HOUR_MS === 0) return t('time.every.hours', { count: size / HOUR_MS });
  return t('time.every.minutes', { count: minutes });
}

function clockOf(date: Date): string {
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

function clockIn(locale: string, date: Date): string {
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' }).format(date);
}

/** Never 0: what is not now is at least one unit away. */
function rounded(size: number, unit: number): number {
  return Math.max(1, Math.round(size / unit));
}
