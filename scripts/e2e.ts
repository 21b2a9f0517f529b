/** `npm run e2e`: the built application as people use it, on real Electron where that is, and what of it ran. */
import { spawnSync } from 'node:child_process';
import { printingCoverage } from './coverage.ts';

/** They start a Docker engine, or a GNOME keyring, of their own. */
const NEEDS_ROOT_ON_LINUX = ['test/e2e/oneflex.test.ts', 'test/e2e/vault.test.ts'];
const isRootOnLinux = process.platform === 'linux' && process.getuid?.() === 0;
const left = isRootOnLinux ? [] : NEEDS_ROOT_ON_LINUX;
if (left.length > 0) console.log(`Left out: ${left.join(', ')}; they want root, on Linux.`);

process.exitCode = await printingCoverage((variables) => {
  // On Windows the tools of node_modules/.bin are scripts, which only a shell starts.
  const shell = process.platform === 'win32';
  const env = { ...process.env, ...variables };
  const { status, error } = spawnSync(
    'vitest',
    ['run', 'test/e2e', ...left.flatMap((file) => ['--exclude', file]), ...process.argv.slice(2)],
    {
      stdio: 'inherit',
      shell,
      env,
    },
  );
  if (error !== undefined) console.error(error.message);
  return status ?? 1;
});
