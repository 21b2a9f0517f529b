/** Puts the application and its desktop together. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { app, type BrowserWindow, dialog, type MessageBoxOptions, session } from 'electron';
import { createLogger } from '../node/logger.ts';
import { settingsSchema } from '../core/settings.ts';
import { openSettingsFile } from '../node/settings-file.ts';
import { explainSignInFailure } from '../shared/messages/sign-in-words.ts';
import { serveApp } from './app-protocol.ts';
import { openApplication } from './application/open.ts';
import type { Application } from './application.ts';
import { MenuBar } from './app-menu.ts';
import { autoLaunchOf } from './auto-launch.ts';
import { DockPresence } from './dock-presence.ts';
import { ElectronDesktop } from './electron-desktop.ts';
import { serveWindow } from './ipc.ts';
import type { Prepared, Running } from './lifecycle.ts';
import { MainWindow } from './main-window.ts';
import { Notifier } from './notifier.ts';
import { Power } from './power.ts';
import { guardApplication, guardSession } from './security.ts';
import type { AttemptRequest } from './sign-in-attempt.ts';
import { SignInWindow } from './sign-in-window.ts';
import { type Question, TrayActions } from './tray-actions.ts';
import { TrayIcon } from './tray.ts';
import { WindowTrouble } from './window-trouble.ts';

/** Out of out/main, in a checkout as in a package. */
const ROOT = join(import.meta.dirname, '..', '..');
const ICONS = join(ROOT, 'assets', 'tray');

/** Built once; its parts know each other through here. After Electron is ready. */
export async function compose({ home, hasSandbox }: Prepared): Promise<Running> {
  const { platform, env } = process;
  const settingsFile = openSettingsFile(home, env);
  const log = createLogger({ home, kind: 'tray', ...settingsSchema.parse({}).log, verbose: false });

  // What looks at it before it is there, as a machine that wakes up, finds nothing to do.
  let running: Application | undefined;
  const signInWindow = new SignInWindow({
    hasSandbox,
    settings: () => settingsFile.read().oneflex,
    onBlocked: (host) => running && actions.sayBlocked(host),
    blockedWords: (host) => running?.messages.t('sign-in-window.blocked', { host }) ?? host,
    askAgain: async (...failed) => running !== undefined && (await askAgain(running, ...failed)),
  });
  guardSession(session.defaultSession);
  guardSession(signInWindow.session);
  guardApplication({
    signInSession: signInWindow.session,
    mayIdentify: (contents, address) => signInWindow.mayIdentify(contents, address),
  });
  serveApp(session.defaultSession, join(ROOT, 'out', 'renderer'));

  const notifier = new Notifier((target) => actions.follow(target));
  const power = new Power(() => running?.wake());
  const windowTrouble = new WindowTrouble({
    application: () => running,
    ask: (question) => ask(question),
    log,
  });
  const dock = new DockPresence(app.dock);
  const mainWindow = new MainWindow({
    home,
    preload: join(ROOT, 'out', 'preload', 'index.cjs'),
    icon: join(ROOT, 'assets', 'icons', '256x256.png'),
    devTools: !app.isPackaged,
    onShowing: (isShown) => running?.showing(isShown),
    onPresence: (isThere) => dock.show(isThere),
    requestView: (request) => ipc.requestView(request),
    onPageLeft: () => void running?.commands.unfollowLogs({}),
    onProblem: (problem) => windowTrouble.say(problem),
    log,
  });
  const autoLaunch = autoLaunchOf({
    platform,
    env,
    homedir: homedir(),
    command: launchCommand(),
    loginItems: app,
    isPackaged: app.isPackaged,
  });
  autoLaunch.keep();
  const application = await openApplication({
    home,
    root: ROOT,
    env,
    log,
    version: app.getVersion(),
    refusedCalls: () => ipc.refusedCalls,
    desktop: new ElectronDesktop({
      hasSandbox,
      signInWindow,
      autoLaunch,
      isScreenLocked: () => power.isScreenLocked(),
      notify: (notice) => notifier.show(notice),
      window: () => mainWindow.shown(),
    }),
  });
  running = application;

  const actions = new TrayActions({
    application,
    notify: (notice) => notifier.show(notice),
    whenUnlocked: () => power.whenUnlocked(),
    openWindow: (view) => mainWindow.open(view),
    showSignIn: () => signInWindow.show(),
    ask: (question) => ask(question),
    quit: () => app.quit(),
  });
  const ipc = serveWindow({
    application,
    mainContents: () => mainWindow.contents(),
    onPageReady: () => mainWindow.pageIsListening(),
    log,
    now: Date.now,
  });
  const menuBar = platform === 'darwin' ? new MenuBar() : undefined;
  const tray = new TrayIcon({ folder: ICONS, platform, run: (command) => actions.run(command) });
  const show = (): void => {
    const { state, messages } = application;
    tray.show(state, messages);
    menuBar?.show(messages);
  };
  show();
  application.on('stateChanged', show);

  return {
    open: () => mainWindow.open(),
    isBusy: () => application.isBusy,
    mayEnd: () => application.mayEnd,
    async close() {
      power.dispose();
      notifier.dispose();
      mainWindow.dispose();
      await application.close();
      ipc.dispose();
      tray.dispose();
    },
  };
}

/** How the system starts Jeton: the package itself, or Electron with a checkout. */
function launchCommand(): readonly string[] {
  return app.isPackaged ? [process.execPath] : [process.execPath, app.getAppPath()];
}

/** In a box of the system's, which no page can imitate away; whoever chooses nothing says no. */
async function ask(
  { message, detail, yes, no }: Question,
  over?: BrowserWindow,
  box: Pick<MessageBoxOptions, 'type' | 'defaultId' | 'signal'> = { type: 'question', defaultId: 1 },
): Promise<boolean> {
  const options: MessageBoxOptions = { ...box, message, detail, buttons: [yes, no], cancelId: 1 };
  const { response } = await (over === undefined
    ? dialog.showMessageBox(options)
    : dialog.showMessageBox(over, options));
  return response === 0;
}

function askAgain(
  { messages }: Application,
  ...[window, failed, signal]: Parameters<AttemptRequest['askAgain']>
): Promise<boolean> {
  const { message, remedy } = explainSignInFailure(failed, 0, messages);
  const question: Question = {
    message,
    detail: remedy,
    yes: messages.t('sign-in-window.again'),
    no: messages.t('sign-in-window.cancel'),
  };
  return ask(question, window, { type: 'warning', defaultId: 0, signal });
}
