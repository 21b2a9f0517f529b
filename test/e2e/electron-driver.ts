/**
 * The application on real Electron, through Playwright (https://playwright.dev/docs/api/class-electron). No API reaches a
 * tray icon, a notification or a native dialog from outside: `electron-hook.cjs`, which Electron loads before the
 * application, notes what is made of them, and acts on it. What a test cannot do here throws.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import type { DrivenApplication, Driver, Seen, SeenWindow } from './driver.ts';
import { HURRIED_CLOCK, hurriedClock } from './hurry.ts';
import { PATIENCE_MS } from './patience.ts';
import { iconStateOf } from './tray-icon.ts';

/** What the hook leaves in the main process; icons are paths there. */
interface Hook {
  see(): Noted;
  changedSince(revision: number): Promise<void>;
  choose(path: readonly string[]): void;
  clickTray(): void;
  clickNotification(id: number): void;
  answer(kind: 'open' | 'save', path: string | undefined): void;
  answerQuestion(button: string): void;
}

interface Noted extends Seen {
  readonly revision: number;
}

declare global {
  var jetonDriver: Hook;
}

export function electronDriver(executablePath: string): Driver {
  return async (main, { home, env = {}, args = [], locale, dark, hurry = [] }) => {
    const hook = join(import.meta.dirname, 'electron-hook.cjs');
    const switches = [`--user-data-dir=${home}`, ...(locale === undefined ? [] : [`--lang=${locale}`])];
    // As root Electron starts with this switch alone: the application is not to see it, unless the story is about it.
    const isRoot = process.getuid?.() === 0 && !args.includes('--no-sandbox');
    if (isRoot) switches.push('--no-sandbox');
    // A machine without a camera refuses a page before anybody could.
    switches.push('--use-fake-device-for-media-stream');
    const clock = hurry.length === 0 ? [] : ['-r', HURRIED_CLOCK];
    const all = [...clock, '-r', hook, main, ...switches, ...args];
    const variables = Object.fromEntries(
      // macOS and Windows have languages of their own, whatever a switch says.
      Object.entries({
        ...process.env,
        JETON_HOME: home,
        ELECTRON_HOOK_LOCALE: locale,
        ELECTRON_HOOK_IS_ROOT: isRoot ? '1' : undefined,
        ...hurriedClock(hurry),
        ...env,
      }).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    const application = await _electron.launch({
      executablePath,
      args: all,
      env: variables,
      ...(dark === undefined ? {} : { colorScheme: dark ? 'dark' : 'light' }),
    });
    return drive(application, () => spawn(executablePath, all, { env: variables, stdio: 'ignore' }));
  };
}

function drive(
  application: ElectronApplication,
  startAgain: () => ReturnType<typeof spawn>,
): DrivenApplication {
  const child = application.process();
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = once(child, 'exit').then(([code]) => code as number | null);

  async function see(): Promise<Noted> {
    const { tray, ...noted } = await application.evaluate(() => globalThis.jetonDriver.see());
    return { ...noted, tray: tray && { ...tray, icon: iconStateOf(tray.icon ?? '') } };
  }

  async function until<T>(what: string, find: (seen: Seen) => T | undefined | false): Promise<T> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    const tooLate = once(deadline, 'abort');
    for (;;) {
      const seen = await see();
      const found = find(seen);
      if (found !== undefined && found !== false) return found;
      await Promise.race([
        application.evaluate((_, revision) => globalThis.jetonDriver.changedSince(revision), seen.revision),
        tooLate,
      ]);
      if (deadline.aborted)
        throw new Error(`never came true: ${what}\n${JSON.stringify(seen, null, 2)}\n${output}`);
    }
  }

  async function page(find: (window: SeenWindow) => boolean = () => true): Promise<Page> {
    const wanted = await until('a window', ({ windows }) => windows.find(find));
    for (;;) {
      // Playwright may hear of a window later than the hook does.
      const next = application.waitForEvent('window', { timeout: PATIENCE_MS });
      next.catch(() => undefined);
      for (const candidate of application.windows())
        if ((await idOf(candidate)) === wanted.id) return candidate;
      await next;
    }
  }

  /** Undefined once it is closed. */
  async function idOf(candidate: Page): Promise<number | undefined> {
    const handle = await application.browserWindow(candidate).catch(() => undefined);
    return handle?.evaluate(({ id }) => id).catch(() => undefined);
  }

  async function kill(): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  }

  return {
    kind: 'electron',
    see,
    until,
    chooseFromTray: (...path) =>
      application.evaluate((_, labels) => globalThis.jetonDriver.choose(labels), path),
    clickTray: () => application.evaluate(() => globalThis.jetonDriver.clickTray()),
    clickNotification: (id) =>
      application.evaluate((_, which) => globalThis.jetonDriver.clickNotification(which), id),
    page,
    closeWindow: (id) =>
      application.evaluate(({ BrowserWindow }, which) => BrowserWindow.fromId(which)?.close(), id),
    crashPage: (id) =>
      application.evaluate(
        ({ BrowserWindow }, which) => BrowserWindow.fromId(which)?.webContents.forcefullyCrashRenderer(),
        id,
      ),
    answerQuestion: (button) =>
      application.evaluate((_, label) => globalThis.jetonDriver.answerQuestion(label), button),
    happen: (event) =>
      application.evaluate(({ net, powerMonitor }, name) => {
        if (name === 'offline' || name === 'online') {
          net.isOnline = () => name === 'online';
          return;
        }
        const isAboutLock = name === 'lock-screen' || name === 'unlock-screen';
        if (isAboutLock)
          powerMonitor.getSystemIdleState = () => (name === 'lock-screen' ? 'locked' : 'active');
        if (!isAboutLock || process.platform !== 'linux') powerMonitor.emit(name);
      }, event),
    shutDown: async () => {
      await application.evaluate(({ BaseWindow, powerMonitor }) => {
        let isPrevented = false;
        const event = { preventDefault: () => (isPrevented = true), reasons: ['shutdown'] };
        if (process.platform === 'win32')
          for (const window of BaseWindow.getAllWindows()) window.emit('query-session-end', event);
        else powerMonitor.emit('shutdown', event);
        // As the machine, which waits for nobody else.
        if (!isPrevented) setImmediate(() => process.kill(process.pid, 'SIGKILL'));
      });
      return ended;
    },
    answerDialog: (kind, path) =>
      application.evaluate((_, [asked, answer]) => globalThis.jetonDriver.answer(asked, answer), [
        kind,
        path,
      ] as const),
    startSecond: async () => {
      const [code] = (await once(startAgain(), 'exit')) as [number | null];
      return code;
    },
    cookies: (partition) =>
      application.evaluate(async ({ session }, which) => {
        const cookies = await session.fromPartition(which).cookies.get({});
        return cookies.map(({ name, domain = '' }) => ({ name, domain }));
      }, partition),
    pid: child.pid!,
    get output() {
      return output;
    },
    ended: () => ended,
    quit: async () => {
      // It may be gone before it has answered.
      await application.evaluate(({ app }) => app.quit()).catch(() => undefined);
      return ended;
    },
    kill,
    dispose: kill,
  };
}
