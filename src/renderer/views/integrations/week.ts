/** The last seven days of an integration, as far as renewals go. */
import type { Reply } from '../../../shared/ipc/bridge.ts';

type Entry = Reply<'listActivity'>['entries'][number];

const RENEWED: ReadonlySet<string> = new Set(['renewed', 'recovered', 'exchanged', 'signed-in', 'added']);
const FAILED: ReadonlySet<string> = new Set(['renewal-failed', 'lapsed']);
const DAYS = 7;
const SLOTS = 4;
const SLOT_HOURS = 24 / SLOTS;

/** A quarter of a day. `slept`: nothing happened, such as while the machine was off; `ahead`: it has not come yet. */
export type Slot = 'renewed' | 'failed' | 'slept' | 'ahead';

export interface Day {
  /** Its midnight, in the person's zone; epoch milliseconds. */
  readonly at: number;
  readonly renewed: number;
  readonly failed: number;
  readonly slots: readonly Slot[];
}

/** Oldest first; today is the last. */
export function weekOf(entries: readonly Entry[], now: number): readonly Day[] {
  return Array.from({ length: DAYS }, (_, index) => {
    // Set by the calendar: a day has 23 or 25 hours twice a year.
    const edges = Array.from({ length: SLOTS + 1 }, (_, slot) => {
      const date = new Date(now);
      date.setDate(date.getDate() - (DAYS - 1 - index));
      return date.setHours(slot * SLOT_HOURS, 0, 0, 0);
    });
    const within = (from: number, to: number): readonly Entry[] =>
      entries.filter(({ at }) => at >= from && at < to);
    const [start = 0] = edges;
    const day = within(start, edges[SLOTS] ?? start);
    return {
      at: start,
      renewed: day.filter(isRenewal).length,
      failed: day.filter(isFailure).length,
      slots: edges.slice(0, SLOTS).map((from, slot): Slot => {
        if (from > now) return 'ahead';
        const inSlot = within(from, edges[slot + 1] ?? from);
        if (inSlot.some(isFailure)) return 'failed';
        return inSlot.some(isRenewal) ? 'renewed' : 'slept';
      }),
    };
  });
}

function isRenewal({ event }: Entry): boolean {
  return RENEWED.has(event);
}

function isFailure({ event }: Entry): boolean {
  return FAILED.has(event);
}
