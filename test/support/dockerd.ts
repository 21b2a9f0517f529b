import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type RunCommand, runCommand } from '../../src/node/run-command.ts';
import { BotMaker, type BotOptions, type TestBot } from './bots.ts';

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
  const bots = new BotMaker({ folder, env, docker: DOCKER, compose: [COMPOSE], image: IMAGE, name: 'bot' });
  const docker: TestDockerd['docker'] = (...args) => bots.docker(...args);
  let paths = 0;

  async function dispose(): Promise<void> {
    const ids = (await docker('ps', '--all', '--quiet')).split('\n').filter((id) => id !== '');
    if (ids.length > 0) await docker('rm', '--force', ...ids);
    const ended = once(engine, 'exit');
    engine.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true });
  }

  await bots.importImage();
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
    startBot: (options) => bots.startBot(options),
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
