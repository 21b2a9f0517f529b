import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import type { EnvMergeOptions, Timer } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import { systemTimer } from '../../src/node/clock.ts';
import { createEnvTarget } from '../../src/node/env-target.ts';
import { readImage, replaceFile } from '../../src/node/replace-file.ts';
import { makeReadOnly, mountFile, mountTmpfs } from '../support/mounts.ts';
import { NOBODY, withoutPowers } from '../support/somebody-else.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const TEXT = '# settings of a person\nTIME=09:00\nONEFLEX_TOKEN=old\nSMTP_HOST=mail.test\n';
const MERGED = TEXT.replace('=old', '=test-access-7');
const VALUES = { ONEFLEX_TOKEN: 'test-access-7' };

let folder: string;
let path: string;
beforeEach(() => {
  folder = realpathSync(temporaryHome());
  path = join(folder, '.env');
});

async function merge(
  values: Readonly<Record<string, string>> = VALUES,
  options: EnvMergeOptions & { readonly timer?: Timer; readonly at?: string } = {},
): Promise<unknown> {
  const { timer = systemTimer, at = path, ...rest } = options;
  const secrets = new Map(Object.entries(values).map(([key, value]) => [key, new Secret(value)]));
  try {
    return await createEnvTarget({ path: at, timer }).merge(secrets, rest);
  } catch (error) {
    if (error instanceof JetonError) return { code: error.code, ...error.details };
    throw error;
  }
}

const inspect = (settings?: readonly string[], at = path) =>
  createEnvTarget({ path: at, timer: systemTimer }).inspect(settings);
const modeOf = (file: string): string => (statSync(file).mode & 0o7777).toString(8);
const ownerOf = (file: string): readonly number[] => [statSync(file).uid, statSync(file).gid];
const contents = (): readonly string[] => readdirSync(folder).toSorted();

/** Waits do not take time, but others act meanwhile. */
function acting(...acts: (() => void)[]): Timer & { waits: number } {
  return {
    waits: 0,
    async sleep() {
      this.waits += 1;
      acts.shift()?.();
    },
  };
}

function openToAll(): void {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
}

describe('the file that is written', () => {
  it('has the change, and its backup what it had before', async () => {
    writeFileSync(path, TEXT);
    expect(await merge({ ...VALUES, NEW: 'a b' })).toEqual({
      path,
      changedKeys: ['ONEFLEX_TOKEN', 'NEW'],
      keptKeys: [],
      written: true,
      warnings: [],
    });
    expect(readFileSync(path, 'utf8')).toBe(`${MERGED}NEW='a b'\n`);
    expect(readFileSync(`${path}.bak`, 'utf8')).toBe(TEXT);
    expect(contents()).toEqual(['.env', '.env.bak']);
  });

  it('is left alone when it says everything already', async () => {
    writeFileSync(path, MERGED);
    const before = statSync(path);
    mkdirSync(`${path}.jeton-lock`);
    expect(await merge()).toMatchObject({ changedKeys: [], written: false });
    const { ino, mtimeMs } = statSync(path);
    expect({ ino, mtimeMs }).toEqual({ ino: before.ino, mtimeMs: before.mtimeMs });
    expect(contents()).toEqual(['.env', '.env.jeton-lock']);
  });

  it('is nobody else’s to read, whatever the umask', async () => {
    openToAll();
    const file = (name: string, mode: number) => {
      writeFileSync(join(folder, name), TEXT);
      chmodSync(join(folder, name), mode);
    };
    file('.env', 0o600);
    file('.env.group', 0o664);
    file('.env.all', 0o4777);
    for (const name of ['.env', '.env.group', '.env.all', '.env.new']) {
      expect(await merge(VALUES, { at: join(folder, name) })).toMatchObject({ written: true });
    }
    const modes = contents().map((name) => [name, modeOf(join(folder, name))]);
    expect(Object.fromEntries(modes)).toEqual({
      '.env': '600',
      '.env.bak': '600',
      '.env.group': '660',
      '.env.group.bak': '600',
      '.env.all': '770',
      '.env.all.bak': '600',
      '.env.new': '600',
    });
  });

  it('keeps its owner', async () => {
    writeFileSync(path, TEXT);
    chownSync(path, 12_345, 12_346);
    expect(await merge()).toMatchObject({ written: true, warnings: [] });
    expect([ownerOf(path), ownerOf(`${path}.bak`)]).toEqual([
      [12_345, 12_346],
      [12_345, 12_346],
    ]);
  });

  it('keeps its owner where we may write it but not give it away: in place', async () => {
    openToAll();
    chmodSync(folder, 0o777);
    writeFileSync(path, TEXT, { mode: 0o666 });
    const before = statSync(path);
    expect(await withoutPowers(() => merge())).toMatchObject({
      written: true,
      warnings: [{ kind: 'written-in-place' }],
    });
    expect(readFileSync(path, 'utf8')).toBe(MERGED);
    expect(statSync(path)).toMatchObject({ ino: before.ino, uid: before.uid, mode: before.mode });
    expect([modeOf(`${path}.bak`), ...ownerOf(`${path}.bak`)]).toEqual(['600', NOBODY, NOBODY]);
    expect(contents()).toEqual(['.env', '.env.bak']);
  });

  it('is found behind links, which stay links', async () => {
    const real = join(folder, 'real');
    mkdirSync(real);
    writeFileSync(join(real, 'bot.env'), TEXT);
    symlinkSync('real/bot.env', path);
    symlinkSync('.env', join(folder, 'again'));
    expect(await merge(VALUES, { at: join(folder, 'again') })).toMatchObject({
      path: join(real, 'bot.env'),
      written: true,
    });
    expect(readlinkSync(path)).toBe('real/bot.env');
    expect(readdirSync(real).toSorted()).toEqual(['bot.env', 'bot.env.bak']);
    expect(readFileSync(path, 'utf8')).toBe(MERGED);
  });

  it('is overwritten where it is a mount of its own', async () => {
    const outside = join(folder, 'outside.env');
    writeFileSync(outside, TEXT, { mode: 0o640 });
    writeFileSync(path, '');
    mountFile(outside, path);
    const { ino } = statSync(outside);

    for (const token of ['test-access-that-is-longer-than-before', 's']) {
      expect(await merge({ ONEFLEX_TOKEN: token })).toMatchObject({
        written: true,
        warnings: [{ kind: 'written-in-place' }],
      });
      expect(readFileSync(outside, 'utf8')).toBe(TEXT.replace('=old', `=${token}`));
      expect(statSync(outside)).toMatchObject({ ino, mode: 0o100640 });
    }
    expect(readFileSync(`${path}.bak`, 'utf8')).toContain('longer-than-before');
    expect(contents()).toEqual(['.env', '.env.bak', 'outside.env']);
  });

  it('begins with a byte order mark no more', async () => {
    writeFileSync(path, `\uFEFF${TEXT}`);
    const warnings = [{ kind: 'byte-order-mark-removed' }];
    expect(await merge({ ONEFLEX_TOKEN: 'old' })).toMatchObject({ changedKeys: [], written: true, warnings });
    expect(readFileSync(path, 'utf8')).toBe(TEXT);
    expect(await merge()).toMatchObject({ written: true, warnings: [] });
  });

  it('is the same after a dry run', async () => {
    writeFileSync(path, TEXT);
    expect(await merge(VALUES, { dryRun: true })).toMatchObject({
      changedKeys: ['ONEFLEX_TOKEN'],
      written: false,
    });
    expect(readFileSync(path, 'utf8')).toBe(TEXT);
    expect(contents()).toEqual(['.env']);
  });
});

describe('a file that cannot be used is told from one that is not there', () => {
  const unreadable = (reason: string, where = path) => ({ code: 'env-file-unreadable', path: where, reason });
  const unwritable = (reason: string, where: string) => ({
    code: 'env-file-unwritable',
    path: where,
    reason,
  });

  /** What merging and inspecting say, and that neither left anything. */
  async function findings(): Promise<readonly unknown[]> {
    const before = contents();
    const [merged, state] = [await merge(), await inspect()];
    const appeared = contents().filter((name) => !before.includes(name));
    return [merged, state.kind === 'unusable' ? state.problem : state, appeared];
  }
  const both = (trouble: object): readonly unknown[] => [trouble, trouble, []];

  it('its folder is missing', async () => {
    path = join(folder, 'config', '.env');
    expect(await findings()).toEqual(both(unreadable('folder-missing', dirname(path))));
  });

  it('its folder is a file', async () => {
    writeFileSync(join(folder, 'config'), '');
    path = join(folder, 'config', '.env');
    expect(await findings()).toEqual(both(unreadable('ENOTDIR')));
  });

  it('is a folder, as Docker makes one of a missing file', async () => {
    mkdirSync(path);
    expect(await findings()).toEqual(both(unreadable('EISDIR')));
  });

  it('is a link to nowhere', async () => {
    symlinkSync('nowhere', path);
    expect(await findings()).toEqual(both(unreadable('dangling-link')));
    expect(readlinkSync(path)).toBe('nowhere');
  });

  it('is a link to itself', async () => {
    symlinkSync('.env', path);
    expect(await findings()).toEqual(both(unreadable('ELOOP')));
  });

  it('is a pipe', async () => {
    execFileSync('mkfifo', [path]);
    expect(await findings()).toEqual(both(unreadable('not-a-file')));
    expect(lstatSync(path).isFIFO()).toBe(true);
  });

  it.each([
    ['Latin-1', Buffer.from('# r\u00e9glages\n', 'latin1')],
    ['UTF-16', Buffer.from('\uFEFFA=1\n', 'utf16le')],
  ])('is in %s', async (_, bytes) => {
    writeFileSync(path, bytes);
    expect(await findings()).toEqual(both(unreadable('not-utf8')));
    expect(readFileSync(path)).toEqual(bytes);
  });

  it('is much too long', async () => {
    writeFileSync(path, 'A=1\n'.repeat(300_000));
    expect(await findings()).toEqual(both(unreadable('too-large')));
  });

  it('we may not read it', async () => {
    writeFileSync(path, TEXT, { mode: 0 });
    chmodSync(folder, 0o777);
    expect(await withoutPowers(findings)).toEqual(both(unreadable('EACCES')));
  });

  it('we may read it but not write it', async () => {
    writeFileSync(path, TEXT);
    chmodSync(path, 0o444);
    chmodSync(folder, 0o777);
    await withoutPowers(async () => {
      expect(await merge()).toEqual(unwritable('EACCES', path));
      expect(await inspect()).toMatchObject({ kind: 'present', obstacle: unwritable('EACCES', path) });
    });
    expect(readFileSync(path, 'utf8')).toBe(TEXT);
    expect(contents()).toEqual(['.env']);
  });

  it('we may not write its folder', async () => {
    writeFileSync(path, TEXT);
    chmodSync(path, 0o666);
    chmodSync(folder, 0o555);
    const trouble = unwritable('EACCES', folder);
    expect(await withoutPowers(() => merge())).toEqual(trouble);
    expect(contents()).toEqual(['.env']);
  });

  it('is on a read-only disk', async () => {
    mountTmpfs(folder, 'size=64k');
    writeFileSync(path, TEXT);
    makeReadOnly(folder);
    expect(await merge()).toEqual(unwritable('EROFS', folder));
    expect(await inspect()).toMatchObject({ kind: 'present', obstacle: unwritable('EROFS', path) });
    expect(await inspect([], join(folder, 'new'))).toMatchObject({
      kind: 'absent',
      obstacle: unwritable('EROFS', folder),
    });
    expect(readFileSync(path, 'utf8')).toBe(TEXT);
    expect(await merge({ ONEFLEX_TOKEN: 'old' })).toMatchObject({ written: false });
  });

  it.each([0, 1, 2, 3, 4])('its disk is full but for %i pages', async (pages) => {
    mountTmpfs(folder, 'size=128k');
    const text = TEXT + '# a comment of a page and a half '.repeat(200) + '\n';
    writeFileSync(path, text);
    const earlier = TEXT.replace('old', 'older');
    writeFileSync(`${path}.bak`, earlier);
    const filler = join(folder, 'filler');
    fillDisk(filler);
    execFileSync('truncate', ['--size', `-${pages * 4096}`, filler]);

    expect(await merge()).toMatchObject({ code: 'env-file-unwritable', reason: 'ENOSPC' });
    expect(readFileSync(path, 'utf8')).toBe(text);
    expect(readFileSync(`${path}.bak`, 'utf8')).toBe(earlier);
    expect(contents()).toEqual(['.env', '.env.bak', 'filler']);

    rmSync(filler);
    expect(await merge()).toMatchObject({ written: true });
  });

  it('its disk is full, and it is a mount of its own', async () => {
    mkdirSync(join(folder, 'disk'));
    mountTmpfs(join(folder, 'disk'), 'size=64k');
    const outside = join(folder, 'disk', '.env');
    const text = `ONEFLEX_TOKEN=old\n${'# a comment of almost a page      \n'.repeat(115)}`;
    writeFileSync(outside, text);
    writeFileSync(path, '');
    mountFile(outside, path);
    fillDisk(join(folder, 'disk', 'filler'));
    const long = 'x'.repeat(200);
    expect(await merge({ ONEFLEX_TOKEN: long })).toEqual(unwritable('ENOSPC', path));
    expect(readFileSync(outside, 'utf8')).toBe(text);
    expect(readFileSync(`${path}.bak`, 'utf8')).toBe(text);
  });

  it('an error holds no value', async () => {
    writeFileSync(path, 'A=1\n');
    const canary = 'test-canary-of-env-target';
    const target = createEnvTarget({ path, timer: systemTimer });
    const error: unknown = await target
      .merge(new Map([['ONEFLEX_TOKEN', new Secret(`${canary}\n`)]]))
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'env-change-refused', details: { key: 'ONEFLEX_TOKEN' } });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(canary);
    expect(contents()).toEqual(['.env']);
  });
});

describe('a file that somebody changed since it was read', () => {
  it.each([
    ['has other content', () => writeFileSync(path, `${TEXT}MORE=1\n`)],
    ['is empty', () => writeFileSync(path, '')],
    ['is gone', () => rmSync(path)],
  ])('and that %s is left as it is', async (_, change) => {
    writeFileSync(path, TEXT);
    const before = readImage(path);
    change();
    const now = readImage(path);
    const content = Buffer.from(MERGED);
    expect(await replaceFile(path, { content, before, backup: `${path}.bak` })).toBe('changed');
    expect(readImage(path)?.bytes).toEqual(now?.bytes);
    expect(contents().filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('and that was not there before is left as it is', async () => {
    writeFileSync(path, TEXT);
    expect(await replaceFile(path, { content: Buffer.from(MERGED), before: undefined })).toBe('changed');
    expect(readFileSync(path, 'utf8')).toBe(TEXT);
    expect(contents()).toEqual(['.env']);
  });
});

describe('inspecting', () => {
  it('finds nothing to be there, and makes nothing', async () => {
    expect(await inspect()).toEqual({ kind: 'absent', path, obstacle: undefined });
    expect(contents()).toEqual([]);
  });

  it('tells all about a file but its values, unless they were asked for', async () => {
    writeFileSync(path, `${TEXT}TIME=03:05\n=\n`, { mode: 0o640 });
    expect(await inspect(['TIME', 'NONE'])).toEqual({
      kind: 'present',
      path,
      mode: 0o640,
      uid: process.getuid?.(),
      gid: process.getgid?.(),
      keys: ['TIME', 'ONEFLEX_TOKEN', 'SMTP_HOST'],
      settings: new Map([['TIME', '03:05']]),
      warnings: [{ kind: 'unreadable-line', line: 6 }],
      obstacle: undefined,
    });
  });
});

describe('what a killed Jeton leaves', () => {
  const temporary = (pid: number, name = basename(path)): string =>
    join(folder, `${name}.jeton-${pid}-0123456789ab.tmp`);
  const anHourAgo = new Date(Date.now() - 3_600_000);

  it('is swept; what is another’s, or may still be used, is not', async () => {
    writeFileSync(path, TEXT);
    const dead = temporary(deadPid());
    const old = temporary(process.ppid);
    const alive = temporary(process.pid);
    const other = temporary(deadPid(), 'other.env');
    for (const file of [dead, old, alive, other]) writeFileSync(file, 'test-canary');
    for (const file of [old, other]) utimesSync(file, anHourAgo, anHourAgo);
    expect(await merge()).toMatchObject({ written: true });
    expect(contents()).toEqual(['.env', '.env.bak', basename(alive), basename(other)].toSorted());
  });

  it('is a lock that is taken over at once', async () => {
    writeFileSync(path, TEXT);
    writeFileSync(`${path}.jeton-lock`, `${hostname()} ${deadPid()} nonce`);
    const timer = acting();
    expect(await merge(VALUES, { timer })).toMatchObject({ written: true });
    expect(timer.waits).toBe(0);
    expect(contents()).toEqual(['.env', '.env.bak']);
  });

  it.each([
    ['of another machine', 'elsewhere 1 nonce', 600],
    ['without a name', '', 40],
  ])('is a lock %s, which we wait for a while', async (_, holder, waits) => {
    writeFileSync(path, TEXT);
    writeFileSync(`${path}.jeton-lock`, holder);
    const timer = acting();
    expect(await merge(VALUES, { timer })).toMatchObject({ written: true });
    expect(timer.waits).toBe(waits);
    expect(contents()).toEqual(['.env', '.env.bak']);
  });
});

describe('another Jeton is at it', () => {
  const lock = (): string => `${path}.jeton-lock`;
  const holder = (nonce: number): string => `${hostname()} ${process.pid} ${nonce}`;

  it('and we come after it', async () => {
    writeFileSync(path, TEXT);
    writeFileSync(lock(), holder(1));
    const theirs = MERGED.replace('09:00', '10:00');
    const timer = acting(
      () => undefined,
      () => writeFileSync(path, theirs.replace('test-access-7', 'test-access-6')),
      () => rmSync(lock()),
    );
    expect(await merge(VALUES, { timer })).toMatchObject({ written: true });
    expect(timer.waits).toBe(3);
    expect(readFileSync(path, 'utf8')).toBe(theirs);
  });

  it('and another, and another: we give up, and leave the lock', async () => {
    writeFileSync(path, TEXT);
    writeFileSync(lock(), holder(0));
    let nonce = 0;
    const timer = { sleep: async () => writeFileSync(lock(), holder(++nonce)) };
    expect(await merge(VALUES, { timer })).toEqual({ code: 'env-file-busy', path });
    expect(readFileSync(path, 'utf8')).toBe(TEXT);
    expect(existsSync(lock())).toBe(true);
  });
});

/** Of a process that has just ended. */
function deadPid(): number {
  return Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
}

function fillDisk(file: string): void {
  expect(() => execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=4k'], { stdio: 'pipe' })).toThrow(
    'No space left',
  );
}
