import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject, onTestFinished } from 'vitest';
import { TEST_KEY } from './open-stores.ts';

export const CLI = join(import.meta.dirname, '../../out/cli/index.js');

export interface CliResult {
  /** The exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCli {
  readonly child: ChildProcess;
  /** Resolves once what it has printed on stdout holds `text`. */
  saying(text: string): Promise<void>;
  /** Waits for its end. */
  result(): Promise<CliResult>;
}

export interface CliOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** The built command line over a home of the test's own. */
export interface TestCli {
  readonly home: string;
  /** A 0600 file with the home's master key. */
  readonly keyFile: string;
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>;
  /** Runs with `--json`, and answers the one document that stdout must hold. */
  json(
    args: readonly string[],
    options?: CliOptions,
  ): Promise<{ code: CliResult['code']; document: unknown }>;
  start(args: readonly string[], options?: CliOptions): RunningCli;
}

/**
 * A home, a key file and an environment that holds nothing of the machine's but PATH. Everything is gone, and
 * every process ended, when the test is over.
 */
export function createTestCli(env: NodeJS.ProcessEnv = {}): TestCli {
  if (!inject('isCliBuilt')) throw new Error('the command line could not be built');
  const folder = mkdtempSync(join(tmpdir(), 'jeton-cli-'));
  const home = join(folder, 'home');
  const keyFile = join(folder, 'key');
  writeFileSync(keyFile, `${TEST_KEY}\n`, { mode: 0o600 });
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  const start = (args: readonly string[], options: CliOptions = {}): RunningCli =>
    startProcess([process.execPath, CLI, ...args], {
      ...options,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        LANG: 'C.UTF-8',
        JETON_HOME: home,
        JETON_MASTER_KEY_FILE: keyFile,
        ...env,
        ...options.env,
      },
    });
  const run: TestCli['run'] = (args, options) => start(args, options).result();
  return {
    home,
    keyFile,
    start,
    run,
    async json(args, options) {
      const { code, stdout } = await run([...args, '--json'], options);
      return { code, document: JSON.parse(stdout) };
    },
  };
}

/** Any program, under the same terms. */
export function startProcess(argv: readonly string[], { input, env }: CliOptions): RunningCli {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { env, stdio: 'pipe' });
  const ended = once(child, 'close');
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A command that refuses ends without reading its input.
  child.stdin.on('error', () => {});
  if (input !== undefined) child.stdin.end(input);
  else if (program === process.execPath) child.stdin.end();
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    async saying(text) {
      while (!stdout.includes(text)) {
        const gone = ended.then(() => {
          throw new Error(`ended without saying “${text}”: ${stdout}${stderr}`);
        });
        await Promise.race([once(child.stdout, 'data'), gone]);
      }
    },
    async result() {
      await ended;
      return { code: child.exitCode ?? child.signalCode, stdout, stderr };
    },
  };
}
