/** Bots in containers, on whichever Docker engine. */
import { execFile } from 'node:child_process';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface TestEngine {
  /** For all that a bot has; the engine can read it. */
  readonly folder: string;
  /** With which `docker` and compose reach the engine. */
  readonly env: NodeJS.ProcessEnv;
  readonly docker: string;
  readonly compose: readonly [program: string, ...args: string[]];
  readonly image: string;
  /** Bots' folders are called so, and a number; compose calls a project as its folder. */
  readonly name: string;
}

export interface BotOptions {
  /** Whether its container is made; by default it is. */
  readonly start?: boolean;
  /** Lines of compose, under the service. */
  readonly compose?: readonly string[];
  readonly service?: string;
  readonly composeFile?: string;
  /** Lines of compose, after the service. */
  readonly otherServices?: readonly string[];
}

export interface TestBot {
  readonly dir: string;
  readonly envFile: string;
  /** Puts another token into the file, as Jeton does: by rename. */
  writeToken(token: string): Promise<void>;
  /** Makes (or removes) a file beside `.env`: the bot exits where there is `exit`, and is unhealthy with `sick`. */
  mark(name: 'exit' | 'sick'): Promise<void>;
  compose(...args: string[]): Promise<string>;
  containerId(): Promise<string>;
  /** What the service's container said, in all its runs. */
  output(): Promise<readonly string[]>;
}

/**
 * What the bot does at its start: reads its file, where the environment does not say otherwise (python-dotenv,
 * override=False).
 */
const BOT_SCRIPT = `#!/bin/sh
trap 'exit 0' TERM
token=\${ONEFLEX_TOKEN:-$(sed -n 's/^ONEFLEX_TOKEN=//p' /app/config/.env)}
echo "the token is $token"
if [ -e /app/config/exit ]; then
  echo "refused: ONEFLEX_TOKEN=$token" >&2
  exit 3
fi
sleep 100000 &
wait
`;

export class BotMaker {
  readonly #engine: TestEngine;
  #bots = 0;

  constructor(engine: TestEngine) {
    this.#engine = engine;
  }

  /** Answers both outputs. */
  async docker(...args: string[]): Promise<string> {
    const { docker, env } = this.#engine;
    const { stdout, stderr } = await execute(docker, args, { env });
    return stdout + stderr;
  }

  async startBot(options: BotOptions = {}): Promise<TestBot> {
    const { compose = [], service = 'oneflex-bot', composeFile, otherServices = [], start = true } = options;
    this.#bots += 1;
    const { folder, env, name, image } = this.#engine;
    const dir = join(folder, `${name}${this.#bots}`);
    const config = join(dir, 'config');
    const envFile = join(config, '.env');
    await mkdir(config, { recursive: true });
    const definition = [`image: ${image}`, 'network_mode: none', ...compose].map((line) => `    ${line}`);
    const text = ["version: '3.8'", 'services:', `  ${service}:`, ...definition, ...otherServices].join('\n');
    await writeFile(join(dir, composeFile ?? 'docker-compose.yml'), `${text}\n`);

    const bot: TestBot = {
      dir,
      envFile,
      async writeToken(token) {
        await writeFile(`${envFile}.new`, `RESERVATION_TIME=09:00\nONEFLEX_TOKEN=${token}\n`);
        await rename(`${envFile}.new`, envFile);
      },
      mark: (name) => writeFile(join(config, name), ''),
      compose: async (...args) => {
        const [program, ...before] = this.#engine.compose;
        const file = composeFile === undefined ? [] : ['-f', composeFile];
        const { stdout } = await execute(program, [...before, ...file, ...args], { env, cwd: dir });
        return stdout;
      },
      containerId: async () => (await bot.compose('ps', '-q', service)).trim(),
      output: async () =>
        (await this.docker('logs', await bot.containerId())).split('\n').filter((line) => line !== ''),
    };
    await bot.writeToken('test-token-1');
    if (start) await bot.compose('up', '-d', service);
    return bot;
  }

  /** Of a busybox of this machine's: nothing is pulled. */
  async importImage(): Promise<void> {
    const { folder, image } = this.#engine;
    const root = join(folder, 'image');
    const tarball = join(folder, 'image.tar');
    await mkdir(join(root, 'bin'), { recursive: true });
    await execute('cp', ['/bin/busybox', join(root, 'bin', 'busybox')]);
    for (const applet of ['sh', 'sed', 'sleep', 'test']) await symlink('busybox', join(root, 'bin', applet));
    await writeFile(join(root, 'bin', 'bot'), BOT_SCRIPT, { mode: 0o755 });
    await execute('tar', ['-C', root, '-cf', tarball, '.']);
    await this.docker('import', '--change', 'CMD ["/bin/bot"]', tarball, image);
  }
}
