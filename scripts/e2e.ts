/** `npm run e2e`: the built application as people use it, on real Electron where that is, and what of it ran. */
import { spawnSync } from 'node:child_process';
import { printingCoverage } from './coverage.ts';

process.exitCode = await printingCoverage((variables) => {
  // On Windows the tools of node_modules/.bin are scripts, which only a shell starts.
  const shell = process.platform === 'win32';
  const env = { ...process.env, ...variables };
  const { status, error } = spawnSync('vitest', ['run', 'test/e2e', ...process.argv.slice(2)], {
    stdio: 'inherit',
    shell,
    env,
  });
  if (error !== undefined) console.error(error.message);
  return status ?? 1;
});
