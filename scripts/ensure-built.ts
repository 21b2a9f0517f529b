/** Builds the command line where its sources are newer than what was built. Says nothing on stdout. */
import { execFileSync } from 'node:child_process';
import { globSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const target = join(root, 'out/cli');

export function ensureBuilt(): void {
  const sources = globSync('src/{core,shared,node,cli}/**/*.ts', { cwd: root });
  const newest = Math.max(
    ...['package.json', 'vite.cli.config.ts', ...sources].map((path) => changedAt(join(root, path))),
  );
  if (changedAt(join(target, 'index.js')) < newest) build();
}

/** Beside the old one, which stays whole until the new one takes its place: somebody may be running it. */
function build(): void {
  const fresh = `${target}.${process.pid}.new`;
  const old = `${target}.${process.pid}.old`;
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', '--config', 'vite.cli.config.ts', '--outDir', fresh];
  execFileSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
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

if (import.meta.main) ensureBuilt();
