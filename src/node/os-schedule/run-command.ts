import { execFile } from 'node:child_process';
import { JetonError } from '../../core/errors.ts';

const TIMEOUT_MS = 20_000;

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Throws `schedule-unavailable` where the program is missing, cannot be started or does not end. */
export type RunCommand = (argv: readonly string[], input?: Buffer) => Promise<CommandResult>;

export const runCommand: RunCommand = ([program = '', ...args], input) =>
  new Promise((resolve, reject) => {
    // Messages are recognised in English only.
    const env = { ...process.env, LC_ALL: 'C' };
    const options = {
      encoding: 'buffer',
      timeout: TIMEOUT_MS,
      maxBuffer: 16_000_000,
      windowsHide: true,
      env,
    } as const;
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      // A number is an exit code; a string the reason why there is none; neither, a signal.
      const exitCode = error === null ? 0 : error.code;
      if (typeof exitCode === 'number') {
        resolve({ exitCode, stdout, stderr: stderr.toString() });
        return;
      }
      const reason = exitCode === 'ENOENT' ? 'missing' : error?.killed === true ? 'timeout' : 'failed';
      reject(unavailable(program, reason, exitCode ?? error?.signal ?? '', error));
    });
    // A program that refuses ends without having read its input; its exit code says why.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });

/** `reason` is for choosing words; `message` is what the system itself said. */
export function unavailable(
  program: string,
  reason: 'missing' | 'not-allowed' | 'timeout' | 'failed' | 'block-damaged' | 'path-unsupported',
  message: string,
  cause?: unknown,
): JetonError {
  return new JetonError('schedule-unavailable', { program, reason, message: message.trim() }, { cause });
}

/** The result of a command that has to succeed. */
export async function runOrThrow(
  run: RunCommand,
  argv: readonly string[],
  input?: Buffer,
): Promise<CommandResult> {
  const result = await run(argv, input);
  if (result.exitCode === 0) return result;
  throw unavailable(argv[0] ?? '', 'failed', result.stderr || `exit code ${result.exitCode}`);
}
