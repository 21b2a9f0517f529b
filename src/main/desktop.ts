/**
 * What the application needs of the desktop it runs on. Electron is behind it, so that all else in this folder that
 * decides something is plain TypeScript.
 */
import type { SignInBrowser } from '../core/oneflex/sign-in-browser.ts';
import type { Payload } from '../shared/ipc/bridge.ts';

export type View = Payload<'viewRequested'>['view'];

/** Where a click on a notification leads. */
export type NoticeTarget =
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'view'; readonly view: View; readonly id: Payload<'viewRequested'>['id'] };

export interface Notice {
  readonly title: string;
  readonly body: string;
  readonly leadsTo: NoticeTarget;
}

export interface Desktop {
  /** BCP 47: the system's, in which dates are written. */
  readonly locale: string;
  /** Chromium's, which keeps what a page does from this machine; without it there are no sign-ins in a window. */
  readonly hasSandbox: boolean;
  /** OneFlex in a window of the application, on a session of its own. */
  readonly signInWindow: SignInBrowser;
  /** `undefined` when the person thinks better of it. */
  chooseFolder(): Promise<string | undefined>;
  /** Where to write a new file; `undefined` as above. */
  chooseNewFile(suggestedName: string): Promise<string | undefined>;
  copyText(text: string): void;
  /** In the system's file manager. */
  openFolder(path: string): Promise<void>;
  /** In the person's browser. */
  openLink(link: 'slack-apps' | 'get-docker'): Promise<void>;
  startAtLogin(): 'on' | 'off' | 'unknown';
  setStartAtLogin(on: boolean): Promise<void>;
  useTheme(theme: 'system' | 'light' | 'dark'): void;
  /** Nobody is prompted while the screen is locked. */
  isScreenLocked(): boolean;
  /** At once, or not at all where the system keeps notifications back. */
  notify(notice: Notice): void;
}
