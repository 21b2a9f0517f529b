/**
 * `window.jeton`: the contract's functions and nothing else. Runs sandboxed, in a world of its own; no schema is here,
 * because the main process trusts neither this nor the page.
 */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { subscriptionOf } from '../shared/ipc/bridge.ts';
import { CALLS, channelOf, EVENTS } from '../shared/ipc/channels.ts';

const calls = CALLS.map(
  (call) => [call, (args: unknown = {}) => ipcRenderer.invoke(channelOf(call), args)] as const,
);

const subscriptions = EVENTS.map((event) => {
  const subscribe = (listener: (payload: unknown) => void): (() => void) => {
    const channel = channelOf(event);
    const onEvent = (_: IpcRendererEvent, payload: unknown): void => listener(payload);
    ipcRenderer.on(channel, onEvent);
    return () => void ipcRenderer.removeListener(channel, onEvent);
  };
  return [subscriptionOf(event), subscribe] as const;
});

contextBridge.exposeInMainWorld('jeton', Object.fromEntries([...calls, ...subscriptions]));
