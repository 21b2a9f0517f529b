import type { Pause } from '../../node/database/pause.ts';

const HOUR_MS = 3_600_000;
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

/** The pause that holds at `now`, if one does. */
export function standingPause(pause: Pause | undefined, now: number): Pause | null {
  if (pause === undefined) return null;
  const { until } = pause;
  return until === null || (until > now && until <= now + LONGEST_MS) ? pause : null;
}
