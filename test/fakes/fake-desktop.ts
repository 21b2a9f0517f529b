import { once } from 'node:events';
import type {
  CapturedTokens,
  SignInAttempt,
  SignInBrowser,
  SignInOutcome,
} from '../../src/core/oneflex/sign-in-browser.ts';
import { expiryOfJwt } from '../../src/core/oneflex/jwt.ts';
import { Secret } from '../../src/core/secret.ts';
import { keepCookies } from '../../src/node/sso/kept-cookies.ts';
import type { Desktop, Notice } from '../../src/main/desktop.ts';

/** A window whose person is the test: each attempt waits until the test says how it ends, or somebody cancels it. */
export class FakeSignInWindow implements SignInBrowser {
  readonly attempts: SignInAttempt[] = [];
  hasProfile = false;
  /** How a silent attempt ends. */
  silently: SignInOutcome = { kind: 'person-needed', host: 'login.test' };
  /** What clearing the profile waits for. */
  clearing = Promise.resolve();
  #end: ((outcome: SignInOutcome) => void) | undefined;
  #opened: (() => void) | undefined;

  async signIn(attempt: SignInAttempt): Promise<SignInOutcome> {
    this.attempts.push(attempt);
    this.hasProfile = true;
    if (attempt.silent) return this.silently;
    return new Promise((resolve) => {
      this.#end = (outcome) => {
        this.#end = undefined;
        resolve(outcome);
      };
      attempt.signal?.addEventListener('abort', () => this.#end?.({ kind: 'cancelled' }));
      this.#opened?.();
    });
  }

  /** Resolves once a window is open. */
  async opened(): Promise<void> {
    if (this.#end === undefined) await new Promise<void>((resolve) => (this.#opened = resolve));
  }

  end(outcome: SignInOutcome): void {
    if (this.#end === undefined) throw new Error('no window is open');
    this.#end(outcome);
  }

  get isOpen(): boolean {
    return this.#end !== undefined;
  }

  async closed(): Promise<void> {}

  async removeProfile(): Promise<boolean> {
    await this.clearing;
    // As the window: who forgets the account wants no sign-in to it.
    this.#end?.({ kind: 'cancelled' });
    this.hasProfile = false;
    return true;
  }
}

/** What a person's sign-in brings. */
export function signedInWith(tokens: {
  readonly accessToken: string;
  readonly refreshToken: string;
}): Extract<SignInOutcome, { readonly kind: 'signed-in' }> {
  const captured: CapturedTokens = {
    accessToken: new Secret(tokens.accessToken),
    refreshToken: new Secret(tokens.refreshToken),
    expiresAt: expiryOfJwt(tokens.accessToken) ?? 0,
    cookies: keepCookies([]),
  };
  return { kind: 'signed-in', tokens: captured };
}

export class FakeDesktop implements Desktop {
  locale = 'en-GB';
  hasSandbox = true;
  readonly signInWindow = new FakeSignInWindow();
  readonly notices: Notice[] = [];
  readonly copied: string[] = [];
  readonly opened: string[] = [];
  readonly themes: string[] = [];
  readonly #noticed = new EventTarget();
  isLocked = false;
  startsAtLogin: 'on' | 'off' | 'unknown' = 'off';
  /** What the person chooses in a dialog. */
  chosen: string | undefined;
  readonly suggestedNames: string[] = [];

  async chooseFolder(): Promise<string | undefined> {
    return this.chosen;
  }

  async chooseNewFile(suggestedName: string): Promise<string | undefined> {
    this.suggestedNames.push(suggestedName);
    return this.chosen;
  }

  copyText(text: string): void {
    this.copied.push(text);
  }

  async openFolder(path: string): Promise<void> {
    this.opened.push(path);
  }

  async openLink(link: string): Promise<void> {
    this.opened.push(link);
  }

  startAtLogin(): 'on' | 'off' | 'unknown' {
    return this.startsAtLogin;
  }

  async setStartAtLogin(on: boolean): Promise<void> {
    this.startsAtLogin = on ? 'on' : 'off';
  }

  useTheme(theme: string): void {
    this.themes.push(theme);
  }

  isScreenLocked(): boolean {
    return this.isLocked;
  }

  notify(notice: Notice): void {
    this.notices.push(notice);
    this.#noticed.dispatchEvent(new Event('notice'));
  }

  /** Resolves once that many were said. */
  async noticed(count: number): Promise<void> {
    while (this.notices.length < count) await once(this.#noticed, 'notice');
  }
}
