import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Of what Jeton adds to Electron: the archive, and the native code beside it. In bytes. */
export function weightOf(resources: string): number {
  const files = globSync('app.asar{,.unpacked/**/*.node}', { cwd: resources });
  if (files.length < 3) throw new Error(`there is no application in ${resources}`);
  return files.reduce((sum, file) => sum + statSync(join(resources, file)).size, 0);
}
