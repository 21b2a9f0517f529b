import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryHome } from './temporary-home.ts';

/**
 * The machine's Chromium under a start script, as distributions have them. The script lets it run as root, and
 * lets a person of the test's own act in it, through a second connection than Jeton's.
 */
export function installedChromium(...args: readonly string[]): string {
  const path = join(temporaryHome(), 'chromium');
  const all = ['--no-sandbox', '--disable-component-update', '--remote-debugging-port=0', ...args];
  writeFileSync(path, `#!/bin/sh\nexec /usr/bin/chromium ${all.join(' ')} "$@"\n`, { mode: 0o755 });
  return path;
}

export { type Display, startDisplay } from './display.ts';

/** Process ids of a browser on this profile. */
export function browsersOn(profileDir: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => commandOf(pid).includes(profileDir))
    .map(Number);
}

/** The arguments of a browser on this profile. */
export function argumentsOn(profileDir: string): string {
  return browsersOn(profileDir)
    .map((pid) => commandOf(String(pid)))
    .join('\n');
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
