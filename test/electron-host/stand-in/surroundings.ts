/** The machine around the application: power, network, theme, clipboard, screen, dialogs. Each as its page says. */
import type Electron from 'electron';
import type { DialogState, IdleState } from '../protocol.ts';
import { handle, publish, setting, state } from './control.ts';
import { emitterOf } from './events.ts';
import { cancellable, emittingFacade, facade, NotImplemented, plain } from './facade.ts';
import { fetchFile } from './session.ts';
import { emulateColorScheme, emulateNetwork } from './web-contents.ts';

// --- https://www.electronjs.org/docs/latest/api/power-monitor

const power = emitterOf<Electron.PowerMonitor>();
let idleState: IdleState = 'active';

export const powerMonitor = emittingFacade(
  'powerMonitor',
  power,
  [
    'suspend',
    'resume',
    'lock-screen',
    'unlock-screen',
    'on-ac',
    'on-battery',
    'shutdown',
    'user-did-become-active',
    'user-did-resign-active',
    'thermal-state-change',
    'speed-limit-change',
  ],
  {
    getSystemIdleState: () => idleState,
    getSystemIdleTime: () => 0,
    isOnBatteryPower: () => false,
    onBatteryPower: false,
  } satisfies Partial<Electron.PowerMonitor>,
);

handle('power.event', ({ event }) => {
  if (event === 'lock-screen') idleState = 'locked';
  if (event === 'unlock-screen') idleState = 'active';
  // Linux answers when it is asked, and tells nobody.
  if (setting.platform === 'linux' && (event === 'lock-screen' || event === 'unlock-screen')) return null;
  const told = cancellable({});
  power.emit(event, told);
  // The machine waits for who prevents it, and for nobody else; the answer to the test goes out before.
  if (event === 'shutdown' && !told.defaultPrevented)
    setImmediate(() => process.kill(process.pid, 'SIGKILL'));
  return null;
});
handle('power.idle', (args) => {
  idleState = args.state;
  return null;
});

// --- https://www.electronjs.org/docs/latest/api/net

let isOnline = true;

export const net = facade('net', {
  isOnline: () => isOnline,
  get online() {
    return isOnline;
  },
  fetch: (input: string | Request, init?: RequestInit) => fetchFile(input, init),
} satisfies Partial<Electron.Net>);

handle('network.set', async (args) => {
  ({ isOnline } = args);
  await emulateNetwork(isOnline);
  return null;
});

// --- https://www.electronjs.org/docs/latest/api/native-theme

const theme = emitterOf<Electron.NativeTheme>();
let isSystemDark = setting.isDark;
let themeSource: Electron.NativeTheme['themeSource'] = 'system';
const isDark = (): boolean => (themeSource === 'system' ? isSystemDark : themeSource === 'dark');

function applyTheme(): void {
  emulateColorScheme(isDark());
  setImmediate(() => theme.emit('updated', {}));
}

emulateColorScheme(isDark());

export const nativeTheme = emittingFacade('nativeTheme', theme, ['updated'], {
  get shouldUseDarkColors() {
    return isDark();
  },
  get themeSource() {
    return themeSource;
  },
  set themeSource(source: Electron.NativeTheme['themeSource']) {
    themeSource = source;
    applyTheme();
  },
  get shouldUseDarkColorsForSystemIntegratedUI() {
    return isSystemDark;
  },
  shouldUseHighContrastColors: false,
  shouldUseInvertedColorScheme: false,
  prefersReducedTransparency: false,
} satisfies Partial<Electron.NativeTheme>);

handle('theme.system', (args) => {
  isSystemDark = args.isDark;
  applyTheme();
  return null;
});

// --- https://www.electronjs.org/docs/latest/api/clipboard

export const clipboard = facade('clipboard', {
  // Promises since Electron 43, by its types.
  writeText: async (text: string) => publish({ clipboard: text }),
  readText: async () => state.clipboard,
} satisfies Partial<Electron.Clipboard>);

// --- https://www.electronjs.org/docs/latest/api/screen

const display: Electron.Display = {
  accelerometerSupport: 'unavailable',
  colorDepth: 24,
  colorSpace: '',
  depthPerComponent: 8,
  detected: true,
  displayFrequency: 60,
  internal: false,
  maximumCursorSize: { width: 64, height: 64 },
  monochrome: false,
  nativeOrigin: { x: 0, y: 0 },
  touchSupport: 'unavailable',
  id: 1,
  label: 'Display',
  bounds: { x: 0, y: 0, width: 1280, height: 900 },
  workArea: { x: 0, y: 0, width: 1280, height: 900 },
  size: { width: 1280, height: 900 },
  workAreaSize: { width: 1280, height: 900 },
  scaleFactor: 1,
  rotation: 0,
};

export const screen = emittingFacade(
  'screen',
  emitterOf<Electron.Screen>(),
  ['display-added', 'display-removed', 'display-metrics-changed'],
  {
    getPrimaryDisplay: () => display,
    getAllDisplays: () => [display],
    getDisplayNearestPoint: () => display,
    getDisplayMatching: () => display,
    getCursorScreenPoint: () => ({ x: 0, y: 0 }),
  } satisfies Partial<Electron.Screen>,
);

// --- https://www.electronjs.org/docs/latest/api/dialog: the test answers, before or after it is asked

type Answer = Readonly<Record<string, unknown>>;
const answers: Record<DialogState['kind'], Answer[]> = { open: [], save: [], message: [] };
const askers: Record<DialogState['kind'], ((answer: Answer) => void)[]> = { open: [], save: [], message: [] };

function ask(kind: DialogState['kind'], args: readonly unknown[]): Promise<never> {
  const { signal, ...options } = (args.at(-1) ?? {}) as Pick<
    Electron.MessageBoxOptions,
    'signal' | 'cancelId'
  >;
  publish({ dialogs: [...state.dialogs, { kind, options: plain(options) }] });
  return new Promise((resolve) => {
    const answer = answers[kind].shift();
    if (answer !== undefined) return resolve(answer as never);
    const asker = (late: Answer): void => resolve(late as never);
    askers[kind].push(asker);
    // As if the person had cancelled it; the button without a cancelId is the first.
    signal?.addEventListener('abort', () => {
      askers[kind] = askers[kind].filter((other) => other !== asker);
      asker({ response: options.cancelId ?? 0, checkboxChecked: false });
    });
  });
}

handle('dialog.answer', ({ kind, answer }) => {
  const asker = askers[kind].shift();
  if (asker === undefined) answers[kind].push(answer);
  else asker(answer);
  return null;
});

export const dialog = facade('dialog', {
  showOpenDialog: (...args: unknown[]) => ask('open', args),
  showSaveDialog: (...args: unknown[]) => ask('save', args),
  showMessageBox: (...args: unknown[]) => ask('message', args),
  showErrorBox: (title: string, content: string) => {
    // Where there is no desktop to show it on, Electron writes it there as well.
    console.error(`${title}\n${content}`);
    publish({ dialogs: [...state.dialogs, { kind: 'message', options: { type: 'error', title, content } }] });
  },
  showMessageBoxSync: () => {
    throw new NotImplemented('dialog.showMessageBoxSync');
  },
} satisfies Partial<Electron.Dialog>);
