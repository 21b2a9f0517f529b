/** Events by the names that `electron.d.ts` has for them: one of our own invention does not compile. */
import { EventEmitter } from 'node:events';

/** Whatever Electron declares listeners of. */
export interface Emits {
  on(...args: never): unknown;
}

/**
 * Each `Name` that `Source` has an event of, and no other. One of the overloads of `on` has to take it; what the
 * listener gets is not compared.
 */
export type EventOf<Source extends Emits, Name extends string> = Name extends string
  ? Source['on'] extends (event: Name, listener: never) => unknown
    ? Name
    : never
  : never;

export type EventsOf<Source extends Emits, Names extends readonly string[]> = {
  [Index in keyof Names]: EventOf<Source, Names[Index]>;
};

// oxlint-disable-next-line typescript/no-explicit-any -- as Node has it
type Listener = (...args: any[]) => void;

export interface EmitterOf<Source extends Emits> extends Omit<EventEmitter, 'emit' | 'on' | 'once' | 'off'> {
  emit<Name extends string>(event: Name & EventOf<Source, Name>, ...args: unknown[]): boolean;
  on<Name extends string>(event: Name & EventOf<Source, Name>, listener: Listener): this;
  once<Name extends string>(event: Name & EventOf<Source, Name>, listener: Listener): this;
  off<Name extends string>(event: Name & EventOf<Source, Name>, listener: Listener): this;
}

/** `emitter`, or a new one, with the events of `Source` alone. */
export function emitterOf<Source extends Emits>(emitter = new EventEmitter()): EmitterOf<Source> {
  return emitter;
}
