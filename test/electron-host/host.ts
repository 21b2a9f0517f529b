/**
 * Runs a built main process on the stand-in for Electron, and lets a test act as the person and the machine around it.
 * Everything there is to see is in {@link ElectronHost.state}; everything to wait for is a condition on it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';
import { onlooker } from './devtools-transport.ts';
import { startChromium, type ChromiumProcess } from './chromium-process.ts';
import {
  COVERAGE_VARIABLE,
  SETTING_VARIABLE,
  type CallArgs,
  type CallName,
  type CallReply,
  type FromChild,
  type HostileIpc,
  type HostileReply,
  type HostSetting,
  type HostState,
  type IdleState,
  type MenuItemState,
  type NotificationState,
  type ToChild,
  type WindowState,
} from './protocol.ts';

export interface HostOptions {
  /** The bundle to run. */
  readonly main: string;
  /** Electron's `userData` folder. */
  readonly home: string;
  /** Where partitions keep what survives a restart, and where Chromium has its profile; `home/partitions` if not given. */
  readonly partitionsDir?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** After the bundle, as the application sees them in argv. */
  readonly args?: readonly string[];
  /** For Node, such as `--cpu-prof`. */
  readonly execArgv?: readonly string[];
  readonly headless?: boolean;
  readonly chromiumArgs?: readonly string[];
  readonly locale?: string;
  readonly languages?: readonly string[];
  /** The system's theme. */
  readonly dark?: boolean;
  readonly platform?: NodeJS.Platform;
  /** Milliseconds until a condition that does not come true fails; 20,000 if not given. */
  readonly patience?: number;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

type WindowQuery = (window: WindowState) => boolean;

export class ElectronHost {
  readonly #options: HostOptions;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #patience: number;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #watchers = new Set<() => void>();
  readonly #exited: Promise<Exit>;
  #state: HostState | undefined;
  #lastId = 0;
  #exit: Exit | undefined;
  #stdout = '';
  #stderr = '';
  #chromium: Promise<ChromiumProcess> | undefined;
  #browser: Promise<Browser> | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    this.#patience = options.patience ?? 20_000;
    const partitionsDir = options.partitionsDir ?? join(options.home, 'partitions');
    mkdirSync(partitionsDir, { recursive: true });
    this.#folder = partitionsDir;
    const setting: HostSetting = {
      partitionsDir,
      userDataDir: options.home,
      locale: options.locale ?? 'en-GB',
      languages: options.languages ?? [options.locale ?? 'en-GB'],
      isHeadless: options.headless ?? true,
      isDark: options.dark ?? false,
      platform: options.platform ?? process.platform,
    };
    const register = pathToFileURL(join(import.meta.dirname, 'register.ts')).href;
    this.#child = spawn(
      process.execPath,
      ['--import', register, ...(options.execArgv ?? []), options.main, ...(options.args ?? [])],
      {
        env: {
          ...process.env,
          ...options.env,
          // Of the application alone: scripts/e2e.ts.
          NODE_V8_COVERAGE: process.env[COVERAGE_VARIABLE],
          [SETTING_VARIABLE]: JSON.stringify(setting),
        },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        serialization: 'advanced',
      },
    );
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.#stdout += text;
      this.#notice();
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text;
      this.#notice();
    });
    this.#child.on('message', (message: FromChild) => this.#receive(message));
    this.#exited = once(this.#child, 'close').then(([code, signal]) => this.#onExit({ code, signal }));
  }

  /** What the desktop shows of the application now. */
  get state(): HostState {
    if (this.#state === undefined) throw new Error(`the application showed nothing yet.\n${this.output}`);
    return this.#state;
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get output(): string {
    return `stdout:\n${this.#stdout}\nstderr:\n${this.#stderr}`;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Undefined while it runs. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** When it is over, by itself. */
  exited(): Promise<Exit> {
    return this.#exited;
  }

  /** Resolves with what `find` found, as soon as it finds something. */
  async until<T>(what: string, find: (state: HostState) => T | undefined | false): Promise<T> {
    const now = this.#try(find);
    if (now !== undefined) return now;
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#watchers.delete(check);
      };
      const check = (): void => {
        const found = this.#try(find);
        if (found !== undefined) {
          done();
          resolve(found);
        } else if (this.#exit !== undefined) {
          done();
          reject(new Error(`the application ended before ${what}.\n${this.output}`));
        }
      };
      const timer = setTimeout(() => {
        done();
        reject(
          new Error(`never came true: ${what}\n${JSON.stringify(this.#state, null, 2)}\n${this.output}`),
        );
      }, this.#patience);
      this.#watchers.add(check);
      check();
    });
  }

  /** Tells what is there now, and each change; answers what ends it. */
  watch(listener: (state: HostState) => void): () => void {
    let last: HostState | undefined;
    const look = (): void => {
      if (this.#state === undefined || this.#state === last) return;
      last = this.#state;
      listener(last);
    };
    this.#watchers.add(look);
    look();
    return () => void this.#watchers.delete(look);
  }

  #try<T>(find: (state: HostState) => T | undefined | false): T | undefined {
    const found = this.#state === undefined ? undefined : find(this.#state);
    return found === false ? undefined : found;
  }

  async call<C extends CallName>(name: C, args: CallArgs<C>): Promise<CallReply<C>> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      if (this.#exit !== undefined) {
        reject(new Error(`${name}: the application has ended.\n${this.output}`));
        return;
      }
      this.#pending.set(id, { resolve, reject });
      this.#tell({ kind: 'call', id, name, args });
    });
  }

  readonly tray = {
    /** The item under these labels, as the person reads them. */
    choose: async (...path: readonly string[]): Promise<void> => {
      await this.call('tray.choose', { path });
    },
    click: async (): Promise<void> => {
      await this.call('tray.event', { event: 'click' });
    },
    rightClick: async (): Promise<void> => {
      await this.call('tray.event', { event: 'right-click' });
    },
    doubleClick: async (): Promise<void> => {
      await this.call('tray.event', { event: 'double-click' });
    },
    /** Labels of the whole menu, separators as `—`, submenus indented. */
    lines: (): readonly string[] => linesOf(this.state.tray?.menu ?? [], ''),
  };

  readonly power = {
    suspend: () => this.call('power.event', { event: 'suspend' }),
    resume: () => this.call('power.event', { event: 'resume' }),
    lock: () => this.call('power.event', { event: 'lock-screen' }),
    unlock: () => this.call('power.event', { event: 'unlock-screen' }),
    shutdown: () => this.call('power.event', { event: 'shutdown' }),
    idleState: (state: IdleState) => this.call('power.idle', { state }),
  };

  readonly network = {
    goOffline: () => this.call('network.set', { isOnline: false }),
    goOnline: () => this.call('network.set', { isOnline: true }),
  };

  readonly notifications = {
    /** Waits for one like this. */
    one: (find: (notification: NotificationState) => boolean): Promise<NotificationState> =>
      this.until('a notification', ({ notifications }) => notifications.find(find)),
    click: (id: number) => this.call('notification.event', { id, event: 'click' }),
    close: (id: number) => this.call('notification.event', { id, event: 'close' }),
    fail: (id: number, error: string) => this.call('notification.event', { id, event: 'failed', error }),
    setSupported: (isSupported: boolean) => this.call('notification.refuse', { isSupported }),
  };

  /** Each answers the next dialog of its kind, whether it is open already or not. */
  readonly dialogs = {
    open: (...filePaths: readonly string[]) =>
      this.call('dialog.answer', { kind: 'open', answer: { canceled: filePaths.length === 0, filePaths } }),
    save: (filePath?: string) =>
      this.call('dialog.answer', {
        kind: 'save',
        answer: { canceled: filePath === undefined, filePath: filePath ?? '' },
      }),
    message: (response: number, checkboxChecked = false) =>
      this.call('dialog.answer', { kind: 'message', answer: { response, checkboxChecked } }),
  };

  readonly windows = {
    /** Waits for one like this, with its page there. */
    one: (find: WindowQuery = () => true): Promise<WindowState> =>
      this.until('a window', ({ windows }) =>
        windows.find((window) => window.targetId !== '' && find(window)),
      ),
    /** Its page, to act in as a person. */
    page: async (find: WindowQuery = () => true): Promise<Page> => this.#pageOf(await this.windows.one(find)),
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
      await Promise.race([this.call('coverage.take', {}).catch(() => null), this.#exited]);
    if (this.#exit === undefined) this.#child.kill('SIGKILL');
    await this.#exited;
    await this.#closeBrowser();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** When the application's desktop is there, or it has ended. */
  async started(): Promise<this> {
    await Promise.race([this.until('the application is ready', ({ isReady }) => isReady), this.#exited]);
    return this;
  }

  #notice(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #tell(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message);
  }

  #receive(message: FromChild): void {
    switch (message.kind) {
      case 'state':
        this.#state = message.state;
        this.#notice();
        break;
      case 'reply':
        this.#pending.get(message.id)?.resolve(message.value);
        this.#pending.delete(message.id);
        break;
      case 'failure':
        this.#pending.get(message.id)?.reject(new Error(message.message));
        this.#pending.delete(message.id);
        break;
      case 'needs-browser':
        void this.#startChromium().then(({ endpoint }) => this.#tell({ kind: 'browser', endpoint }));
    }
  }

  async #onExit(exit: Exit): Promise<Exit> {
    this.#exit = exit;
    for (const { reject } of this.#pending.values())
      reject(new Error(`the application ended.\n${this.output}`));
    this.#pending.clear();
    this.#notice();
    await this.#closeBrowser();
    return exit;
  }

  #startChromium(): Promise<ChromiumProcess> {
    this.#chromium ??= startChromium(this.#folder, {
      isHeadless: this.#options.headless ?? true,
      args: this.#options.chromiumArgs ?? [],
      env: { ...process.env, ...this.#options.env },
    });
    return this.#chromium;
  }

  async #pageOf({ targetId, url }: WindowState): Promise<Page> {
    const { endpoint } = await this.#startChromium();
    // Playwright would else give pages a theme of its own.
    this.#browser ??= onlooker(endpoint).then((transport) =>
      chromium.connectOverCDP(transport, { noDefaults: true }),
    );
    const browser = await this.#browser;
    const context = browser.contexts()[0]!;
    const asked = new Set<Page>();
    const find = async (): Promise<Page | undefined> => {
      for (const page of context.pages().filter((each) => !asked.has(each))) {
        asked.add(page);
        const session = await context.newCDPSession(page);
        const { targetInfo } = await session.send('Target.getTargetInfo');
        await session.detach();
        if (targetInfo.targetId === targetId) return page;
      }
      return undefined;
    };
    // One that just opened may still be on its way to Playwright.
    const deadline = AbortSignal.timeout(this.#patience);
    let found = await find();
    while (found === undefined && !deadline.aborted) {
      if (context.pages().every((page) => asked.has(page)))
        await context.waitForEvent('page', { timeout: this.#patience });
      found = await find();
    }
    if (found === undefined) throw new Error(`Playwright does not see the window at ${url}`);
    found.setDefaultTimeout(this.#patience);
    return found;
  }

  async #closeBrowser(): Promise<void> {
    const browser = await this.#browser?.catch(() => undefined);
    const process = await this.#chromium?.catch(() => undefined);
    this.#browser = undefined;
    this.#chromium = undefined;
    await process?.stop();
    await browser?.close().catch(() => undefined);
  }
}

function linesOf(items: readonly MenuItemState[], indent: string): readonly string[] {
  return items
    .filter(({ visible }) => visible)
    .flatMap(({ type, label, submenu }) =>
      [`${indent}${type === 'separator' ? '—' : label}`].concat(linesOf(submenu, `${indent}  `)),
    );
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
