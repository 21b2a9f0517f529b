/**
 * Runs a built main process on the stand-in for Electron, and lets a test act as the person and the machine around it.
 * Everything there is to see is in {@link ElectronHost.state}; everything to wait for is a condition on it.
 */
import type { Page } from 'playwright-core';
import { HostBrowser } from './host-browser.ts';
import {
  dialogsControls,
  networkControls,
  notificationsControls,
  powerControls,
  trayControls,
} from './host-controls.ts';
import { HostProcess, type Exit, type HostOptions } from './host-process.ts';
import {
  COVERAGE_VARIABLE,
  type CallArgs,
  type CallName,
  type CallReply,
  type HostileIpc,
  type HostileReply,
  type HostState,
  type WindowState,
} from './protocol.ts';

export type { Exit, HostOptions } from './host-process.ts';

type WindowQuery = (window: WindowState) => boolean;

export class ElectronHost {
  readonly #options: HostOptions;
  readonly #browser: HostBrowser;
  readonly #process: HostProcess;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#browser = new HostBrowser(options);
    this.#process = new HostProcess(options, {
      browserEndpoint: () => this.#browser.endpoint(),
      onExit: () => this.#browser.close(),
    });
  }

  /** What the desktop shows of the application now. */
  get state(): HostState {
    return this.#process.state;
  }

  get stdout(): string {
    return this.#process.stdout;
  }

  get stderr(): string {
    return this.#process.stderr;
  }

  get output(): string {
    return this.#process.output;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Undefined while it runs. */
  get exit(): Exit | undefined {
    return this.#process.exit;
  }

  /** When it is over, by itself. */
  exited(): Promise<Exit> {
    return this.#process.exited;
  }

  /** Resolves with what `find` found, as soon as it finds something. */
  until<T>(what: string, find: (state: HostState) => T | undefined | false): Promise<T> {
    return this.#process.until(what, find);
  }

  /** Tells what is there now, and each change; answers what ends it. */
  watch(listener: (state: HostState) => void): () => void {
    return this.#process.watch(listener);
  }

  call<C extends CallName>(name: C, args: CallArgs<C>): Promise<CallReply<C>> {
    return this.#process.call(name, args);
  }

  readonly tray = trayControls(this);
  readonly power = powerControls(this);
  readonly network = networkControls(this);
  readonly notifications = notificationsControls(this);
  readonly dialogs = dialogsControls(this);

  readonly windows = {
    /** Waits for one like this, with its page there. */
    one: (find: WindowQuery = () => true): Promise<WindowState> =>
      this.until('a window', ({ windows }) =>
        windows.find((window) => window.targetId !== '' && find(window)),
      ),
    /** Its page, to act in as a person. */
    page: async (find: WindowQuery = () => true): Promise<Page> =>
      this.#browser.pageOf(await this.windows.one(find)),
    /** With the button of its frame. */
    close: (id: number) => this.call('window.event', { id, event: 'close' }),
    focus: (id: number) => this.call('window.event', { id, event: 'focus' }),
  };

  /** A message that no preload script of the application's sent. */
  sendIpc(message: Omit<HostileIpc, 'kind'> & { readonly kind?: HostileIpc['kind'] }): Promise<HostileReply> {
    return this.call('ipc.send', { kind: 'invoke', ...message });
  }

  setSystemTheme(theme: 'dark' | 'light'): Promise<null> {
    return this.call('theme.system', { isDark: theme === 'dark' });
  }

  cookies(partition: string): Promise<CallReply<'cookies.get'>> {
    return this.call('cookies.get', { partition });
  }

  /** Microseconds of processor time that the main process used so far. */
  async cpu(): Promise<number> {
    const { user, system } = await this.call('cpu', {});
    return user + system;
  }

  /** When the application sent its newest messages to pages; epoch milliseconds, with their fractions. */
  messagesSentAt(): Promise<readonly number[]> {
    return this.call('ipc.sent', {});
  }

  /** As from the dock of macOS. */
  async activate(): Promise<void> {
    await this.call('app.activate', {});
  }

  /** Starts the same application once more, as a person who forgot that it runs; resolves when that one has ended. */
  async startSecond(...args: readonly string[]): Promise<Exit> {
    const second = new ElectronHost({ ...this.#options, args });
    try {
      return await second.exited();
    } finally {
      await second.dispose();
    }
  }

  /** `app.quit()`, and its end. */
  async quit(): Promise<Exit> {
    await this.call('app.quit', {});
    return this.exited();
  }

  /** Nothing of it runs any more afterwards. */
  async dispose(): Promise<void> {
    if (process.env[COVERAGE_VARIABLE] !== undefined)
      // Who is killed writes nothing more.
      await Promise.race([this.call('coverage.take', {}).catch(() => null), this.#process.exited]);
    this.#process.kill();
    await this.#process.exited;
    await this.#browser.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** When the application's desktop is there, or it has ended. */
  async started(): Promise<this> {
    await Promise.race([
      this.until('the application is ready', ({ isReady }) => isReady),
      this.#process.exited,
    ]);
    return this;
  }
}

/** Resolves when the application is ready, or has ended by itself: see {@link ElectronHost.exit}. */
export async function startHost(options: HostOptions): Promise<ElectronHost> {
  const host = new ElectronHost(options);
  try {
    return await host.started();
  } catch (error) {
    await host.dispose();
    throw error;
  }
}
