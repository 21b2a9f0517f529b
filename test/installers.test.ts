/**
 * What people install, made by electron-builder for Linux with stand-ins for the programs that it downloads, and what
 * `npm run check-installers` says of it, and of what is not as it should be.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wrongInAppImage } from '../scripts/packed/app-image.ts';
import { wrongInDeb, wrongInListing } from '../scripts/packed/deb.ts';
import { wrongInInformation, wrongProcessors } from '../scripts/packed/mac-archive.ts';
import { uninstallerIn } from '../scripts/packed/windows-installer.ts';
import { writeLinuxTools } from './support/linux-tools.ts';
import { packOnMadeUpElectron } from './support/packing.ts';
import { temporaryHome } from './support/temporary-home.ts';

const folder = mkdtempSync(join(tmpdir(), 'jeton-installers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const made = (ending: string): string => globSync(join(folder, `linux/*.${ending}`))[0] ?? '';

beforeAll(async () => {
  const env = writeLinuxTools(join(folder, 'tools'));
  await packOnMadeUpElectron('linux', folder, { target: 'installers', env });
}, 120_000);

/** The lines of a file, changed. */
function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

describe('a package for Debian', () => {
  /** One in which this was changed. */
  function changed(change: (tree: string) => void): string {
    const tree = join(temporaryHome(), 'tree');
    execFileSync('dpkg-deb', ['--raw-extract', made('deb'), tree]);
    change(tree);
    const path = `${tree}.deb`;
    execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', tree, path]);
    return path;
  }
  const DESKTOP = 'usr/share/applications/jeton.desktop';

  test('is as it should be', () => {
    expect(wrongInDeb(made('deb'))).toEqual([]);
  });

  test.each<[what: readonly string[], change: (tree: string) => void]>([
    [
      ['Depends'],
      (tree) => edit(join(tree, 'DEBIAN/control'), (text) => text.replace('libsecret-1-0, ', '')),
    ],
    [['Version'], (tree) => edit(join(tree, 'DEBIAN/control'), (text) => text.replace(/^Version: /m, '$&9'))],
    [['MimeType'], (tree) => edit(join(tree, DESKTOP), (text) => text.replace(/^MimeType=.*$/m, ''))],
    [['Categories'], (tree) => edit(join(tree, DESKTOP), (text) => text.replace('Development;', ''))],
    [['Exec'], (tree) => edit(join(tree, DESKTOP), (text) => text.replace(' %U', ' --no-sandbox %U'))],
    [['icon 256x256'], (tree) => rmSync(join(tree, 'usr/share/icons/hicolor/256x256/apps/jeton.png'))],
    [['archive'], (tree) => rmSync(join(tree, 'opt/Jeton/resources/app.asar'))],
    [['sandbox'], (tree) => rmSync(join(tree, 'opt/Jeton/chrome-sandbox'))],
    [['profile for AppArmor'], (tree) => rmSync(join(tree, 'opt/Jeton/resources/apparmor-profile'))],
    [
      [expect.stringMatching(/^-rws.* \.\/opt\/Jeton\/chrome-sandbox$/)],
      (tree) => chmodSync(join(tree, 'opt/Jeton/chrome-sandbox'), 0o4755),
    ],
    [
      [expect.stringMatching(/^-rwxr-xrwx.* \.\/opt\/Jeton\/jeton$/)],
      (tree) => chmodSync(join(tree, 'opt/Jeton/jeton'), 0o757),
    ],
  ])('in which this is wrong is found out: %s', (what, change) => {
    expect(wrongInDeb(changed(change))).toEqual(what);
  });

  test('whose files are somebody’s own is found out', () => {
    const line = '-rwxr-xr-x me/root 1 2026-01-01 00:00 ./opt/Jeton/jeton';
    expect(wrongInListing(`drwxr-xr-x root/root 0 2026-01-01 00:00 ./opt/\n${line}\n`)).toEqual([line]);
  });
});

describe('an AppImage', () => {
  /** What electron-builder puts into it, changed. */
  function changed(change: string): string {
    const path = join(temporaryHome(), 'changed.AppImage');
    writeFileSync(path, `#!/bin/sh\nset -e\n'${made('AppImage')}' "$1"\ncd squashfs-root\n${change}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  test('is as it should be', () => {
    expect(wrongInAppImage(made('AppImage'))).toEqual([]);
  });

  test.each([
    ['Exec', 'sed -i "s/AppRun %U/AppRun --no-sandbox %U/" jeton.desktop'],
    ['MimeType', 'sed -i /^MimeType/d jeton.desktop'],
    ['one desktop entry', 'cp jeton.desktop other.desktop'],
    ['AppRun', 'chmod -x AppRun'],
    ['program', 'rm jeton'],
    ['archive', 'rm resources/app.asar'],
    ['icon', 'rm .DirIcon'],
    ['icon', 'rm -r usr/share/icons'],
  ])('in which %s is wrong is found out: %s', (what, change) => {
    expect(wrongInAppImage(changed(change))).toEqual([what]);
  });
});

describe('for macOS', () => {
  const information = {
    CFBundleIdentifier: 'io.github.jeton.app',
    CFBundleShortVersionString: '0.1.0',
    LSUIElement: true,
    LSApplicationCategoryType: 'public.app-category.developer-tools',
    CFBundleURLTypes: [{ CFBundleURLName: 'Jeton', CFBundleURLSchemes: ['jeton'] }],
  };

  test('what the system is told is as it should be, or is found out', () => {
    expect(wrongInInformation(information)).toEqual([]);
    for (const key of Object.keys(information))
      expect(wrongInInformation({ ...information, [key]: undefined })).toEqual([key]);
  });

  test('both processors are there', () => {
    expect(wrongProcessors('x86_64 arm64\n')).toEqual([]);
    expect(wrongProcessors('arm64\n')).toEqual(['x86_64']);
  });
});

test('for Windows Jeton’s uninstaller is found among others', () => {
  const key = String.raw`HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Uninstall`;
  const entry = (id: string, command: string): string =>
    `\r\n${key}\\${id}\r\n    QuietUninstallString    REG_SZ    ${command}\r\n`;
  const other = entry('{0}', String.raw`"C:\Other\Uninstall Other.exe" /S`);
  const own = entry('1', String.raw`"C:\Users\A B\Programs\jeton\Uninstall Jeton.exe" /currentuser /S`);
  expect(uninstallerIn(other + own)).toBe(String.raw`C:\Users\A B\Programs\jeton\Uninstall Jeton.exe`);
  expect(uninstallerIn(other)).toBeUndefined();
});
