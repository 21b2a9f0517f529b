/** Builds the command line where its sources are newer than what was built. Says nothing on stdout. */
import { execFileSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const built = join(root, 'out/cli/index.js');
const sources = ['package.json', 'vite.cli.config.ts', ...globSync('src/{core,shared,node,cli}/**/*.{ts,json}', { cwd: root })];

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
const newest = Math.max(...sources.map((path) => changedAt(join(root, path))));

if (changedAt(built) < newest) {
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  execFileSync(process.execPath, [vite, 'build', '--config', 'vite.cli.config.ts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
