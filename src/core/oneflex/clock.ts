/** HTTP's Date has whole seconds, and an answer takes its time: clocks that differ by less are as good as equal. */
const TOLERANCE_MS = 60_000;

/**
 * By how much this machine's clock is ahead of OneFlex's, milliseconds; negative when it is behind, 0 when they are as
 * good as equal or nobody knows. Tokens end by OneFlex's clock, and everything is planned by this machine's.
 *
 * @param serverNow what OneFlex's clock showed at `now`, both epoch milliseconds.
 */
export function clockLead(serverNow: number | undefined, now: number): number {
  const lead = serverNow === undefined ? 0 : now - serverNow;
  return Math.abs(lead) < TOLERANCE_MS ? 0 : lead;
}
