import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A Node process of a test's own that speaks in lines. */
export interface Child {
  /** The next line it prints. Rejects, with what it said on stderr, when it ends first. */
  line(): Promise<string>;
  /** The lines before `last`. Rejects as {@link line} does. */
  until(last: string): Promise<readonly string[]>;
  /** All lines from here to its end. */
  rest(): Promise<readonly string[]>;
  say(line: string): void;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Waits for its end. */
  exit(): Promise<{ readonly code: number | null; readonly stderr: string }>;
}

/** Runs `test/support/children/<script>.ts`. Killed at the end of the test if it still runs. */
export function startChild(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Child {
  const path = join(import.meta.dirname, 'children', `${script}.ts`);
  const child: ChildProcess = spawn(process.execPath, [path, ...args], { env, stdio: 'pipe' });
  const ended = once(child, 'close');
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();

  async function kill(): Promise<void> {
    child.kill('SIGKILL');
    await ended;
  }
  onTestFinished(kill);

  async function line(): Promise<string> {
    const next = await lines.next();
    if (next.done === true) throw new Error(`${script} ended: ${stderr}`);
    return next.value;
  }

  return {
    line,
    async until(last) {
      const before: string[] = [];
      for (let said = await line(); said !== last; said = await line()) before.push(said);
      return before;
    },
    async rest() {
      const rest: string[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next())
        rest.push(next.value);
      return rest;
    },
    say: (line) => void child.stdin?.write(`${line}\n`),
    kill,
    async exit() {
      await ended;
      return { code: child.exitCode, stderr };
    },
  };
}
