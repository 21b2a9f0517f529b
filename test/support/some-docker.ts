/** For stories in which a bot is restarted, wherever somebody runs them. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { BotMaker, type TestEngine } from './bots.ts';
import { startDockerd, type TestDockerd } from './dockerd.ts';

/** With what a process reaches it: `DOCKER_HOST` and `DOCKER_CONFIG`. */
export interface SomeDocker extends Pick<TestDockerd, 'docker' | 'startBot' | 'dispose'> {
  readonly env: Readonly<Record<string, string>>;
  readonly socket: string;
}

/** Where it is if `DOCKER_HOST` does not say. */
const SOCKET = 'unix:///var/run/docker.sock';

/**
 * The machine's own engine, or, for root, one of the test's own. `undefined` where neither is: on macOS and Windows CI
 * machines have none for images of Linux.
 */
export async function startSomeDocker(): Promise<SomeDocker | undefined> {
  if (process.platform !== 'linux') return undefined;
  const host = process.env['DOCKER_HOST'] ?? SOCKET;
  const compose = host.startsWith('unix:') ? composeOf(host) : undefined;
  if (compose !== undefined) return onMachine(host, compose);
  if (process.getuid?.() !== 0) return undefined;
  const dockerd = await startDockerd();
  const env = { DOCKER_HOST: `unix://${dockerd.socket}`, DOCKER_CONFIG: join(dockerd.folder, 'no-config') };
  return { ...dockerd, env };
}

/** `undefined` where no engine answers, or nothing composes. */
function composeOf(host: string): TestEngine['compose'] | undefined {
  const answers = (program: string, ...args: readonly string[]): boolean => {
    try {
      const env = { ...process.env, DOCKER_HOST: host };
      execFileSync(program, args, { env, stdio: ['ignore', 'ignore', 'ignore'] });
      return true;
    } catch {
      return false;
    }
  };
  if (!answers('docker', 'version')) return undefined;
  if (answers('docker', 'compose', 'version')) return ['docker', 'compose'];
  return answers('docker-compose', 'version') ? ['docker-compose'] : undefined;
}

/** Nothing on it is touched but what was made here, by names that nobody else has. */
async function onMachine(host: string, compose: TestEngine['compose']): Promise<SomeDocker> {
  const folder = await mkdtemp(join(tmpdir(), 'jeton-docker-'));
  const name = basename(folder).toLowerCase();
  const image = `jeton-test-bot:${name}`;
  const own = { DOCKER_HOST: host, DOCKER_CONFIG: join(folder, 'no-config') };
  const env = { ...process.env, ...own };
  const bots = new BotMaker({ folder, env, docker: 'docker', compose, image, name });
  await bots.importImage();
  const docker: SomeDocker['docker'] = (...args) => bots.docker(...args);
  return {
    env: own,
    socket: host.replace('unix://', ''),
    docker,
    startBot: (options) => bots.startBot(options),
    async dispose() {
      const found = await docker('ps', '--all', '--quiet', '--filter', `ancestor=${image}`);
      const ids = found.split('\n').filter((id) => id !== '');
      if (ids.length > 0) await docker('rm', '--force', ...ids);
      await docker('image', 'rm', image);
      await rm(folder, { recursive: true });
    },
  };
}
