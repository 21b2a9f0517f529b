/**
 * The built application under the hands of a person who is a test, on one of two desktops: real Electron, where its
 * binary is there, and else the stand-in. Specs are written against this and do not know which one it is.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { electronDriver } from './electron-driver.ts';
import { standInDriver } from './stand-in-driver.ts';

const root = join(import.meta.dirname, '../..');

export interface LaunchOptions {
  /** `JETON_HOME`, and Electron's `userData`. */
  readonly home: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly args?: readonly string[];
  readonly locale?: string;
  readonly dark?: boolean;
  /** Timers that would wait exactly so long wait shorter: hurried-clock.cjs. */
  readonly hurry?: readonly { readonly from: number; readonly to: number }[];
}

export interface SeenItem {
  readonly label: string;
  readonly type: string;
  readonly enabled: boolean;
  readonly visible: boolean;
  readonly checked: boolean;
  readonly submenu: readonly SeenItem[];
}

export interface SeenWindow {
  readonly id: number;
  readonly title: string;
  readonly url: string;
  readonly visibility: 'shown' | 'hidden' | 'minimized';
}

export interface SeenTray {
  /** Of the application: `fresh`, `needs-you`, …, whatever file that is on this system. */
  readonly icon: string | undefined;
  readonly tooltip: string;
  readonly menu: readonly SeenItem[] | undefined;
}

/** What a person sees of the application outside of its windows. */
export interface Seen {
  readonly tray: SeenTray | undefined;
  readonly windows: readonly SeenWindow[];
  readonly notifications: readonly { readonly id: number; readonly title: string; readonly body: string }[];
  /** Addresses and folders that other programs were to open. */
  readonly opened: readonly string[];
  /** Dialogs with words and buttons, answered or not. */
  readonly questions: readonly {
    /** As Electron calls it, by the sign in it. */
    readonly type: string;
    readonly message: string;
    readonly detail: string;
    readonly buttons: readonly string[];
    /** The button that the key Escape stands for. */
    readonly escape: string | undefined;
  }[];
}

export interface SeenCookie {
  readonly name: string;
  readonly domain: string;
}

export interface DrivenApplication {
  readonly kind: 'stand-in' | 'electron';
  see(): Promise<Seen>;
  /** Resolves with what `find` found, as soon as it finds something. */
  until<T>(what: string, find: (seen: Seen) => T | undefined | false): Promise<T>;
  chooseFromTray(...path: readonly string[]): Promise<void>;
  clickTray(): Promise<void>;
  clickNotification(id: number): Promise<void>;
  /** The page of a window like this, once there is one. */
  page(find?: (window: SeenWindow) => boolean): Promise<Page>;
  /** With the button of its frame. */
  closeWindow(id: number): Promise<void>;
  /** The process of its page ends, as by a fault of Chromium's. */
  crashPage(id: number): Promise<void>;
  /** Presses this button of the last of the questions. */
  answerQuestion(button: string): Promise<void>;
  /** Of the machine, whether it tells of it or is asked: Linux tells of no lock, and nobody of the network. */
  happen(event: 'suspend' | 'resume' | 'lock-screen' | 'unlock-screen' | 'offline' | 'online'): Promise<void>;
  /** The machine shuts down, or its person logs off; answers the exit code, `null` where it did not wait. */
  shutDown(): Promise<number | null>;
  /** The next dialog that asks for a file or folder gets this; none is the person's "Cancel". */
  answerDialog(kind: 'open' | 'save', path: string | undefined): Promise<void>;
  /** Starts the same application again, and waits for the end of that. */
  startSecond(): Promise<number | null>;
  readonly pid: number;
  /** All that it printed. */
  readonly output: string;
  /** What a session of the application’s keeps, by its partition. */
  cookies(partition: string): Promise<readonly SeenCookie[]>;
  /** When it has ended, by itself. */
  ended(): Promise<number | null>;
  /** In order; answers the exit code. */
  quit(): Promise<number | null>;
  /** As a crash. */
  kill(): Promise<void>;
  dispose(): Promise<void>;
}

export type Driver = (main: string, options: LaunchOptions) => Promise<DrivenApplication>;

/**
 * Electron's own program, where it was downloaded before. The package is not imported: that would download it
 * (https://www.electronjs.org/docs/latest/tutorial/installation).
 */
export function electronBinary(): string | undefined {
  const inside = {
    darwin: 'Electron.app/Contents/MacOS/Electron',
    win32: 'electron.exe',
  }[process.platform as string];
  const path = join(root, 'node_modules/electron/dist', inside ?? 'electron');
  return existsSync(path) ? path : undefined;
}

/** Runs `out/main/index.js`. The caller disposes of it. */
export function launch(
  options: LaunchOptions,
  main = join(root, 'out/main/index.js'),
): Promise<DrivenApplication> {
  const binary = electronBinary();
  return (binary === undefined ? standInDriver : electronDriver(binary))(main, options);
}
