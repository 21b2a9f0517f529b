/** https://www.electronjs.org/docs/latest/api/notification */
import { EventEmitter } from 'node:events';
import type Electron from 'electron';
import type { NotificationState } from '../protocol.ts';
import { handle, publish, state } from './control.ts';
import { emitterOf, type EmitterOf } from './events.ts';
import { emittingFacade } from './facade.ts';

const shown = new Map<number, EmitterOf<Electron.Notification>>();
let lastId = 0;
let isSupported = true;

function change(id: number, status: NotificationState['status']): void {
  publish({
    notifications: state.notifications.map((each) => (each.id === id ? { ...each, status } : each)),
  });
}

class NotificationBase extends EventEmitter {
  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super();
    const id = ++lastId;
    const emitter = emitterOf<Electron.Notification>(this);
    const { title = '', body = '' } = options;
    const members = {
      title,
      body,
      show: () => {
        if (!isSupported) return;
        shown.set(id, emitter);
        const others = state.notifications.filter((each) => each.id !== id);
        publish({
          notifications: [...others, { id, title: members.title, body: members.body, status: 'shown' }],
        });
        emitter.emit('show', {});
      },
      close: () => {
        if (!shown.has(id)) return;
        shown.delete(id);
        change(id, 'closed');
        emitter.emit('close', {});
      },
    } satisfies Partial<Electron.Notification>;
    // oxlint-disable-next-line no-constructor-return -- what the application gets is guarded
    return emittingFacade(
      'notification',
      emitter,
      ['show', 'click', 'close', 'failed', 'reply', 'action'],
      members,
    );
  }
  static isSupported(): boolean {
    return isSupported;
  }
}
export const Notification = NotificationBase as unknown as {
  new (options?: Electron.NotificationConstructorOptions): Electron.Notification;
  isSupported(): boolean;
};

handle('notification.event', ({ id, event, error }) => {
  const notification = shown.get(id);
  if (notification === undefined) throw new Error(`no notification ${id} is shown`);
  if (event !== 'failed') change(id, event === 'click' ? 'clicked' : 'closed');
  if (event === 'close') shown.delete(id);
  notification.emit(event, {}, error);
  return null;
});

handle('notification.refuse', (args) => {
  isSupported = args.isSupported;
  return null;
});
