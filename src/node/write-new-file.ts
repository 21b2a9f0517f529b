import { writeFileSync } from 'node:fs';
import { JetonError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import { errnoOf } from './paths.ts';

/**
 * Writes a secret as one line that only its owner can read, from the first byte on; an existing file is left alone.
 * Throws `file-unwritable`.
 */
export function writeNewFile(path: string, secret: Secret): void {
  try {
    writeFileSync(path, `${secret.reveal()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const code = errnoOf(cause);
    const reason = code === 'ENOENT' ? 'folder-missing' : code;
    throw new JetonError('file-unwritable', { path, reason }, { cause });
  }
}
