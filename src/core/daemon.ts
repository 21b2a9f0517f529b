import { codeOf } from './errors.ts';
import type { Clock, Logger, Timer } from './ports.ts';
import type { Snapshot } from './snapshot.ts';
import { earliest } from './snapshot.ts';

const MINUTE_MS = 60_000;

/** Calls back about once a minute, never twice at once. Early, late and missed ticks are all the same to us. */
export interface Ticker {
  everyMinute(onTick: () => void): { dispose(): void };
}

export interface DaemonPorts {
  readonly engine: {
    snapshot(): Promise<Snapshot>;
    /** One round of everything that is due. */
    keepFresh(round: { readonly signal: AbortSignal }): Promise<unknown>;
  };
  readonly ticker: Ticker;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly log: Logger;
}

/**
 * Keeps everything fresh until `signal` aborts; resolves when the run then under way has come to its end. What is
 * due is decided anew at each tick from what is stored and the wall clock, so sleep and clock changes need no
 * special care: whatever was missed is one run.
 */
export async function runDaemon(ports: DaemonPorts, signal: AbortSignal): Promise<void> {
  const { engine, ticker, clock, timer, log } = ports;
  let wake: () => void = () => undefined;
  let trouble: string | undefined;

  const runOnce = async (): Promise<void> => {
    try {
      await engine.keepFresh({ signal });
      if (trouble !== undefined) log.info('trouble-over', { code: trouble });
      trouble = undefined;
    } catch (cause) {
      // A locked keyring or a full disk passes; the daemon stays. It is said once, not every minute.
      const code = codeOf(cause);
      if (code !== trouble) log.error('run-failed', { code });
      trouble = code;
    }
  };

  /** Until the next tick, or sooner when something becomes due in between. */
  const untilNextRun = async (): Promise<void> => {
    const ticked = new Promise<void>((resolve) => (wake = resolve));
    const soonest = await engine
      .snapshot()
      .then((snapshot) => earliest(snapshot.integrations.map((view) => view.nextRunAt)))
      .catch(() => undefined);
    const wait = soonest === undefined ? MINUTE_MS : soonest - clock.now();
    const sooner = wait > 0 && wait < MINUTE_MS ? [timer.sleep(wait, signal)] : [];
    await Promise.race([ticked, ...sooner]);
  };

  const stop = (): void => wake();
  signal.addEventListener('abort', stop);
  const ticks = ticker.everyMinute(() => wake());
  try {
    while (!signal.aborted) {
      await runOnce();
      if (!signal.aborted) await untilNextRun();
    }
  } finally {
    ticks.dispose();
    signal.removeEventListener('abort', stop);
  }
}
