import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import {
  CRON_INTERVALS,
  formatInterval,
  occurrences,
  parseInterval,
  spread,
} from '../../src/core/schedule-interval.ts';

const DAY = 1440;

function refusal(text: string): unknown {
  try {
    return parseInterval(text);
  } catch (error) {
    return error instanceof JetonError ? { code: error.code, ...error.details } : error;
  }
}

describe('parseInterval', () => {
  it.each([
    ['30m', 30],
    ['4h', 240],
    [' 4 H ', 240],
    ['60m', 60],
    ['240m', 240],
    ['1d', DAY],
    ['24h', DAY],
    ['1m', 1],
  ])('reads %j as %s minutes', (text, minutes) => {
    expect(parseInterval(text)).toBe(minutes);
  });

  it.each(['', '4', '90s', 'h', '-4h', '0m', '4.5h', '4h30m', '1e3m', '١h', '99999999999m'])(
    'does not understand %j',
    (text) => {
      expect(refusal(text)).toMatchObject({ code: 'usage', option: '--every', value: text });
    },
  );

  it.each([
    ['90m', '1h'],
    ['7m', '6m'],
    ['8m', '6m'],
    ['25m', '20m'],
    ['45m', '30m'],
    ['50m', '1h'],
    ['5h', '4h'],
    ['11h', '12h'],
    ['36h', '1d'],
    ['7d', '1d'],
  ])('refuses %s and names %s', (asked, nearest) => {
    expect(refusal(asked)).toEqual({ code: 'schedule-unsupported-interval', asked, nearest });
  });

  it('accepts whatever it formats itself', () => {
    for (const minutes of CRON_INTERVALS) expect(parseInterval(formatInterval(minutes))).toBe(minutes);
  });
});

describe('a spread recurrence', () => {
  it('happens exactly every so many minutes, across hours and midnight', () => {
    fc.assert(
      fc.property(fc.constantFrom(...CRON_INTERVALS), fc.string(), (every, seed) => {
        const { minutes, hours } = occurrences(spread(every, seed));
        const runs = Array.from({ length: 2 * DAY }, (_, minute) => minute).filter(
          (minute) =>
            (minutes === undefined || minutes.includes(minute % 60)) &&
            (hours === undefined || hours.includes(Math.floor(minute / 60) % 24)),
        );
        expect(runs).toHaveLength((2 * DAY) / every);
        expect(runs.slice(1).every((run, index) => run - (runs[index] ?? 0) === every)).toBe(true);
      }),
    );
  });

  it('is the same for one home and different for many', () => {
    const offsets = Array.from(
      { length: 200 },
      (_, index) => spread(240, `/home/user-${index}`).offsetMinutes,
    );
    expect(spread(240, '/home/user-7').offsetMinutes).toBe(offsets[7]);
    expect(new Set(offsets).size).toBeGreaterThan(100);
  });
});
