/** `window.jeton`, and what its functions take and answer: derived from the contract, which is the only place to edit. */
import type * as z from 'zod/mini';
import type { Explanation } from '../messages/words.ts';
import type { Call, Event } from './channels.ts';
import type { CONTRACT, EVENT_CONTRACT } from './contract.ts';

/** What a call takes. */
export type Args<C extends Call> = z.input<(typeof CONTRACT)[C]['args']>;
/** The same once the contract has accepted it: defaults are filled in. */
export type AcceptedArgs<C extends Call> = z.output<(typeof CONTRACT)[C]['args']>;
/** What a call answers when it succeeds. */
export type Reply<C extends Call> = z.output<(typeof CONTRACT)[C]['reply']>;
/** What comes with an event. */
export type Payload<E extends Event> = z.output<(typeof EVENT_CONTRACT)[E]>;
export type AppState = Reply<'getState'>;
export type StateChange = Payload<'stateChanged'>;

/** A call never rejects: what went wrong is in words. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Explanation };

type MayBeLeftOut<A> = A extends Readonly<Record<string, never>> ? true : Partial<A> extends A ? true : false;

type Calls = {
  readonly [C in Call]: MayBeLeftOut<Args<C>> extends true
    ? (args?: Args<C>) => Promise<Result<Reply<C>>>
    : (args: Args<C>) => Promise<Result<Reply<C>>>;
};

type Subscriptions = {
  /** Answers its own unsubscribe. */
  readonly [E in Event as `on${Capitalize<E>}`]: (listener: (payload: Payload<E>) => void) => () => void;
};

export type JetonBridge = Calls & Subscriptions;

/** The name of an event's subscription. */
export function subscriptionOf(event: Event): string {
  return `on${event.charAt(0).toUpperCase()}${event.slice(1)}`;
}
