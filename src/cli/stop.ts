import { setMaxListeners } from 'node:events';
import { EXIT } from './exit-codes.ts';

/** What is under way has this long to end by itself. */
const PATIENCE_MS = 3_500;
/** What has not ended by then is left: its journal and its lease tell the next run. Jeton is gone within 5 seconds. */
const LEAVE_AFTER_MS = 4_600;

export interface Stop {
  /** Start nothing new. */
  readonly stopping: AbortSignal;
  /** Give up what is under way. */
  readonly abort: AbortSignal;
  /** Asked before leaving what does not end: false while something would be lost. */
  leaveOnlyIf(mayLeave: () => boolean): void;
  dispose(): void;
}

/** Ctrl-C and SIGTERM stop in good order; whoever asks twice is obeyed at once. */
export function stopOnSignals(onStopping: () => void): Stop {
  const timers: NodeJS.Timeout[] = [];
  let mayLeave = (): boolean => true;
  const leave = (): void => {
    // A pair that is on no disk yet is worth the wait; it ends with itself.
    if (mayLeave()) process.exit(EXIT.failed);
    timers.push(setTimeout(leave, 50));
  };
  const stopping = new AbortController();
  const abort = new AbortController();
  // Every request under way listens.
  setMaxListeners(0, stopping.signal, abort.signal);

  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    onStopping();
    stopping.abort();
    timers.push(
      setTimeout(() => abort.abort(), PATIENCE_MS),
      setTimeout(leave, LEAVE_AFTER_MS),
    );
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stopping: stopping.signal,
    abort: abort.signal,
    leaveOnlyIf: (condition) => (mayLeave = condition),
    dispose() {
      for (const timer of timers) clearTimeout(timer);
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
