/** The application's process: what it shows and prints, what it is asked, and its end. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  COVERAGE_VARIABLE,
  SETTING_VARIABLE,
  type CallArgs,
  type CallName,
  type CallReply,
  type FromChild,
  type HostSetting,
  type HostState,
  type ToChild,
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

interface Around {
  /** Where the browser listens that is started for the first window. */
  readonly browserEndpoint: () => Promise<string>;
  /** Before anybody hears of the end. */
  readonly onExit: () => Promise<void>;
}

export function partitionsDirOf({ partitionsDir, home }: HostOptions): string {
  return partitionsDir ?? join(home, 'partitions');
}

export function patienceOf({ patience }: HostOptions): number {
  return patience ?? 20_000;
}

function settingOf(options: HostOptions): HostSetting {
  return {
    partitionsDir: partitionsDirOf(options),
    userDataDir: options.home,
    locale: options.locale ?? 'en-GB',
    languages: options.languages ?? [options.locale ?? 'en-GB'],
    isHeadless: options.headless ?? true,
    isDark: options.dark ?? false,
    platform: options.platform ?? process.platform,
  };
}

export class HostProcess {
  readonly exited: Promise<Exit>;
  exit: Exit | undefined;
  stdout = '';
  stderr = '';
  readonly #child: ChildProcess;
  readonly #patience: number;
  readonly #around: Around;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  readonly #watchers = new Set<() => void>();
  #state: HostState | undefined;
  #lastId = 0;

  constructor(options: HostOptions, around: Around) {
    this.#patience = patienceOf(options);
    this.#around = around;
    const setting = settingOf(options);
    mkdirSync(setting.partitionsDir, { recursive: true });
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
      this.stdout += text;
      this.#notice();
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.#notice();
    });
    this.#child.on('message', (message: FromChild) => this.#receive(message));
    this.exited = once(this.#child, 'close').then(([code, signal]) => this.#onExit({ code, signal }));
  }

  get state(): HostState {
    if (this.#state === undefined) throw new Error(`the application showed nothing yet.\n${this.output}`);
    return this.#state;
  }

  get output(): string {
    return `stdout:\n${this.stdout}\nstderr:\n${this.stderr}`;
  }

  get pid(): number {
    return this.#child.pid!;
  }

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
        } else if (this.exit !== undefined) {
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
      if (this.exit !== undefined) {
        reject(new Error(`${name}: the application has ended.\n${this.output}`));
        return;
      }
      this.#pending.set(id, { resolve, reject });
      this.#tell({ kind: 'call', id, name, args });
    });
  }

  /** Not in order. */
  kill(): void {
    if (this.exit === undefined) this.#child.kill('SIGKILL');
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
        void this.#around.browserEndpoint().then((endpoint) => this.#tell({ kind: 'browser', endpoint }));
    }
  }

  async #onExit(exit: Exit): Promise<Exit> {
    this.exit = exit;
    for (const { reject } of this.#pending.values())
      reject(new Error(`the application ended.\n${this.output}`));
    this.#pending.clear();
    this.#notice();
    await this.#around.onExit();
    return exit;
  }
}
