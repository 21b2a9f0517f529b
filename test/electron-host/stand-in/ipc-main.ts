/** https://www.electronjs.org/docs/latest/api/ipc-main */
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { facade } from './facade.ts';

type InvokeHandler = (event: Electron.IpcMainInvokeEvent, ...args: unknown[]) => unknown;

// oxlint-disable-next-line typescript/no-explicit-any -- Electron's own type of it
type Listener = (...args: any[]) => void;

export interface Sender {
  readonly webContents: Electron.WebContents;
  readonly frame: Electron.WebFrameMain | null;
  readonly frameId: number;
  reply(channel: string, args: readonly unknown[]): void;
}

const handlers = new Map<string, { readonly handler: InvokeHandler; readonly isOnce: boolean }>();
const emitter = new EventEmitter();

function register(channel: string, handler: InvokeHandler, isOnce: boolean): void {
  if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
  handlers.set(channel, { handler, isOnce });
}

export const ipcMain = facade('ipcMain', {
  handle: (channel: string, handler: InvokeHandler) => register(channel, handler, false),
  handleOnce: (channel: string, handler: InvokeHandler) => register(channel, handler, true),
  removeHandler: (channel: string) => void handlers.delete(channel),
  on: (channel: string, listener: Listener) => {
    emitter.on(channel, listener);
    return ipcMain;
  },
  once: (channel: string, listener: Listener) => {
    emitter.once(channel, listener);
    return ipcMain;
  },
  off: (channel: string, listener: Listener) => {
    emitter.off(channel, listener);
    return ipcMain;
  },
  removeListener: (channel: string, listener: Listener) => {
    emitter.off(channel, listener);
    return ipcMain;
  },
  removeAllListeners: (channel?: string) => {
    emitter.removeAllListeners(channel);
    return ipcMain;
  },
  listenerCount: (channel: string) => emitter.listenerCount(channel),
} satisfies Partial<Electron.IpcMain>) as unknown as Electron.IpcMain;

function common({ webContents, frame, frameId }: Sender): object {
  return {
    type: 'frame',
    sender: webContents,
    senderFrame: frame,
    frameId,
    processId: 1,
    defaultPrevented: false,
    preventDefault: () => undefined,
  };
}

/**
 * Rejects as the page's `invoke` does, also where the answer cannot be sent (`crossing` throws):
 * https://www.electronjs.org/docs/latest/tutorial/ipc#pattern-2-renderer-to-main-two-way
 */
export async function dispatchInvoke<Answer>(
  sender: Sender,
  channel: string,
  args: readonly unknown[],
  crossing: (value: unknown) => Answer,
): Promise<Answer> {
  const entry = handlers.get(channel);
  try {
    if (entry === undefined) throw new Error(`No handler registered for '${channel}'`);
    if (entry.isOnce) handlers.delete(channel);
    return crossing(await entry.handler(common(sender) as Electron.IpcMainInvokeEvent, ...args));
  } catch (error) {
    // Electron prints it as well, so that it is not lost where the page ignores it.
    console.error(`Error occurred in handler for '${channel}':`, error);
    throw new Error(`Error invoking remote method '${channel}': ${String(error)}`, { cause: error });
  }
}

export function dispatchSend(sender: Sender, channel: string, args: readonly unknown[]): void {
  const event = {
    ...common(sender),
    ports: [],
    reply: (to: string, ...values: unknown[]) => sender.reply(to, values),
  };
  emitter.emit(channel, event, ...args);
}
