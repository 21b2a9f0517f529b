import { prepareStop, type Stop } from '../node/stop.ts';
import { EXIT } from './exit-codes.ts';

/** Ctrl-C and SIGTERM stop in good order; whoever asks twice is obeyed at once. */
export function stopOnSignals(onStopping: () => void): Stop {
  const stop = prepareStop(() => process.exit(EXIT.failed));
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stop.stopping.aborted) process.exit(signal === 'SIGINT' ? 130 : 143);
    onStopping();
    stop.begin();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, onSignal);
  return {
    ...stop,
    dispose() {
      stop.dispose();
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
