import { existsSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SignInAttempt, SignInBrowser, SignInOutcome } from '../../core/oneflex/sign-in-browser.ts';
import type { Settings } from '../../core/settings.ts';

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

/** The installed browser on Jeton's own profile; closing takes it half a second. */
export class ProfileBrowser implements SignInBrowser {
  readonly #home: BrowserHome;
  #closed = Promise.resolve();

  constructor(home: BrowserHome) {
    this.#home = home;
  }

  async signIn(attempt: SignInAttempt): Promise<SignInOutcome> {
    const { home, env, settings } = this.#home;
    await this.closed();
    const { signInWithInstalledBrowser } = await import('./installed-browser.ts');
    const outcome = await signInWithInstalledBrowser({
      ...attempt,
      baseUrl: settings.oneflex.url,
      browser: settings.oneflex.browser,
      profileDir: profileOf(home),
      env,
    });
    if (outcome.kind === 'signed-in') this.#closed = outcome.closed;
    return outcome;
  }

  closed(): Promise<void> {
    return this.#closed;
  }

  async removeProfile(): Promise<boolean> {
    await this.closed();
    const profile = profileOf(this.#home.home);
    for (let waited = 0; isProfileOpen(profile); waited += LOOK_AGAIN_MS) {
      if (waited >= CLOSING_MS) return false;
      await delay(LOOK_AGAIN_MS);
    }
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    return true;
  }
}

/**
 * Whether a browser runs on the profile, by the mark that Chromium leaves there (chrome/browser/process_singleton_*.cc):
 * on Windows a file that goes with its process, elsewhere a link that names host and process.
 */
export function isProfileOpen(profile: string): boolean {
  if (process.platform === 'win32') return existsSync(join(profile, 'lockfile'));
  try {
    const pid = Number(readlinkSync(join(profile, 'SingletonLock')).split('-').at(-1));
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
