import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wrongInDesktopEntry } from './desktop-entry.ts';
import { failing, WANTED } from './wanted.ts';

const ICONS = join(import.meta.dirname, '../../assets/icons');

/** What is not as it should be in a package for Debian, of which nothing is installed. */
export function wrongInDeb(path: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-deb-'));
  try {
    dpkg('--raw-extract', path, folder);
    return [...wrongControl(path), ...wrongInListing(dpkg('--contents', path)), ...wrongFiles(folder)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function dpkg(...args: readonly string[]): string {
  return execFileSync('dpkg-deb', args, { encoding: 'utf8' });
}

function wrongControl(path: string): readonly string[] {
  const field = (name: string): string => dpkg('--field', path, name).trim();
  const { name, version, depends, recommends } = WANTED;
  return failing({
    Package: field('Package') === name,
    // A version before the first ~ is a later one.
    Version: field('Version') === version.replaceAll('-', '~'),
    Architecture: ['amd64', 'arm64'].includes(field('Architecture')),
    Maintainer: field('Maintainer').includes('@'),
    Depends: isListOf(field('Depends'), depends),
    Recommends: isListOf(field('Recommends'), recommends),
  });
}

function isListOf(field: string, packages: readonly string[]): boolean {
  const found = field.split(',').map((entry) => entry.trim());
  return found.toSorted().join() === packages.toSorted().join();
}

/** Of `dpkg-deb --contents`: nobody but root is to change what everybody runs, and nothing in it runs as root. */
export function wrongInListing(text: string): readonly string[] {
  return text
    .trimEnd()
    .split('\n')
    .filter((line) => {
      const [mode = '', owner = ''] = line.split(/ +/);
      const isOpen = /[sS]/.test(mode) || (mode.at(8) === 'w' && !mode.startsWith('l'));
      return isOpen || !/^(?:root|0)\/(?:root|0)$/.test(owner);
    });
}

function wrongFiles(folder: string): readonly string[] {
  const { name, productName } = WANTED;
  const place = `/opt/${productName}`;
  const has = (file: string): boolean => globSync(join(folder, file)).length > 0;
  const read = (file: string): string => (has(file) ? readFileSync(join(folder, file), 'utf8') : '');
  const sizes = readdirSync(ICONS).map((file) => file.replace('.png', ''));
  const afterInstall = read('DEBIAN/postinst');
  return [
    ...wrongInDesktopEntry(read(`usr/share/applications/${name}.desktop`), `${place}/${name}`),
    ...failing({
      ...Object.fromEntries(
        sizes.map((size) => [`icon ${size}`, has(`usr/share/icons/hicolor/${size}/apps/${name}.png`)]),
      ),
      program: has(`${place}/${name}`),
      archive: has(`${place}/resources/app.asar`),
      // Where there are no user namespaces the sandbox is a program of root's; where AppArmor forbids them, a profile helps.
      sandbox:
        has(`${place}/chrome-sandbox`) && afterInstall.includes(`chmod 4755 '${place}/chrome-sandbox'`),
      'profile for AppArmor':
        read(`${place}/resources/apparmor-profile`).includes(`${place}/${name}`) &&
        afterInstall.includes('apparmor_parser'),
    }),
  ];
}
