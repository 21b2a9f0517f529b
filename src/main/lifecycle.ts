/** From the start of the process to its end. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { app, BaseWindow, dialog, Menu, powerMonitor, type RelaunchOptions } from 'electron';
import { prepareHome, resolveHome } from '../node/paths.ts';
import { sessionFolderOf } from '../node/sso/window-profile.ts';
import { leaveUnanswered } from '../node/vault/keychain.ts';
import { HIDDEN } from './auto-launch.ts';
import { claimScheme } from './jeton-scheme.ts';
import { heedSessionEnd } from './session-end.ts';

/** What cannot be changed any more once Electron is ready. */
export interface Prepared {
  /** Jeton's, the same folder that the command line uses. */
  readonly home: string;
  /** An AppImage starts Jeton without Chromium's where it cannot make one: https://www.electronjs.org/docs/latest/tutorial/sandbox. */
  readonly hasSandbox: boolean;
}

/** What was put together. */
export interface Running {
  /** The window, to the front. */
  open(): void;
  /** Something is under way that an end would cut short. */
  isBusy(): boolean;
  /** False while tokens are in hand that are on no disk yet. */
  mayEnd(): boolean;
  close(): Promise<void>;
}

/** As electron-builder writes it into the installer; Windows shows no notification of an application without one. */
const APP_USER_MODEL_ID = 'io.github.jeton.app';

/** A rotation in flight has this long to be stored. */
const CLOSE_MS = 5_000;
const ASK_AGAIN_MS = 50;

/** Before anything else: names, folders and isolation. */
export function prepareProcess(): Prepared {
  app.setName('Jeton');
  app.setAppUserModelId(APP_USER_MODEL_ID);
  // enableSandbox takes this switch away, but what Chromium started with it, and makes its pages' processes from, stays.
  const hasSandbox = !app.commandLine.hasSwitch('no-sandbox');
  app.enableSandbox();
  const { env, platform } = process;
  const home = resolveHome({ env, platform, homedir: homedir(), cwd: process.cwd() });
  try {
    prepareHome(home);
    // Chromium's own files in a folder of their own, so that the home stays a person's to read.
    const sessionData = sessionFolderOf(home);
    mkdirSync(sessionData, { recursive: true, mode: 0o700 });
    app.setPath('userData', home);
    app.setPath('sessionData', sessionData);
  } catch {
    // The window will say what is wrong with the home; Chromium's files are where Electron puts them.
  }
  return { home, hasSandbox };
}

/** Runs until the person quits. A second start shows the window of the first, and ends. */
export function runUntilQuit(compose: () => Promise<Running>): void {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  let running: Running | undefined;
  let isWanted = false;
  let closing: Promise<void> | undefined;
  const open = (): void => {
    isWanted = true;
    if (closing === undefined) running?.open();
  };
  app.on('second-instance', (_, argv) => {
    if (!argv.includes(HIDDEN)) open();
  });
  app.on('activate', open);
  // macOS alone: elsewhere the address is in the arguments of a second start. What it says after jeton: is ignored.
  app.on('open-url', (event) => {
    event.preventDefault();
    open();
  });
  // The tray goes on without a window; with nobody listening, Electron would quit.
  app.on('window-all-closed', () => undefined);

  app.on('before-quit', (event) => {
    event.preventDefault();
    if (closing !== undefined) return;
    isWanted = false;
    closing = closeInTime(running).finally(() => {
      // Whoever started Jeton meanwhile was told that it runs. It starts once this process is gone.
      if (isWanted) app.relaunch(relaunchOptions(process));
      // Nobody unlocks the keyring any more for a question that is still open. With one, this is the end.
      leaveUnanswered();
      app.exit(0);
    });
  });

  const start = async (): Promise<void> => {
    await app.whenReady();
    // macOS says no sooner whether it was at login.
    isWanted ||= !wasStartedAtLogin(process.argv);
    prepareMenu();
    claimScheme({ platform: process.platform, app });
    heedSessionEnd({
      platform: process.platform,
      // The types leave out the event.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- by the page that session-end.ts names
      onShutdown: (listener) => powerMonitor.on('shutdown', listener as () => void),
      onWindowCreated: (listener) => app.on('browser-window-created', (_, window) => listener(window)),
      createWindow: () => new BaseWindow({ show: false, skipTaskbar: true }),
      isBusy: () => closing !== undefined || running?.isBusy() === true,
      quit: () => app.quit(),
    });
    running = await compose();
    if (isWanted) running.open();
  };
  start().catch((error: unknown) => {
    dialog.showErrorBox('Jeton', error instanceof Error ? `${error.name}: ${error.message}` : 'unknown');
    app.exit(1);
  });
}

async function closeInTime(running: Running | undefined): Promise<void> {
  const closed = running?.close().catch(() => undefined);
  // What hangs, or fails, is left: whatever was received is on disk by then, or asked for again.
  await Promise.race([closed, delay(CLOSE_MS)]);
  // What no disk would take yet is neither, and given up after a minute.
  while (running?.mayEnd() === false) await delay(ASK_AGAIN_MS);
}

/** As a person starts it: with a window, and an AppImage by itself, for its mount is gone with this process. */
function relaunchOptions({ argv, env }: Pick<NodeJS.Process, 'argv' | 'env'>): RelaunchOptions {
  const args = argv.slice(1).filter((argument) => argument !== HIDDEN);
  const image = env['APPIMAGE'];
  return image === undefined ? { args } : { args, execPath: image };
}

/** By the argument that Jeton gives the system; macOS has none and says so itself, once the application is ready. */
function wasStartedAtLogin(argv: readonly string[]): boolean {
  if (argv.includes(HIDDEN)) return true;
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}

/** A Mac's menu is put up as soon as its words are there; elsewhere a window of Jeton's has none. */
function prepareMenu(): void {
  Menu.setApplicationMenu(null);
  app.dock?.hide();
}
