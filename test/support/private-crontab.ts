import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryHome } from './temporary-home.ts';

/** Puts a `crontab` into the folder that keeps its file there; answers that file. */
export function writePrivateCrontab(folder: string): string {
  const file = join(folder, 'tab');
  const program = `#!/bin/sh
if [ "$1" = -l ]; then
  [ -f '${file}' ] || { echo 'no crontab for tester' >&2; exit 1; }
  exec cat '${file}'
fi
if [ "$1" = -r ]; then exec rm -f '${file}'; fi
exec cat > '${file}'
`;
  writeFileSync(join(folder, 'crontab'), program, { mode: 0o755 });
  return file;
}

/** For this test, `crontab` is a small program of the test's own, on a file of the test's own. */
export function inPrivateCrontab(): { readonly folder: string } {
  const folder = temporaryHome();
  writePrivateCrontab(folder);
  const path = process.env['PATH'];
  process.env['PATH'] = `${folder}:${path}`;
  onTestFinished(() => void (process.env['PATH'] = path));
  return { folder };
}
