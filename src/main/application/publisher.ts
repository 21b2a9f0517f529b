import { isDeepStrictEqual } from 'node:util';
import type { Snapshot } from '../../core/snapshot.ts';
import type { AppState, StateChange } from '../../shared/ipc/bridge.ts';
import { changeBetween } from '../../shared/ipc/state-change.ts';
import type { ComposedState } from './app-state.ts';

/** How long after a change the next look is taken: what changes together is seen together. */
const LOOK_AFTER_MS = 20;
/** So often the home's revision is read, which costs some microseconds: another process may have written. */
const POLL_MS = 250;
/** The same while nobody is looking and nothing is under way. */
const IDLE_POLL_MS = 2_000;
/** Words that hold a time are as old as this at most while nobody is looking. */
const WORDS_AGE_MS = 10 * 60_000;

export interface PublisherPorts {
  /** Looks at everything there is. Never rejects. `undefined` where nothing could be seen. */
  readonly look: () => Promise<Snapshot | undefined>;
  /** The state of this moment, of what was seen last. */
  readonly compose: () => ComposedState;
  /** Grows with each change in the home, by whomever; `undefined` where it cannot be read. */
  readonly revision: () => Promise<number | undefined>;
  readonly isBusy: () => boolean;
  readonly onChange: (change: StateChange) => void;
}

/** Keeps the state that is shown up to date, and says so once per change. */
export class Publisher {
  readonly #ports: PublisherPorts;
  #state: AppState;
  #wordedAt = Date.now();
  #looking: Promise<Snapshot | undefined> | undefined;
  #isStale = false;
  #isShowing = false;
  #isDisposed = false;
  #revision: number | undefined;
  #soon: NodeJS.Timeout | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor(ports: PublisherPorts) {
    this.#ports = ports;
    this.#state = { ...ports.compose(), edition: 1 };
    this.#pollLater();
  }

  get state(): AppState {
    return this.#state;
  }

  get isShowing(): boolean {
    return this.#isShowing;
  }

  showing(isShown: boolean): void {
    const begins = isShown && !this.#isShowing;
    this.#isShowing = isShown;
    if (!begins) return;
    this.#pollLater();
    this.publish();
  }

  /** Something may look different: what is known is published at once, and a look follows. */
  changed(): void {
    if (this.#isDisposed) return;
    this.publish();
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.look();
    }, LOOK_AFTER_MS);
  }

  /** Looks now. Whoever asks while somebody is looking gets a picture that begins no earlier than the question. */
  async look(): Promise<Snapshot | undefined> {
    if (this.#looking !== undefined) {
      this.#isStale = true;
      return this.#looking;
    }
    this.#looking = this.#lookUntilFresh().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #lookUntilFresh(): Promise<Snapshot | undefined> {
    let snapshot: Snapshot | undefined;
    do {
      this.#isStale = false;
      this.#revision = await this.#ports.revision();
      snapshot = await this.#ports.look();
      if (!this.#isDisposed) this.publish();
    } while (this.#isStale && !this.#isDisposed);
    return snapshot;
  }

  /** Says the state of what was seen last, where that is another one. */
  publish(): void {
    const before = this.#state;
    const state = this.#withOldWords(keepingEqual(before, this.#ports.compose()));
    if (isDeepStrictEqual(state, before)) return;
    this.#state = { ...state, edition: before.edition + 1 };
    this.#wordedAt = Date.now();
    this.#ports.onChange(changeBetween(before, this.#state));
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#soon);
    clearTimeout(this.#poll);
  }

  /** Nobody is looking: that time goes by is no change of the sentence, until it is quite out of date. */
  #withOldWords(state: AppState): AppState {
    const isOld = Date.now() - this.#wordedAt >= WORDS_AGE_MS;
    if (this.#isShowing || isOld) return state;
    const { sentence } = this.#state;
    const isSame = isDeepStrictEqual({ ...state, sentence }, this.#state);
    return isSame && isTimed(state) ? this.#state : state;
  }

  #pollLater(): void {
    clearTimeout(this.#poll);
    if (this.#isDisposed) return;
    const isWatched = this.#isShowing || this.#ports.isBusy();
    this.#poll = setTimeout(() => void this.#pollNow(), isWatched ? POLL_MS : IDLE_POLL_MS);
  }

  async #pollNow(): Promise<void> {
    if (this.#looking === undefined && (await this.#ports.revision()) !== this.#revision) await this.look();
    this.#pollLater();
  }
}

/** The composed state, in which an integration and its row that are as before are the objects they were before. */
function keepingEqual(before: AppState, { snapshot, rows, ...rest }: ComposedState): AppState {
  const { edition } = before;
  const integrations = snapshot.integrations.map(equalOf(before.snapshot.integrations));
  return { ...rest, edition, snapshot: { ...snapshot, integrations }, rows: rows.map(equalOf(before.rows)) };
}

function equalOf<T extends { readonly id: string }>(before: readonly T[]): (one: T) => T {
  const known = new Map(before.map((one) => [one.id, one]));
  return (one) => {
    const same = known.get(one.id);
    return same !== undefined && isDeepStrictEqual(same, one) ? same : one;
  };
}

/** Whether its sentence says how long something takes. */
function isTimed({ snapshot: { headline }, paused, trouble }: AppState): boolean {
  return paused === null && trouble === null && headline.kind === 'all-fresh';
}
