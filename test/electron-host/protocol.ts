/** What the test's process and the application's process say to each other about the desktop that is not there. */

export interface IconState {
  /** Where it was loaded from; undefined where it was made from bytes. */
  readonly path: string | undefined;
  readonly width: number;
  readonly height: number;
  readonly isTemplate: boolean;
}

export interface MenuItemState {
  readonly id: string | undefined;
  readonly label: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly visible: boolean;
  readonly checked: boolean;
  readonly submenu: readonly MenuItemState[];
}

export interface TrayState {
  readonly icon: IconState;
  readonly tooltip: string;
  readonly title: string;
  /** `undefined` where none was set. */
  readonly menu: readonly MenuItemState[] | undefined;
}

export interface WindowState {
  readonly id: number;
  readonly webContentsId: number;
  /** Chromium's own name of the page; empty until it is there. */
  readonly targetId: string;
  readonly title: string;
  /** As the main process sees it (`app://…`). */
  readonly url: string;
  readonly visibility: 'shown' | 'hidden' | 'minimized';
  readonly isFocused: boolean;
  readonly parentId: number | undefined;
  readonly partition: string;
  /** The options it was made with, functions left out. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface NotificationState {
  readonly id: number;
  readonly title: string;
  readonly body: string;
  readonly status: 'shown' | 'clicked' | 'closed';
}

export interface DialogState {
  readonly kind: 'open' | 'save' | 'message';
  readonly options: Readonly<Record<string, unknown>>;
}

export interface OpenedState {
  /** `protocol`: a page went to an address that another program opens. */
  readonly kind: 'external' | 'path' | 'folder' | 'protocol';
  readonly target: string;
}

export interface HostState {
  readonly isReady: boolean;
  readonly name: string;
  readonly tray: TrayState | undefined;
  readonly windows: readonly WindowState[];
  readonly notifications: readonly NotificationState[];
  readonly dialogs: readonly DialogState[];
  readonly opened: readonly OpenedState[];
  readonly clipboard: string;
  readonly loginItem: Readonly<Record<string, unknown>> & { readonly openAtLogin: boolean };
  readonly applicationMenu: readonly MenuItemState[] | undefined | null;
  readonly dock: 'none' | 'shown' | 'hidden';
  readonly appUserModelId: string | undefined;
  /** With what the application was to be started again at its end. */
  readonly relaunch: { readonly args?: readonly string[]; readonly execPath?: string } | undefined;
  /** Milliseconds from the evaluation of the bundle to the first tray icon. */
  readonly trayReadyAfterMs: number | undefined;
}

/** What the host can make happen to the application, and what each answers. */
export interface HostCalls {
  readonly 'app.activate': [args: Record<string, never>, reply: null];
  readonly 'app.quit': [args: Record<string, never>, reply: null];
  readonly 'tray.event': [
    args: { readonly event: 'click' | 'right-click' | 'double-click' | 'balloon-click' },
    reply: null,
  ];
  readonly 'tray.choose': [args: { readonly path: readonly string[] }, reply: null];
  readonly 'notification.event': [
    args: { readonly id: number; readonly event: 'click' | 'close' | 'failed'; readonly error?: string },
    reply: null,
  ];
  readonly 'power.event': [
    args: {
      readonly event:
        | 'suspend'
        | 'resume'
        | 'lock-screen'
        | 'unlock-screen'
        | 'on-ac'
        | 'on-battery'
        | 'shutdown';
    },
    reply: null,
  ];
  readonly 'power.idle': [args: { readonly state: IdleState }, reply: null];
  readonly 'network.set': [args: { readonly isOnline: boolean }, reply: null];
  readonly 'dialog.answer': [
    args: { readonly kind: DialogState['kind']; readonly answer: Readonly<Record<string, unknown>> },
    reply: null,
  ];
  readonly 'notification.refuse': [args: { readonly isSupported: boolean }, reply: null];
  readonly 'theme.system': [args: { readonly isDark: boolean }, reply: null];
  readonly 'window.event': [
    args: { readonly id: number; readonly event: 'close' | 'show' | 'hide' | 'focus' | 'blur' },
    reply: null,
  ];
  readonly 'ipc.send': [args: HostileIpc, reply: HostileReply];
  readonly 'cookies.get': [
    args: { readonly partition: string },
    reply: readonly { readonly name: string; readonly value: string; readonly domain: string }[],
  ];
  /** What ran so far, to the folder of the coverage. */
  readonly 'coverage.take': [args: Record<string, never>, reply: null];
  readonly cpu: [args: Record<string, never>, reply: { readonly user: number; readonly system: number }];
  /** When the application sent its newest messages to pages; epoch milliseconds. */
  readonly 'ipc.sent': [args: Record<string, never>, reply: readonly number[]];
}

export type IdleState = 'active' | 'idle' | 'locked' | 'unknown';

/** A message that no preload script of ours sent. */
export interface HostileIpc {
  readonly kind: 'invoke' | 'send';
  readonly channel: string;
  readonly args: readonly unknown[];
  /** Whose page it is said to come from; the first window's where there is none. */
  readonly windowId?: number;
  readonly frame:
    | { readonly kind: 'own' }
    /** The frame is gone: Electron gives `null`. */
    | { readonly kind: 'null' }
    /** The top frame, but at another address. */
    | { readonly kind: 'top'; readonly url: string }
    /** A frame inside the window's page. */
    | { readonly kind: 'child'; readonly url: string };
}

export type HostileReply =
  | { readonly kind: 'answered'; readonly value: unknown }
  | { readonly kind: 'rejected'; readonly message: string };

export type CallName = keyof HostCalls;
export type CallArgs<C extends CallName> = HostCalls[C][0];
export type CallReply<C extends CallName> = HostCalls[C][1];

export type ToChild =
  | { readonly kind: 'call'; readonly id: number; readonly name: CallName; readonly args: unknown }
  | { readonly kind: 'browser'; readonly endpoint: string };

export type FromChild =
  | { readonly kind: 'state'; readonly state: HostState }
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly message: string }
  | { readonly kind: 'needs-browser' };

/** Everything that the application's process has to know about the machine it is on; crosses in the environment. */
export interface HostSetting {
  readonly partitionsDir: string;
  readonly userDataDir: string;
  readonly locale: string;
  readonly languages: readonly string[];
  readonly isHeadless: boolean;
  readonly isDark: boolean;
  readonly platform: NodeJS.Platform;
}

/** Where the application's process is to write V8's coverage: https://nodejs.org/api/cli.html#node_v8_coveragedir. */
export const COVERAGE_VARIABLE = 'ELECTRON_HOST_COVERAGE';

export const SETTING_VARIABLE = 'ELECTRON_HOST_SETTING';
