import { execFileSync } from 'node:child_process';
import { accessSync, constants, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wrongInDesktopEntry } from './desktop-entry.ts';
import { failing, WANTED } from './wanted.ts';

/** The first bytes of a PNG. */
const PNG = '89504e470d0a1a0a';

/** What is not as it should be in an AppImage, which unpacks itself: https://docs.appimage.org/reference/appdir.html. */
export function wrongInAppImage(path: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-app-image-'));
  try {
    // It names each file on the way.
    execFileSync(path, ['--appimage-extract'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    return wrongInAppDir(join(folder, 'squashfs-root'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wrongInAppDir(folder: string): readonly string[] {
  const { name } = WANTED;
  const read = (file: string): Buffer | undefined => {
    try {
      return readFileSync(join(folder, file));
    } catch {
      return undefined;
    }
  };
  const isPicture = (file: string): boolean => read(file)?.toString('hex', 0, 8) === PNG;
  const entries = globSync('*.desktop', { cwd: folder });
  return [
    ...wrongInDesktopEntry(read(`${name}.desktop`)?.toString() ?? '', 'AppRun'),
    ...failing({
      'one desktop entry': entries.length === 1,
      AppRun: isExecutable(join(folder, 'AppRun')),
      program: isExecutable(join(folder, name)),
      archive: read('resources/app.asar') !== undefined,
      icon: isPicture(`${name}.png`) && isPicture('.DirIcon'),
    }),
  ];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
