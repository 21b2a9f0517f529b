import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startAndEnd } from './start-up.ts';
import { failing, WANTED } from './wanted.ts';

const UNINSTALL = String.raw`HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall`;
const RUN = String.raw`HKCU\Software\Microsoft\Windows\CurrentVersion\Run`;
const SCHEME = `HKCU\\Software\\Classes\\${WANTED.scheme}`;

/** A copy of the uninstaller goes on when the first has ended. */
const UNINSTALLED_MS = 60_000;

/** What is wrong once the installer was run, the application started, and all of it taken away again, without a word. */
export async function wrongInWindowsInstaller(path: string): Promise<readonly string[]> {
  execFileSync(path, ['/S'], { stdio: 'inherit' });
  const uninstaller = uninstallerIn(query(UNINSTALL, '/s', '/v', 'QuietUninstallString'));
  if (uninstaller === undefined) return ['no uninstaller in the registry'];
  const program = join(dirname(uninstaller), `${WANTED.productName}.exe`);
  // Claims the scheme.
  await startAndEnd(program);
  const wasClaimed = query(SCHEME, '/s').includes(program);
  // As the person's own switch does it.
  reg('add', RUN, '/v', WANTED.appId, '/d', `"${program}" --hidden`, '/f');

  execFileSync(uninstaller, ['/currentuser', '/S'], { stdio: 'inherit' });
  const isThere = (): boolean =>
    uninstallerIn(query(UNINSTALL, '/s', '/v', 'QuietUninstallString')) !== undefined || existsSync(program);
  for (const deadline = performance.now() + UNINSTALLED_MS; isThere() && performance.now() < deadline;)
    await delay(500);
  return failing({
    'the scheme was claimed': wasClaimed,
    'it is gone': !isThere(),
    'the scheme is gone': query(SCHEME) === '',
    'the start at login is gone': query(RUN, '/v', WANTED.appId) === '',
  });
}

/** Jeton's, of what `reg query` says of all there are. */
export function uninstallerIn(text: string): string | undefined {
  const name = `Uninstall ${WANTED.productName}.exe`;
  return [...text.matchAll(/REG_SZ +"([^"]+)"/g)]
    .map(([, path = '']) => path)
    .find((path) => path.endsWith(`\\${name}`));
}

/** Empty where there is no such key or value. */
function query(key: string, ...args: readonly string[]): string {
  try {
    return reg('query', key, ...args);
  } catch {
    return '';
  }
}

function reg(...args: readonly string[]): string {
  return execFileSync('reg', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
