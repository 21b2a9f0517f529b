import { setMaxListeners } from 'node:events';

/** What is under way has this long to end by itself; with the rest, Jeton is gone within 5 seconds. */
const PATIENCE_MS = 4_000;

export interface Stop {
  /** Start nothing new. */
  readonly stopping: AbortSignal;
  /** Give up what is under way. */
  readonly abort: AbortSignal;
  dispose(): void;
}

/** Ctrl-C and SIGTERM stop in good order; whoever asks twice is obeyed at once. */
export function stopOnSignals(onStopping: () => void): Stop {
  const stopping = new AbortController();
  const abort = new AbortController();
  // Every request under way listens.
  setMaxListeners(0, stopping.signal, abort.signal);
  let timer: NodeJS.Timeout | undefined;

  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping.signal.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    onStopping();
    stopping.abort();
    timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stopping: stopping.signal,
    abort: abort.signal,
    dispose() {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
