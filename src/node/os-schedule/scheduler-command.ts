import { JetonError } from '../../core/errors.ts';
import { runCommand } from '../run-command.ts';

const TIMEOUT_MS = 20_000;

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Throws `schedule-unavailable` where the program is missing, cannot be started or does not end. */
export type RunSchedulerCommand = (argv: readonly string[], input?: Buffer) => Promise<CommandResult>;

export const runSchedulerCommand: RunSchedulerCommand = async (argv, input) => {
  // Messages are recognised in English only.
  const outcome = await runCommand(argv, { timeoutMs: TIMEOUT_MS, input, env: { LC_ALL: 'C' } });
  if (outcome.kind === 'ended') return outcome;
  const program = argv[0] ?? '';
  if (outcome.kind === 'failed') throw unavailable(program, 'failed', outcome.message);
  throw unavailable(program, outcome.kind === 'missing' ? 'missing' : 'timeout', '');
};

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
  run: RunSchedulerCommand,
  argv: readonly string[],
  input?: Buffer,
): Promise<CommandResult> {
  const result = await run(argv, input);
  if (result.exitCode === 0) return result;
  throw unavailable(argv[0] ?? '', 'failed', result.stderr || `exit code ${result.exitCode}`);
}
