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

const never = (file: string, why: string, codes: readonly string[]): readonly Uncovered[] =>
  codes.map((code) => ({ file: `src/main/${file}`, code, why }));
const sometimes: typeof never = (file, why, codes) =>
  codes.map((code) => ({ file: `src/main/${file}`, code, why, sometimes: true }));

export const UNCOVERED: readonly Uncovered[] = [
  ...never('auto-launch.ts', NOT_LINUX, [
    'function onMacOs',
    'function onWindows',
    "case 'darwin':",
    "case 'win32':",
    'default:',
    'function seenToBeSo',
  ]),
  ...never('auto-launch.ts', 'a Snap or a Flatpak: test/main/auto-launch.test.ts', ['function elsewhere']),
  ...never('lifecycle.ts', MAC, ["app.on('open-url'"]),
  ...never('app-menu.ts', 'macOS alone: test/main/app-menu.test.ts', [
    'export function appMenu',
    'show(messages: Messages)',
  ]),
  ...never('hide-window.ts', 'macOS alone: test/main/hide-window.test.ts', ['if (window.isFullScreen()) {']),
  ...never('zoom.ts', 'the stand-in has no keys of a window: test/main/zoom.test.ts', [
    "contents.on('before-input-event'",
    'function levelAfter',
  ]),
  ...never('tray.ts', MAC, ["platform === 'darwin') {"]),
  ...never('auto-launch.ts', 'a package alone takes the place of one: test/main/auto-launch.test.ts', [
    'const renew = ',
    'if (isOurs && text !== entry',
  ]),
  ...never('dock-presence.ts', MAC, [
    'clearTimeout(this.#hideAgain);',
    'if (isShown) {',
    '    dock.hide();',
    'this.#hideAgain = setTimeout',
  ]),
  ...never('application/open.ts', SESSION_END, ['get isBusy() {']),
  ...never('lifecycle.ts', 'a start in the seconds of an end: test/main/lifecycle.test.ts', [
    'function relaunchOptions',
  ]),
  ...never('auto-launch.ts', 'somebody else’s file in the way: test/main/auto-launch.test.ts', [
    'const refuse = ',
  ]),
  ...never(
    'application/sign-ins.ts',
    'the store is another process’s while Jeton ends, or Chromium fails to clear what it keeps',
    ['} catch (cause) {'],
  ),
  ...never(
    'application/sign-ins.ts',
    'another person’s sign-in, or one that has expired, which Jeton’s end came before: test/main/application/background.test.ts',
    [
      'else await this.#onDropped(',
      'async #onDropped(',
      '#wordOf(judgement',
      'if (word !== undefined && !desktop',
    ],
  ),
  ...never(
    'application/insight-commands.ts',
    'what happened is looked through: test/main/application/commands.test.ts',
    ['const seen = lower(', 'return wanted.every('],
  ),
  ...sometimes(
    'application/sign-ins.ts',
    'a sign-in begins while a browser’s profile is removed: test/main/application/sign-in.test.ts',
    ['if (this.#attempt === undefined) {'],
  ),
  ...sometimes('tray-actions.ts', 'what the tray asked for is refused: test/main/tray-actions.test.ts', [
    'this.#do(command).catch(',
  ]),
  ...never('auto-launch.ts', 'a disk that is full', ['} catch (error) {']),
  ...never('application/housing.ts', WHILE_OPEN, [
    'this.#opening ??= this.#reopen(opened)',
    '    await this.#opening;',
    '      } catch (cause) {',
    'async #reopen(',
    "log.error('home-not-closed'",
    'async function isReadable',
  ]),
  ...never('application/open.ts', WHILE_OPEN, ['const pauseNow']),
  ...never('application/exports.ts', 'the home cannot be used in the moment after a sign-in', [
    "log.warn('export-after-sign-in-failed'",
  ]),
  ...never(
    'application/store-commands.ts',
    'the window offers only a backup that is there: test/main/application/commands.test.ts',
    ['backup === undefined'],
  ),
  ...sometimes('application/background.ts', 'asked again while it looks: who is faster', [
    'if (this.#isAskedAgain) {',
  ]),
  ...sometimes('sign-in-window.ts', 'a renewal while a person signs in: who is faster', [
    "return { kind: 'profile-in-use' };",
  ]),
  ...never(
    'application/oneflex-commands.ts',
    'tokens that OneFlex does not take: test/main/application/sign-in.test.ts',
    ['} catch (cause) {'],
  ),
  ...sometimes(
    'application/slack-commands.ts',
    'OneFlex fails while all is renewed: said as of a renewal of its own, which account.test.ts tells',
    ["if (renewal.kind === 'skipped')", 'const isLeft = ', 'error: explainUnrenewed(renewal, messages) };'],
  ),
  ...never(
    'application/database-commands.ts',
    'a variable names the database: test/main/application/database.test.ts',
    ['const { variable, message, remedy } = held;', 'return {'],
  ),
  ...never(
    'application/database-commands.ts',
    'a variable names the database: test/main/application/commands.test.ts',
    ['const { message, remedy } = held;', "code: 'database-in-environment'"],
  ),
  ...never(
    'application/exports.ts',
    'a bot that is removed before its turn to be exported to: who is faster',
    ["codeOf(cause) === 'target-not-found'", '      throw cause;'],
  ),
  ...never(
    'application/schedule-commands.ts',
    'a trial before a schedule: test/main/application/commands.test.ts',
    ['return { installed: false, warnings: [], test: report, plan: null };', 'async function tryOut()'],
  ),
  ...never(
    'tray-actions.ts',
    'a notification is clicked while somebody signs in: test/main/tray-actions.test.ts',
    ["case 'window':"],
  ),
  ...never('tray-actions.ts', 'the person’s own browser: test/main/tray-actions.test.ts', ["case 'own':"]),
  ...never('tray-actions.ts', 'a clock that is off: test/main/tray-actions.test.ts', ['#tellNote({ account']),
  ...never(
    'tray-words.ts',
    'what the tray asked for fails, and no notification said so: test/main/application/tray.test.ts',
    ['function whyOf'],
  ),
  ...sometimes(
    'tray-words.ts',
    'what the tray asked for fails, and no notification said so: test/main/application/tray.test.ts',
    [
      'function wordsOf',
      'function lineOf',
      'function bodyOf',
      '.map(({ name, error, note }) => {',
      'return { title: t(doesWait ?',
    ],
  ),
  ...never(
    'application/target-commands.ts',
    'a bot behind SSH: test/cli/targets.test.ts, test/main/application/commands.test.ts',
    [
      'if (offered !== undefined) {',
      "await import('../../node/admit-host-key.ts')",
      'try {',
      '} catch (cause) {',
    ],
  ),
  ...sometimes('application/oneflex-commands.ts', MAPPED, ['async renewOneflex() {']),
  ...sometimes('application/vault-commands.ts', MAPPED, ['initVault: () =>']),
  ...sometimes('application/sign-ins.ts', MAPPED, ['return work();', 'if (!isRemoved)']),
  ...never(
    'application/slack-commands.ts',
    'what would be renewed while OneFlex waits for a person: test/main/application/sign-in.test.ts',
    ['if (!isPossible) return', 'function noteOfOneflex'],
  ),
  ...never('tray-actions.ts', 'there is no other command: the compiler sees to it', ['default:']),
  ...never('application/open.ts', 'the person’s own browser: test/main/application/own-browser.test.ts', [
    'const rememberBrowser',
  ]),
  ...never(
    'application/oneflex-commands.ts',
    'the person’s own browser is open: test/main/application/own-browser.test.ts',
    ['if (removed.includes(false)) {'],
  ),
  ...never('main-window.ts', 'another build of the application is without its page: window-trouble.test.ts', [
    'const giveUp = ',
  ]),
  ...never('main-window.ts', 'the page is the package’s own, and is always there', [
    'window.loadURL(APP_PAGE).catch',
  ]),
  ...never('session-end.ts', SESSION_END, ['function heedWindows']),
  ...never(
    'security.ts',
    'the stand-in’s Chromium offers no certificates of this machine; who may have one: test/main/sign-in-hosts.test.ts',
    ["app.on('select-client-certificate'"],
  ),
  ...never(
    'sign-in-window.ts',
    'the stand-in’s Chromium offers no certificates of this machine; who may have one: test/main/sign-in-hosts.test.ts',
    ['mayIdentify(contents'],
  ),
  ...never(
    'electron-desktop.ts',
    'nobody presses a button of a window that is not shown; one may be hidden in that moment',
    ['? dialog.show'],
  ),
  ...never(
    'sign-in-attempt.ts',
    'only a mistake of Jeton’s own, or of Electron’s cookie store, leads there',
    ['#fail(error: unknown): void {'],
  ),
  ...never(
    'lifecycle.ts',
    'only a mistake of Jeton’s own leads there: what a person can mend is the state’s trouble',
    ['start().catch('],
  ),
  ...never('application/announcer.ts', BUG, ['} catch (cause) {']),
  ...never('application/notices.ts', BUG, ["log.warn('notices-failed'", "log.warn('notice-not-shown'"]),
  ...never('ipc-dispatch.ts', CONTRACT_BROKEN, [
    'reply-does-not-fit',
    'the reply does not fit',
    'function placesOf',
    '} catch {',
  ]),
  ...never('tray-actions.ts', 'the ways out of the sign-in window: test/main/tray-actions.test.ts', [
    "case 'sign-in-elsewhere':",
    "return this.#signIn('own');",
    "case 'paste-tokens':",
    'return openWindow(this.#atOneflex());',
  ]),
];
