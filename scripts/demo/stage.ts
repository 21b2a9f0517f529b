import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { z } from 'zod';

const JETON = join(import.meta.dirname, '../../out/cli/index.js');
const WIDTH = 80;
/** What the command line sees of the environment: how to speak, and no folder, keychain or database of the user's. */
const KEPT_VARIABLES = [
  'PATH',
  'SystemRoot',
  'LANG',
  'LC_ALL',
  'LC_MESSAGES',
  'LC_TIME',
  'TZ',
  'TERM',
  'NO_COLOR',
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
];
const USER_FOLDERS = ['HOME', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'TMPDIR', 'TEMP', 'TMP'];
const PROGRAM_MS = 20_000;
const MEANINGS: Readonly<Record<number, string>> = {
  1: 'something failed and is tried again',
  4: 'a person is needed',
  69: 'the machine lacks something',
};

const statusDocument = z.object({
  integrations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      state: z.string(),
      worksUntil: z.iso.datetime().transform(Date.parse).nullable(),
      lastError: z.object({ message: z.string(), remedy: z.string() }).nullable(),
    }),
  ),
  targets: z.array(
    z.object({
      name: z.string(),
      pending: z.object({ reason: z.string().nullable() }).nullable(),
    }),
  ),
});
type Status = z.output<typeof statusDocument>;
export type Integration = Status['integrations'][number];

/** Something that the demo claims, and whether it is so. */
export interface Verdict {
  readonly holds: boolean;
  readonly claim: string;
}

interface CommandOptions {
  /** The exit codes that belong to it. */
  readonly exits?: readonly number[];
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** What is printed and run, in one folder, until it is done or somebody stops it. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), 'jeton-demo-'));
  readonly home = join(this.folder, 'home');
  readonly keyFile = join(this.folder, 'master-key');
  readonly masterKey = randomBytes(32).toString('base64');
  readonly outputs: string[] = [];
  readonly surprises: string[] = [];
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;

  /** `servers`: the variables that name the simulators. */
  constructor(servers: Readonly<Record<string, string>>, stop: AbortSignal) {
    this.stop = stop;
    const user = join(this.folder, 'user');
    mkdirSync(user);
    writeFileSync(this.keyFile, `${this.masterKey}\n`, { mode: 0o600 });
    this.env = {
      ...Object.fromEntries(KEPT_VARIABLES.map((name) => [name, process.env[name]])),
      ...Object.fromEntries(USER_FOLDERS.map((name) => [name, user])),
      // Where the user's Docker is, and its compose, is read from here; nothing is written.
      DOCKER_CONFIG: process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'),
      ...(hasColour() && { FORCE_COLOR: '1' }),
      COLUMNS: String(WIDTH),
      JETON_HOME: this.home,
      JETON_MASTER_KEY_FILE: this.keyFile,
      ...servers,
    };
  }

  say(text: string): void {
    console.log(text);
  }

  /** A command as a person would type it, and what it prints. */
  async show(given: string | readonly string[], options: CommandOptions = {}): Promise<void> {
    const args = typeof given === 'string' ? given.split(' ') : given;
    const command = args.map((arg) => (arg.includes(' ') ? `"${arg}"` : arg)).join(' ');
    this.say(colour('cyan', `$ jeton ${command}`));
    const { output, exitCode } = await this.#jeton(args, options);
    this.say(output.trimEnd());
    const meaning = MEANINGS[exitCode ?? 0];
    if (meaning !== undefined) this.say(colour('dim', `(exit code ${exitCode}: ${meaning})`));
    const expected = options.exits ?? [0];
    if (exitCode !== null && expected.includes(exitCode)) return;
    this.surprises.push(`jeton ${command}: exit code ${exitCode} and not ${expected.join(' or ')}`);
  }

  async status(): Promise<Status> {
    const { output } = await this.#jeton(['status', '--json'], {});
    return statusDocument.parse(JSON.parse(output));
  }

  /** Any other program, in the environment of Jeton's own: its output, or `undefined` where it fails. */
  run(
    [program = '', ...args]: readonly string[],
    { cwd = this.folder, env = {} }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
  ): Promise<string | undefined> {
    const options = { cwd, env: { ...this.env, ...env }, timeout: PROGRAM_MS };
    return new Promise((resolve) => {
      execFile(program, args, options, (error, stdout, stderr) =>
        resolve(error === null ? stdout + stderr : undefined),
      );
    });
  }

  async #jeton(
    args: readonly string[],
    { env = {}, input = '' }: CommandOptions,
  ): Promise<{ output: string; exitCode: number | null }> {
    this.stop.throwIfAborted();
    const child = spawn(process.execPath, [JETON, ...args], { env: { ...this.env, ...env }, stdio: 'pipe' });
    const kill = (): unknown => child.kill();
    this.stop.addEventListener('abort', kill);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    // A command that refuses ends without reading it.
    child.stdin.on('error', () => undefined).end(input);
    await once(child, 'close');
    this.stop.removeEventListener('abort', kill);
    this.stop.throwIfAborted();
    this.outputs.push(output);
    return { output, exitCode: child.exitCode };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function hasColour(): boolean {
  return process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '';
}

export function colour(name: 'cyan' | 'green' | 'red' | 'dim' | 'bold', text: string): string {
  return hasColour() ? styleText(name, text) : text;
}
