import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CommandOptions, runCommand } from '../../src/node/run-command.ts';

const LONG_MS = 20_000;
const run = (script: string, options: Partial<CommandOptions> = {}, ...args: string[]) =>
  runCommand([process.execPath, '-e', script, ...args], { timeoutMs: LONG_MS, ...options });

/** A program that starts another, says the ids of both and never ends; SIGTERM does not move it. */
const STUBBORN = `
  process.on('SIGTERM', () => {});
  const helper = require('node:child_process').spawn('sleep', ['1000'], { stdio: 'inherit' });
  console.log(process.pid + ' ' + helper.pid);
  setInterval(() => {}, 1000);`;

function isRunning(pid: string): boolean {
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch {
    return false;
  }
}

describe('runCommand', () => {
  it('gives the exit code and both outputs, whatever is in the arguments', async () => {
    const argument = `a "b" 'c' $HOME {{json .}} é\\`;
    const outcome = await run(
      'process.stdout.write(process.argv[1]); console.error("no"); process.exitCode = 3',
      {},
      argument,
    );
    expect(outcome).toEqual({ kind: 'ended', exitCode: 3, stdout: Buffer.from(argument), stderr: 'no\n' });
  });

  it('hands over input, an environment and a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jeton-run-'));
    try {
      const outcome = await run(
        'process.stdin.on("data", (d) => console.log([d, process.env.WORD, process.cwd(), !!process.env.PATH].join()))',
        { input: Buffer.from('given'), env: { WORD: 'added' }, cwd: folder },
      );
      expect(outcome).toMatchObject({
        kind: 'ended',
        exitCode: 0,
        stdout: Buffer.from(`given,added,${folder},true\n`),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives the lines of both outputs, the last one without its end too', async () => {
    const lines: string[] = [];
    const script =
      'console.log("one\\r\\ntwo"); process.stdout.write("é"); process.stderr.write("thr"); process.stderr.write("ee")';
    const outcome = await run(script, { onLine: (line) => lines.push(line) });
    expect(lines.toSorted()).toEqual(['one', 'three', 'two', 'é']);
    expect(outcome).toMatchObject({ kind: 'ended', stdout: Buffer.from('one\r\ntwo\né'), stderr: 'three' });
  });

  it.each([
    ['program', ['/nowhere/docker'], {}],
    ['folder', [process.execPath, '-v'], { cwd: '/nowhere' }],
  ])('says that the %s is missing', async (_, argv, options) => {
    expect(await runCommand(argv, { timeoutMs: LONG_MS, ...options })).toEqual({ kind: 'missing' });
  });

  it('says what kept a program from starting, or killed it', async () => {
    expect(await runCommand([tmpdir()], { timeoutMs: LONG_MS })).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('EACCES'),
    });
    expect(await run('process.kill(process.pid, "SIGKILL")')).toEqual({ kind: 'failed', message: 'SIGKILL' });
  });

  it('does not keep more than anybody would read', async () => {
    const outcome = await run('const s = "x".repeat(1e6); for (let i = 0; i < 20; i++) console.log(s)');
    expect(outcome).toEqual({ kind: 'failed', message: 'more than 16000000 bytes of output' });
  });

  it('ends a program that takes too long', async () => {
    expect(await run('setInterval(() => {}, 1000)', { timeoutMs: 50 })).toEqual({ kind: 'timed-out' });
  });

  it('ends a program that is no longer wanted, and what it started, and starts none then', async () => {
    const controller = new AbortController();
    let pids: string[] = [];
    const onLine = (line: string) => {
      pids = line.split(' ');
      controller.abort();
    };
    const options = { signal: controller.signal, onLine };
    expect(await run(STUBBORN, options)).toEqual({ kind: 'cancelled' });
    expect(pids).toHaveLength(2);
    await expect.poll(() => pids.filter(isRunning)).toEqual([]);
    expect(await run('', options)).toEqual({ kind: 'cancelled' });
  });

  it('is indifferent to a program that does not read its input', async () => {
    const input = Buffer.alloc(1_000_000);
    expect(await run('process.exit(4)', { input })).toMatchObject({ kind: 'ended', exitCode: 4 });
  });
});
