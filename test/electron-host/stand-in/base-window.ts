/** https://www.electronjs.org/docs/latest/api/base-window: one that is never shown, which has nothing to be seen of it. */
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import { emitterOf } from './events.ts';
import { emittingFacade, NotImplemented } from './facade.ts';

class HiddenWindow extends EventEmitter {
  constructor({ show = true }: Electron.BaseWindowConstructorOptions = {}) {
    super();
    if (show) throw new NotImplemented('a BaseWindow that is shown');
    let isDestroyed = false;
    const emitter = emitterOf<Electron.BaseWindow>();
    // Windows alone tells of a session's end, here too: nobody does.
    // oxlint-disable-next-line no-constructor-return -- what the application gets is guarded
    return emittingFacade('BaseWindow', emitter, ['query-session-end', 'session-end', 'closed'], {
      isVisible: () => false,
      isDestroyed: () => isDestroyed,
      destroy() {
        isDestroyed = true;
        emitter.emit('closed');
      },
    } satisfies Partial<Electron.BaseWindow>);
  }
}
export const BaseWindow = HiddenWindow as unknown as new (
  options?: Electron.BaseWindowConstructorOptions,
) => Electron.BaseWindow;
