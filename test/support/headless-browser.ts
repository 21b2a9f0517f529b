import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from '../../src/node/sso/find-browser.ts';

/**
 * A start script in `folder` for the installed browser, as distributions have them: no window, root allowed, and a way
 * in for a person who is simulated (see `personAt`). `undefined` where there is no browser; Windows has no such scripts.
 */
export function headlessBrowser(folder: string): string | undefined {
  const { env, platform } = process;
  const found = platform === 'win32' ? undefined : findBrowser('auto', { platform, env });
  if (found?.kind !== 'found') return undefined;
  const args = ['--headless=new', '--remote-debugging-port=0', '--disable-component-update'];
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  const script = join(folder, 'browser');
  writeFileSync(script, `#!/bin/sh\nexec '${found.path}' ${args.join(' ')} "$@"\n`, { mode: 0o755 });
  return script;
}

/** The command line asks for a screen before it opens a window; {@link headlessBrowser} opens none, on any. */
export const ANY_SCREEN = { DISPLAY: ':0' } as const;
