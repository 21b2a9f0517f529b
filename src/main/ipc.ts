import { ipcMain, type WebContents } from 'electron';
import { CALLS, channelOf, EVENTS } from '../shared/ipc/channels.ts';
import type { Payload } from '../shared/ipc/bridge.ts';
import type { Application } from './application.ts';
import { Dispatcher, type DispatchPorts } from './ipc-dispatch.ts';

export interface IpcPorts extends Omit<DispatchPorts, 'application' | 'trusted'> {
  readonly application: Application;
  readonly mainContents: () => WebContents | undefined;
  /** The page has asked for the state: from now on it hears events. */
  readonly onPageReady: () => void;
}

export interface Ipc {
  requestView(request: Payload<'viewRequested'>): void;
  /** Since the start. */
  readonly refusedCalls: number;
  dispose(): void;
}

/** Answers the window's calls, and tells it the application's events; nobody else is answered or told. */
export function serveWindow({ application, mainContents, onPageReady, ...ports }: IpcPorts): Ipc {
  const dispatcher = new Dispatcher({ ...ports, application, trusted: mainContents });

  for (const call of CALLS) {
    ipcMain.handle(channelOf(call), async (event, ...args: unknown[]) => {
      const result = await dispatcher.answer(call, event, args);
      if (call === 'getState' && result.ok) setImmediate(onPageReady);
      return result;
    });
  }

  const tell = <E extends (typeof EVENTS)[number]>(event: E, payload: Payload<E>): void => {
    const contents = mainContents();
    if (contents === undefined || contents.isDestroyed()) return;
    const checked = dispatcher.checked(event, payload);
    if (checked !== undefined) contents.send(channelOf(event), checked);
  };
  const unsubscribe = EVENTS.map((event) => application.on(event, (payload) => tell(event, payload)));

  return {
    requestView: (request) => tell('viewRequested', request),
    get refusedCalls() {
      return Object.values(dispatcher.refused).reduce((sum, count) => sum + count, 0);
    },
    dispose() {
      for (const stop of unsubscribe) stop();
      for (const call of CALLS) ipcMain.removeHandler(channelOf(call));
    },
  };
}
