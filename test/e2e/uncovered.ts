/**
 * Code of src/main that the application does not run where its stories are told, and why. `npm run e2e` fails for a line
 * that is not here and does not run, and for an entry that has become wrong.
 */
export interface Uncovered {
  readonly file: string;
  /** In the line that does not run, or that begins what does not. */
  readonly code: string;
  readonly why: string;
  /** It may run as well: it is a matter of who is faster. */
  readonly sometimes?: boolean;
}

const MAC = 'macOS alone; the stand-in is on the system that it runs on';
const SESSION_END = 'Windows alone: test/main/session-end.test.ts';
const NOT_LINUX = 'macOS and Windows: test/main/auto-launch.test.ts, with their answers';
const CONTRACT_BROKEN = 'only a mistake of Jeton’s own leads there: test/main/ipc-dispatch.test.ts makes one';
const BUG = 'only a mistake of Jeton’s own leads there';
/** V8 counts ranges of a bundle that was made small; the map back leads some of them astray. */
const MAPPED = 'stories run it: the map of the bundle leads to it from what does not run beside it';
const WHILE_OPEN = 'a store that is damaged while it is open: test/main/application/state.test.ts';

export const UNCOVERED: readonly Uncovered[] = [
  // ── Other systems
  { file: 'src/main/auto-launch.ts', code: 'function onMacOs', why: NOT_LINUX },
  { file: 'src/main/auto-launch.ts', code: 'function onWindows', why: NOT_LINUX },
  { file: 'src/main/auto-launch.ts', code: "case 'darwin':", why: NOT_LINUX },
  { file: 'src/main/auto-launch.ts', code: "case 'win32':", why: NOT_LINUX },
  { file: 'src/main/auto-launch.ts', code: 'default:', why: NOT_LINUX },
  {
    file: 'src/main/auto-launch.ts',
    code: 'function elsewhere',
    why: 'a Snap or a Flatpak: test/main/auto-launch.test.ts',
  },
  { file: 'src/main/lifecycle.ts', code: "app.on('open-url'", why: MAC },
  { file: 'src/main/lifecycle.ts', code: "role: 'appMenu'", why: MAC },
  { file: 'src/main/tray.ts', code: "platform === 'darwin') {", why: MAC },

  { file: 'src/main/auto-launch.ts', code: 'function seenToBeSo', why: NOT_LINUX },
  {
    file: 'src/main/auto-launch.ts',
    code: 'const renew = ',
    why: 'a package alone takes the place of one: test/main/auto-launch.test.ts',
  },
  { file: 'src/main/dock-presence.ts', code: 'clearTimeout(this.#hideAgain);', why: MAC },
  { file: 'src/main/dock-presence.ts', code: 'if (isShown) {', why: MAC },
  { file: 'src/main/dock-presence.ts', code: '    dock.hide();', why: MAC },
  { file: 'src/main/dock-presence.ts', code: 'this.#hideAgain = setTimeout', why: MAC },
  { file: 'src/main/application/open.ts', code: 'get isBusy() {', why: SESSION_END },

  // ── Who starts Jeton while it ends
  {
    file: 'src/main/lifecycle.ts',
    code: 'function relaunchOptions',
    why: 'a start in the seconds of an end: test/main/lifecycle.test.ts',
  },

  // ── Disks and files that fail at a moment
  {
    file: 'src/main/auto-launch.ts',
    code: 'const refuse = ',
    why: 'somebody else’s file in the way: test/main/auto-launch.test.ts',
  },
  {
    file: 'src/main/application/sign-ins.ts',
    code: '} catch (cause) {',
    why: 'the store is another process’s while Jeton ends, or Chromium fails to clear what it keeps',
  },

  { file: 'src/main/auto-launch.ts', code: '} catch (error) {', why: 'a disk that is full' },
  { file: 'src/main/application/housing.ts', code: 'get mayEnd(): boolean', why: WHILE_OPEN },
  {
    file: 'src/main/application/housing.ts',
    code: 'this.#opening ??= this.#reopen(opened)',
    why: WHILE_OPEN,
  },
  { file: 'src/main/application/housing.ts', code: '    await this.#opening;', why: WHILE_OPEN },
  { file: 'src/main/application/housing.ts', code: '      } catch (cause) {', why: WHILE_OPEN },
  { file: 'src/main/application/housing.ts', code: 'async #reopen(', why: WHILE_OPEN },
  { file: 'src/main/application/housing.ts', code: "log.error('home-not-closed'", why: WHILE_OPEN },
  { file: 'src/main/application/housing.ts', code: 'async function isReadable', why: WHILE_OPEN },
  { file: 'src/main/application/open.ts', code: 'const pauseNow', why: WHILE_OPEN },
  {
    file: 'src/main/application/exports.ts',
    code: "log.warn('export-after-sign-in-failed'",
    why: 'the home cannot be used in the moment after a sign-in',
  },
  {
    file: 'src/main/application/store-commands.ts',
    code: 'backup === undefined',
    why: 'the window offers only a backup that is there: test/main/application/commands.test.ts',
  },
  {
    file: 'src/main/application/background.ts',
    code: 'if (this.#isAskedAgain) {',
    why: 'asked again while it looks: who is faster',
    sometimes: true,
  },
  {
    file: 'src/main/sign-in-window.ts',
    code: "return { kind: 'profile-in-use' };",
    why: 'a renewal while a person signs in: who is faster',
    sometimes: true,
  },

  {
    file: 'src/main/application/oneflex-commands.ts',
    code: '} catch (cause) {',
    why: 'tokens that OneFlex does not take: test/main/application/sign-in.test.ts',
  },
  {
    file: 'src/main/application/slack-commands.ts',
    code: "if (renewal.kind === 'skipped')",
    why: 'OneFlex fails while all is renewed: said as of a renewal of its own, which account.test.ts tells',
    sometimes: true,
  },
  {
    file: 'src/main/application/slack-commands.ts',
    code: 'error: explainUnrenewed(renewal, messages) };',
    why: 'OneFlex fails while all is renewed: said as of a renewal of its own, which account.test.ts tells',
    sometimes: true,
  },

  {
    file: 'src/main/application/database-commands.ts',
    code: 'const { variable, message, remedy } = held;',
    why: 'a variable names the database: test/main/application/database.test.ts',
  },
  {
    file: 'src/main/application/database-commands.ts',
    code: 'return {',
    why: 'a variable names the database: test/main/application/database.test.ts',
  },
  {
    file: 'src/main/application/database-commands.ts',
    code: 'const { message, remedy } = held;',
    why: 'a variable names the database: test/main/application/commands.test.ts',
  },
  {
    file: 'src/main/application/database-commands.ts',
    code: "code: 'database-in-environment'",
    why: 'a variable names the database: test/main/application/commands.test.ts',
  },
  {
    file: 'src/main/application/exports.ts',
    code: "codeOf(cause) === 'target-not-found'",
    why: 'a bot that is removed before its turn to be exported to: who is faster',
  },
  {
    file: 'src/main/application/exports.ts',
    code: '      throw cause;',
    why: 'a bot that is removed before its turn to be exported to: who is faster',
  },
  {
    file: 'src/main/application/schedule-commands.ts',
    code: 'return { installed: false, warnings: [], test: report };',
    why: 'a trial before a schedule: test/main/application/commands.test.ts',
  },
  {
    file: 'src/main/application/schedule-commands.ts',
    code: 'async function tryOut()',
    why: 'a trial before a schedule: test/main/application/commands.test.ts',
  },
  {
    file: 'src/main/tray-actions.ts',
    code: "case 'window':",
    why: 'a notification is clicked while somebody signs in: test/main/tray-actions.test.ts',
  },
  {
    file: 'src/main/tray-actions.ts',
    code: "case 'own':",
    why: 'the person’s own browser: test/main/tray-actions.test.ts',
  },
  {
    file: 'src/main/tray-actions.ts',
    code: 'const { application, notify } = this.#ports;',
    why: 'a clock that is off: test/main/tray-actions.test.ts',
    sometimes: true,
  },
  {
    file: 'src/main/tray-actions.ts',
    code: "t('tray.signed-in'",
    why: 'a clock that is off: test/main/tray-actions.test.ts',
  },
  {
    file: 'src/main/tray-actions.ts',
    code: 'notify({ title, body: note',
    why: 'a clock that is off: test/main/tray-actions.test.ts',
  },
  {
    file: 'src/main/tray-words.ts',
    code: 'function whyOf',
    why: 'what the tray asked for fails, and no notification said so: test/main/application/tray.test.ts',
  },
  ...['function wordsOf', 'function lineOf', 'function bodyOf'].map((code) => ({
    file: 'src/main/tray-words.ts',
    code,
    why: 'what the tray asked for fails, and no notification said so: test/main/application/tray.test.ts',
    sometimes: true,
  })),

  // ── Other machines
  {
    file: 'src/main/application/target-commands.ts',
    code: 'if (offered !== undefined) {',
    why: 'a bot behind SSH: test/cli/targets.test.ts, test/main/application/commands.test.ts',
  },
  {
    file: 'src/main/application/target-commands.ts',
    code: "await import('../../node/admit-host-key.ts')",
    why: 'a bot behind SSH: test/cli/targets.test.ts, test/main/application/commands.test.ts',
  },
  {
    file: 'src/main/application/target-commands.ts',
    code: 'try {',
    why: 'a bot behind SSH: test/cli/targets.test.ts, test/main/application/commands.test.ts',
  },
  {
    file: 'src/main/application/target-commands.ts',
    code: '} catch (cause) {',
    why: 'a bot behind SSH: test/cli/targets.test.ts, test/main/application/commands.test.ts',
  },

  // ── What the map of the bundle tells wrongly
  {
    file: 'src/main/application/oneflex-commands.ts',
    code: 'async renewOneflex() {',
    why: MAPPED,
    sometimes: true,
  },
  { file: 'src/main/application/vault-commands.ts', code: 'initVault: () =>', why: MAPPED, sometimes: true },
  {
    file: 'src/main/tray-actions.ts',
    code: 'default:',
    why: 'there is no other command: the compiler sees to it',
  },

  // ── A browser of the person’s own
  {
    file: 'src/main/application/sign-ins.ts',
    code: 'await this.#stop();',
    why: 'the other browser is open: test/main/application/own-browser.test.ts',
  },
  {
    file: 'src/main/application/open.ts',
    code: 'const rememberBrowser',
    why: 'the person’s own browser: test/main/application/own-browser.test.ts',
  },
  {
    file: 'src/main/application/oneflex-commands.ts',
    code: 'if (removed.includes(false)) {',
    why: 'the person’s own browser is open: test/main/application/own-browser.test.ts',
  },

  // ── What Chromium under the stand-in does not do
  {
    file: 'src/main/main-window.ts',
    code: 'const giveUp = ',
    why: 'another build of the application is without its page: window-trouble.test.ts',
  },
  {
    file: 'src/main/main-window.ts',
    code: 'window.loadURL(APP_PAGE).catch',
    why: 'the page is the package’s own, and is always there',
  },
  { file: 'src/main/session-end.ts', code: 'function heedWindows', why: SESSION_END },
  {
    file: 'src/main/security.ts',
    code: "app.on('select-client-certificate'",
    why: 'the stand-in’s Chromium offers no certificates of this machine; who may have one: test/main/sign-in-hosts.test.ts',
  },
  {
    file: 'src/main/sign-in-window.ts',
    code: 'mayIdentify(contents',
    why: 'the stand-in’s Chromium offers no certificates of this machine; who may have one: test/main/sign-in-hosts.test.ts',
  },
  {
    file: 'src/main/electron-desktop.ts',
    code: '? dialog.show',
    why: 'nobody presses a button of a window that is not shown; one may be hidden in that moment',
  },

  // ── Mistakes of Jeton’s own
  {
    file: 'src/main/sign-in-attempt.ts',
    code: '#fail(error: unknown): void {',
    why: 'only a mistake of Jeton’s own, or of Electron’s cookie store, leads there',
  },
  {
    file: 'src/main/lifecycle.ts',
    code: 'start().catch(',
    why: 'only a mistake of Jeton’s own leads there: what a person can mend is the state’s trouble',
  },
  { file: 'src/main/application/announcer.ts', code: '} catch (cause) {', why: BUG },
  { file: 'src/main/application/notices.ts', code: "log.warn('notices-failed'", why: BUG },
  { file: 'src/main/application/notices.ts', code: "log.warn('notice-not-shown'", why: BUG },
  { file: 'src/main/ipc-dispatch.ts', code: 'reply-does-not-fit', why: CONTRACT_BROKEN },
  { file: 'src/main/ipc-dispatch.ts', code: 'the reply does not fit', why: CONTRACT_BROKEN },
  { file: 'src/main/ipc-dispatch.ts', code: 'function placesOf', why: CONTRACT_BROKEN },
  { file: 'src/main/ipc-dispatch.ts', code: '} catch {', why: CONTRACT_BROKEN },
];
