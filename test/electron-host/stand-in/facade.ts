/** What the application gets to see of the stand-in: only what is there, and an error for all else. */
import type { EventEmitter } from 'node:events';
import type { EmitterOf, Emits, EventsOf } from './events.ts';

/** Asked for by runtimes and printers, of anything, to find out what it is. */
const PROBES = new Set(['then', 'toJSON', 'constructor', 'inspect', '$$typeof', 'nodeType', 'domain']);

export class NotImplemented extends Error {
  constructor(what: string) {
    super(`not implemented in the stand-in: ${what}`);
    this.name = 'NotImplemented';
  }
}

function guard<T extends object>(name: string, target: T): T {
  return new Proxy(target, {
    get(object, key) {
      if (typeof key === 'symbol' || key in object || PROBES.has(key))
        return Reflect.get(object, key, object);
      throw new NotImplemented(`${name}.${key}`);
    },
    set(object, key, value) {
      // Node's emitter keeps its listeners in properties of its own.
      if (typeof key === 'symbol' || key.startsWith('_') || key in object)
        return Reflect.set(object, key, value, object);
      throw new NotImplemented(`${name}.${key} = …`);
    },
  });
}

/** An object of Electron's that emits nothing. */
export function facade<T extends object>(name: string, members: T): T {
  return guard(name, members);
}

/** One that emits `events`; listening to any other throws, as it would be in vain. */
export function emittingFacade<
  Source extends Emits,
  const Names extends readonly string[],
  Members extends object,
>(
  name: string,
  emitterOfSource: EmitterOf<Source>,
  events: Names & EventsOf<Source, Names>,
  members: Members,
): Members & EventEmitter {
  const known = new Set<string>(events);
  const emitter = emitterOfSource as unknown as EventEmitter;
  Object.defineProperties(emitter, Object.getOwnPropertyDescriptors(members));
  emitter.on('newListener', (event: string | symbol) => {
    if (typeof event === 'string' && !known.has(event) && event !== 'removeListener')
      throw new NotImplemented(`${name} event '${event}'`);
  });
  return guard(name, emitter) as Members & EventEmitter;
}

/** A part of `electron` that the stand-in does not have at all. */
export function absent(name: string): never {
  return new Proxy(function () {}, {
    get(_, key) {
      if (typeof key === 'symbol' || PROBES.has(key)) return undefined;
      throw new NotImplemented(`${name}.${key}`);
    },
    apply() {
      throw new NotImplemented(`${name}()`);
    },
    construct() {
      throw new NotImplemented(`new ${name}()`);
    },
  }) as never;
}

/** The event object that Electron hands to a listener that may prevent what would follow. */
export function cancellable<T extends object>(
  details: T,
): T & { preventDefault(): void; defaultPrevented: boolean } {
  const event = {
    ...details,
    defaultPrevented: false,
    preventDefault() {
      event.defaultPrevented = true;
    },
  };
  return event;
}

/** What a test can look at: plain data, functions left out. */
export function plain(value: object): Readonly<Record<string, unknown>> {
  return JSON.parse(
    JSON.stringify(value, (_, part: unknown) => (typeof part === 'function' ? undefined : part)),
  ) as Readonly<Record<string, unknown>>;
}
