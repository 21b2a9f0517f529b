import { JetonError } from './errors.ts';

const HOUR = 60;
const DAY = 24 * HOUR;
const UNITS: ReadonlyMap<string, number> = new Map([
  ['m', 1],
  ['h', HOUR],
  ['d', DAY],
]);

/**
 * The intervals, in minutes, that one line of a crontab repeats without a jump at the full hour or at
 * midnight: divisors of an hour, whole hours that divide a day, and the day itself.
 */
export const CRON_INTERVALS: readonly number[] = [
  1,
  2,
  3,
  4,
  5,
  6,
  10,
  12,
  15,
  20,
  30,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  4 * HOUR,
  6 * HOUR,
  8 * HOUR,
  12 * HOUR,
  DAY,
];

/** When a scheduled run happens: every `everyMinutes`, counted from `offsetMinutes` after local midnight. */
export interface Recurrence {
  /** One of {@link CRON_INTERVALS}. */
  readonly everyMinutes: number;
  /** At least 0 and less than `everyMinutes`. */
  readonly offsetMinutes: number;
}

/**
 * Minutes of `30m`, `4h`, `1d`. Throws `usage` for anything else, and `schedule-unsupported-interval` with the
 * nearest that can be had (the shorter of two equally near: a run too many harms no token).
 */
export function parseInterval(text: string): number {
  const minutes = minutesOf(text);
  if (minutes === 0) {
    throw new JetonError('usage', { option: '--every', value: text, expected: '30m, 4h, 1d' });
  }
  const nearest = CRON_INTERVALS.reduce((best, candidate) =>
    Math.abs(candidate - minutes) < Math.abs(best - minutes) ? candidate : best,
  );
  if (nearest !== minutes) {
    throw new JetonError('schedule-unsupported-interval', {
      asked: text.trim(),
      nearest: formatInterval(nearest),
    });
  }
  return minutes;
}

/** 0 for what is no interval. */
export function minutesOf(text: string): number {
  const [, count = '', unit = ''] = /^\s*(\d{1,6})\s*([mhd])\s*$/i.exec(text) ?? [];
  return Number(count) * (UNITS.get(unit.toLowerCase()) ?? 0);
}

/** `30m`, `4h`, `1d`: the shortest way to write so many minutes. */
export function formatInterval(minutes: number): string {
  if (minutes % DAY === 0) return `${minutes / DAY}d`;
  if (minutes % HOUR === 0) return `${minutes / HOUR}h`;
  return `${minutes}m`;
}

/**
 * The same offset for the same `seed` (a home, a host), different ones for different seeds: machines that
 * follow the same instructions do not all call Slack on the hour.
 */
export function spread(everyMinutes: number, seed: string): Recurrence {
  return { everyMinutes, offsetMinutes: hash(seed) % everyMinutes };
}

/** The minutes and hours of a recurrence; `undefined` stands for "every". */
export function occurrences({ everyMinutes, offsetMinutes }: Recurrence): {
  readonly minutes: readonly number[] | undefined;
  readonly hours: readonly number[] | undefined;
} {
  if (everyMinutes === 1) return { minutes: undefined, hours: undefined };
  if (everyMinutes < HOUR) return { minutes: series(offsetMinutes, everyMinutes, HOUR), hours: undefined };
  const minutes = [offsetMinutes % HOUR];
  if (everyMinutes === HOUR) return { minutes, hours: undefined };
  return { minutes, hours: series(Math.floor(offsetMinutes / HOUR), everyMinutes / HOUR, DAY / HOUR) };
}

function series(from: number, step: number, end: number): number[] {
  return Array.from({ length: end / step }, (_, index) => from + index * step);
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}
