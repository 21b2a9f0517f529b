import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type RunCommand, runCommand } from '../../src/node/run-command.ts';

const execute = promisify(execFile);

const DOCKER = '/usr/bin/docker';
const COMPOSE = '/usr/bin/docker-compose';
const IMAGE = 'jeton-test-bot';

/** A Docker engine of a test's own, for root: nothing of it is outside its temporary folder. */
export interface TestDockerd {
  /** For programs of a test's own, which may be another user's. Everybody may read it. */
  readonly folder: string;
  readonly socket: string;
  /** Debian's docker command, on this engine. Answers both outputs. */
  docker(...args: string[]): Promise<string>;
  /** Runs commands on this engine with only these programs on the PATH. */
  runWith(...programs: ('docker' | 'docker-compose' | 'compose-plugin')[]): Promise<RunCommand>;
  /** A bot's folder, and its container, running. */
  startBot(options?: BotOptions): Promise<TestBot>;
  dispose(): Promise<void>;
}

interface BotOptions {
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

export async function startDockerd(): Promise<TestDockerd> {
  if (process.getuid?.() !== 0) throw new Error('a Docker engine can be started by root only: sudo npm test');
  const folder = await mkdtemp(join(tmpdir(), 'jeton-docker-'));
  await chmod(folder, 0o755);
  const socket = join(folder, 'docker.sock');
  const engine = spawn(
    '/usr/bin/setpriv',
    // It does not outlive the tests, however they end.
    ['--pdeathsig', 'TERM', '/usr/sbin/dockerd', '--host', `unix://${socket}`]
      .concat(['--data-root', join(folder, 'data'), '--exec-root', join(folder, 'exec')])
      .concat(['--pidfile', join(folder, 'dockerd.pid')])
      .concat(['--storage-driver=vfs', '--iptables=false', '--bridge=none']),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await untilItListens(engine);
  const environment = { DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: join(folder, 'no-config') };
  const env = { ...process.env, ...environment };
  let bots = 0;
  let paths = 0;

  async function docker(...args: string[]): Promise<string> {
    const { stdout, stderr } = await execute(DOCKER, args, { env });
    return stdout + stderr;
  }

  async function startBot(options: BotOptions = {}): Promise<TestBot> {
    const { compose = [], service = 'oneflex-bot', composeFile, otherServices = [], start = true } = options;
    bots += 1;
    const dir = join(folder, `bot${bots}`);
    const config = join(dir, 'config');
    const envFile = join(config, '.env');
    await mkdir(config, { recursive: true });
    const definition = [`image: ${IMAGE}`, 'network_mode: none', ...compose].map((line) => `    ${line}`);
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
      async compose(...args) {
        const file = composeFile === undefined ? [] : ['-f', composeFile];
        const { stdout } = await execute(COMPOSE, [...file, ...args], { env, cwd: dir });
        return stdout;
      },
      containerId: async () => (await bot.compose('ps', '-q', service)).trim(),
      async output() {
        return (await docker('logs', await bot.containerId())).split('\n').filter((line) => line !== '');
      },
    };
    await bot.writeToken('test-token-1');
    if (start) await bot.compose('up', '-d', service);
    return bot;
  }

  async function dispose(): Promise<void> {
    const ids = (await docker('ps', '--all', '--quiet')).split('\n').filter((id) => id !== '');
    if (ids.length > 0) await docker('rm', '--force', ...ids);
    const ended = once(engine, 'exit');
    engine.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  }

  await importImage(folder, docker);
  return {
    folder,
    socket,
    docker,
    async runWith(...programs) {
      paths += 1;
      const path = join(folder, `path${paths}`);
      const plugins = join(path, 'config', 'cli-plugins');
      await mkdir(plugins, { recursive: true });
      if (programs.includes('docker')) await symlink(DOCKER, join(path, 'docker'));
      if (programs.includes('docker-compose')) await symlink(COMPOSE, join(path, 'docker-compose'));
      if (programs.includes('compose-plugin')) await writePlugin(join(plugins, 'docker-compose'));
      const added = { ...environment, PATH: path, DOCKER_CONFIG: join(path, 'config') };
      return (argv, options) => runCommand(argv, { ...options, env: { ...options.env, ...added } });
    },
    startBot,
    dispose,
  };
}

function untilItListens(engine: ChildProcess): Promise<void> {
  const log: string[] = [];
  return new Promise((resolve, reject) => {
    engine.on('error', reject);
    engine.on('exit', () => reject(new Error(`dockerd ended:\n${log.join('\n')}`)));
    // Read to the end: a full pipe would stop the engine.
    createInterface({ input: engine.stderr! }).on('line', (line) => {
      log.push(line);
      if (line.includes('API listen on')) resolve();
    });
  });
}

async function importImage(folder: string, docker: TestDockerd['docker']): Promise<void> {
  const root = join(folder, 'image');
  const tarball = join(folder, 'image.tar');
  await mkdir(join(root, 'bin'), { recursive: true });
  await execute('cp', ['/bin/busybox', join(root, 'bin', 'busybox')]);
  for (const applet of ['sh', 'sed', 'sleep', 'test']) await symlink('busybox', join(root, 'bin', applet));
  await writeFile(join(root, 'bin', 'bot'), BOT_SCRIPT, { mode: 0o755 });
  await execute('tar', ['-C', root, '-cf', tarball, '.']);
  await docker('import', '--change', 'CMD ["/bin/bot"]', tarball, IMAGE);
}

/** `docker compose`, which Debian 12 does not have: Docker's own way to plugins, with its compose 1 behind it. */
async function writePlugin(path: string): Promise<void> {
  const metadata = JSON.stringify({ SchemaVersion: '0.1.0', Vendor: 'Jeton', Version: '1.29.2' });
  const script = `#!/bin/sh
if [ "$1" = docker-cli-plugin-metadata ]; then echo '${metadata}'; exit; fi
shift
exec ${COMPOSE} "$@"
`;
  await writeFile(path, script, { mode: 0o755 });
}
