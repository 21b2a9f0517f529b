import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startDockerd } from './support/dockerd.ts';
import { temporaryHome } from './support/temporary-home.ts';

const root = join(import.meta.dirname, '..');

/** A user's folders, empty but for settings of their own, and an environment that points into them. */
function newcomer() {
  const folder = temporaryHome();
  const home = join(folder, 'home');
  const temp = join(folder, 'temp');
  const settings = join(home, '.config', 'Jeton', 'settings.json');
  mkdirSync(join(settings, '..'), { recursive: true });
  mkdirSync(temp);
  writeFileSync(settings, '{ "language": "fr" }\n');
  const PATH = (process.env['PATH'] ?? '').split(delimiter).filter((path) => !path.includes('node_modules'));
  return {
    temp,
    env: {
      PATH: PATH.join(delimiter),
      LANG: 'C.UTF-8',
      HOME: home,
      TMPDIR: temp,
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_DATA_HOME: join(home, '.local'),
      XDG_RUNTIME_DIR: join(home, 'run'),
      // What npm writes is npm's.
      npm_config_cache: join(folder, 'npm'),
      npm_config_update_notifier: 'false',
      // A user's own Jeton is neither used nor touched.
      JETON_HOME: join(home, 'jeton'),
      DATABASE_URL: 'postgresql://127.0.0.1:1/nothing-listens-there',
      HTTP_PROXY: 'http://127.0.0.1:1',
    },
    contents: () =>
      readdirSync(home, { recursive: true, withFileTypes: true }).map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return entry.isFile() ? [path, readFileSync(path, 'utf8')] : [path];
      }),
  };
}

function start(program: string, args: readonly string[], env: NodeJS.ProcessEnv) {
  const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await closed;
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  return { child, closed, said };
}

/** Everything is true, nothing is given away, and nothing is left. */
function expectAllTrue(said: { readonly stdout: string; readonly stderr: string }, temp: string): void {
  expect(said.stdout).toMatch(/● still fresh +local:1 +Fresh/);
  expect(said.stdout).toMatch(/✓ renewed +local:2 +Expiring +(\w+ )?\S+, in 12 hours/);
  expect(said.stdout).toMatch(/✗ reinstall +local:3 +Revoked[^✓]+works\s+until[^✓]+→ Install the app again/);
  expect(said.stdout).toMatch(/✓ Signed in to OneFlex as Camille Testeur\./);
  const [, summary = ''] = said.stdout.split('Read back from Jeton');
  expect(summary.match(/^✓ .*$/gm)).toHaveLength(10);
  expect(summary).not.toMatch(/^✗/m);
  expect(summary).toMatch(/All of it is true \(\d+\.\d s\)\.\n$/);

  expect(said.stdout + said.stderr).not.toMatch(
    /xox|sim-client-secret|oneflex-test-refresh|eyJ|Test-password/,
  );
  expect(said.stdout).not.toContain('\u001b');
  const wide = said.stdout.split('\n').filter((line) => line.length > 80 && !line.includes(temp));
  expect(wide).toEqual([]);
  expect(readdirSync(temp)).toEqual([]);
}

test(
  'npm run demo does it all with a real browser and a real container, and leaves nothing behind',
  { timeout: 180_000 },
  async () => {
    const { env, temp, contents } = newcomer();
    const dockerd = await startDockerd();
    onTestFinished(() => dockerd.dispose());
    const before = contents();
    const images = await dockerd.docker('images', '--quiet');

    const { child, closed, said } = start('npm', ['run', 'demo'], {
      ...env,
      DOCKER_HOST: `unix://${dockerd.socket}`,
    });
    await closed;

    expectAllTrue(said, temp);
    expect(said.stdout).toContain('Camille Testeur signed in through a real browser');
    expect(said.stdout).toMatch(/✓ restarted: it reads the file when it starts; running since/);
    expect(said.stdout).toContain('✓ The bot’s container was restarted once, and read the token');
    expect(child.exitCode).toBe(0);

    expect(contents()).toEqual(before);
    expect(await dockerd.docker('ps', '--all', '--quiet')).toBe('');
    expect(await dockerd.docker('images', '--quiet')).toBe(images);
  },
);

test('on a machine with only Node, the demo says what is missing', { timeout: 180_000 }, async () => {
  const { env, temp, contents } = newcomer();
  const before = contents();
  const nothing = join(temp, '..', 'nothing');
  mkdirSync(nothing);

  // Where Debian keeps its Chromium there is nothing, for this process only; nor is anything on the PATH.
  const hidden = 'mount -t tmpfs none /usr/lib/chromium && PATH="$1" && shift && exec "$@"';
  const argv = ['--mount', '/bin/sh', '-c', hidden, 'sh', nothing, process.execPath, 'scripts/demo.ts'];
  const { child, closed, said } = start('unshare', argv, env);
  await closed;

  expectAllTrue(said, temp);
  expect(said.stdout).toContain('No browser that starts by itself was found here');
  expect(said.stdout).toContain('$ jeton oneflex login --paste');
  expect(said.stdout).toContain('✓ Docker is not installed: restart pending, which Jeton remembers');
  expect(child.exitCode).toBe(0);
  expect(contents()).toEqual(before);
});

test('stopped half-way, the demo leaves nothing behind', { timeout: 60_000 }, async () => {
  const { env, temp } = newcomer();

  const { child, closed, said } = start(process.execPath, ['scripts/demo.ts'], env);
  await new Promise<void>((resolve) => {
    child.stdout.on('data', () => said.stdout.includes('$ jeton slack add') && resolve());
  });
  expect(readdirSync(temp)).toHaveLength(1);
  child.kill('SIGINT');
  await closed;

  expect(said.stdout).toMatch(/Stopped; the folder is removed\.\n$/);
  expect(said.stderr).toBe('');
  expect(child.exitCode).toBe(130);
  expect(readdirSync(temp)).toEqual([]);
});
