import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import { type HomeRequest, prepareHome, resolveHome } from '../../src/node/paths.ts';
import { makeReadOnly, mountTmpfs } from '../support/mounts.ts';
import { temporaryHome } from '../support/temporary-home.ts';

describe('resolveHome', () => {
  const linux: HomeRequest = { env: {}, platform: 'linux', homedir: '/home/ada', cwd: '/work' };
  const mac: HomeRequest = { env: {}, platform: 'darwin', homedir: '/Users/ada', cwd: '/' };
  const windows: HomeRequest = { env: {}, platform: 'win32', homedir: String.raw`C:\Users\ada`, cwd: 'C:\\' };

  it.each<[string, HomeRequest, string]>([
    ['Linux', linux, '/home/ada/.config/Jeton'],
    ['Linux with XDG_CONFIG_HOME', { ...linux, env: { XDG_CONFIG_HOME: '/cfg' } }, '/cfg/Jeton'],
    ['a relative XDG_CONFIG_HOME', { ...linux, env: { XDG_CONFIG_HOME: 'cfg' } }, '/home/ada/.config/Jeton'],
    ['a blank JETON_HOME', { ...linux, env: { JETON_HOME: ' ' } }, '/home/ada/.config/Jeton'],
    ['macOS', { ...mac, env: { XDG_CONFIG_HOME: '/cfg' } }, '/Users/ada/Library/Application Support/Jeton'],
    ['Windows', { ...windows, env: { APPDATA: String.raw`D:\Roam` } }, String.raw`D:\Roam\Jeton`],
    ['Windows without APPDATA', windows, String.raw`C:\Users\ada\AppData\Roaming\Jeton`],
    ['JETON_HOME', { ...linux, env: { JETON_HOME: '/srv/jeton' } }, '/srv/jeton'],
    ['a relative JETON_HOME', { ...linux, env: { JETON_HOME: 'data' } }, '/work/data'],
    ['--home over JETON_HOME', { ...linux, explicit: '../x', env: { JETON_HOME: '/srv' } }, '/x'],
    ['--home on Windows', { ...windows, explicit: 'data' }, String.raw`C:\data`],
  ])('%s', (_, request, expected) => {
    expect(resolveHome(request)).toBe(expected);
  });

  it('says so where there is no home directory', () => {
    expect(() => resolveHome({ ...linux, homedir: '' })).toThrow(
      expect.objectContaining({ code: 'home-unusable', details: { path: '', reason: 'no-home-directory' } }),
    );
  });
});

describe('prepareHome', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jeton-paths-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it.each([0o000, 0o022])('creates the folder for its owner only, under umask %o', (umask) => {
    const home = join(folder, 'a', 'Jeton');
    const before = process.umask(umask);
    try {
      prepareHome(home);
      prepareHome(home);
    } finally {
      process.umask(before);
    }
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });

  it.each([
    ['a file in its place', 'file', 'EEXIST'],
    ['a file in its path', 'file/Jeton', 'ENOTDIR'],
  ])('refuses %s', (_, name, reason) => {
    writeFileSync(join(folder, 'file'), '');
    const home = join(folder, name);
    const thrown = (() => {
      try {
        return prepareHome(home);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(JetonError);
    expect(thrown).toMatchObject({ code: 'home-unusable', details: { path: home, reason } });
  });

  it('says of a new folder on a read-only disk that the disk is read-only, however deep it is', () => {
    const disk = temporaryHome();
    mountTmpfs(disk, 'size=64k');
    makeReadOnly(disk);
    for (const home of [disk, join(disk, 'Jeton'), join(disk, 'a', 'b', 'Jeton')]) {
      expect(() => prepareHome(home)).toThrow(
        expect.objectContaining({ code: 'home-unusable', details: { path: home, reason: 'EROFS' } }),
      );
    }
  });

  it('refuses a place where no folder can be made', () => {
    const home = '/proc/jeton/home';
    expect(() => prepareHome(home)).toThrow(
      expect.objectContaining({ code: 'home-unusable', details: { path: home, reason: 'no-folder-there' } }),
    );
  });
});
