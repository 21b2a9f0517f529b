import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { follow, readLastLines } from '../../src/node/log-reader.ts';
import { createLogger, type LoggerOptions } from '../../src/node/logger.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'jeton-logger-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const logger = (options: Partial<LoggerOptions> = {}) =>
  createLogger({ home, kind: 'cli', level: 'info', maxBytes: 100_000, verbose: false, ...options });
const read = (name = 'cli.log') => readFileSync(join(home, 'logs', name), 'utf8');
const mode = (...path: string[]) => (statSync(join(home, 'logs', ...path)).mode & 0o777).toString(8);

describe('createLogger', () => {
  it('writes nothing, and makes no folder, before the first line', () => {
    logger();
    expect(readdirSync(home)).toEqual([]);
  });

  it('writes an entry a line', () => {
    logger().info('renewed', { id: 'local:1', durationMs: 120, retried: false, code: undefined });
    logger({ kind: 'daemon' }).error('failed', {
      name: 'two words',
      text: 'a "b"\nc\u001b[31m\u009b',
      empty: '',
    });
    expect(read()).toMatch(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info  renewed id=local:1 durationMs=120 retried=false\n$/,
    );
    expect(read('daemon.log')).toMatch(
      /Z error failed name="two words" text="a \\"b\\"\\nc\\u001b\[31m " empty=""\n$/,
    );
  });

  it('goes by another level from the next line on', () => {
    const log = logger({ level: 'warn' });
    log.info('a');
    log.adopt({ level: 'info', maxBytes: 100_000 });
    log.info('b');
    log.adopt({ level: 'error', maxBytes: 100_000 });
    log.warn('c');
    expect(read()).toMatch(/^\S+ info  b\n$/);
  });

  it('leaves out what is below its level', () => {
    const log = logger({ level: 'warn' });
    log.debug('a');
    log.info('b');
    log.warn('c');
    log.error('d');
    expect(
      read()
        .split('\n')
        .map((line) => line.slice(25)),
    ).toEqual(['warn  c', 'error d', '']);
  });

  it('scrubs the finished line', () => {
    logger().warn('odd', {
      text: '{"refresh_token":"test-refresh-7"}',
      url: 'https://x.test/?code=test-code-7',
    });
    expect(read()).toContain('text="{\\"refresh_token\\":\\"[secret]\\"}" url=https://x.test/?[secret]\n');
  });

  it('says everything on stderr too when verbose, and nothing on stdout', () => {
    const written: unknown[] = [];
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(text) > 0);
    const stdout = vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
    try {
      const log = logger({ verbose: true });
      log.debug('looked', { password: 'test-password-7' });
      log.info('done');
      expect(stdout).not.toHaveBeenCalled();
    } finally {
      stderr.mockRestore();
      stdout.mockRestore();
    }
    expect(written).toEqual([
      expect.stringMatching(/Z debug looked password=\[secret\]\n$/),
      expect.stringMatching(/Z info {2}done\n$/),
    ]);
    expect(read()).toMatch(/Z info {2}done\n$/);
  });

  it('is for its owner only, also under umask 000, after a rotation, and where it was open to all', () => {
    mkdirSync(join(home, 'logs'));
    writeFileSync(join(home, 'logs', 'cli.log'), '', { mode: 0o666 });
    const before = process.umask(0);
    try {
      const log = logger({ maxBytes: 10_000 });
      for (let line = 0; line < 300; line++) log.info('line', { text: 'x'.repeat(200) });
      logger({ kind: 'tray' }).info('line');
    } finally {
      process.umask(before);
    }
    const files = readdirSync(join(home, 'logs'));
    expect(files.toSorted()).toEqual(['cli.1.log', 'cli.2.log', 'cli.3.log', 'cli.log', 'tray.log']);
    for (const file of files) {
      expect(mode(file)).toBe('600');
      expect(statSync(join(home, 'logs', file)).size).toBeLessThan(10_500);
    }
  });

  it('makes its folder for its owner only', () => {
    const before = process.umask(0);
    try {
      logger().info('x');
    } finally {
      process.umask(before);
    }
    expect(mode()).toBe('700');
  });

  it('goes on when the log cannot be written', () => {
    writeFileSync(join(home, 'logs'), 'a file in its place');
    const said: unknown[] = [];
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(text) > 0);
    try {
      logger().info('x', { password: 'test-password-7' });
    } finally {
      stderr.mockRestore();
    }
    expect(said).toEqual([expect.stringMatching(/^.*cli\.log Error: EEXIST.*\n$/)]);
  });

  it('loses and tears no line of several processes that rotate the same file', async () => {
    const script = `
      import { createLogger } from ${JSON.stringify(new URL('../../src/node/logger.ts', import.meta.url).href)};
      const log = createLogger({ home: process.argv[1], kind: 'cli', level: 'info', maxBytes: 60_000, verbose: false });
      for (let line = 0; line < 200; line++) log.info('line', { writer: process.argv[2], line, text: 'x'.repeat(100) });
    `;
    const writers = ['a', 'b', 'c'].map((name) =>
      // Elsewhere, as cron starts it: electron-log must not need a package.json around it.
      spawn(process.execPath, ['--input-type=module', '-e', script, home, name], {
        cwd: '/',
        stdio: 'inherit',
      }),
    );
    const codes = await Promise.all(
      writers.map(async (writer) => (await once(writer, 'exit'))[0] as unknown),
    );
    expect(codes).toEqual([0, 0, 0]);
    const lines = await readLastLines(home, 1_000);
    expect(lines).toHaveLength(600);
    expect(new Set(lines.map((line) => / writer=\w line=\d+ text=x{100}$/.exec(line)?.[0])).size).toBe(600);
  });
});

describe('readLastLines', () => {
  it('merges all files by time, rotated ones included', async () => {
    mkdirSync(join(home, 'logs'));
    const at = (second: number) => `2026-01-31T08:00:0${second}.000Z info  line n=${second}`;
    writeFileSync(join(home, 'logs', 'cli.1.log'), `${at(1)}\n${at(3)}\n`);
    writeFileSync(join(home, 'logs', 'cli.log'), `${at(6)}\r\n`);
    writeFileSync(join(home, 'logs', 'daemon.log'), `${at(2)}\n${at(5)}\n${at(7)}\n`);
    expect(await readLastLines(home, 5)).toEqual([2, 3, 5, 6, 7].map(at));
    expect(await readLastLines(home, 100)).toHaveLength(6);
    expect(await readLastLines(home, 0)).toEqual([]);
  });

  it('finds nothing where nothing was logged', async () => {
    expect(await readLastLines(home, 10)).toEqual([]);
  });

  it('says which file it cannot read', async () => {
    mkdirSync(join(home, 'logs', 'cli.log'), { recursive: true });
    await expect(readLastLines(home, 1)).rejects.toMatchObject({
      code: 'file-unreadable',
      details: { path: join(home, 'logs', 'cli.log'), reason: 'EISDIR' },
    });
  });
});

describe('follow', () => {
  async function following(work: (lines: string[]) => Promise<void>): Promise<string[]> {
    const stop = new AbortController();
    const lines: string[] = [];
    const following = follow(home, 1_000, (line) => lines.push(line), stop.signal);
    try {
      await work(lines);
    } finally {
      stop.abort();
      await following;
    }
    return lines;
  }

  it('hands over every line once, in order, through rotations', async () => {
    logger().info('line', { n: 79 });
    const log = logger({ maxBytes: 10_000 });
    const lines = await following(async (seen) => {
      await vi.waitUntil(() => seen.length === 1, { timeout: 5_000 });
      for (let batch = 1; batch < 4; batch++) {
        // Two rotations between two looks.
        for (let line = 0; line < 80; line++)
          log.info('line', { n: batch * 80 + line, text: 'x'.repeat(200) });
        await vi.waitUntil(() => seen.length === 1 + batch * 80, { timeout: 5_000 });
      }
    });
    expect(lines.map((line) => Number(/ n=(\d+)/.exec(line)?.[1]))).toEqual(
      Array.from({ length: 241 }, (_, index) => 79 + index),
    );
    expect(readdirSync(join(home, 'logs'))).toContain('cli.3.log');
  });

  it('begins with the last lines, and loses none that comes while they are handed over', async () => {
    mkdirSync(join(home, 'logs'));
    const file = join(home, 'logs', 'cli.log');
    const at = (second: number) => `2026-01-31T08:00:0${second}.000Z info  line n=${second}`;
    writeFileSync(join(home, 'logs', 'cli.1.log'), `${at(1)}\n${at(2)}\n`);
    writeFileSync(file, `${at(3)}\n${at(4)}`);
    const stop = new AbortController();
    const lines: string[] = [];
    await follow(
      home,
      2,
      (line) => {
        if (lines.push(line) === 2) {
          appendFileSync(file, '\n');
          renameSync(file, join(home, 'logs', 'cli.1.log'));
          writeFileSync(file, `${at(5)}\n`);
        }
        if (line === at(5)) stop.abort();
      },
      stop.signal,
    );
    expect(lines).toEqual([2, 3, 4, 5].map(at));
  });

  it('waits for the end of a line, and for a file that is not there yet', async () => {
    const lines = await following(async (seen) => {
      mkdirSync(join(home, 'logs'));
      appendFileSync(join(home, 'logs', 'tray.log'), 'first\nhal');
      await vi.waitUntil(() => seen.length === 1, { timeout: 5_000 });
      appendFileSync(join(home, 'logs', 'tray.log'), 'f é\n');
      await vi.waitUntil(() => seen.length === 2, { timeout: 5_000 });
    });
    expect(lines).toEqual(['first', 'half é']);
  });
});
