/**
 * `npm run check-installers`: what `npm run pack -- --installers` made in dist/ for people, on the system that it is for.
 * On Windows it is installed and taken away again, for the one who runs this.
 */
import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { wrongInAppImage } from './packed/app-image.ts';
import { wrongInDeb } from './packed/deb.ts';
import { wrongInMacArchive } from './packed/mac-archive.ts';
import { wrongInWindowsInstaller } from './packed/windows-installer.ts';

type Look = (path: string) => readonly string[] | Promise<readonly string[]>;

const dist = join(import.meta.dirname, '../dist');

/** By their endings. */
const INSTALLERS: Readonly<Record<string, Readonly<Record<string, Look>>>> = {
  linux: { deb: wrongInDeb, AppImage: wrongInAppImage },
  darwin: { zip: wrongInMacArchive, dmg: wrongInDiskImage },
  win32: { exe: wrongInWindowsInstaller },
};

for (const [ending, look] of Object.entries(INSTALLERS[process.platform] ?? {})) {
  const names = globSync(`*.${ending}`, { cwd: dist });
  if (names.length === 0) throw new Error(`there is no .${ending} in dist/: npm run pack -- --installers`);
  for (const name of names) {
    const wrong = await look(join(dist, name));
    if (wrong.length > 0) throw new Error(`${name}: not as it should be: ${wrong.join(', ')}`);
    console.log(`${name}: as it should be`);
  }
}

/** The same application is in the archive beside it; throws where it is not whole. */
function wrongInDiskImage(path: string): readonly string[] {
  execFileSync('hdiutil', ['verify', path], { stdio: 'inherit' });
  return [];
}
