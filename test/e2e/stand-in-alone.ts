/**
 * Stories that need what the stand-in alone can do: files, and which of its abilities no driver of real Electron has.
 * `npm run e2e` names them where it leaves them out.
 */
export const STAND_IN_ALONE: Readonly<Record<string, string>> = {
  'test/e2e/hostile-ipc.test.ts':
    'messages from frames that are not there: Electron makes the frame of a message itself, and no page of Jeton’s can be led elsewhere to send one (what its own page can send: security-page.test.ts)',
  'test/e2e/security.test.ts':
    'what each window was made with, and a silent one: Electron tells no options of a window, and Playwright no answers of a protocol of the application’s (what the page finds out: security-page.test.ts)',
  'test/e2e/sign-in-limits.test.ts':
    'a clock that hurries from the first line on, and who has the focus: on a real desktop that is the machine’s affair',
};
