import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  autoLaunchOf,
  quoted,
  type AutoLaunch,
  type LaunchRequest,
  type LoginItems,
} from '../../src/main/auto-launch.ts';
import { temporaryHome } from '../support/temporary-home.ts';

type Settings = NonNullable<Parameters<LoginItems['setLoginItemSettings']>[0]>;

type Status = ReturnType<LoginItems['getLoginItemSettings']>['status'];

/** The login items of a Mac or of Windows. */
class FakeLoginItems implements LoginItems {
  set: Settings | undefined;
  isDisabledInTaskManager = false;
  /** Of a Mac: before anything was registered, and once something is. */
  status: { readonly before: Status; readonly after: Status } = { before: 'not-found', after: 'enabled' };
  /** Windows, by a policy. */
  isRefusing = false;

  setLoginItemSettings(settings: Settings): void {
    if (!this.isRefusing) this.set = settings;
  }

  getLoginItemSettings(asked?: {
    readonly path?: string;
    readonly args?: string[];
  }): ReturnType<LoginItems['getLoginItemSettings']> {
    const isSame =
      asked === undefined || (asked.path === this.set?.path && asked.args?.join() === this.set?.args?.join());
    const status = this.set?.openAtLogin === true ? this.status.after : this.status.before;
    const openAtLogin = this.set?.openAtLogin === true && isSame && status === 'enabled';
    return {
      openAtLogin,
      wasOpenedAtLogin: false,
      status,
      executableWillLaunchAtLogin: openAtLogin && !this.isDisabledInTaskManager,
      launchItems: [],
    };
  }
}

let home: string;
let loginItems: FakeLoginItems;
beforeEach(() => {
  home = temporaryHome();
  loginItems = new FakeLoginItems();
});

function launchOn(platform: NodeJS.Platform, request: Partial<LaunchRequest> = {}): AutoLaunch {
  return autoLaunchOf({
    platform,
    env: {},
    homedir: home,
    isPackaged: true,
    command: ['/opt/Jeton/jeton'],
    loginItems,
    ...request,
  });
}

describe('on Linux', () => {
  const fileIn = (config: string): string => join(config, 'autostart', 'jeton.desktop');
  const file = (): string => fileIn(join(home, '.config'));
  const put = (text: string): void => {
    mkdirSync(join(home, '.config', 'autostart'), { recursive: true });
    writeFileSync(file(), text);
  };

  test('it is a file that comes and goes', () => {
    const launch = launchOn('linux');
    expect(launch.state()).toBe('off');
    launch.set(true);
    expect(launch.state()).toBe('on');
    expect(readFileSync(file(), 'utf8').split('\n')).toEqual(
      expect.arrayContaining(['[Desktop Entry]', 'Type=Application', 'Exec="/opt/Jeton/jeton" "--hidden"']),
    );
    launch.set(true);
    expect(readdirSync(join(home, '.config', 'autostart'))).toEqual(['jeton.desktop']);
    launch.set(false);
    expect(existsSync(file())).toBe(false);
    launch.set(false);
    expect(launch.state()).toBe('off');
  });

  test('it is where XDG_CONFIG_HOME says, unless that is relative', () => {
    const elsewhere = join(home, 'elsewhere');
    launchOn('linux', { env: { XDG_CONFIG_HOME: elsewhere } }).set(true);
    expect(existsSync(fileIn(elsewhere))).toBe(true);
    launchOn('linux', { env: { XDG_CONFIG_HOME: 'here' } }).set(true);
    expect(existsSync(file())).toBe(true);
  });

  test('a package that was put elsewhere is what starts from then on, and nothing else is touched', () => {
    launchOn('linux').set(true);
    launchOn('linux', { command: ['/opt/new/jeton'] }).keep();
    expect(readFileSync(file(), 'utf8')).toContain('Exec="/opt/new/jeton" "--hidden"\n');

    // A checkout takes no package's place.
    launchOn('linux', { command: ['/usr/bin/electron', '/src/jeton'], isPackaged: false }).keep();
    expect(readFileSync(file(), 'utf8')).toContain('Exec="/opt/new/jeton" "--hidden"\n');

    const switchedOff = `${readFileSync(file(), 'utf8')}Hidden=true\n`;
    for (const text of [switchedOff, '[Desktop Entry]\nExec="/somebody/elses"\n']) {
      put(text);
      launchOn('linux').keep();
      expect(readFileSync(file(), 'utf8')).toBe(text);
    }
  });

  test('where nothing starts at login, nothing does from then on', () => {
    launchOn('linux').keep();
    expect(existsSync(file())).toBe(false);
  });

  test('an AppImage is started itself, not what it mounts', () => {
    const image = join(home, 'Jeton $HOME 100%.AppImage');
    writeFileSync(image, '');
    const command = ['/tmp/.mount_JetonX/jeton'];
    launchOn('linux', { env: { APPIMAGE: image }, command }).set(true);
    expect(readFileSync(file(), 'utf8')).toContain(
      `Exec="${home}/Jeton \\\\$HOME 100%%.AppImage" "--hidden"\n`,
    );
    launchOn('linux', { env: { APPIMAGE: '/gone.AppImage' }, command }).set(true);
    expect(readFileSync(file(), 'utf8')).toContain('Exec="/tmp/.mount_JetonX/jeton"');
  });

  test.each(['Hidden=true', 'Hidden = true', 'X-GNOME-Autostart-enabled=false'])(
    '%s switches it off',
    (line) => {
      const launch = launchOn('linux');
      launch.set(true);
      const text = readFileSync(file(), 'utf8').replace('X-GNOME-Autostart-enabled=true', line);
      put(text);
      expect(launch.state()).toBe('off');
      launch.set(true);
      expect(launch.state()).toBe('on');
    },
  );

  test('a file that is not Jeton’s says nothing, and stays as it is', () => {
    const theirs = '[Desktop Entry]\nType=Application\nExec=jeton-of-somebody-else\n';
    put(theirs);
    const launch = launchOn('linux');
    expect(launch.state()).toBe('unknown');
    for (const on of [true, false]) {
      expect(() => launch.set(on)).toThrow(
        expect.objectContaining({ code: 'file-unwritable', details: { path: file(), reason: 'EEXIST' } }),
      );
    }
    expect(readFileSync(file(), 'utf8')).toBe(theirs);
  });

  test('what cannot be read is unknown, and not touched', () => {
    mkdirSync(file(), { recursive: true });
    const launch = launchOn('linux');
    expect(launch.state()).toBe('unknown');
    expect(() => launch.set(true)).toThrow(expect.objectContaining({ code: 'file-unwritable' }));
    expect(readdirSync(file())).toEqual([]);
  });

  test('a folder that cannot be made is said', () => {
    writeFileSync(join(home, '.config'), 'a file');
    expect(() => launchOn('linux').set(true)).toThrow(
      expect.objectContaining({
        code: 'file-unwritable',
        details: expect.objectContaining({ path: file() }),
      }),
    );
  });

  test.each([{ SNAP: '/snap/jeton/1' }, { FLATPAK_ID: 'net.jeton' }])('%o keeps it to itself', (env) => {
    const launch = launchOn('linux', { env });
    expect(launch.state()).toBe('unknown');
    expect(() => launch.set(true)).toThrow(expect.objectContaining({ code: 'machine-unsuitable' }));
    expect(existsSync(file())).toBe(false);
  });

  test('whatever a path consists of, what is started is that path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (argument) => {
        const line = quoted(argument);
        expect(line).not.toMatch(/[\n\r]/);
        expect(unquoted(line)).toBe(argument);
      }),
    );
    expect(unquoted(quoted('/a "b" `c` $d \\e %f\n'))).toBe('/a "b" `c` $d \\e %f\n');
  });
});

/** As the specification has it read: first the escapes of the file, then those within quotes, then field codes. */
function unquoted(line: string): string {
  const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', s: ' ', '\\': '\\' };
  const text = line.replaceAll(
    /\\([\s\S])/g,
    (_, character: string) => escapes[character] ?? `?${character}`,
  );
  const inner = /^"([\s\S]*)"$/.exec(text)?.[1] ?? '?';
  expect(inner).not.toMatch(/(?<!\\)(?:\\\\)*["`$]/);
  return inner.replaceAll(/\\(["`$\\])/g, '$1').replaceAll('%%', '%');
}

test('on macOS it is the system’s login item', () => {
  const launch = launchOn('darwin');
  expect(launch.state()).toBe('off');
  launch.set(true);
  expect(launch.state()).toBe('on');
  launch.set(false);
  expect(loginItems.set).toEqual({ openAtLogin: false });
});

describe('a Mac that does not take it', () => {
  test('is unknown where its person has to allow it, and that is said', () => {
    const launch = launchOn('darwin');
    loginItems.status = { before: 'not-registered', after: 'requires-approval' };
    expect(() => launch.set(true)).toThrow(expect.objectContaining({ code: 'login-item-refused' }));
    expect(launch.state()).toBe('unknown');
    launch.set(false);
    expect(launch.state()).toBe('off');
  });

  test('is off where it cannot find what to start, and that is said', () => {
    const launch = launchOn('darwin');
    loginItems.status = { before: 'not-found', after: 'not-found' };
    expect(() => launch.set(true)).toThrow(expect.objectContaining({ code: 'login-item-refused' }));
    expect(launch.state()).toBe('off');
  });
});

test('on Windows a refusal is said', () => {
  const launch = launchOn('win32');
  loginItems.isRefusing = true;
  expect(() => launch.set(true)).toThrow(expect.objectContaining({ code: 'login-item-refused' }));
});

test('on Windows it is an entry with --hidden, which Task Manager can keep from being used', () => {
  const launch = launchOn('win32', { command: [String.raw`C:\Jeton\Jeton.exe`, String.raw`C:\my project`] });
  launch.set(true);
  expect(loginItems.set).toEqual({
    openAtLogin: true,
    enabled: true,
    path: String.raw`C:\Jeton\Jeton.exe`,
    args: [String.raw`"C:\my project"`, '--hidden'],
  });
  expect(launch.state()).toBe('on');
  loginItems.isDisabledInTaskManager = true;
  expect(launch.state()).toBe('off');
});

test('on any other system it is unknown', () => {
  expect(launchOn('freebsd').state()).toBe('unknown');
});

test('a checkout on a Mac cannot: the system would start Electron, which knows nothing of it', () => {
  const launch = launchOn('darwin', { isPackaged: false });
  expect(launch.state()).toBe('unknown');
  expect(() => launch.set(true)).toThrowError(expect.objectContaining({ code: 'machine-unsuitable' }));
  expect(loginItems.set).toBeUndefined();
});
