import { runDaemon, type Ticker } from '../../core/daemon.ts';
import type { ExportWatcher } from '../../core/engine.ts';
import type { Logger } from '../../core/ports.ts';
import { emptySnapshot, type Snapshot } from '../../core/snapshot.ts';
import { systemClock, systemTimer } from '../../node/clock.ts';
import { minuteTicker } from '../../node/scheduler.ts';
import { ensureVault } from '../../node/vault/ensure-vault.ts';
import type { Housing } from './housing.ts';
import type { Open } from './surroundings.ts';

/** A machine that has just woken up has no network yet. */
const AFTER_WAKING_MS = 2_000;

export interface BackgroundOptions {
  readonly housing: Housing;
  readonly log: Logger;
  readonly stopping: AbortSignal;
  /** The home is open, and could not be read the last time. */
  readonly isBlind: () => boolean;
  readonly isPaused: () => boolean;
  readonly look: () => Promise<Snapshot | undefined>;
  readonly watcher: ExportWatcher;
  /** Before what is due: it may be renewed by it. Never rejects. */
  readonly judgeLeft: (open: Open) => Promise<void>;
}

/** The engine's daemon inside the application. */
export class Background {
  readonly #options: BackgroundOptions;
  #tick: () => void = () => undefined;
  #waking: NodeJS.Timeout | undefined;
  #isRunning = false;
  #isAskedAgain = false;
  #renewing = new AbortController();
  #ended = Promise.resolve();

  constructor(options: BackgroundOptions) {
    this.#options = options;
  }

  start(): void {
    const { log, stopping } = this.#options;
    const engine = {
      snapshot: () => this.#look(),
      keepFresh: ({ signal }: { readonly signal: AbortSignal }) => this.#round(signal),
    };
    const ports = { engine, ticker: this.#ticker(), clock: systemClock, timer: systemTimer, log };
    this.#ended = runDaemon(ports, stopping);
  }

  /** Soon, and once, however often it is asked. */
  wake(): void {
    this.#lookAfter(AFTER_WAKING_MS);
  }

  /** What a command left to be done is not kept waiting for the next minute. */
  lookSoon(): void {
    this.#lookAfter(0);
  }

  /** Renews nothing more in the round under way: a pause has begun. What was sent is stored. */
  giveWay(): void {
    this.#renewing.abort();
  }

  /** Resolves when its last round has come to an end. */
  ended(): Promise<void> {
    clearTimeout(this.#waking);
    return this.#ended;
  }

  #lookAfter(ms: number): void {
    if (this.#options.stopping.aborted) return;
    this.#waking ??= setTimeout(() => {
      this.#waking = undefined;
      // The round under way may have looked before whatever it is about.
      if (this.#isRunning) this.#isAskedAgain = true;
      else this.#tick();
    }, ms);
  }

  #ticker(): Ticker {
    return {
      everyMinute: (onTick) => {
        this.#tick = onTick;
        const ticks = minuteTicker.everyMinute(onTick);
        return {
          dispose: () => {
            this.#tick = () => undefined;
            ticks.dispose();
          },
        };
      },
    };
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { housing, isBlind, isPaused, watcher, judgeLeft } = this.#options;
    this.#isRunning = true;
    this.#renewing = new AbortController();
    const paused = this.#renewing.signal;
    try {
      await (isBlind() ? housing.retry() : housing.open());
      await housing.follow();
      if (isPaused()) return;
      await housing.use(async (open) => {
        const { home, engine } = open;
        // The rows that need a vault may come after the application.
        const { state } = await home.vault.status();
        if (state === 'missing' && (await engine.snapshot()).integrations.length > 0) {
          await ensureVault(home.vault);
        }
        await judgeLeft(open);
        await engine.keepFresh({ signal, paused, watcher });
      });
    } finally {
      this.#isRunning = false;
    }
  }

  async #look(): Promise<Snapshot> {
    if (this.#isAskedAgain) {
      this.#isAskedAgain = false;
      this.#lookAfter(0);
    }
    const snapshot = await this.#options.look();
    // The daemon asks for it to know what becomes due before the next minute; a paused one does nothing then.
    if (snapshot === undefined || this.#options.isPaused()) return emptySnapshot();
    return snapshot;
  }
}
