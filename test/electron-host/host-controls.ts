/** What the desktop and the machine can do to the application: the tray, power, the network, notifications, dialogs. */
import type {
  CallArgs,
  CallName,
  CallReply,
  HostState,
  IdleState,
  MenuItemState,
  NotificationState,
} from './protocol.ts';

export interface Controlled {
  readonly state: HostState;
  call<C extends CallName>(name: C, args: CallArgs<C>): Promise<CallReply<C>>;
  until<T>(what: string, find: (state: HostState) => T | undefined | false): Promise<T>;
}

export function trayControls(host: Controlled) {
  return {
    /** The item under these labels, as the person reads them. */
    choose: async (...path: readonly string[]): Promise<void> => {
      await host.call('tray.choose', { path });
    },
    click: async (): Promise<void> => {
      await host.call('tray.event', { event: 'click' });
    },
    rightClick: async (): Promise<void> => {
      await host.call('tray.event', { event: 'right-click' });
    },
    doubleClick: async (): Promise<void> => {
      await host.call('tray.event', { event: 'double-click' });
    },
    /** Labels of the whole menu, separators as `—`, submenus indented. */
    lines: (): readonly string[] => linesOf(host.state.tray?.menu ?? [], ''),
  };
}

export function powerControls(host: Controlled) {
  return {
    suspend: () => host.call('power.event', { event: 'suspend' }),
    resume: () => host.call('power.event', { event: 'resume' }),
    /** On Linux the application is not told, and finds out when it asks. */
    lock: () => host.call('power.event', { event: 'lock-screen' }),
    unlock: () => host.call('power.event', { event: 'unlock-screen' }),
    shutdown: () => host.call('power.event', { event: 'shutdown' }),
    idleState: (state: IdleState) => host.call('power.idle', { state }),
  };
}

export function networkControls(host: Controlled) {
  return {
    goOffline: () => host.call('network.set', { isOnline: false }),
    goOnline: () => host.call('network.set', { isOnline: true }),
  };
}

export function notificationsControls(host: Controlled) {
  return {
    /** Waits for one like this. */
    one: (find: (notification: NotificationState) => boolean): Promise<NotificationState> =>
      host.until('a notification', ({ notifications }) => notifications.find(find)),
    click: (id: number) => host.call('notification.event', { id, event: 'click' }),
    close: (id: number) => host.call('notification.event', { id, event: 'close' }),
    fail: (id: number, error: string) => host.call('notification.event', { id, event: 'failed', error }),
    setSupported: (isSupported: boolean) => host.call('notification.refuse', { isSupported }),
  };
}

/** Each answers the next dialog of its kind, whether it is open already or not. */
export function dialogsControls(host: Controlled) {
  return {
    open: (...filePaths: readonly string[]) =>
      host.call('dialog.answer', { kind: 'open', answer: { canceled: filePaths.length === 0, filePaths } }),
    save: (filePath?: string) =>
      host.call('dialog.answer', {
        kind: 'save',
        answer: { canceled: filePath === undefined, filePath: filePath ?? '' },
      }),
    message: (response: number, checkboxChecked = false) =>
      host.call('dialog.answer', { kind: 'message', answer: { response, checkboxChecked } }),
  };
}

function linesOf(items: readonly MenuItemState[], indent: string): readonly string[] {
  return items
    .filter(({ visible }) => visible)
    .flatMap(({ type, label, submenu }) =>
      [`${indent}${type === 'separator' ? '—' : label}`].concat(linesOf(submenu, `${indent}  `)),
    );
}
