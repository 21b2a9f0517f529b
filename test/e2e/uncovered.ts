/** Code of src/main that cannot run where these tests do, and why: `npm run e2e` tells it from what is not tested. */
interface Uncovered {
  readonly file: string;
  /** In the lines that do not run. */
  readonly code: string;
  readonly why: string;
}

const MAC = 'macOS alone; the stand-in is on the system that it runs on';
const SESSION_END = 'Windows alone: test/main/session-end.test.ts';
const CONTRACT_BROKEN = 'only a mistake of Jeton’s own leads there: test/main/ipc-dispatch.test.ts makes one';

export const UNCOVERED: readonly Uncovered[] = [
  {
    file: 'src/main/auto-launch.ts',
    code: 'function onMacOs',
    why: 'macOS and Windows: test/main/auto-launch.test.ts, with their answers',
  },
  {
    file: 'src/main/auto-launch.ts',
    code: 'getLoginItemSettings()',
    why: 'macOS and Windows: test/main/auto-launch.test.ts, with their answers',
  },
  {
    file: 'src/main/auto-launch.ts',
    code: 'const { openAtLogin, executableWillLaunchAtLogin }',
    why: 'macOS and Windows: test/main/auto-launch.test.ts, with their answers',
  },
  {
    file: 'src/main/auto-launch.ts',
    code: `case 'darwin'`,
    why: 'macOS and Windows: test/main/auto-launch.test.ts, with their answers',
  },
  { file: 'src/main/lifecycle.ts', code: `role: 'appMenu'`, why: MAC },
  { file: 'src/main/lifecycle.ts', code: 'new BaseWindow', why: SESSION_END },
  { file: 'src/main/lifecycle.ts', code: `app.on('browser-window-created'`, why: SESSION_END },
  { file: 'src/main/lifecycle.ts', code: 'closing !== undefined ||', why: SESSION_END },
  { file: 'src/main/session-end.ts', code: 'function heedWindows', why: SESSION_END },
  { file: 'src/main/tray.ts', code: 'setIgnoreDoubleClickEvents', why: MAC },
  { file: 'src/main/compose.ts', code: 'app.dock?.show', why: MAC },
  {
    file: 'src/main/security.ts',
    code: 'const [only, ...others] = certificates',
    why: 'the stand-in’s Chromium offers no certificates of this machine; who may have one: test/main/sign-in-hosts.test.ts',
  },
  {
    file: 'src/main/sign-in-attempt.ts',
    code: 'this.#settled.reject(',
    why: 'only a mistake of Jeton’s own, or of Electron’s cookie store, leads there',
  },
  {
    file: 'src/main/lifecycle.ts',
    code: 'dialog.showErrorBox',
    why: 'only a mistake of Jeton’s own leads there: what a person can mend is the state’s trouble',
  },
  { file: 'src/main/ipc-dispatch.ts', code: 'reply-does-not-fit', why: CONTRACT_BROKEN },
  { file: 'src/main/ipc-dispatch.ts', code: 'event-does-not-fit', why: CONTRACT_BROKEN },
  { file: 'src/main/ipc-dispatch.ts', code: 'internal error', why: CONTRACT_BROKEN },
  {
    file: 'src/main/ipc-dispatch.ts',
    code: '.map(({ path }) =>',
    why: CONTRACT_BROKEN,
  },
  {
    file: 'src/main/ipc-dispatch.ts',
    code: 'return undefined;\n  }\n}',
    why: 'what cannot be copied does not arrive: test/main/ipc-dispatch.test.ts hands it over',
  },
];
