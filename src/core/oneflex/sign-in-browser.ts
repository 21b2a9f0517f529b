/**
 * The port of whatever shows OneFlex to the person and watches its cookies: the browser that they have installed, or a
 * window of the application.
 */
import type { KeptTokens, SilentSignIn } from '../ports.ts';
import type { Secret } from '../secret.ts';

/** On a profile of Jeton's own. It types nothing, clicks nothing and reads no page. */
export interface SignInBrowser {
  /**
   * Opens OneFlex, and watches with a `TokenCapture` until the tokens are there or will not come. The tokens of last time
   * are no answer. Throws `home-unusable` when there is no place for the profile.
   */
  signIn(attempt: SignInAttempt): Promise<SignInOutcome>;
  /**
   * When nothing of it runs any more: tokens are answered, and used, while it still closes. Whoever touches the profile,
   * or ends, waits for this. Never rejects.
   */
  closed(): Promise<void>;
  /** Removes the profile. False, with nothing removed, when a browser of another process stays open on it. */
  removeProfile(): Promise<boolean>;
}

export interface SignInAttempt {
  /** Without a window and without the person, on the session that was kept. Ends within 30 s. */
  readonly silent: boolean;
  readonly timeoutMs: number;
  /** What the sign-in before answered; cookies that the profile lost since are put back. */
  readonly keptCookies: Secret | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface CapturedTokens extends KeptTokens {
  /** All of the profile's, those of the tokens included. */
  readonly cookies: Secret;
}

export type SignInOutcome =
  | { readonly kind: 'signed-in'; readonly tokens: CapturedTokens }
  | SignInFailure
  | { readonly kind: 'cancelled' };

export type SignInFailure =
  | { readonly kind: 'closed-by-person' }
  | { readonly kind: 'timed-out' }
  /** Silent only: nothing more happens by itself, and `host` shows a page that waits for somebody. */
  | { readonly kind: 'person-needed'; readonly host: string }
  /**
   * Silent, or in a window that shows nothing of it: Chromium's own code of a failed navigation
   * (`ERR_CONNECTION_REFUSED`), or `http-503`.
   */
  | { readonly kind: 'unreachable'; readonly host: string; readonly code: string }
  | { readonly kind: 'no-browser'; readonly lookedFor: readonly string[] }
  | { readonly kind: 'no-display' }
  /** The application was started so that no page in it is kept from this machine; it opens none but its own. */
  | { readonly kind: 'no-sandbox' }
  | { readonly kind: 'profile-in-use' }
  | { readonly kind: 'launch-failed'; readonly reason: LaunchFailure };

/**
 * `sandbox`: the system does not let the browser isolate its pages (root, containers). `debugging-disallowed`: a
 * policy of the company forbids programs to watch the browser. `did-not-start`: it ended at once, or never answered
 * as Chrome, Edge and Chromium do.
 */
type LaunchFailure = 'sandbox' | 'debugging-disallowed' | 'did-not-start';

const SILENT_LIMIT_MS = 30_000;

/** The ladder's second rung. */
export function silentSignInWith(browser: Pick<SignInBrowser, 'signIn'>): SilentSignIn {
  return async (keptCookies, signal) => {
    const outcome = await browser.signIn({ silent: true, timeoutMs: SILENT_LIMIT_MS, keptCookies, signal });
    if (outcome.kind === 'signed-in' || outcome.kind === 'person-needed') return outcome;
    return { kind: 'unavailable', code: outcome.kind };
  };
}
