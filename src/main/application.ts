/**
 * What Jeton does while it runs as an application, without a desktop: the engine's daemon, the state that tray and
 * window show, and the commands that they give. Both are thin layers over this.
 */
import type { AcceptedArgs, AppState, Payload, Reply } from '../shared/ipc/bridge.ts';
import type { Call, Event } from '../shared/ipc/channels.ts';
import type { Explanation } from '../shared/messages/words.ts';
import type { Messages } from '../shared/messages/messages.ts';

/** One for each call of the contract. Throws a `JetonError` for a situation of the user's. */
export type Commands = {
  readonly [C in Call]: (args: AcceptedArgs<C>) => Promise<Reply<C>>;
};

/** Of whom notifications told something. */
export interface Told {
  readonly integrations: ReadonlySet<string>;
  /** Names of targets. */
  readonly bots: ReadonlySet<string>;
}

export interface Application {
  /** The picture of this moment, as `getState` answers it. */
  readonly state: AppState;
  /** In the person's language, which may change with each `stateChanged`. */
  readonly messages: Messages;
  /** Something is under way in the home: a rotation, an export, tokens that are being stored. */
  readonly isBusy: boolean;
  /** False while tokens are in hand that are on no disk yet. */
  readonly mayEnd: boolean;
  readonly commands: Commands;
  /** Words for whatever a command threw. */
  explain(thrown: unknown): Explanation;
  /** Answers its own unsubscribe. `stateChanged` comes once per change, however many led to it. */
  on<E extends Event>(event: E, listener: (payload: Payload<E>) => void): () => void;
  /**
   * Looks, tells what is new by notifications, and answers of whom it has told since that moment (of
   * `performance.now()`): whoever has an answer to tell as well leaves these out.
   */
  toldSince(moment: number): Promise<Told>;
  /** The machine woke up, was unlocked, or is on a network again: looks soon at what is due. */
  wake(): void;
  /** While it is shown, times in words are kept up to date; the rest changes only when something happens. */
  showing(isShown: boolean): void;
  /** Ends within 5 s: starts nothing new, and gives a rotation in flight the time to be stored. */
  close(): Promise<void>;
}
