/**
 * What happens to a call of the window's: who calls is looked at first, then what, and nothing leaves that the
 * contract does not know. A call never rejects, for a rejection would cross with a stack.
 */
import { serialize } from 'node:v8';
import type { LogFields, Logger } from '../core/ports.ts';
import type { AcceptedArgs, Payload, Reply, Result } from '../shared/ipc/bridge.ts';
import type { Call, Event } from '../shared/ipc/channels.ts';
import { CONTRACT, EVENT_CONTRACT } from '../shared/ipc/contract.ts';
import type { Explanation } from '../shared/messages/words.ts';
import type { Application } from './application.ts';
import { APP_ORIGIN, isOwnAddress } from './origin.ts';

/** What is asked of Electron's `IpcMainInvokeEvent`. */
export interface Sender {
  readonly sender: unknown;
  readonly senderFrame: SenderFrame | null;
}

interface SenderFrame {
  readonly origin: string;
  readonly url: string;
  readonly parent: unknown;
}

export interface DispatchPorts {
  readonly application: Pick<Application, 'commands' | 'explain' | 'messages'>;
  /** The contents of the main window, while there is one. */
  readonly trusted: () => unknown;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

interface Schema<T> {
  safeParse(
    value: unknown,
  ): { readonly success: true; readonly data: T } | { readonly success: false; readonly error: Unfitting };
}

interface Unfitting {
  readonly issues: readonly { readonly path: readonly PropertyKey[] }[];
}

/** The contract, call by call: what comes out of a schema is the call's own. */
const CALL_SCHEMAS: {
  readonly [C in Call]: {
    readonly args: Schema<AcceptedArgs<C>>;
    readonly reply: Schema<Reply<C>>;
  };
} = CONTRACT;
const EVENT_SCHEMAS: { readonly [E in Event]: Schema<Payload<E>> } = EVENT_CONTRACT;

/** No form needs more than a few thousand characters. Bytes of V8's own form, in which values cross. */
const MOST_BYTES = 256 * 1024;
/** A page of the log, to be copied: 200,000 characters of up to two bytes. */
const MOST_BYTES_COPIED = 512 * 1024;

const LOG_GAP_MS = 60_000;

export type Refusal = 'foreign' | 'oversize' | 'malformed';

export class Dispatcher {
  readonly #ports: DispatchPorts;
  readonly #refused: Record<Refusal, number> = { foreign: 0, oversize: 0, malformed: 0 };
  #loggedAt = Number.NEGATIVE_INFINITY;

  constructor(ports: DispatchPorts) {
    this.#ports = ports;
  }

  /** How many calls were refused since the start, and why. */
  get refused(): Readonly<Record<Refusal, number>> {
    return { ...this.#refused };
  }

  /** `args`: everything that came with the call, as it came. */
  async answer<C extends Call>(call: C, from: Sender, args: readonly unknown[]): Promise<Result<Reply<C>>> {
    try {
      if (!isTrusted(from, this.#ports.trusted())) return this.#refuse('foreign', call);
      const [value] = args;
      if (args.length !== 1) return this.#refuse('malformed', call);
      const bytes = sizeOf(value);
      if (bytes === undefined) return this.#refuse('malformed', call);
      if (bytes > (call === 'copyText' ? MOST_BYTES_COPIED : MOST_BYTES))
        return this.#refuse('oversize', call);
      if (!isRecord(value)) return this.#refuse('malformed', call);
      const accepted = CALL_SCHEMAS[call].args.safeParse(value);
      if (!accepted.success) return this.#refuse('malformed', call);
      return await this.#run(call, accepted.data);
    } catch (thrown) {
      return { ok: false, error: this.#explain(thrown) };
    }
  }

  /** What may cross of an event: nothing where it does not fit the contract, which is a bug. */
  checked<E extends Event>(event: E, payload: Payload<E>): Payload<E> | undefined {
    const fitting = EVENT_SCHEMAS[event].safeParse(payload);
    if (fitting.success) return fitting.data;
    this.#ports.log.error('event-does-not-fit', { event, where: placesOf(fitting.error) });
    return undefined;
  }

  async #run<C extends Call>(call: C, args: AcceptedArgs<C>): Promise<Result<Reply<C>>> {
    const reply = await this.#ports.application.commands[call](args);
    const fitting = CALL_SCHEMAS[call].reply.safeParse(reply);
    if (fitting.success) return { ok: true, value: fitting.data };
    this.#ports.log.error('reply-does-not-fit', { call, where: placesOf(fitting.error) });
    return { ok: false, error: this.#explain(new TypeError('the reply does not fit the contract')) };
  }

  #refuse(refusal: Refusal, call: Call): { readonly ok: false; readonly error: Explanation } {
    this.#refused[refusal] += 1;
    const now = this.#ports.now();
    if (now - this.#loggedAt >= LOG_GAP_MS) {
      this.#loggedAt = now;
      // The contract's own name of the call, and nothing of what came with it.
      this.#ports.log.warn('window-call-refused', { call, ...this.#refused } satisfies LogFields);
    }
    const { t } = this.#ports.application.messages;
    const code = `call-${refusal}` as const;
    return { ok: false, error: { code, message: t(`error.${code}`), remedy: t(`remedy.${code}`) } };
  }

  #explain(thrown: unknown): Explanation {
    try {
      const { code, message, remedy } = this.#ports.application.explain(thrown);
      return { code, message, remedy };
    } catch {
      return { code: 'internal', message: 'internal error', remedy: '' };
    }
  }
}

/**
 * Only the main window's own page, in its top frame. A frame that went elsewhere, or is gone, is `null`:
 * https://www.electronjs.org/docs/latest/api/structures/ipc-main-invoke-event.
 */
function isTrusted({ sender, senderFrame }: Sender, trusted: unknown): boolean {
  return (
    trusted !== undefined &&
    sender === trusted &&
    senderFrame !== null &&
    senderFrame.parent === null &&
    senderFrame.origin === APP_ORIGIN &&
    isOwnAddress(senderFrame.url)
  );
}

/** A map, a set or a list without entries would pass for an object without keys. */
function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** `undefined` for what does not cross at all. */
function sizeOf(value: unknown): number | undefined {
  try {
    return serialize(value).byteLength;
  } catch {
    return undefined;
  }
}

/** Where in a value, by the contract's own keys: never what was there. */
function placesOf({ issues }: Unfitting): string {
  return issues
    .slice(0, 5)
    .map(({ path }) => path.map(String).join('.'))
    .join(' ');
}
