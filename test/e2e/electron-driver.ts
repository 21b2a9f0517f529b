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
import { PATIENCE_MS } from './patience.ts';

/** What the hook leaves in the main process. */
interface Hook {
  see(): Seen & { readonly revision: number };
  changedSince(revision: number): Promise<void>;
  choose(path: readonly string[]): void;
  clickTray(): void;
  clickNotification(id: number): void;
  answer(kind: 'open' | 'save', path: string | undefined): void;
  answerQuestion(button: string): void;
}

declare global {
  var jetonDriver: Hook;
}

export function electronDriver(executablePath: string): Driver {
  return async (main, { home, env = {}, args = [], locale, dark }) => {
    const hook = join(import.meta.dirname, 'electron-hook.cjs');
    const switches = [`--user-data-dir=${home}`, ...(locale === undefined ? [] : [`--lang=${locale}`])];
    if (process.getuid?.() === 0) switches.push('--no-sandbox');
    const all = ['-r', hook, main, ...switches, ...args];
    const variables = Object.fromEntries(
      Object.entries({ ...process.env, JETON_HOME: home, ...env }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      ),
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

  const see = (): ReturnType<Hook['see']> extends infer S ? Promise<S> : never =>
    application.evaluate(() => globalThis.jetonDriver.see());

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
    for (const candidate of application.windows()) {
      const handle = await application.browserWindow(candidate);
      if ((await handle.evaluate(({ id }) => id)) === wanted.id) return candidate;
    }
    throw new Error(`Playwright does not see the window at ${wanted.url}`);
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
      application.evaluate(({ powerMonitor }, name) => {
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
    pid: child.pid!,
    get output() {
      return output;
    },
    quit: async () => {
      await application.evaluate(({ app }) => app.quit());
      return ended;
    },
    kill,
    dispose: kill,
  };
}
