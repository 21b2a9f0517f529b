import { beforeEach, describe, expect, it } from 'vitest';
import { JetonError } from '../../../src/core/errors.ts';
import { type EnvFileAccess, mergeEnvFile } from '../../../src/core/export/env-merge.ts';
import type { EnvMergeOptions } from '../../../src/core/ports.ts';

const WHOLE = 'TIME=09:00\nT=old\nSMTP_HOST=mail.test\nSMTP_PORT=587\n# the end\n';
const MERGED = WHOLE.replace('T=old', 'T=new');

/** A `.env` in memory, and somebody who acts on it while we wait. */
class MemoryFile implements EnvFileAccess {
  readonly path = '/bot/config/.env';
  readonly backupPath = '/bot/config/.env.bak';
  text: string | undefined = WHOLE;
  backup: string | undefined = WHOLE;
  mount = false;
  locked = false;
  /** What others do, one after the other, each time we wait. */
  whileWaiting: (() => void)[] = [];
  /** The same, each time between our last look and our write. */
  beforeWriting: (() => void)[] = [];
  waits = 0;

  readonly timer = {
    sleep: async () => {
      this.waits += 1;
      this.whileWaiting.shift()?.();
    },
  };

  async read() {
    return this.text;
  }
  async readBackup() {
    return this.backup;
  }
  async lock() {
    if (this.locked) throw new Error('locked twice');
    this.locked = true;
    return () => {
      this.locked = false;
    };
  }
  async replace(text: string, expected: string | undefined) {
    if (!this.locked) throw new Error('written without the lock');
    this.beforeWriting.shift()?.();
    if (this.text !== expected) return 'changed' as const;
    this.backup = this.text ?? this.backup;
    this.text = text;
    return this.mount ? ('in-place' as const) : ('replaced' as const);
  }

  becomes(text: string | undefined): () => void {
    return () => {
      this.text = text;
    };
  }
}

let file: MemoryFile;
beforeEach(() => {
  file = new MemoryFile();
});

async function merge(options: EnvMergeOptions = {}, values: Record<string, string> = { T: 'new' }) {
  try {
    return await mergeEnvFile(file, new Map(Object.entries(values)), options, file.timer);
  } catch (error) {
    if (error instanceof JetonError) return { code: error.code, ...error.details };
    throw error;
  } finally {
    expect(file.locked).toBe(false);
  }
}

describe('merging', () => {
  it('writes at once what nothing speaks against', async () => {
    expect(await merge()).toEqual({
      path: '/bot/config/.env',
      changedKeys: ['T'],
      keptKeys: [],
      written: true,
      warnings: [],
    });
    expect(file).toMatchObject({ text: MERGED, backup: WHOLE, waits: 0 });
  });

  it('does nothing at all when the file says it already', async () => {
    file.lock = () => Promise.reject(new Error('locked'));
    expect(await merge({}, { T: 'old' })).toMatchObject({ changedKeys: [], written: false });
  });

  it('says what it would do', async () => {
    file.lock = () => Promise.reject(new Error('locked'));
    expect(await merge({ dryRun: true })).toMatchObject({ changedKeys: ['T'], written: false });
    expect(file.text).toBe(WHOLE);
  });

  it('makes a file where none was', async () => {
    Object.assign(file, { text: undefined, backup: undefined });
    expect(await merge()).toMatchObject({ changedKeys: ['T'], written: true });
    expect(file).toMatchObject({ text: 'T=new\n', backup: undefined, waits: 0 });
  });

  it('says when the file had to be overwritten', async () => {
    file.mount = true;
    expect(await merge()).toMatchObject({ written: true, warnings: [{ kind: 'written-in-place' }] });
  });

  it('refuses by the name of the key, never by the value', async () => {
    expect(await merge({}, { T: 'test-canary\n' })).toEqual({
      code: 'env-change-refused',
      path: '/bot/config/.env',
      key: 'T',
      reason: 'value',
    });
    expect(file.text).toBe(WHOLE);
  });
});

describe('the bot renews by itself', () => {
  const jwt = (exp: number, name = 'a') =>
    [{ alg: 'none' }, { exp, name }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.') + '.x';
  const keepLaterJwt = new Set(['T']);

  it('and its token stays while it lives longer than ours', async () => {
    file.text = `T=${jwt(2000)}\n`;
    file.backup = undefined;
    const values = { T: jwt(1000), R: 'r' };
    expect(await merge({ keepLaterJwt }, values)).toMatchObject({
      changedKeys: ['R'],
      keptKeys: ['T'],
      written: true,
    });
    expect(file.text).toBe(`T=${jwt(2000)}\nR=r\n`);
    expect(await merge({ keepLaterJwt }, values)).toMatchObject({ keptKeys: ['T'], written: false });
    expect(await merge({}, values)).toMatchObject({ changedKeys: ['T'], keptKeys: [] });
  });

  it('and what belongs to its token stays with it', async () => {
    file.text = `T=${jwt(2000)}\nR=theirs\n`;
    file.backup = undefined;
    const options = { keepLaterJwt, keepWithIt: new Set(['R']) };
    expect(await merge(options, { T: jwt(1000), R: 'ours' })).toMatchObject({
      keptKeys: ['T', 'R'],
      written: false,
    });
    expect(await merge(options, { T: jwt(3000), R: 'ours' })).toMatchObject({
      changedKeys: ['T', 'R'],
      keptKeys: [],
    });
  });

  it.each([
    ['ends earlier', jwt(999)],
    ['ends at the same time', jwt(1000, 'b')],
    ['is no JWT', 'opaque'],
    ['is empty', ''],
  ])('and its token gives way when it %s', async (_, theirs) => {
    file.text = `T=${theirs}\n`;
    file.backup = undefined;
    expect(await merge({ keepLaterJwt }, { T: jwt(1000) })).toMatchObject({
      changedKeys: ['T'],
      keptKeys: [],
    });
  });

  it('which we notice between reading and writing, too', async () => {
    file.beforeWriting = [file.becomes(WHOLE.replace('T=old', `T=${jwt(2000)}`))];
    expect(await merge({ keepLaterJwt }, { T: jwt(1000) })).toMatchObject({
      keptKeys: ['T'],
      written: false,
    });
  });
});

describe('somebody else writes meanwhile', () => {
  it('and we start over with what they wrote', async () => {
    file.beforeWriting = [file.becomes(WHOLE.replace('09:00', '10:00')), file.becomes(`${WHOLE}MORE=1\n`)];
    expect(await merge()).toMatchObject({ written: true });
    expect(file.text).toBe(`${MERGED}MORE=1\n`);
  });

  it('without end, and we give up', async () => {
    file.beforeWriting = Array.from({ length: 1000 }, (_, number) => file.becomes(`${WHOLE}N=${number}\n`));
    expect(await merge()).toEqual({ code: 'env-file-busy', path: '/bot/config/.env' });
  });

  it.each([
    ['nothing', ''],
    ['half a line', WHOLE.slice(0, 4)],
    ['half a key', WHOLE.slice(0, WHOLE.indexOf('PORT'))],
    ['half a value', WHOLE.slice(0, WHOLE.indexOf('87'))],
    ['half of our value', WHOLE.slice(0, WHOLE.indexOf('ld'))],
    ['some whole lines', WHOLE.slice(0, WHOLE.indexOf('SMTP_PORT'))],
    ['all but a comment', WHOLE.slice(0, WHOLE.indexOf('#'))],
    ['all but the last line break', WHOLE.slice(0, -1)],
    ['no file at all', undefined],
  ])('and we wait when we meet %s', async (_, half) => {
    file.text = half;
    file.whileWaiting = [() => undefined, file.becomes(WHOLE)];
    expect(await merge()).toMatchObject({ written: true, warnings: [] });
    expect(file).toMatchObject({ text: MERGED, waits: 2 });

    file = new MemoryFile();
    file.beforeWriting = [file.becomes(half)];
    file.whileWaiting = [() => undefined, file.becomes(WHOLE)];
    expect(await merge()).toMatchObject({ written: true, warnings: [] });
    expect(file.text).toBe(MERGED);
  });

  it.each([
    ['nothing', ''],
    ['half a line', WHOLE.slice(0, 4)],
  ])('and we wait without anything to compare with when we meet %s', async (_, half) => {
    Object.assign(file, { text: half, backup: undefined });
    file.whileWaiting = [file.becomes(WHOLE)];
    expect(await merge()).toMatchObject({ written: true });
    expect(file).toMatchObject({ text: MERGED, waits: 1 });
  });

  it('at length, and every change starts the wait anew', async () => {
    file.text = '';
    file.whileWaiting = WHOLE.split('').flatMap((_, index) =>
      index % 10 === 0 ? [file.becomes(WHOLE.slice(0, index))] : [],
    );
    file.whileWaiting.push(file.becomes(WHOLE));
    expect(await merge()).toMatchObject({ written: true, warnings: [] });
    expect(file.text).toBe(MERGED);
  });

  it('and an unreadable half of it is no reason to refuse', async () => {
    const quoted = `${WHOLE}WORDS="a b"\n`;
    Object.assign(file, { text: quoted.slice(0, -4), backup: quoted });
    file.whileWaiting = [file.becomes(quoted)];
    expect(await merge({}, { T: 'a b', N: "it's" })).toMatchObject({ written: true });
    expect(file.text).toBe(quoted.replace('T=old', "T='a b'") + `N="it's"\n`);
  });
});

describe('keys are gone', () => {
  it.each([
    ['all of it', '', 'TIME, SMTP_HOST, SMTP_PORT'],
    ['the file', undefined, 'TIME, SMTP_HOST, SMTP_PORT'],
    ['the rest', WHOLE.slice(0, WHOLE.indexOf('SMTP_HOST')), 'SMTP_HOST, SMTP_PORT'],
    ['the rest of a value', WHOLE.slice(0, WHOLE.indexOf('87')), 'SMTP_PORT'],
  ])('as if a write had been cut off, %s: nothing is written', async (_, left, keys) => {
    file.text = left;
    expect(await merge()).toEqual({
      code: 'env-file-cut',
      path: '/bot/config/.env',
      keys,
      backup: '/bot/config/.env.bak',
    });
    expect(file).toMatchObject({ text: left, backup: WHOLE, waits: 20 });

    expect(await merge({ acceptLostKeys: true })).toMatchObject({
      written: true,
      warnings: [{ kind: 'keys-gone', keys: keys.split(', ') }],
    });
  });

  it('as if somebody had taken them out: they stay out, and it is said once', async () => {
    file.text = WHOLE.replace('SMTP_HOST=mail.test\n', '');
    expect(await merge()).toMatchObject({
      written: true,
      warnings: [{ kind: 'keys-gone', keys: ['SMTP_HOST'] }],
    });
    expect(file.text).toBe(MERGED.replace('SMTP_HOST=mail.test\n', ''));
    expect(file.waits).toBe(20);

    expect(await merge({}, { T: 'newer' })).toMatchObject({ written: true, warnings: [] });
    expect(file.waits).toBe(20);
  });

  it('and they were ours: we set them again', async () => {
    file.text = WHOLE.replace('T=old\n', '');
    expect(await merge()).toMatchObject({ changedKeys: ['T'], written: true, warnings: [] });
  });
});
