/** What is built from src/, and how. */
import { execFileSync } from 'node:child_process';
import { globSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

export interface Target {
  /** Its folder under out/. */
  readonly name: 'cli' | 'main' | 'preload' | 'renderer';
  readonly entry: string;
  readonly config: string;
  /** Layers under src/ that go into it. */
  readonly layers: readonly string[];
}

export const TARGETS: readonly Target[] = [
  {
    name: 'cli',
    entry: 'index.js',
    config: 'vite.cli.config.ts',
    layers: ['core', 'shared', 'node', 'cli'],
  },
  {
    name: 'main',
    entry: 'index.js',
    config: 'vite.app.config.ts',
    layers: ['core', 'shared', 'node', 'main'],
  },
  { name: 'preload', entry: 'index.cjs', config: 'vite.app.config.ts', layers: ['shared', 'preload'] },
  {
    name: 'renderer',
    entry: 'index.html',
    config: 'vite.app.config.ts',
    layers: ['core', 'shared', 'renderer'],
  },
];

/** Whether its sources are newer than what was built of them. */
export function isStale({ name, entry, config, layers }: Target): boolean {
  const sources = globSync(`src/{${layers.join(',')}}/**/*`, { cwd: root });
  const newest = Math.max(
    ...['package.json', 'scripts/notices.ts', config, ...sources].map((path) => changedAt(join(root, path))),
  );
  return changedAt(join(root, 'out', name, entry)) < newest;
}

/** Beside the old one, which stays whole until the new one takes its place: somebody may be running it. */
export function build({ name, config }: Target): void {
  const target = join(root, 'out', name);
  const fresh = `${target}.${process.pid}.new`;
  const old = `${target}.${process.pid}.old`;
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', '--config', config, '--mode', name, '--outDir', fresh];
  // Whoever builds: under a test runner's own NODE_ENV React would come as it is for developers, with paths of sources.
  const env = { ...process.env, NODE_ENV: 'production' };
  execFileSync(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  try {
    if (changedAt(target) > 0) renameSync(target, old);
    renameSync(fresh, target);
  } catch {
    // Somebody else built at the same time, from the same sources.
    rmSync(fresh, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
}

function changedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
