import { setMaxListeners } from 'node:events';

/** What is under way has this long to end by itself. */
const PATIENCE_MS = 3_500;
/** What has not ended by then is left: its journal and its lease tell the next run. Jeton is gone within 5 seconds. */
const LEAVE_AFTER_MS = 4_600;
const ASK_AGAIN_MS = 50;

export interface Stop {
  /** Start nothing new. */
  readonly stopping: AbortSignal;
  /** Give up what is under way. */
  readonly abort: AbortSignal;
  /** Asked before leaving what does not end: false while something would be lost. */
  leaveOnlyIf(mayLeave: () => boolean): void;
  dispose(): void;
}

/** How both shells end in good order, once somebody begins it; `leave` is called when that takes too long. */
export function prepareStop(leave: () => void): Stop & { begin(): void } {
  const timers: NodeJS.Timeout[] = [];
  let mayLeave = (): boolean => true;
  const leaveWhenAllowed = (): void => {
    // A pair that is on no disk yet is worth the wait; it ends with itself.
    if (mayLeave()) leave();
    else timers.push(setTimeout(leaveWhenAllowed, ASK_AGAIN_MS));
  };
  const stopping = new AbortController();
  const abort = new AbortController();
  // Every request under way listens.
  setMaxListeners(0, stopping.signal, abort.signal);
  return {
    stopping: stopping.signal,
    abort: abort.signal,
    leaveOnlyIf: (condition) => (mayLeave = condition),
    begin() {
      stopping.abort();
      timers.push(
        setTimeout(() => abort.abort(), PATIENCE_MS),
        setTimeout(leaveWhenAllowed, LEAVE_AFTER_MS),
      );
    },
    dispose() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
