import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
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

test(
  'npm run demo does the main job, and touches nothing outside its folder',
  { timeout: 60_000 },
  async () => {
    const { env, temp, contents } = newcomer();
    const before = contents();

    const { child, closed, said } = start('npm', ['run', 'demo'], env);
    await closed;

    expect(said.stdout).toMatch(/● still fresh +local:1 +Fresh/);
    expect(said.stdout).toMatch(/✓ renewed +local:2 +Expiring +(\w+ )?\S+, in 12 hours/);
    expect(said.stdout).toMatch(
      /✗ reinstall +local:3 +Revoked[^✓]+works\s+until[^✓]+→ Install the app again/,
    );
    expect(said.stdout.match(/^✓ .*$/gm)).toHaveLength(7);
    expect(said.stdout).not.toMatch(/^✗ (?!failed|reinstall)/m);
    expect(said.stdout).toMatch(/All of it is true \(\d+\.\d s\)\.\n$/);
    expect(child.exitCode).toBe(0);

    expect(said.stdout + said.stderr).not.toMatch(/xox|sim-client-secret/);
    expect(said.stdout).not.toContain('\u001b');
    const wide = said.stdout.split('\n').filter((line) => line.length > 80 && !line.includes(temp));
    expect(wide).toEqual([]);

    expect(contents()).toEqual(before);
    expect(readdirSync(temp)).toEqual([]);
  },
);

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
