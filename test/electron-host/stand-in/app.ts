/** https://www.electronjs.org/docs/latest/api/app */
import { mkdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { takeCoverage } from 'node:v8';
import type Electron from 'electron';
import { handle, publish, published, setting, state } from './control.ts';
import { emitterOf } from './events.ts';
import { cancellable, emittingFacade, facade, NotImplemented } from './facade.ts';
import { onQuitRole } from './menu.ts';
import { onSessionCreated, savePartitions } from './session.ts';
import { delivered, hasLock, releaseLock, requestLock } from './single-instance.ts';
import { onCertificateError, onWebContentsCreated } from './web-contents.ts';
import { allWindows, onAllClosed, onFocusChanged, onWindowCreated } from './window-registry.ts';

const EVENTS = [
  'ready',
  'will-finish-launching',
  'window-all-closed',
  'before-quit',
  'will-quit',
  'quit',
  'activate',
  'did-become-active',
  'second-instance',
  'open-file',
  'open-url',
  'browser-window-created',
  'browser-window-focus',
  'browser-window-blur',
  'web-contents-created',
  'session-created',
  'certificate-error',
  'select-client-certificate',
  'login',
  'render-process-gone',
  'child-process-gone',
  'accessibility-support-changed',
  'continue-activity',
] as const;

const emitter = emitterOf<Electron.App>();
const script = process.argv[1] ?? '';
const manifest = readManifest(dirname(script));
let name = manifest.name;
let phase: 'running' | 'quitting' | 'over' = 'running';
const paths: Record<string, string> = {};

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}

/** Of the package that the script belongs to, as Electron reads it. */
function readManifest(folder: string): Manifest {
  try {
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      string | undefined
    >;
    return {
      name: manifest['productName'] ?? manifest['name'] ?? 'Electron',
      version: manifest['version'] ?? '0.0.0',
      folder,
    };
  } catch {
    const parent = dirname(folder);
    return parent === folder ? { name: 'Electron', version: '0.0.0', folder } : readManifest(parent);
  }
}

function pathOf(which: string): string {
  const set = paths[which];
  if (set !== undefined) return set;
  switch (which) {
    case 'userData':
    case 'sessionData':
      return setting.userDataDir;
    case 'appData':
      return dirname(setting.userDataDir);
    case 'logs':
      return join(pathOf('userData'), 'logs');
    case 'temp':
      return tmpdir();
    case 'home':
      return homedir();
    case 'exe':
    case 'module':
      return process.execPath;
    case 'crashDumps':
      return join(pathOf('userData'), 'Crashpad');
    case 'desktop':
    case 'documents':
    case 'downloads':
      return join(homedir(), which.charAt(0).toUpperCase() + which.slice(1));
    default:
      throw new Error(`Failed to get '${which}' path`);
  }
}

async function end(code: number): Promise<never> {
  if (phase === 'over') return new Promise(() => undefined);
  phase = 'over';
  emitter.emit('quit', {}, code);
  savePartitions();
  releaseLock(pathOf('userData'));
  await Promise.all([delivered(), published()]);
  process.exit(code);
}

/** The order is Electron's: before-quit, each window's close, will-quit, quit. */
async function quit(): Promise<void> {
  if (phase !== 'running') return;
  const before = cancellable({});
  emitter.emit('before-quit', before);
  if (before.defaultPrevented) return;
  phase = 'quitting';
  const windows = allWindows();
  for (const window of windows) window.close();
  await new Promise((resolve) => setImmediate(resolve));
  // A window that prevented its close keeps the application.
  if (allWindows().length > 0) {
    phase = 'running';
    return;
  }
  const will = cancellable({});
  emitter.emit('will-quit', will);
  if (will.defaultPrevented) {
    phase = 'running';
    return;
  }
  await end(0);
}

const ready = new Promise<void>((resolve) => {
  // The rest of the bundle is evaluated without a pause after this module.
  setImmediate(() => {
    publish({ isReady: true, name });
    mkdirSync(pathOf('userData'), { recursive: true });
    emitter.emit('will-finish-launching');
    emitter.emit('ready', {}, {});
    resolve();
  });
});

onAllClosed(() => {
  setImmediate(() => {
    if (phase !== 'running' || allWindows().length > 0) return;
    // Who listens decides; else it is the end: https://www.electronjs.org/docs/latest/api/app#event-window-all-closed
    if (emitter.listenerCount('window-all-closed') > 0) emitter.emit('window-all-closed');
    else void quit();
  });
});
onWindowCreated((window) => emitter.emit('browser-window-created', {}, window));
onFocusChanged((event, window) => emitter.emit(event, {}, window));
onWebContentsCreated((contents) => emitter.emit('web-contents-created', {}, contents));
onSessionCreated((session) => emitter.emit('session-created', session));
onCertificateError((contents, url, error) => {
  const event = cancellable({});
  const answer = (isTrusted: boolean): void => {
    if (isTrusted) throw new NotImplemented('trusting a certificate');
  };
  emitter.emit('certificate-error', event, contents, url, error, {}, answer, true);
});
onQuitRole(() => void quit());

const switches = new Map(
  process.argv.flatMap((argument) => {
    const [, key, value = ''] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? [];
    return key === undefined ? [] : [[key, value] as const];
  }),
);
const commandLine = facade('commandLine', {
  appendSwitch: (key, value) => void switches.set(key, value ?? ''),
  hasSwitch: (key) => switches.has(key),
  getSwitchValue: (key) => switches.get(key) ?? '',
  removeSwitch: (key) => void switches.delete(key),
  appendArgument: () => undefined,
} satisfies Partial<Electron.CommandLine>);

const dock =
  setting.platform === 'darwin'
    ? facade('dock', {
        hide: () => publish({ dock: 'hidden' }),
        show: () => {
          publish({ dock: 'shown' });
          return Promise.resolve();
        },
        isVisible: () => state.dock === 'shown',
        setMenu: () => undefined,
        setIcon: () => undefined,
        setBadge: () => undefined,
      } satisfies Partial<Electron.Dock>)
    : undefined;

const members = {
  whenReady: () => ready,
  isReady: () => state.isReady,
  get name() {
    return name;
  },
  set name(next: string) {
    name = next;
    publish({ name });
  },
  getName: () => name,
  setName: (next: string) => {
    name = next;
    publish({ name });
  },
  getVersion: () => manifest.version,
  getAppPath: () => manifest.folder,
  getPath: (which: string) => pathOf(which),
  setPath: (which: string, path: string) => {
    paths[which] = path;
  },
  setAppLogsPath: (path?: string) => {
    paths['logs'] = path ?? join(pathOf('userData'), 'logs');
  },
  isPackaged: false,
  dock: dock as Electron.Dock | undefined,
  commandLine: commandLine as unknown as Electron.CommandLine,
  requestSingleInstanceLock: (additionalData?: unknown) =>
    requestLock(pathOf('userData'), additionalData, (other) => {
      void ready.then(() =>
        emitter.emit('second-instance', {}, other.argv, other.workingDirectory, other.additionalData),
      );
    }),
  hasSingleInstanceLock: () => hasLock(),
  releaseSingleInstanceLock: () => releaseLock(pathOf('userData')),
  quit: () => void quit(),
  exit: (code?: number) => void end(code ?? 0),
  // The test starts the next one itself.
  relaunch: (options: Electron.RelaunchOptions = {}) => publish({ relaunch: { ...options } }),
  focus: () => undefined,
  hide: () => undefined,
  show: () => undefined,
  isHidden: () => false,
  getLocale: () => setting.locale,
  getSystemLocale: () => setting.locale,
  getLocaleCountryCode: () => setting.locale.split('-')[1] ?? '',
  getPreferredSystemLanguages: () => [...setting.languages],
  setLoginItemSettings: (settings: Electron.Settings) => {
    publish({ loginItem: { ...settings, openAtLogin: settings.openAtLogin ?? false } });
  },
  getLoginItemSettings: () => ({
    openAtLogin: state.loginItem.openAtLogin,
    openAsHidden: false,
    wasOpenedAtLogin: false,
    wasOpenedAsHidden: false,
    restoreState: false,
    status: state.loginItem.openAtLogin ? 'enabled' : 'not-registered',
    executableWillLaunchAtLogin: state.loginItem.openAtLogin,
    launchItems: [],
  }),
  setAppUserModelId: (id: string) => publish({ appUserModelId: id }),
  setActivationPolicy: () => undefined,
  setAsDefaultProtocolClient: () => true,
  removeAsDefaultProtocolClient: () => true,
  isDefaultProtocolClient: () => false,
  enableSandbox: () => {
    if (state.isReady) throw new Error('app.enableSandbox() can only be called before app is ready');
    // Said nowhere but in Electron's source, shell/browser/api/electron_api_app.cc: RemoveNoSandboxSwitch.
    switches.delete('no-sandbox');
    switches.set('enable-sandbox', '');
  },
  disableHardwareAcceleration: () => undefined,
  setAboutPanelOptions: () => undefined,
  setSecureKeyboardEntryEnabled: () => undefined,
  isAccessibilitySupportEnabled: () => false,
  getAppMetrics: () => [],
  isInApplicationsFolder: () => true,
} satisfies Partial<Electron.App>;
export const app = emittingFacade('app', emitter, EVENTS, members) as unknown as Electron.App;

handle('app.activate', () => {
  emitter.emit(
    'activate',
    {},
    allWindows().some((window) => window.isVisible()),
  );
  return null;
});
handle('app.quit', () => {
  // The answer goes out before the application does.
  setImmediate(() => void quit());
  return null;
});
handle('cpu', () => process.cpuUsage());
handle('coverage.take', () => {
  takeCoverage();
  return null;
});

// What a session manager or Ctrl+C ends is ended in order: https://www.electronjs.org/docs/latest/api/app#event-before-quit
process.on('SIGTERM', () => void quit());
process.on('SIGINT', () => void quit());
