/**
 * Tests of the application that want of a desktop what only the stand-in can: each with what that is, which neither
 * Playwright nor Electron offers. `npm run e2e` leaves them out, by name, where it runs on real Electron.
 */
interface StandInAlone {
  readonly file: string;
  readonly capability: string;
}

export const STAND_IN_ALONE: readonly StandInAlone[] = [
  {
    file: 'test/e2e/hostile-ipc.test.ts',
    capability: 'messages in the name of any frame, with any address: Electron makes its frames itself',
  },
  {
    file: 'test/e2e/silent-sign-in.test.ts',
    capability: 'every state of a window, however short, and its options: Playwright sees one when it asks',
  },
  {
    file: 'test/e2e/window-options.test.ts',
    capability: 'with which options each window was made, pop-ups among them, and a frame of another address',
  },
];
