import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findBrowser, placesOf } from '../../src/node/sso/find-browser.ts';
import { temporaryHome } from '../support/temporary-home.ts';

/** A folder with these executables in it. */
function folderWith(...names: readonly string[]): string {
  const folder = temporaryHome();
  for (const name of names) writeFileSync(join(folder, name), '#!/bin/sh\n', { mode: 0o755 });
  return folder;
}

const linux = (...path: readonly string[]) => ({ platform: 'linux', env: { PATH: path.join(':') } }) as const;

describe('auto', () => {
  it('prefers Chrome, then Edge, then Chromium, wherever they are on the PATH', () => {
    const chromium = folderWith('chromium-browser');
    const edge = folderWith('microsoft-edge');
    const chrome = folderWith('google-chrome-stable');
    const found = (...path: readonly string[]) => findBrowser('auto', linux(...path));
    expect(found(chromium, edge, chrome)).toEqual({
      kind: 'found',
      path: join(chrome, 'google-chrome-stable'),
    });
    expect(found(chromium, edge)).toEqual({ kind: 'found', path: join(edge, 'microsoft-edge') });
    expect(found(chromium)).toEqual({ kind: 'found', path: join(chromium, 'chromium-browser') });
  });
});

describe('a browser by name', () => {
  it('is that one and no other', () => {
    const folder = folderWith('google-chrome', 'chromium');
    expect(findBrowser('chromium', linux(folder))).toEqual({ kind: 'found', path: join(folder, 'chromium') });
    expect(findBrowser('msedge', linux(folder))).toEqual({ kind: 'none', lookedFor: ['msedge'] });
  });

  it('is not a folder, a text file or something relative on the PATH', () => {
    const folder = folderWith();
    mkdirSync(join(folder, 'msedge'));
    mkdirSync(join(folder, 'microsoft-edge'));
    writeFileSync(join(folder, 'microsoft-edge-stable'), 'not a program', { mode: 0o644 });
    expect(findBrowser('msedge', linux(folder, '.', ''))).toEqual({ kind: 'none', lookedFor: ['msedge'] });
  });

  it('needs no PATH to be looked for', () => {
    const machine = { platform: 'linux', env: {} } as const;
    expect(findBrowser('msedge', machine)).toEqual({ kind: 'none', lookedFor: ['msedge'] });
  });
});

describe('a browser by path', () => {
  it('is found when it can be run', () => {
    const path = join(folderWith('my browser'), 'my browser');
    expect(findBrowser(path, linux())).toEqual({ kind: 'found', path });
  });

  it('is what was looked for otherwise', () => {
    expect(findBrowser('/nowhere/chrome', linux())).toEqual({ kind: 'none', lookedFor: ['/nowhere/chrome'] });
    const folder = temporaryHome();
    expect(findBrowser(folder, linux())).toEqual({ kind: 'none', lookedFor: [folder] });
  });
});

it('looks below the program folders on Windows, and for applications on macOS', () => {
  const env = {
    PROGRAMFILES: String.raw`C:\Program Files`,
    LOCALAPPDATA: String.raw`C:\Users\camille\AppData\Local`,
  };
  expect(placesOf('auto', { platform: 'win32', env })).toEqual([
    String.raw`C:\Program Files\Google\Chrome\Application\chrome.exe`,
    String.raw`C:\Users\camille\AppData\Local\Google\Chrome\Application\chrome.exe`,
    String.raw`C:\Program Files\Microsoft\Edge\Application\msedge.exe`,
    String.raw`C:\Users\camille\AppData\Local\Microsoft\Edge\Application\msedge.exe`,
    String.raw`C:\Program Files\Chromium\Application\chrome.exe`,
    String.raw`C:\Users\camille\AppData\Local\Chromium\Application\chrome.exe`,
  ]);
  expect(placesOf('msedge', { platform: 'darwin', env: { PATH: '/opt/homebrew/bin' } })).toEqual([
    '/opt/homebrew/bin/microsoft-edge',
    '/opt/homebrew/bin/microsoft-edge-stable',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ]);
});
