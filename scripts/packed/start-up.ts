import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { logFile } from '../../src/node/logger.ts';

/** Of a system that starts this program for the first time, and looks through it before. */
const START_MS = 90_000;
const LOOK_MS = 250;
/** What Jeton promises, and what a busy machine takes besides. */
const END_MS = 15_000;

/** Throws unless the program, in a home of its own and without a window, gets as far as to say that it has started. */
export async function startAndEnd(program: string, args: readonly string[] = ['--hidden']): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'jeton-packed-'));
  const child = spawn(program, args, { env: { ...process.env, JETON_HOME: home } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  let end: string | undefined;
  const ended = once(child, 'close').then(
    ([code, signal]) => (end = String(code ?? signal)),
    (error: unknown) => (end = String(error)),
  );
  try {
    const deadline = performance.now() + START_MS;
    while (!logOf(home).includes('application-started')) {
      if (end !== undefined) throw new Error(`it ended (${end}) before it had started\n${output}`);
      if (performance.now() > deadline) throw new Error(`it has not started yet\n${logOf(home)}\n${output}`);
      await delay(LOOK_MS);
    }
  } finally {
    child.kill();
    await Promise.race([ended, delay(END_MS)]);
    child.kill('SIGKILL');
    await ended;
    rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: LOOK_MS });
  }
}

function logOf(home: string): string {
  try {
    return readFileSync(logFile(home, 'tray'), 'utf8');
  } catch {
    return '';
  }
}
