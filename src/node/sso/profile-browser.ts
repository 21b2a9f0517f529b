import { existsSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SilentSignIn } from '../../core/ports.ts';
import type { Settings } from '../../core/settings.ts';
import type { SignInOutcome, SignInRequest } from './installed-browser.ts';

/** A browser that is closing takes half a second; a window waits for its person. */
const CLOSING_MS = 10_000;
const LOOK_AGAIN_MS = 100;

export interface BrowserHome {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: Settings;
}

/** The browser profile of Jeton's own, in its home. */
export function profileOf(home: string): string {
  return join(home, 'browser');
}

/**
 * The installed browser on Jeton's own profile. Tokens are used while it closes, which takes it half a second; so
 * whoever is about to touch the profile, or to end, waits until it is {@link closed}.
 */
export class ProfileBrowser {
  readonly #home: BrowserHome;
  #closed = Promise.resolve();

  constructor(home: BrowserHome) {
    this.#home = home;
  }

  /** See {@link SignInRequest}. Throws `home-unusable` when the profile folder cannot be made. */
  async signIn(
    request: Pick<SignInRequest, 'headless' | 'timeoutMs' | 'keptCookies' | 'signal'>,
  ): Promise<SignInOutcome> {
    const { home, env, settings } = this.#home;
    await this.closed();
    const { signInWithInstalledBrowser } = await import('./installed-browser.ts');
    const outcome = await signInWithInstalledBrowser({
      baseUrl: settings.oneflex.url,
      browser: settings.oneflex.browser,
      profileDir: profileOf(home),
      env,
      ...request,
    });
    if (outcome.kind === 'signed-in') this.#closed = outcome.closed;
    return outcome;
  }

  /** The silent rung: without a window, on the session that the browser kept. At most 30 s. */
  readonly signInSilently: SilentSignIn = async (keptCookies, signal) => {
    const request = { headless: true, timeoutMs: 30_000, keptCookies };
    const outcome = await this.signIn({ ...request, ...(signal && { signal }) });
    if (outcome.kind === 'signed-in') {
      return { kind: 'signed-in', tokens: { ...outcome.tokens, cookies: outcome.cookies } };
    }
    if (outcome.kind === 'person-needed') return { kind: 'person-needed' };
    return { kind: 'unavailable', code: outcome.kind };
  };

  /** When nothing of it runs any more. Never rejects. */
  closed(): Promise<void> {
    return this.#closed;
  }

  /** Removes the profile. False, with nothing removed, when a browser of another process stays open on it. */
  async removeProfile(): Promise<boolean> {
    await this.closed();
    const profile = profileOf(this.#home.home);
    for (let waited = 0; isOpen(profile); waited += LOOK_AGAIN_MS) {
      if (waited >= CLOSING_MS) return false;
      await delay(LOOK_AGAIN_MS);
    }
    await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    return true;
  }
}

/**
 * Whether a browser runs on the profile, by the mark that Chromium leaves there (chrome/browser/process_singleton_*.cc):
 * on Windows a file that goes with its process, elsewhere a link that names host and process.
 */
function isOpen(profile: string): boolean {
  if (process.platform === 'win32') return existsSync(join(profile, 'lockfile'));
  try {
    const pid = Number(readlinkSync(join(profile, 'SingletonLock')).split('-').at(-1));
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
