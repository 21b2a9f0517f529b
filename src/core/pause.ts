import { JetonError } from './errors.ts';
import { minutesOf } from './schedule-interval.ts';

/** That everything is left alone until somebody asks for it. `until`: epoch milliseconds; `null`: the person ends it. */
export interface Pause {
  readonly until: number | null;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** What can be asked for by its length; more is until the person resumes. */
const MOST_MINUTES = 24 * 60;
/** The longest that is offered ends tomorrow morning: what lies further ahead was written under another clock. */
const LONGEST_MS = 36 * HOUR_MS;
/** When a working day begins, and until when a night is still the evening before; hours of the local clock. */
const MORNING = 8;
const NIGHT_ENDS = 5;

/** Until when a pause of that kind lasts. `tomorrow`: the next morning at 08:00, which at night is the coming one. */
export function pauseUntil(kind: 'an-hour' | 'tomorrow' | 'resumed', now: number): Pause {
  if (kind === 'resumed') return { until: null };
  if (kind === 'an-hour') return { until: now + HOUR_MS };
  const morning = new Date(now);
  const days = morning.getHours() < NIGHT_ENDS ? 0 : 1;
  morning.setDate(morning.getDate() + days);
  morning.setHours(MORNING, 0, 0, 0);
  return { until: morning.getTime() };
}

/** For as long as `30m`, `2h` or `1d` says, a day at most. Throws `usage` for anything else. */
export function pauseFor(text: string, now: number): Pause {
  const minutes = minutesOf(text);
  if (minutes === 0 || minutes > MOST_MINUTES) {
    throw new JetonError('usage', { option: '--for', value: text, expected: '30m, 2h, 1d' });
  }
  return { until: now + minutes * MINUTE_MS };
}

/** The pause that holds at `now`, if one does. */
export function standingPause(pause: Pause | undefined, now: number): Pause | null {
  if (pause === undefined) return null;
  const { until } = pause;
  return until === null || (until > now && until <= now + LONGEST_MS) ? pause : null;
}
