/**
 * What every `EnvFile` does to the file, wherever that is: on this machine, or on one that is reached by ssh. Whoever
 * writes has no powers over other people's files here; the setting up is root's.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import type { EnvFile, EnvFileState, EnvMergeOptions, Timer } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import { makeReadOnly, mountFile, mountTmpfs } from '../support/mounts.ts';

export interface EnvFileWorld {
  /** Whoever reads and writes. */
  readonly user: { readonly uid: number; readonly gid: number };
  /** Gone at the end of the test; may be looked into by everybody. */
  makeFolder(): string;
  open(path: string, timer: Timer): EnvFile;
  /** Does the work as that user. */
  as<T>(work: () => Promise<T>): Promise<T>;
}

const TEXT = '# settings of a person\nTIME=09:00\nONEFLEX_TOKEN=old\nSMTP_HOST=mail.test\n';
const MERGED = TEXT.replace('=old', '=test-access-7');
const VALUES = { ONEFLEX_TOKEN: 'test-access-7' };

export function describeEnvFile(name: string, world: () => EnvFileWorld): void {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = world().makeFolder();
    path = join(folder, '.env');
  });

  /** A file of the user's. */
  function give(text: string | Buffer, { at = path, mode = 0o600 } = {}): void {
    const { uid, gid } = world().user;
    writeFileSync(at, text);
    chownSync(at, uid, gid);
    chmodSync(at, mode);
  }

  async function merge(
    values: Readonly<Record<string, string>> = VALUES,
    { timer = acting(), at = path, ...options }: EnvMergeOptions & { timer?: Timer; at?: string } = {},
  ): Promise<unknown> {
    const secrets = new Map(Object.entries(values).map(([key, value]) => [key, new Secret(value)]));
    try {
      return await world().as(() => world().open(at, timer).merge(secrets, options));
    } catch (error) {
      if (error instanceof JetonError) return { code: error.code, ...error.details };
      throw error;
    }
  }

  const inspect = (settings?: readonly string[], at = path): Promise<EnvFileState> =>
    world().as(() => world().open(at, acting()).inspect(settings));
  const contents = (): readonly string[] => readdirSync(folder).toSorted();
  const look = (at = path): { readonly mode: string; readonly uid: number; readonly gid: number } => {
    const { mode, uid, gid } = statSync(at);
    return { mode: (mode & 0o7777).toString(8), uid, gid };
  };
  const unreadable = (reason: string, at = path) => ({ code: 'env-file-unreadable', path: at, reason });
  const unwritable = (reason: string, at = path) => ({ code: 'env-file-unwritable', path: at, reason });

  describe(`${name}: the file that is written`, () => {
    it('has the change, and its backup what it had before', async () => {
      give(TEXT);
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

    it('is made where there is none', async () => {
      expect(await merge()).toMatchObject({ written: true, warnings: [] });
      expect(readFileSync(path, 'utf8')).toBe('ONEFLEX_TOKEN=test-access-7\n');
      expect(look()).toEqual({ mode: '600', ...world().user });
      expect(contents()).toEqual(['.env']);
    });

    it('is filled where it is empty', async () => {
      give('');
      expect(await merge()).toMatchObject({ written: true });
      expect(readFileSync(path, 'utf8')).toBe('ONEFLEX_TOKEN=test-access-7\n');
      expect(readFileSync(`${path}.bak`, 'utf8')).toBe('');
    });

    it('gets every other byte back', async () => {
      const odd = String.raw`A='$(touch x) \n %s' # é “ ${'`'}id${'`'} *` + '\r\nB=\tc\n-n\n\\\n ';
      const text = `${odd}\nONEFLEX_TOKEN=old\n${'# \u{1F600} a long comment \\c %d\n'.repeat(3_000)}no end`;
      give(text);
      expect(await merge()).toMatchObject({ written: true });
      expect(readFileSync(path, 'utf8')).toBe(text.replace('=old', '=test-access-7'));
      expect(readFileSync(`${path}.bak`, 'utf8')).toBe(text);
    });

    it('is left alone when it says everything already', async () => {
      give(MERGED);
      const before = statSync(path);
      mkdirSync(`${path}.jeton-lock`);
      expect(await merge()).toMatchObject({ changedKeys: [], written: false });
      const { ino, mtimeMs } = statSync(path);
      expect({ ino, mtimeMs }).toEqual({ ino: before.ino, mtimeMs: before.mtimeMs });
    });

    it.each([
      [0o600, '600'],
      [0o640, '640'],
      [0o664, '660'],
      [0o4777, '770'],
    ])('is nobody else’s to read: %o becomes %s', async (mode, expected) => {
      give(TEXT, { mode });
      expect(await merge()).toMatchObject({ written: true, warnings: [] });
      expect(look()).toEqual({ mode: expected, ...world().user });
      expect(look(`${path}.bak`)).toEqual({ mode: '600', ...world().user });
    });

    it.each([
      ['longer', 'test-access-that-is-longer-than-before'],
      ['shorter', 's'],
    ])('keeps its owner where we may not give it away: in place, and %s', async (_, token) => {
      writeFileSync(path, TEXT);
      chmodSync(path, 0o666);
      const before = statSync(path);
      expect(await merge({ ONEFLEX_TOKEN: token })).toMatchObject({
        written: true,
        warnings: [{ kind: 'written-in-place' }],
      });
      expect(readFileSync(path, 'utf8')).toBe(TEXT.replace('=old', `=${token}`));
      expect(statSync(path)).toMatchObject({ ino: before.ino, uid: before.uid, mode: before.mode });
      expect(readFileSync(`${path}.bak`, 'utf8')).toBe(TEXT);
      expect(look(`${path}.bak`)).toEqual({ mode: '600', ...world().user });
      expect(contents()).toEqual(['.env', '.env.bak']);
    });

    it('is overwritten where it is a mount of its own', async () => {
      const outside = join(folder, 'outside.env');
      give(TEXT, { at: outside, mode: 0o640 });
      give('');
      mountFile(outside, path);
      const { ino } = statSync(outside);
      expect(await merge()).toMatchObject({ written: true, warnings: [{ kind: 'written-in-place' }] });
      expect(readFileSync(outside, 'utf8')).toBe(MERGED);
      expect(statSync(outside)).toMatchObject({ ino, mode: 0o100640 });
      expect(contents()).toEqual(['.env', '.env.bak', 'outside.env']);
    });

    it('is found behind links, which stay links', async () => {
      const real = join(folder, 'real');
      mkdirSync(real);
      chownSync(real, world().user.uid, world().user.gid);
      give(TEXT, { at: join(real, 'bot.env') });
      symlinkSync('real/bot.env', path);
      symlinkSync('.env', join(folder, 'again'));
      symlinkSync('.', join(folder, 'here'));
      expect(await merge(VALUES, { at: join(folder, 'here', 'again') })).toMatchObject({
        path: join(real, 'bot.env'),
        written: true,
      });
      expect(readlinkSync(path)).toBe('real/bot.env');
      expect(readdirSync(real).toSorted()).toEqual(['bot.env', 'bot.env.bak']);
      expect(readFileSync(path, 'utf8')).toBe(MERGED);
    });

    it.each(['a b', '-n', "it's", '$(touch x)', 'é \u{1F600}', '*', '%s', 'a -> b', '\\c', ' '])(
      'may be in a folder called “%s”',
      async (odd) => {
        const inner = join(folder, odd);
        mkdirSync(inner);
        chownSync(inner, world().user.uid, world().user.gid);
        path = join(inner, '.env');
        give(TEXT);
        symlinkSync('.env', join(inner, 'link'));
        expect(await merge(VALUES, { at: join(inner, 'link') })).toMatchObject({ path, written: true });
        expect(readFileSync(path, 'utf8')).toBe(MERGED);
        expect(readdirSync(inner).toSorted()).toEqual(['.env', '.env.bak', 'link']);
        expect(contents()).toEqual([odd]);
      },
    );

    it('begins with a byte order mark no more', async () => {
      give(`\uFEFF${TEXT}`);
      const warnings = [{ kind: 'byte-order-mark-removed' }];
      expect(await merge({ ONEFLEX_TOKEN: 'old' })).toMatchObject({
        changedKeys: [],
        written: true,
        warnings,
      });
      expect(readFileSync(path, 'utf8')).toBe(TEXT);
    });

    it('is the same after a dry run', async () => {
      give(TEXT);
      expect(await merge(VALUES, { dryRun: true })).toMatchObject({
        changedKeys: ['ONEFLEX_TOKEN'],
        written: false,
      });
      expect(readFileSync(path, 'utf8')).toBe(TEXT);
      expect(contents()).toEqual(['.env']);
    });
  });

  describe(`${name}: a file that cannot be used is told from one that is not there`, () => {
    async function expectTrouble(trouble: ReturnType<typeof unreadable>): Promise<void> {
      const before = contents();
      expect(await merge()).toEqual(trouble);
      expect(await inspect()).toMatchObject({ kind: 'unusable', problem: trouble });
      expect(contents()).toEqual(before);
    }

    it('has no folder', async () => {
      path = join(folder, 'config', '.env');
      await expectTrouble(unreadable('folder-missing', dirname(path)));
    });

    it('has a file for a folder', async () => {
      give('', { at: join(folder, 'config') });
      path = join(folder, 'config', '.env');
      await expectTrouble(unreadable('ENOTDIR'));
    });

    it('has a folder that is closed to us', async () => {
      mkdirSync(join(folder, 'config'), { mode: 0o700 });
      path = join(folder, 'config', '.env');
      await expectTrouble(unreadable('EACCES'));
    });

    it('is a folder, as Docker makes one of a missing file', async () => {
      mkdirSync(path);
      await expectTrouble(unreadable('EISDIR'));
    });

    it.each(['nowhere', 'no-folder/nowhere'])('is a link to %s', async (target) => {
      symlinkSync(target, path);
      await expectTrouble(unreadable('dangling-link'));
      expect(readlinkSync(path)).toBe(target);
    });

    it('is a link to itself', async () => {
      symlinkSync('.env', path);
      await expectTrouble(unreadable('ELOOP'));
    });

    it('is a pipe', async () => {
      execFileSync('mkfifo', [path]);
      await expectTrouble(unreadable('not-a-file'));
    });

    it('is not in UTF-8', async () => {
      const bytes = Buffer.from('# r\u00e9glages\n', 'latin1');
      give(bytes);
      await expectTrouble(unreadable('not-utf8'));
      expect(readFileSync(path)).toEqual(bytes);
    });

    it('is much too long', async () => {
      give('A=1\n'.repeat(300_000));
      await expectTrouble(unreadable('too-large'));
    });

    it('is not ours to read', async () => {
      writeFileSync(path, TEXT);
      chmodSync(path, 0o600);
      await expectTrouble(unreadable('EACCES'));
    });

    it('is ours to read but not to write', async () => {
      give(TEXT, { mode: 0o444 });
      expect(await merge()).toEqual(unwritable('EACCES'));
      expect(await inspect()).toMatchObject({ kind: 'present', obstacle: unwritable('EACCES') });
      expect(readFileSync(path, 'utf8')).toBe(TEXT);
      expect(contents()).toEqual(['.env']);
    });

    it('has a folder that we may not write', async () => {
      give(TEXT);
      chmodSync(folder, 0o555);
      const trouble = unwritable('EACCES', folder);
      expect(await merge()).toEqual(trouble);
      expect(contents()).toEqual(['.env']);
    });

    it('is on a read-only disk', async () => {
      mountTmpfs(folder, 'size=64k,mode=777');
      give(TEXT);
      makeReadOnly(folder);
      expect(await merge()).toEqual(unwritable('EROFS', folder));
      expect(await inspect()).toMatchObject({ kind: 'present', obstacle: unwritable('EROFS') });
      expect(readFileSync(path, 'utf8')).toBe(TEXT);
      expect(await merge({ ONEFLEX_TOKEN: 'old' })).toMatchObject({ written: false });
    });

    it.each([0, 1, 2, 3, 4, 5, 6])('is on a disk that is full but for %i pages', async (pages) => {
      mountTmpfs(folder, 'size=128k,mode=777');
      const text = TEXT + '# a comment of a page and a half '.repeat(200) + '\n';
      give(text);
      const earlier = TEXT.replace('old', 'older');
      give(earlier, { at: `${path}.bak` });
      const filler = join(folder, 'filler');
      fillDisk(filler);
      execFileSync('truncate', ['--size', `-${pages * 4096}`, filler]);

      const result = await merge();
      if (JSON.stringify(result).includes('"written":true')) {
        expect(readFileSync(path, 'utf8')).toBe(text.replace('=old', '=test-access-7'));
        expect(readFileSync(`${path}.bak`, 'utf8')).toBe(text);
      } else {
        expect(result).toMatchObject({ code: 'env-file-unwritable', reason: 'ENOSPC' });
        expect(readFileSync(path, 'utf8')).toBe(text);
        expect(readFileSync(`${path}.bak`, 'utf8')).toBe(earlier);
      }
      expect(contents()).toEqual(['.env', '.env.bak', 'filler']);

      rmSync(filler);
      expect(await merge({ ONEFLEX_TOKEN: 'test-access-8' })).toMatchObject({ written: true });
    });

    it('is on a full disk, and a mount of its own', async () => {
      const disk = join(folder, 'disk');
      mkdirSync(disk);
      mountTmpfs(disk, 'size=64k,mode=777');
      const outside = join(disk, '.env');
      const text = `ONEFLEX_TOKEN=old\n${'# a comment of almost a page      \n'.repeat(115)}`;
      give(text, { at: outside });
      give('');
      mountFile(outside, path);
      fillDisk(join(disk, 'filler'));
      expect(await merge({ ONEFLEX_TOKEN: 'x'.repeat(200) })).toEqual(unwritable('ENOSPC'));
      expect(readFileSync(outside, 'utf8')).toBe(text);
      expect(readFileSync(`${path}.bak`, 'utf8')).toBe(text);
    });
  });

  describe(`${name}: inspecting`, () => {
    it('finds nothing to be there, and makes nothing', async () => {
      expect(await inspect()).toEqual({ kind: 'absent', path, obstacle: undefined });
      expect(contents()).toEqual([]);
    });

    it('tells all about a file but its values, unless they were asked for', async () => {
      give(`${TEXT}TIME=03:05\n=\n`, { mode: 0o2654 });
      expect(await inspect(['TIME', 'NONE'])).toEqual({
        kind: 'present',
        path,
        mode: 0o2654,
        ...world().user,
        keys: ['TIME', 'ONEFLEX_TOKEN', 'SMTP_HOST'],
        settings: new Map([['TIME', '03:05']]),
        warnings: [{ kind: 'unreadable-line', line: 6 }],
        obstacle: undefined,
      });
      expect(contents()).toEqual(['.env']);
    });
  });

  describe(`${name}: others`, () => {
    const lock = (): string => `${path}.jeton-lock`;
    const holder = (nonce: number): string => `${hostname()} ${process.pid} ${nonce}`;

    it('left a lock and a temporary file when they were killed: away with both, at once', async () => {
      give(TEXT);
      const dead = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
      give(`${hostname()} ${dead} nonce`, { at: lock() });
      give('test-canary', { at: `${path}.jeton-${dead}-0123456789ab.tmp` });
      const timer = acting();
      expect(await merge(VALUES, { timer })).toMatchObject({ written: true });
      expect(timer.waitedMs).toBe(0);
      expect(contents()).toEqual(['.env', '.env.bak']);
    });

    it.each([
      ['of another machine', 'elsewhere 1 nonce', 15_000],
      ['without a name', '', 1_000],
    ])('left a lock %s, which we wait for a while', async (_, words, waitedMs) => {
      give(TEXT);
      give(words, { at: lock() });
      const timer = acting();
      expect(await merge(VALUES, { timer })).toMatchObject({ written: true });
      expect(timer.waitedMs).toBe(waitedMs);
      expect(contents()).toEqual(['.env', '.env.bak']);
    });

    it('are at it, and we come after them', async () => {
      give(TEXT);
      give(holder(1), { at: lock() });
      const theirs = MERGED.replace('09:00', '10:00');
      const timer = acting(
        () => undefined,
        () => give(theirs.replace('test-access-7', 'test-access-6')),
        () => rmSync(lock()),
      );
      expect(await merge(VALUES, { timer })).toMatchObject({ written: true });
      expect(readFileSync(path, 'utf8')).toBe(theirs);
    });

    it('are at it, and others again: we give up, and leave the lock', async () => {
      give(TEXT);
      give(holder(0), { at: lock() });
      let nonce = 0;
      const timer = { sleep: async () => writeFileSync(lock(), holder(++nonce)) };
      expect(await merge(VALUES, { timer })).toEqual({ code: 'env-file-busy', path });
      expect(readFileSync(path, 'utf8')).toBe(TEXT);
      expect(existsSync(lock())).toBe(true);
    });

    it('emptied the file, to write it anew: we wait for what they write', async () => {
      give(TEXT);
      expect(await merge()).toMatchObject({ written: true });
      give('');
      const theirs = MERGED.replace('test-access-7', 'test-access-9').replace('09:00', '11:00');
      const timer = acting(() => give(theirs));
      expect(await merge({ ONEFLEX_TOKEN: 'test-access-8' }, { timer })).toMatchObject({ written: true });
      expect(readFileSync(path, 'utf8')).toBe(theirs.replace('test-access-9', 'test-access-8'));
    });
  });
}

/** Waits do not take time, but others act meanwhile. */
function acting(...acts: (() => void)[]): Timer & { waitedMs: number } {
  return {
    waitedMs: 0,
    async sleep(ms) {
      this.waitedMs += ms;
      acts.shift()?.();
    },
  };
}

function fillDisk(file: string): void {
  expect(() => execFileSync('dd', ['if=/dev/zero', `of=${file}`, 'bs=4k'], { stdio: 'pipe' })).toThrow(
    'No space left',
  );
}
