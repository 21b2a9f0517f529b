/**
 * `npm run check-packed`: what `npm run pack` made in dist/, on the system that it is for: that its fuses are flipped,
 * that macOS accepts its signature, and that it starts, which neither says.
 */
import { execFileSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { wrongFuses } from './packed/fuses.ts';
import { startAndEnd } from './packed/start-up.ts';

const dist = join(import.meta.dirname, '../dist');
const PROGRAMS: Readonly<Record<string, string>> = {
  darwin: 'mac*/Jeton.app/Contents/MacOS/Jeton',
  win32: 'win*-unpacked/Jeton.exe',
};
const programs = globSync(PROGRAMS[process.platform] ?? 'linux*-unpacked/jeton', { cwd: dist });
if (programs.length === 0) throw new Error('there is nothing in dist/: npm run pack');

for (const name of programs) {
  const program = join(dist, name);
  const wrong = await wrongFuses(program);
  if (wrong.length > 0)
    throw new Error(`${name}: not as electron-builder.yml wants them: ${wrong.join(', ')}`);
  if (process.platform === 'darwin') {
    const bundle = join(program, '../../..');
    execFileSync('codesign', ['--verify', '--deep', '--strict', '--verbose=2', bundle], { stdio: 'inherit' });
  }
  await startAndEnd(program);
  console.log(`${name}: packed as it should be, and starts`);
}
