/**
 * What runs in every document before its own scripts, in two worlds as Electron has it: the page's, and an isolated one
 * with the preload script (https://www.electronjs.org/docs/latest/tutorial/context-isolation). The functions below are
 * evaluated in the page from their source, so they use nothing outside of themselves. The worlds share one
 * `EventTarget` that no script of the page can reach; it was handed over by an event with a name that nobody knows.
 */
import { randomUUID } from 'node:crypto';
import type { Codec, Functions } from './codec.ts';
import { makeCodec } from './codec.ts';
import { guardPermissions, type PermissionQuestion } from './page-permissions.ts';

// What a page has and Node has not, as far as it is used here.
declare const window: EventTarget & { readonly parent: unknown };
declare const document: EventTarget & { readonly title: string };
declare const location: { readonly href: string };
declare class MouseEvent extends Event {
  constructor(type: string, options: { readonly relatedTarget: EventTarget });
  readonly relatedTarget: EventTarget | null;
}
declare class MutationObserver {
  constructor(callback: () => void);
  observe(target: unknown, options: Readonly<Record<string, boolean>>): void;
}

export const ISOLATED_WORLD = 'Electron Isolated Context';
/** Of the isolated world only. */
export const BINDING = 'electronHostSend';
export const DELIVER = 'electronHostDeliver';

/** From the isolated world to the main process. */
export type FromPage =
  | { readonly kind: 'invoke'; readonly id: number; readonly channel: string; readonly args: string }
  | { readonly kind: 'send'; readonly channel: string; readonly args: string }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'permission'; readonly id: number; readonly question: PermissionQuestion }
  | { readonly kind: 'preload-error'; readonly message: string; readonly stack: string };

/** And back. */
export type ToPage =
  | { readonly kind: 'answer'; readonly id: number; readonly value: string }
  | { readonly kind: 'rejection'; readonly id: number; readonly message: string }
  | { readonly kind: 'message'; readonly channel: string; readonly args: string }
  | { readonly kind: 'permission'; readonly id: number; readonly isGranted: boolean };

interface PageEnd {
  readonly functions: Functions;
  call(method: string, argument: string): string;
  on(method: string, handler: (argument: string) => string): void;
}

/** One end of the bridge between the worlds; both are alike. */
function makeEnd(target: EventTarget, here: string, there: string, codec: Codec): PageEnd {
  const { dispatchEvent } = EventTarget.prototype;
  const Custom = CustomEvent;
  const { apply } = Reflect;
  const { parse, stringify } = JSON;
  const handlers = new Map<string, (argument: string) => string>();
  const kept: unknown[] = [];
  const ids = new Map<unknown, number>();
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  const stubs = new Map<number, unknown>();
  let answer = '';

  function send(message: unknown): void {
    apply(dispatchEvent, target, [new Custom(there, { detail: stringify(message) })]);
  }

  function call(method: string, argument: string): string {
    answer = '';
    send({ method, argument });
    const { ok, value } = parse(answer) as { ok: boolean; value: string };
    if (!ok) throw codec.decode(value);
    return value;
  }

  target.addEventListener(here, (event) => {
    const message = parse((event as CustomEvent<string>).detail) as Record<string, string>;
    if (message['reply'] !== undefined) {
      answer = message['reply'];
      return;
    }
    let reply: string;
    try {
      reply = stringify({
        ok: true,
        value: handlers.get(message['method'] ?? '')!(message['argument'] ?? ''),
      });
    } catch (error) {
      reply = stringify({
        ok: false,
        value: codec.encode(error instanceof Error ? error : new Error(String(error))),
      });
    }
    send({ reply });
  });

  const functions: Functions = {
    keep(kind, value) {
      const known = ids.get(value);
      if (known !== undefined) return known;
      const id = kept.push(value) - 1;
      ids.set(value, id);
      if (kind === 'promise') {
        const settle = (ok: boolean) => (result: unknown) => {
          let outcome: string;
          try {
            outcome = codec.encode({ ok, result }, functions);
          } catch (error) {
            outcome = codec.encode({ ok: false, result: error });
          }
          call('settle', stringify([id, outcome]));
        };
        (value as Promise<unknown>).then(settle(true), settle(false));
      }
      return id;
    },
    stub(kind, id) {
      if (kind === 'promise')
        return new Promise((resolve, reject) => {
          pending.set(id, { resolve, reject });
        });
      const known = stubs.get(id);
      if (known !== undefined) return known;
      const stub = (...args: unknown[]): unknown =>
        codec.decode(call('apply', stringify([id, codec.encode(args, functions)])), functions);
      stubs.set(id, stub);
      return stub;
    },
  };

  handlers.set('apply', (argument) => {
    const [id, args] = parse(argument) as [number, string];
    const result = (kept[id] as (...args: unknown[]) => unknown)(
      ...(codec.decode(args, functions) as unknown[]),
    );
    return codec.encode(result, functions);
  });
  handlers.set('settle', (argument) => {
    const [id, outcome] = parse(argument) as [number, string];
    const { ok, result } = codec.decode(outcome, functions) as { ok: boolean; result: unknown };
    if (ok) pending.get(id)?.resolve(result);
    else pending.get(id)?.reject(result);
    pending.delete(id);
    return '';
  });

  return { functions, call, on: (method, handler) => void handlers.set(method, handler) };
}

interface Names {
  readonly handshake: string;
  readonly toMain: string;
  readonly toIsolated: string;
}

/** In the page's own world. */
function mainWorld(
  names: Names,
  codec: Codec,
  makeEndHere: typeof makeEnd,
  guardPermissionsHere: typeof guardPermissions,
): void {
  const freeze = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
    for (const part of Object.values(value)) freeze(part);
    return Object.freeze(value);
  };

  window.addEventListener(
    names.handshake,
    (event) => {
      event.stopImmediatePropagation();
      const end = makeEndHere((event as MouseEvent).relatedTarget!, names.toMain, names.toIsolated, codec);
      end.on('expose', (argument) => {
        const [key, api] = JSON.parse(argument) as [string, string];
        if (Object.hasOwn(window, key))
          throw new Error('Cannot bind an API on top of an existing property on the window object');
        Object.defineProperty(window, key, {
          value: freeze(codec.decode(api, end.functions)),
          enumerable: true,
          configurable: false,
          writable: false,
        });
        return '';
      });
      guardPermissionsHere(
        (question) =>
          codec.decode(end.call('permission', JSON.stringify(question)), end.functions) as Promise<boolean>,
      );
    },
    { once: true },
  );
}

/** In the isolated world, which the page does not see. */
function isolatedWorld(
  names: Names,
  codec: Codec,
  makeEndHere: typeof makeEnd,
  preload: ((require: (name: string) => unknown, process: unknown) => void) | undefined,
  platform: string,
): void {
  const world = globalThis as unknown as Record<string, (text: string) => void>;
  const send = (message: FromPage): void => world['electronHostSend']!(JSON.stringify(message));
  const target = new EventTarget();
  window.dispatchEvent(new MouseEvent(names.handshake, { relatedTarget: target }));
  const end = makeEndHere(target, names.toIsolated, names.toMain, codec);

  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const listeners = new Map<string, { listener: (...args: unknown[]) => void; isOnce: boolean }[]>();
  let lastId = 0;
  function request(make: (id: number) => FromPage): Promise<unknown> {
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      send(make(id));
    });
  }

  world['electronHostDeliver'] = (text) => {
    const message = JSON.parse(text) as ToPage;
    switch (message.kind) {
      case 'message': {
        const args = codec.decode(message.args) as unknown[];
        const list = listeners.get(message.channel) ?? [];
        for (const entry of list.slice()) {
          if (entry.isOnce) list.splice(list.indexOf(entry), 1);
          entry.listener({ sender: ipcRenderer, ports: [] }, ...args);
        }
        return;
      }
      case 'answer':
        waiting.get(message.id)?.resolve(codec.decode(message.value));
        break;
      case 'rejection':
        waiting.get(message.id)?.reject(new Error(message.message));
        break;
      case 'permission':
        waiting.get(message.id)?.resolve(message.isGranted);
    }
    waiting.delete(message.id);
  };

  end.on('permission', (argument) => {
    const question = JSON.parse(argument) as PermissionQuestion;
    return codec.encode(
      request((id) => ({ kind: 'permission', id, question })),
      end.functions,
    );
  });

  function only<T extends object>(name: string, members: T): T {
    return new Proxy(members, {
      get(object, key) {
        if (typeof key === 'symbol' || key in object || key === 'then') return Reflect.get(object, key);
        throw new Error(`not implemented in the stand-in: ${name}.${key}`);
      },
    });
  }

  type Listener = (...args: unknown[]) => void;
  function add(channel: string, listener: Listener, isOnce: boolean): unknown {
    const list = listeners.get(channel) ?? [];
    list.push({ listener, isOnce });
    listeners.set(channel, list);
    return ipcRenderer;
  }
  function remove(channel: string, listener: Listener): unknown {
    const list = listeners.get(channel) ?? [];
    const index = list.findLastIndex((entry) => entry.listener === listener);
    if (index >= 0) list.splice(index, 1);
    return ipcRenderer;
  }
  const ipcRenderer: object = only('ipcRenderer', {
    invoke: (channel: string, ...args: unknown[]) => {
      try {
        const encoded = codec.encode(args);
        return request((id) => ({ kind: 'invoke', id, channel, args: encoded }));
      } catch (error) {
        return Promise.reject(error);
      }
    },
    send: (channel: string, ...args: unknown[]) => send({ kind: 'send', channel, args: codec.encode(args) }),
    on: (channel: string, listener: Listener) => add(channel, listener, false),
    addListener: (channel: string, listener: Listener) => add(channel, listener, false),
    once: (channel: string, listener: Listener) => add(channel, listener, true),
    off: remove,
    removeListener: remove,
    removeAllListeners: (channel: string) => {
      listeners.delete(channel);
      return ipcRenderer;
    },
    listenerCount: (channel: string) => listeners.get(channel)?.length ?? 0,
  });
  const contextBridge = only('contextBridge', {
    exposeInMainWorld: (key: string, api: unknown) => {
      end.call('expose', JSON.stringify([key, codec.encode(api, end.functions)]));
    },
  });

  if (window.parent !== window) return;

  const tellTitle = (): void => send({ kind: 'title', title: document.title });
  document.addEventListener('DOMContentLoaded', () => {
    let last = document.title;
    if (last !== '') tellTitle();
    new MutationObserver(() => {
      if (document.title === last) return;
      last = document.title;
      tellTitle();
    }).observe(document, { subtree: true, childList: true, characterData: true });
  });

  if (preload === undefined || location.href === 'about:blank') return;
  // https://www.electronjs.org/docs/latest/tutorial/sandbox#preload-scripts names what a sandboxed script may require.
  const require = (name: string): unknown => {
    if (name === 'electron' || name === 'electron/renderer')
      return only('electron', { contextBridge, ipcRenderer });
    throw new Error(`module not found: ${name}`);
  };
  const process = only('process', {
    platform,
    type: 'renderer',
    sandboxed: true,
    contextIsolated: true,
    env: {},
  });
  try {
    preload(require, process);
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    send({ kind: 'preload-error', message, stack: stack ?? '' });
  }
}

export interface PageScripts {
  readonly mainWorld: string;
  readonly isolatedWorld: string;
}

export function pageScripts(preload: string | undefined, platform: string): PageScripts {
  const names: Names = { handshake: randomUUID(), toMain: randomUUID(), toIsolated: randomUUID() };
  const shared = `${JSON.stringify(names)}, (${makeCodec.toString()})(), ${makeEnd.toString()}`;
  // Electron wraps a preload script in a function as well, with these of its names that a sandboxed one needs.
  const script =
    preload === undefined
      ? 'undefined'
      : `function (require, process) { const module = { exports: {} }, exports = module.exports, global = globalThis;\n${preload}\n}`;
  return {
    mainWorld: `(${mainWorld.toString()})(${shared}, ${guardPermissions.toString()})`,
    isolatedWorld: `(${isolatedWorld.toString()})(${shared}, ${script}, ${JSON.stringify(platform)})`,
  };
}

export const nodeCodec: Codec = makeCodec();
