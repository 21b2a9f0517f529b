/** https://www.electronjs.org/docs/latest/api/tray */
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import type { IconState } from '../protocol.ts';
import { evaluationStartedAt, handle, publish, state } from './control.ts';
import { emitterOf, type EmitterOf } from './events.ts';
import { emittingFacade } from './facade.ts';
import { choose, menuStateOf } from './menu.ts';
import { iconStateOf } from './native-image.ts';

interface Shown {
  readonly emitter: EmitterOf<Electron.Tray>;
  menu: Electron.Menu | undefined;
}

const EVENTS = [
  'click',
  'right-click',
  'double-click',
  'middle-click',
  'balloon-click',
  'mouse-enter',
  'mouse-leave',
] as const;
let shown: Shown | undefined;

class TrayBase extends EventEmitter {
  constructor(image: Electron.NativeImage | string) {
    super();
    let icon: IconState = iconStateOf(image);
    let tooltip = '';
    let title = '';
    let isDestroyed = false;
    const emitter = emitterOf<Electron.Tray>(this);
    const own: Shown = { emitter, menu: undefined };
    const show = (): void => {
      if (isDestroyed) throw new Error('Tray is destroyed');
      publish({
        tray: { icon, tooltip, title, menu: own.menu === undefined ? undefined : menuStateOf(own.menu) },
      });
    };
    const members = {
      setImage: (next: Electron.NativeImage | string) => {
        icon = iconStateOf(next);
        show();
      },
      setPressedImage: () => undefined,
      setToolTip: (next: string) => {
        tooltip = next;
        show();
      },
      setTitle: (next: string) => {
        title = next;
        show();
      },
      getTitle: () => title,
      setContextMenu: (menu: Electron.Menu | null) => {
        own.menu = menu ?? undefined;
        show();
      },
      popUpContextMenu: (menu?: Electron.Menu) => {
        if (menu !== undefined) own.menu = menu;
        show();
      },
      closeContextMenu: () => undefined,
      setIgnoreDoubleClickEvents: () => undefined,
      getIgnoreDoubleClickEvents: () => false,
      getBounds: () => ({ x: 0, y: 0, width: 24, height: 24 }),
      isDestroyed: () => isDestroyed,
      destroy: () => {
        isDestroyed = true;
        if (shown === own) {
          shown = undefined;
          publish({ tray: undefined });
        }
      },
    } satisfies Partial<Electron.Tray>;
    shown = own;
    if (state.trayReadyAfterMs === undefined)
      publish({ trayReadyAfterMs: performance.now() - evaluationStartedAt });
    show();
    // oxlint-disable-next-line no-constructor-return -- what the application gets is guarded
    return emittingFacade('tray', emitter, EVENTS, members);
  }
}
export const Tray = TrayBase as unknown as new (image: Electron.NativeImage | string) => Electron.Tray;

function theTray(): Shown {
  if (shown === undefined) throw new Error('there is no tray icon');
  return shown;
}

handle('tray.event', ({ event }) => {
  theTray().emitter.emit(event, {}, { x: 0, y: 0, width: 24, height: 24 }, { x: 0, y: 0 });
  return null;
});

handle('tray.choose', ({ path }) => {
  choose(theTray().menu, path);
  return null;
});
