import { describe, expect, test } from 'vitest';
import { pauseUntil, standingPause } from '../../../src/main/application/pause.ts';

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

  test('is over when its moment has come, or when the clock it was measured by was wrong', () => {
    const pause = pauseUntil('an-hour', at(10, 17));
    expect(standingPause(pause, at(10, 17, 59))).toBe(pause);
    expect(standingPause(pause, at(10, 18))).toBeNull();
    expect(standingPause(pause, at(10, 18) - 40 * HOUR)).toBeNull();
    expect(standingPause({ until: null }, at(10, 18))).toEqual({ until: null });
    expect(standingPause(undefined, at(10, 18))).toBeNull();
  });
});
