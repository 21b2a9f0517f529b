import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** The person's own browser by name, or the path of an executable; `auto` is the first that there is. */
export type BrowserChoice = 'auto' | KnownBrowser | (string & {});

type KnownBrowser = 'chrome' | 'msedge' | 'chromium';

export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export type FoundBrowser =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'none'; readonly lookedFor: readonly string[] };

const KNOWN: readonly KnownBrowser[] = ['chrome', 'msedge', 'chromium'];

/** Where each browser's own installer puts it. On Windows below each of the program folders. */
const WELL_KNOWN: Readonly<Partial<Record<NodeJS.Platform, Readonly<Record<KnownBrowser, string>>>>> = {
  linux: {
    chrome: '/opt/google/chrome/chrome',
    msedge: '/opt/microsoft/msedge/msedge',
    chromium: '/usr/lib/chromium/chromium',
  },
  darwin: {
    chrome: '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    msedge: '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    chromium: '/Applications/Chromium.app/Contents/MacOS/Chromium',
  },
  win32: {
    chrome: String.raw`Google\Chrome\Application\chrome.exe`,
    msedge: String.raw`Microsoft\Edge\Application\msedge.exe`,
    chromium: String.raw`Chromium\Application\chrome.exe`,
  },
};

const COMMANDS: Readonly<Record<KnownBrowser, readonly string[]>> = {
  chrome: ['google-chrome', 'google-chrome-stable'],
  msedge: ['microsoft-edge', 'microsoft-edge-stable'],
  chromium: ['chromium', 'chromium-browser'],
};

export function findBrowser(choice: BrowserChoice, machine: Machine): FoundBrowser {
  const path = placesOf(choice, machine).find(isExecutable);
  if (path !== undefined) return { kind: 'found', path };
  return { kind: 'none', lookedFor: choice === 'auto' ? KNOWN : [choice] };
}

/** Where to look, best first: the PATH is where distributions put the start script with their own settings. */
export function placesOf(choice: BrowserChoice, machine: Machine): readonly string[] {
  if (choice === 'auto') return KNOWN.flatMap((name) => placesOfKnown(name, machine));
  return isKnown(choice) ? placesOfKnown(choice, machine) : [choice];
}

function isKnown(choice: BrowserChoice): choice is KnownBrowser {
  return KNOWN.some((name) => name === choice);
}

function placesOfKnown(name: KnownBrowser, { platform, env }: Machine): readonly string[] {
  const wellKnown = WELL_KNOWN[platform]?.[name];
  if (platform === 'win32') {
    const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']];
    return roots.flatMap((root) => (root && wellKnown ? win32.join(root, wellKnown) : []));
  }
  const folders = (env['PATH'] ?? '').split(posix.delimiter).filter((folder) => posix.isAbsolute(folder));
  const onPath = folders.flatMap((folder) => COMMANDS[name].map((command) => posix.join(folder, command)));
  return wellKnown === undefined ? onPath : [...onPath, wellKnown];
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
