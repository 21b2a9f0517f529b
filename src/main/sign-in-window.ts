import { session, type Session, type WebContents } from 'electron';
import type { SignInAttempt, SignInBrowser, SignInOutcome } from '../core/oneflex/sign-in-browser.ts';
import type { Settings } from '../core/settings.ts';
import { AttemptInWindow, type AttemptRequest, SIGN_IN_PARTITION } from './sign-in-attempt.ts';
import { SignInHosts } from './sign-in-hosts.ts';

export interface SignInWindowPorts {
  /** Without Chromium's, a page of somebody else's would have all that the person may do on this machine. */
  readonly hasSandbox: boolean;
  /** Read anew for each sign-in. Throws `settings-invalid`, `file-unreadable`. */
  readonly settings: () => Settings['oneflex'];
  /** The sign-in was kept from a host, and the person has to know. */
  readonly onBlocked: (host: string) => void;
  readonly blockedWords: (host: string) => string;
  readonly askAgain: AttemptRequest['askAgain'];
}

/** OneFlex in a window of the application, one at a time, on a session that nothing else of Jeton's uses. */
export class SignInWindow implements SignInBrowser {
  readonly session: Session;
  readonly #ports: SignInWindowPorts;
  #current: { readonly attempt: AttemptInWindow; readonly hosts: SignInHosts } | undefined;
  #closed = Promise.resolve();
  #cleared: Promise<unknown> = Promise.resolve();

  /** After the application is ready. */
  constructor(ports: SignInWindowPorts) {
    this.#ports = ports;
    this.session = session.fromPartition(SIGN_IN_PARTITION);
  }

  /**
   * A person goes before a silent attempt, which is cancelled. Any other that comes while one is under way is told
   * `profile-in-use`, and shows the window that is. Without a sandbox there is none: `no-sandbox`.
   */
  async signIn(request: SignInAttempt): Promise<SignInOutcome> {
    if (!this.#ports.hasSandbox) return { kind: 'no-sandbox' };
    const { url: baseUrl, signInHosts } = this.#ports.settings();
    // One that begins while the profile is cleared would lose what it has just been given.
    await this.#cleared;
    while (this.#current !== undefined) {
      const { attempt } = this.#current;
      if (!attempt.isOver && (request.silent || !attempt.silent)) {
        if (!request.silent) attempt.show();
        return { kind: 'profile-in-use' };
      }
      attempt.end({ kind: 'cancelled' });
      await attempt.closed;
      await this.#cleared;
    }
    const hosts = new SignInHosts(baseUrl, signInHosts);
    const { onBlocked, blockedWords, askAgain } = this.#ports;
    const attempt = new AttemptInWindow({
      ...request,
      baseUrl,
      hosts,
      session: this.session,
      onBlocked,
      blockedWords,
      askAgain,
    });
    const current = { attempt, hosts };
    this.#current = current;
    this.#closed = attempt.closed.then(() => {
      if (this.#current === current) this.#current = undefined;
    });
    return attempt.outcome;
  }

  /** Brings the sign-in that is under way to the front. */
  show(): void {
    this.#current?.attempt.show();
  }

  /** Whether a host that asks for a certificate of this machine's may have it. */
  mayIdentify(contents: WebContents | null, address: string): boolean {
    return contents?.session === this.session && this.#current?.hosts.allows(address, 'window') === true;
  }

  closed(): Promise<void> {
    return this.#closed;
  }

  /** Whoever forgets the account wants no sign-in to it any more: one that is under way ends, one that begins waits. */
  async removeProfile(): Promise<boolean> {
    const clearing = this.#cleared.then(() => this.#clear());
    this.#cleared = clearing.catch(() => undefined);
    await clearing;
    return true;
  }

  async #clear(): Promise<void> {
    this.#current?.attempt.end({ kind: 'cancelled' });
    await this.#closed;
    await this.session.clearStorageData();
    await this.session.clearCache();
    await this.session.clearAuthCache();
    await this.session.cookies.flushStore();
  }
}
