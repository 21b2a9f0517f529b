import { join } from 'node:path';
import type { SilentSignIn } from '../../core/ports.ts';
import type { Settings } from '../../core/settings.ts';

export interface BrowserHome {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly settings: Settings;
}

/** The browser profile of Jeton's own, in its home. */
export function profileOf(home: string): string {
  return join(home, 'browser');
}

/** The silent rung: the installed browser without a window, on the session that it kept. At most 30 s. */
export function silentSignInWith({ home, env, settings }: BrowserHome): SilentSignIn {
  return async (keptCookies, signal) => {
    const { signInWithInstalledBrowser } = await import('./installed-browser.ts');
    const outcome = await signInWithInstalledBrowser({
      baseUrl: settings.oneflex.url,
      browser: settings.oneflex.browser,
      profileDir: profileOf(home),
      headless: true,
      timeoutMs: 30_000,
      keptCookies,
      env,
      ...(signal && { signal }),
    });
    if (outcome.kind === 'signed-in') {
      return { kind: 'signed-in', tokens: { ...outcome.tokens, cookies: outcome.cookies } };
    }
    if (outcome.kind === 'person-needed') return { kind: 'person-needed' };
    return { kind: 'unavailable', code: outcome.kind };
  };
}
