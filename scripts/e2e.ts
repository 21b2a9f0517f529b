/** `npm run e2e`: the built application as people use it, on real Electron where that is, and what of it ran. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { electronBinary } from '../test/e2e/driver.ts';
import { STAND_IN_ALONE } from '../test/e2e/stand-in-alone.ts';
import { withCoverage } from './coverage.ts';

/** Left out where a program of these is not: whatever else the stories need, they do without. */
const KEYRING = {
  test: 'test/e2e/keyring.test.ts',
  programs: ['gnome-keyring-daemon', 'dbus-daemon', 'gdbus'],
};
const folders = (process.env['PATH'] ?? '').split(delimiter);
const missing = KEYRING.programs.filter(
  (program) => !folders.some((folder) => existsSync(join(folder, program))),
);
const left: string[] = [];
function leaveOut(file: string, want: string): void {
  console.log(`Left out: ${file}, for want of ${want}.`);
  left.push(file);
}
if (missing.length > 0) leaveOut(KEYRING.test, missing.join(', '));
if (electronBinary() !== undefined)
  for (const { file, capability } of STAND_IN_ALONE)
    leaveOut(file, `what the stand-in alone can: ${capability}`);

const asked = process.argv.slice(2);
const { result, complaints } = await withCoverage((variables) => {
  // On Windows the tools of node_modules/.bin are scripts, which only a shell starts.
  const shell = process.platform === 'win32';
  const env = { ...process.env, ...variables };
  const { status, error } = spawnSync(
    'vitest',
    ['run', 'test/e2e', ...left.flatMap((file) => ['--exclude', file]), ...asked],
    { stdio: 'inherit', shell, env },
  );
  if (error !== undefined) console.error(error.message);
  return status ?? 1;
});
process.exitCode = result;
// Some of the stories, or one that ended early, say nothing of what none of them tells.
if (result === 0 && asked.length === 0 && left.length === 0 && complaints.length > 0) {
  console.log(['Neither tested nor explained in test/e2e/uncovered.ts:', ...complaints].join('\n  '));
  process.exitCode = 1;
}
