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

/** What the log says where Jeton runs, and is of no use: without its database, say, or without its page. */
const USELESS = ['home-not-opened', 'look-failed', 'window-not-loaded', 'window-fell'];

/**
 * Throws unless the program gets as far as to say that it has started, without a window; and with one, that its page is
 * there and listens. Each in a home of its own.
 */
export async function startAndEnd(program: string, args: readonly string[] = []): Promise<void> {
  await startUntil('application-started', program, [...args, '--hidden']);
  await startUntil('page-listens', program, args);
}

async function startUntil(event: string, program: string, args: readonly string[]): Promise<void> {
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
    for (let log = ''; !log.includes(event); log = logOf(home)) {
      if (end !== undefined) throw new Error(`it ended (${end}) before ${event}\n${output}`);
      if (performance.now() > deadline) throw new Error(`no ${event} yet\n${log}\n${output}`);
      await delay(LOOK_MS);
    }
    const log = logOf(home);
    if (USELESS.some((useless) => log.includes(useless))) throw new Error(`of no use\n${log}\n${output}`);
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
