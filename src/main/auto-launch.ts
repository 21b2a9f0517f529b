/** Whether Jeton starts when the person logs in, by each system's own means. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { App } from 'electron';
import { JetonError } from '../core/errors.ts';
import { errnoOf, makeFolder } from '../node/paths.ts';

/** Started by the system, not by a person: there is an icon, and no window. */
export const HIDDEN = '--hidden';

export interface AutoLaunch {
  state(): 'on' | 'off' | 'unknown';
  /** Throws `file-unwritable` (`path`, `reason`) or `login-item-refused` where the system does not take it. */
  set(on: boolean): void;
  /** A package that was moved, or put in the place of another, is what starts from now on. */
  keep(): void;
}

export interface LaunchRequest {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homedir: string;
  /** What starts Jeton: a program, and its arguments but for {@link HIDDEN}. */
  readonly command: readonly string[];
  readonly loginItems: LoginItems;
  /** Not out of a checkout, which takes no package's place. */
  readonly isPackaged: boolean;
}

/** What is asked of Electron's `app`. */
export type LoginItems = Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>;

export function autoLaunchOf(request: LaunchRequest): AutoLaunch {
  switch (request.platform) {
    case 'darwin':
      // Out of a checkout it is Electron's own bundle that the system would start.
      return request.isPackaged ? onMacOs(request.loginItems) : elsewhere('Jeton.app');
    case 'win32':
      return onWindows(request);
    case 'linux':
      return isConfined(request.env) ? elsewhere('XDG autostart') : onLinux(request);
    default:
      return elsewhere('XDG autostart');
  }
}

/** The system's, and not to be read from here: a Snap or a Flatpak sees another home. */
function elsewhere(what: string): AutoLaunch {
  return {
    state: () => 'unknown',
    set() {
      throw new JetonError('machine-unsuitable', { what });
    },
    keep: () => undefined,
  };
}

function isConfined(env: LaunchRequest['env']): boolean {
  return env['SNAP'] !== undefined || env['FLATPAK_ID'] !== undefined;
}

/**
 * https://www.electronjs.org/docs/latest/api/app#appgetloginitemsettingsoptions-macos-windows. An application that was
 * never registered is `not-found`, not `not-registered`, unless it comes from Apple's shop.
 */
function onMacOs(loginItems: LoginItems): AutoLaunch {
  return seenToBeSo({
    state() {
      const { openAtLogin, status } = loginItems.getLoginItemSettings();
      // Registered, and whether it starts is for the person to say, or to have said, in the system's settings.
      if (status === 'requires-approval') return 'unknown';
      return openAtLogin ? 'on' : 'off';
    },
    set: (on) => loginItems.setLoginItemSettings({ openAtLogin: on }),
    keep: () => undefined,
  });
}

/** Electron does not tell when the system refuses. */
function seenToBeSo(launch: AutoLaunch): AutoLaunch {
  return {
    ...launch,
    set(on) {
      launch.set(on);
      if (on && launch.state() !== 'on') throw new JetonError('login-item-refused');
    },
  };
}

/** Task Manager can keep an entry from being used, which leaves it in place. */
function onWindows({ loginItems, command }: LaunchRequest): AutoLaunch {
  const [path = '', ...rest] = command;
  const item = { path, args: [...rest.map((argument) => `"${argument}"`), HIDDEN] };
  return seenToBeSo({
    state() {
      const { openAtLogin, executableWillLaunchAtLogin } = loginItems.getLoginItemSettings(item);
      return openAtLogin && executableWillLaunchAtLogin ? 'on' : 'off';
    },
    set: (on) => loginItems.setLoginItemSettings({ openAtLogin: on, enabled: on, ...item }),
    keep: () => undefined,
  });
}

/** By which a file is known to be Jeton's; keys with X- are free to use (Desktop Entry Specification, Extending). */
const MARK = 'X-Jeton-Autostart=true';

/**
 * Desktop Application Autostart Specification: https://specifications.freedesktop.org/autostart-spec/latest/. A file
 * that somebody else wrote is left alone, and says nothing about Jeton.
 */
function onLinux({ env, homedir, command, isPackaged }: LaunchRequest): AutoLaunch {
  const given = env['XDG_CONFIG_HOME'];
  // A relative one is to be ignored (XDG Base Directory Specification).
  const config = given !== undefined && posix.isAbsolute(given) ? given : join(homedir, '.config');
  const folder = join(config, 'autostart');
  const path = join(folder, 'jeton.desktop');

  /** `null` where there is none, `undefined` where it cannot be read. */
  const read = (): string | null | undefined => {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      return errnoOf(error) === 'ENOENT' ? null : undefined;
    }
  };
  const entry = desktopEntry([programOf(env, command), ...command.slice(1), HIDDEN]);
  const renew = (): void => {
    try {
      replace(path, entry);
    } catch {
      // Whoever wants it changed hears why.
    }
  };
  const refuse = (reason: string, cause?: unknown): never => {
    throw new JetonError('file-unwritable', { path, reason }, { cause });
  };
  return {
    state() {
      const text = read();
      if (text === null) return 'off';
      if (text === undefined || !linesOf(text).includes(MARK)) return 'unknown';
      return isSwitchedOff(text) ? 'off' : 'on';
    },
    set(on) {
      const text = read();
      if (text === undefined) return refuse('EACCES');
      if (text !== null && !linesOf(text).includes(MARK)) return refuse('EEXIST');
      try {
        if (!on) return rmSync(path, { force: true });
        makeFolder(folder);
        return replace(path, entry);
      } catch (error) {
        return refuse(errnoOf(error), error);
      }
    },
    keep() {
      const text = read();
      const isOurs = isPackaged && typeof text === 'string' && linesOf(text).includes(MARK);
      if (isOurs && text !== entry && !isSwitchedOff(text)) renew();
    },
  };
}

/** Whole or not at all: it is read when the person logs in. */
function replace(path: string, text: string): void {
  const fresh = `${path}.${process.pid}.new`;
  try {
    writeFileSync(fresh, text);
    renameSync(fresh, path);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** An AppImage runs from a mount that is gone with it: https://docs.appimage.org/packaging-guide/environment-variables.html. */
function programOf(env: LaunchRequest['env'], [program = '']: readonly string[]): string {
  const image = env['APPIMAGE'];
  return image !== undefined && posix.isAbsolute(image) && existsSync(image) ? image : program;
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r?\n/).map((line) => line.trim());
}

/** The specification's own way, and GNOME's. */
function isSwitchedOff(text: string): boolean {
  return linesOf(text).some((line) =>
    /^(Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)$/.test(line),
  );
}

function desktopEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.5',
    'Name=Jeton',
    'Icon=jeton',
    `Exec=${command.map(quoted).join(' ')}`,
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    MARK,
    '',
  ].join('\n');
}

/**
 * https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html: an argument is quoted, `"`,
 * backtick, `$` and `\` within it have a backslash before them, `%` is doubled; then, as in any text of the file, each
 * backslash is doubled, and a line break is written `\n`.
 */
export function quoted(argument: string): string {
  const inQuotes = argument.replaceAll(/["`$\\]/g, String.raw`\$&`).replaceAll('%', '%%');
  const text = `"${inQuotes}"`;
  return text
    .replaceAll('\\', String.raw`\\`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`)
    .replaceAll('\t', String.raw`\t`);
}
