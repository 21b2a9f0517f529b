import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname, posix, win32 } from 'node:path';
import { JetonError } from '../core/errors.ts';

/** The name that the tray application gives to Electron (`app.getName()`). */
const APP_NAME = 'Jeton';

export interface HomeRequest {
  /** `--home`. */
  readonly explicit?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homedir: string;
  /** What a relative `--home` or `JETON_HOME` is relative to. */
  readonly cwd: string;
}

export interface HomePaths {
  readonly home: string;
  readonly database: string;
  readonly settings: string;
  readonly logs: string;
}

/**
 * Jeton's home: `--home`, else `JETON_HOME`, else the folder that Electron gives the tray application as
 * `userData`, so that both shells meet in one place. Throws `home-unusable` where nothing names a folder.
 */
export function resolveHome(request: HomeRequest): string {
  const path = request.platform === 'win32' ? win32 : posix;
  const chosen = given(request.explicit) ?? given(request.env['JETON_HOME']);
  if (chosen !== undefined) return path.resolve(request.cwd, chosen);
  return path.join(applicationData(request, path), APP_NAME);
}

export function homePaths(home: string, platform: NodeJS.Platform = process.platform): HomePaths {
  const path = platform === 'win32' ? win32 : posix;
  return {
    home,
    database: path.join(home, 'jeton.db'),
    settings: path.join(home, 'settings.json'),
    logs: path.join(home, 'logs'),
  };
}

/**
 * Makes a folder and those above it, for their owner only. Node's own recursion never ends where the system says
 * ENOENT although the folder above is there, as it does in /proc (measured: Node 20 and 24).
 */
export function makeFolder(folder: string): void {
  try {
    makeOneFolder(folder);
  } catch (error) {
    const above = dirname(folder);
    if (errnoOf(error) !== 'ENOENT' || above === folder) throw error;
    makeFolder(above);
    makeOneFolder(folder);
  }
}

function makeOneFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST' || !statSync(folder).isDirectory()) throw error;
  }
}

/** Creates the home where there is none, for its owner only. Throws `home-unusable` (`path`, `reason`). */
export function prepareHome(home: string): void {
  try {
    makeFolder(home);
    if (!statSync(home).isDirectory())
      throw new JetonError('home-unusable', { path: home, reason: 'ENOTDIR' });
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof JetonError) throw error;
    const code = errnoOf(error);
    // Folders above it are made, too: what is missing is a place that takes any.
    const reason = code === 'ENOENT' ? 'no-folder-there' : code;
    throw new JetonError('home-unusable', { path: home, reason }, { cause: error });
  }
}

/** The errno name of a failed system call (`EACCES`), for the `reason` of an error. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';
}

/** Electron's `app.getPath('appData')`: https://www.electronjs.org/docs/latest/api/app#appgetpathname. */
function applicationData({ env, platform, homedir }: HomeRequest, path: typeof posix): string {
  const own =
    platform === 'win32' ? env['APPDATA'] : platform === 'darwin' ? undefined : env['XDG_CONFIG_HOME'];
  // A relative XDG_CONFIG_HOME is invalid (XDG base directory specification) and would move with the cwd.
  if (own !== undefined && path.isAbsolute(own)) return own;
  if (!path.isAbsolute(homedir)) {
    throw new JetonError('home-unusable', { path: homedir, reason: 'no-home-directory' });
  }
  switch (platform) {
    case 'win32':
      return path.join(homedir, 'AppData', 'Roaming');
    case 'darwin':
      return path.join(homedir, 'Library', 'Application Support');
    default:
      return path.join(homedir, '.config');
  }
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === '' ? undefined : value;
}
