import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const MAX_OUTPUT_BYTES = 16_000_000;
/** Between asking a program to end and no longer waiting for it. */
const GRACE_MS = 3_000;

export interface CommandOptions {
  /** For the whole run. The program, and what it started, is then asked to end, and after 3 s killed. */
  readonly timeoutMs: number;
  /** Ends the program as the time limit does. */
  readonly signal?: AbortSignal | undefined;
  /** Where the program runs; by default where this process does. */
  readonly cwd?: string | undefined;
  /** Added to this process's own environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Given on stdin, which is then closed. */
  readonly input?: Buffer | undefined;
  /** Each line of stdout and stderr as it comes, without its end. */
  readonly onLine?: OnLine | undefined;
}

export type OutputStream = 'stdout' | 'stderr';
export type OnLine = (line: string, stream: OutputStream) => void;

export type CommandOutcome =
  | {
      readonly kind: 'ended';
      readonly exitCode: number;
      readonly stdout: Buffer;
      readonly stderr: string;
    }
  /** There is no such program, or no such folder to run it in. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'cancelled' }
  /** Could not be started, was killed, or said too much. `message` is the system's own word. */
  | { readonly kind: 'failed'; readonly message: string };

/**
 * Runs a program, without a shell. Never rejects for what the program does; one that runs it on another machine
 * may throw the `JetonError` of a machine that is out of reach.
 */
export type RunCommand = (argv: readonly string[], options: CommandOptions) => Promise<CommandOutcome>;

export const runCommand: RunCommand = ([program = '', ...args], options) =>
  new Promise((resolve) => {
    const { cwd, env, input, timeoutMs, signal, onLine } = options;
    if (signal?.aborted === true) {
      resolve({ kind: 'cancelled' });
      return;
    }
    const child: ChildProcess = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      windowsHide: true,
      // A group of its own, so that what it starts (`docker` its plugins) can be ended with it.
      detached: process.platform !== 'win32',
    });

    let why: CommandOutcome | undefined;
    let giveUp: NodeJS.Timeout | undefined;
    const stop = (outcome: CommandOutcome) => {
      if (why !== undefined) return;
      why = outcome;
      kill(child, 'SIGTERM');
      giveUp = setTimeout(() => {
        kill(child, 'SIGKILL');
        finish(outcome);
      }, GRACE_MS);
    };
    const cancel = () => stop({ kind: 'cancelled' });
    const limit = setTimeout(() => stop({ kind: 'timed-out' }), timeoutMs);
    signal?.addEventListener('abort', cancel);

    const finish = (outcome: CommandOutcome) => {
      clearTimeout(limit);
      clearTimeout(giveUp);
      signal?.removeEventListener('abort', cancel);
      // One that we may not kill (root's, behind sudo) must not keep this process from ending.
      for (const stream of child.stdio) stream?.destroy();
      child.unref();
      resolve(outcome);
    };

    const tooMuch = () => stop({ kind: 'failed', message: `more than ${MAX_OUTPUT_BYTES} bytes of output` });
    const stdout = collect(child.stdout, onLine && ((line) => onLine(line, 'stdout')), tooMuch);
    const stderr = collect(child.stderr, onLine && ((line) => onLine(line, 'stderr')), tooMuch);
    // A program that refuses ends without having read its input; its exit code says why.
    child.stdin?.on('error', () => undefined).end(input);
    child.on('error', (error: NodeJS.ErrnoException) =>
      finish(error.code === 'ENOENT' ? { kind: 'missing' } : { kind: 'failed', message: error.message }),
    );
    child.on('close', (exitCode, killedBy) => {
      if (why !== undefined) finish(why);
      else if (exitCode === null) finish({ kind: 'failed', message: killedBy ?? '' });
      else finish({ kind: 'ended', exitCode, stdout: stdout(), stderr: stderr().toString() });
    });
  });

/** Answers what came so far. */
function collect(
  stream: Readable | null,
  onLine: ((line: string) => void) | undefined,
  onTooMuch: () => void,
): () => Buffer {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_OUTPUT_BYTES) onTooMuch();
    else chunks.push(chunk);
  });
  if (stream !== null && onLine !== undefined) createInterface({ input: stream }).on('line', onLine);
  return () => Buffer.concat(chunks);
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // Gone already, or another user's.
  }
}
