import { codeOf } from '../../core/errors.ts';
import type { Logger } from '../../core/ports.ts';
import type { Payload } from '../../shared/ipc/bridge.ts';
import type { Event } from '../../shared/ipc/channels.ts';

type Listeners = { readonly [E in Event]: Set<(payload: Payload<E>) => void> };

/** Tells whoever listens, each whatever becomes of another; one that listens no more is told nothing. */
export class Announcer {
  readonly #log: Pick<Logger, 'error'>;
  readonly #listeners: Listeners = {
    stateChanged: new Set(),
    exportLine: new Set(),
    logLines: new Set(),
    viewRequested: new Set(),
  };

  constructor(log: Pick<Logger, 'error'>) {
    this.#log = log;
  }

  /** Answers its own unsubscribe. */
  on<E extends Event>(event: E, listener: (payload: Payload<E>) => void): () => void {
    // A function of its own for each subscription: the same listener may be given twice.
    const own = (payload: Payload<E>): void => listener(payload);
    const listeners: Set<(payload: Payload<E>) => void> = this.#listeners[event];
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  tell<E extends Event>(event: E, payload: Payload<E>): void {
    for (const listener of this.#listeners[event]) {
      try {
        listener(payload);
      } catch (cause) {
        this.#log.error('listener-failed', { event, code: codeOf(cause) });
      }
    }
  }
}
