import { RecurrenceRule } from 'node-schedule';
import type { Ticker } from '../core/daemon.ts';

const SHORTEST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * Ticks on the minute, after node-schedule's calendar but on a timer of our own. Its jobs cannot be used here
 * (read in node-schedule 2.1.1, lib/Invocation.js): each run is planned from the one before it, so a job goes
 * through every minute that the clock jumped over; and a clock that was set back leaves a job silent until the
 * planned moment comes again, on a timer that `cancel` no longer reaches. Here each wait is planned from the
 * present and at most a minute long, whatever the clock does meanwhile.
 */
export const minuteTicker: Ticker = {
  everyMinute(onTick) {
    const rule = new RecurrenceRule();
    rule.second = 0;
    let timer = setTimeout(tick, untilNext(rule));
    let disposed = false;

    function tick(): void {
      onTick();
      if (!disposed) timer = setTimeout(tick, untilNext(rule));
    }
    return {
      dispose() {
        disposed = true;
        clearTimeout(timer);
      },
    };
  },
};

function untilNext(rule: RecurrenceRule): number {
  const now = Date.now();
  // A timer may fire a millisecond early: the minute that is about to begin has had its tick.
  const next = rule.nextInvocationDate(new Date(now + SHORTEST_WAIT_MS));
  return Math.min(next.getTime() - now, LONGEST_WAIT_MS);
}
