import { describe, expect, test } from 'vitest';
import { pauseFor, pauseUntil, standingPause } from '../../src/core/pause.ts';

const HOUR = 3_600_000;
/** Local, as a person's clock shows it. */
const at = (day: number, hour: number, minute = 0): number => new Date(2026, 2, day, hour, minute).getTime();

describe('a pause', () => {
  test('lasts an hour, or until the person ends it', () => {
    expect(pauseUntil('an-hour', at(10, 17))).toEqual({ until: at(10, 18) });
    expect(pauseUntil('resumed', at(10, 17))).toEqual({ until: null });
  });

  test('until tomorrow ends at eight in the next morning, which at night is the coming one', () => {
    expect(pauseUntil('tomorrow', at(10, 17))).toEqual({ until: at(11, 8) });
    expect(pauseUntil('tomorrow', at(10, 6, 30))).toEqual({ until: at(11, 8) });
    expect(pauseUntil('tomorrow', at(10, 2))).toEqual({ until: at(10, 8) });
    // The night in which Europe's clocks go forward.
    expect(pauseUntil('tomorrow', at(28, 23))).toEqual({ until: at(29, 8) });
  });

  test('lasts as long as a person says, a day at most', () => {
    expect(pauseFor('30m', at(10, 17))).toEqual({ until: at(10, 17, 30) });
    expect(pauseFor(' 2 H ', at(10, 17))).toEqual({ until: at(10, 19) });
    expect(pauseFor('1d', at(10, 17))).toEqual({ until: at(11, 17) });
    for (const value of ['', '2', 'h', '0m', '25h', '2d', '-1h', '1.5h', '99999m']) {
      expect(() => pauseFor(value, at(10, 17))).toThrowError(
        expect.objectContaining({
          code: 'usage',
          details: expect.objectContaining({ option: '--for', value }),
        }),
      );
    }
  });

  test('is over when its moment has come, or when the clock it was measured by was wrong', () => {
    const pause = pauseUntil('an-hour', at(10, 17));
    expect(standingPause(pause, at(10, 17, 59))).toBe(pause);
    expect(standingPause(pause, at(10, 18))).toBeNull();
    expect(standingPause(pause, at(10, 18) - 40 * HOUR)).toBeNull();
    expect(standingPause({ until: null }, at(10, 18))).toEqual({ until: null });
    expect(standingPause(undefined, at(10, 18))).toBeNull();
  });
});
