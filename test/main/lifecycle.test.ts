/** From the start to the end of the process, on an Electron that says what a Mac says, and when. */
import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';

const electron = vi.hoisted(() => ({
  app: undefined as unknown,
  powerMonitor: { on: () => undefined },
  Menu: { buildFromTemplate: () => ({}), setApplicationMenu: () => undefined },
  dialog: { showErrorBox: () => undefined },
  BaseWindow: vi.fn<() => void>(),
}));
vi.mock('electron', () => ({
  ...electron,
  get app() {
    return electron.app;
  },
}));

/** Whoever leaves a question of the keyring's unanswered is gone. */
const keyring = vi.hoisted(() => ({ isAsked: false }));
vi.mock('../../src/node/vault/keychain.ts', () => ({
  leaveUnanswered: () => {
    if (!keyring.isAsked) return;
    app.ended.push('left unanswered');
    app.exit = () => undefined;
  },
}));

class FakeApp extends EventEmitter {
  readonly isPackaged = false;
  readonly ended: unknown[] = [];
  isReady = false;
  wasAtLogin = false;

  requestSingleInstanceLock = () => true;
  async whenReady(): Promise<void> {
    await turn();
    this.isReady = true;
  }
  /** Electron knows it once the application has finished launching, and for as long as it runs. */
  getLoginItemSettings = () => ({ wasOpenedAtLogin: this.isReady && this.wasAtLogin });
  quit = () => void this.emit('before-quit', { preventDefault: () => undefined });
  relaunch = (options: unknown) => void this.ended.push({ relaunched: options });
  exit = (code: number) => void this.ended.push(code);
}

let app: FakeApp;
let opened: number;
let close: () => Promise<void>;
let mayEnd: () => boolean;
beforeEach(() => {
  app = new FakeApp();
  electron.app = app;
  opened = 0;
  close = () => Promise.resolve();
  mayEnd = () => true;
});
afterEach(() => vi.unstubAllEnvs());

/** Started with these arguments, on this system, and composed. */
async function start(platform: NodeJS.Platform, ...args: readonly string[]): Promise<void> {
  const { argv } = process;
  const before = Object.getOwnPropertyDescriptor(process, 'platform')!;
  Object.defineProperty(process, 'platform', { ...before, value: platform });
  process.argv = ['/opt/jeton', ...args];
  onTestFinished(() => {
    Object.defineProperty(process, 'platform', before);
    process.argv = argv;
  });
  const { runUntilQuit } = await import('../../src/main/lifecycle.ts');
  const composed = Promise.withResolvers<void>();
  runUntilQuit(async () => {
    queueMicrotask(() => composed.resolve());
    return {
      open: () => void (opened += 1),
      isBusy: () => false,
      mayEnd: () => mayEnd(),
      close: () => close(),
    };
  });
  await composed.promise;
  await turn();
}

test('a start by a person shows the window', async () => {
  await start('darwin');
  expect(opened).toBe(1);
});

test('a Mac’s start at login shows none, which the Mac says late; a second start shows it', async () => {
  app.wasAtLogin = true;
  await start('darwin');
  expect(opened).toBe(0);
  app.emit('second-instance', {}, ['/opt/jeton']);
  expect(opened).toBe(1);
});

test('elsewhere an argument says it, of the first start and of a second', async () => {
  await start('linux', '--hidden');
  app.emit('second-instance', {}, ['/opt/jeton', '--hidden']);
  expect(opened).toBe(0);
  app.emit('second-instance', {}, ['/opt/jeton']);
  expect(opened).toBe(1);
});

test('who starts Jeton while it ends has it started again, with a window', async () => {
  const end = Promise.withResolvers<void>();
  close = () => end.promise;
  vi.stubEnv('APPIMAGE', '/home/test/Jeton.AppImage');
  await start('linux', '--hidden');
  app.quit();
  app.emit('second-instance', {}, ['/opt/jeton']);
  expect(opened).toBe(0);
  end.resolve();
  await expect.poll(() => app.ended).toHaveLength(2);
  expect(app.ended).toEqual([{ relaunched: { args: [], execPath: '/home/test/Jeton.AppImage' } }, 0]);
});

test('an end waits for tokens that are on no disk yet, and for nothing else that hangs', async () => {
  close = () => new Promise(() => undefined);
  let isKept = false;
  mayEnd = () => isKept;
  await start('linux');
  app.quit();
  await new Promise((resolve) => setTimeout(resolve, 5_500));
  expect(app.ended).toEqual([]);
  isKept = true;
  await expect.poll(() => app.ended).toEqual([0]);
}, 20_000);

test('who starts Jeton while it ends with a question of the keyring’s open has it started again, too', async () => {
  const end = Promise.withResolvers<void>();
  close = () => end.promise;
  keyring.isAsked = true;
  onTestFinished(() => void (keyring.isAsked = false));
  await start('linux', '--hidden');
  app.quit();
  app.emit('second-instance', {}, ['/opt/jeton']);
  end.resolve();
  await expect.poll(() => app.ended).toEqual([{ relaunched: { args: [] } }, 'left unanswered']);
});

test('who quits a Jeton that had a window has it end for good', async () => {
  await start('linux');
  app.quit();
  await expect.poll(() => app.ended).toEqual([0]);
});
