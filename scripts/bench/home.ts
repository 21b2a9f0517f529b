import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const CLI = resolve(import.meta.dirname, '../../out/cli/index.js');
/** `getconf CLK_TCK` on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

type Environment = Readonly<Record<string, string>>;

/** A throw-away home with a vault, and the built command line in it. */
export class Home {
  readonly folder = mkdtempSync(join(tmpdir(), 'jeton-bench-'));
  /** Jeton's own. */
  readonly path = join(this.folder, 'home');
  readonly env: Environment = {
    PATH: process.env.PATH ?? '',
    HOME: this.folder,
    JETON_HOME: this.path,
    JETON_MASTER_KEY: randomBytes(32).toString('base64'),
  };

  /** Runs a command to its end; milliseconds. Any exit code but 0 is an error. */
  node(args: readonly string[], env: Environment = {}): Promise<number> {
    const startedAt = performance.now();
    return new Promise((resolveTime, reject) => {
      execFile(process.execPath, args, { env: { ...this.env, ...env } }, (error, stdout, stderr) => {
        if (error === null) resolveTime(performance.now() - startedAt);
        else reject(new Error(`${args.join(' ')}: ${stdout}${stderr}`, { cause: error }));
      });
    });
  }

  timeJeton(args: readonly string[], env?: Environment): Promise<number> {
    return this.node([CLI, ...args], env);
  }

  async jeton(args: readonly string[], env?: Environment): Promise<void> {
    await this.timeJeton(args, env);
  }

  /** Starts a command that stays. Linux only: what it uses is read from /proc. */
  start(args: readonly string[], env: Environment) {
    const child = spawn(process.execPath, [CLI, ...args], {
      env: { ...this.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const ended = new Promise<void>((done) => child.once('exit', () => done()));
    return {
      usage: (): { readonly cpuMs: number; readonly residentMb: number } => {
        const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
        const ticks = Number(stat[11]) + Number(stat[12]);
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        const residentKb = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
        return { cpuMs: (ticks / TICKS_PER_SECOND) * 1000, residentMb: residentKb / 1024 };
      },
      stop: (): Promise<void> => {
        child.kill('SIGTERM');
        return ended;
      },
    };
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
