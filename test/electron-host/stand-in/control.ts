/** The application's end of the channel to the test that started it. */
import {
  SETTING_VARIABLE,
  type CallArgs,
  type CallName,
  type CallReply,
  type FromChild,
  type HostSetting,
  type HostState,
  type ToChild,
} from '../protocol.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Handler = (args: never) => unknown;

const handlers = new Map<CallName, Handler>();
const browserWaiters: ((endpoint: string) => void)[] = [];
let isScheduled = false;

// Node's own name for a process without such a channel is a missing `send`.
if (process.send === undefined)
  throw new Error('The stand-in for Electron is started by startHost() of host.ts');
export const setting = JSON.parse(process.env[SETTING_VARIABLE] ?? '{}') as HostSetting;
delete process.env[SETTING_VARIABLE];

/** What the test sees. Whoever changes it calls {@link publish}. */
export const state: Writable<HostState> = {
  isReady: false,
  name: 'Electron',
  tray: undefined,
  windows: [],
  notifications: [],
  dialogs: [],
  opened: [],
  clipboard: '',
  loginItem: { openAtLogin: false },
  applicationMenu: undefined,
  dock: 'none',
  appUserModelId: undefined,
  relaunch: undefined,
  trayReadyAfterMs: undefined,
};

/** The bundle is evaluated after this module, which it imports. */
export const evaluationStartedAt = performance.now();

function tell(message: FromChild): void {
  if (process.connected) process.send?.(message);
}

function publishNow(): void {
  isScheduled = false;
  tell({ kind: 'state', state });
}

/** Once for all that changes in the same turn. */
export function publish(change: Partial<HostState> = {}): void {
  Object.assign(state, change);
  if (isScheduled) return;
  isScheduled = true;
  setImmediate(() => {
    if (isScheduled) publishNow();
  });
}

/** The test has seen the last of it. */
export function published(): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send !== undefined)
      process.send({ kind: 'state', state } satisfies FromChild, undefined, undefined, () => resolve());
    else resolve();
  });
}

export function handle<C extends CallName>(
  name: C,
  handler: (args: CallArgs<C>) => CallReply<C> | Promise<CallReply<C>>,
): void {
  handlers.set(name, handler);
}

/** The DevTools address of the browser, which the test's process starts when the first window needs it. */
export function browserEndpoint(): Promise<string> {
  return new Promise((resolve) => {
    browserWaiters.push(resolve);
    tell({ kind: 'needs-browser' });
  });
}

process.on('message', (message: ToChild) => {
  if (message.kind === 'browser') {
    for (const waiter of browserWaiters.splice(0)) waiter(message.endpoint);
    return;
  }
  void answer(message.id, message.name, message.args);
});

async function answer(id: number, name: CallName, args: unknown): Promise<void> {
  try {
    const handler = handlers.get(name);
    if (handler === undefined) throw new Error(`the application does not use what '${name}' is about`);
    const value = await handler(args as never);
    publishNow();
    tell({ kind: 'reply', id, value });
  } catch (error) {
    publishNow();
    tell({ kind: 'failure', id, message: error instanceof Error ? error.message : String(error) });
  }
}

process.on('disconnect', () => {
  // The test is gone; so is the desktop.
  process.exit(1);
});
