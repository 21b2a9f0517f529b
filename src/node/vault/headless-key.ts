import { scrypt } from 'node:crypto';
import { closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JetonError } from '../../core/errors.ts';
import { KEY_BYTES } from './envelope.ts';

/** About half a second and 128 MB. `maxmem` must exceed 128 × N × r bytes (nodejs.org/api/crypto.html). */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 256 * 2 ** 20 };
/** Nobody's key is longer; whoever names a log file by mistake is told so. */
const MAX_FILE_BYTES = 4096;

/** A key that does not come from the keychain: for servers, cron and containers. */
export type HeadlessKey =
  | {
      readonly kind: 'key';
      readonly name: 'systemd-credential' | 'key-file' | 'environment';
      /** The 32 bytes. @throws JetonError `vault-key-unusable` with the reason. */
      read(): Buffer;
    }
  | {
      readonly kind: 'passphrase';
      readonly name: 'passphrase-file';
      /** @throws JetonError `vault-key-unusable` with the reason. */
      read(): string;
    };

/**
 * The first of these that is set, usable or not; `undefined` when none is. Whoever set it chose it, so trouble
 * with it is reported and never answered by taking the next.
 *
 *  1. `$CREDENTIALS_DIRECTORY/jeton-master-key`, a systemd credential (systemd.exec(5), LoadCredential=)
 *  2. `JETON_MASTER_KEY_FILE`, a file that nobody but its owner, who runs Jeton, can read
 *  3. `JETON_MASTER_KEY`
 *  4. `JETON_PASSPHRASE_FILE`, a file like 2, from whose first line the key is derived
 *
 * 1 to 3 hold 32 bytes in base64, as `openssl rand -base64 32` prints them.
 */
export function chooseHeadlessKey(env: NodeJS.ProcessEnv): HeadlessKey | undefined {
  const credentials = env['CREDENTIALS_DIRECTORY'];
  // A service may have been given other credentials only.
  if (credentials !== undefined && existsSync(join(credentials, 'jeton-master-key'))) {
    const name = 'systemd-credential';
    const path = join(credentials, 'jeton-master-key');
    return { kind: 'key', name, read: () => parseKey(readGuarded(path, name, credentialGuard), name) };
  }
  const keyFile = env['JETON_MASTER_KEY_FILE'];
  if (keyFile !== undefined) {
    const name = 'key-file';
    return { kind: 'key', name, read: () => parseKey(readGuarded(keyFile, name, privateGuard), name) };
  }
  const key = env['JETON_MASTER_KEY'];
  if (key !== undefined) {
    return { kind: 'key', name: 'environment', read: () => parseKey(key, 'environment') };
  }
  const passphraseFile = env['JETON_PASSPHRASE_FILE'];
  if (passphraseFile !== undefined) {
    const name = 'passphrase-file';
    return {
      kind: 'passphrase',
      name,
      read: () => parsePassphrase(readGuarded(passphraseFile, name, privateGuard)),
    };
  }
  return undefined;
}

/** @throws JetonError `vault-key-unusable`. */
export function parseKey(text: string, source: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  // Buffer.from skips what is not base64; only an exact copy is a key.
  if (key.length !== KEY_BYTES || key.toString('base64') !== text.trim())
    throw unusable(source, 'not-32-bytes-base64');
  return key;
}

/** @param salt random, kept with what the key seals. */
export function deriveKey(passphrase: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, KEY_BYTES, SCRYPT, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

export function unusable(
  source: string,
  reason: string,
  more: { path?: string; cause?: unknown } = {},
): JetonError {
  const { cause, ...path } = more;
  return new JetonError('vault-key-unusable', { source, reason, ...path }, { cause });
}

function parsePassphrase(text: string): string {
  const [line = ''] = text.split(/\r?\n/, 1);
  if (line === '') throw unusable('passphrase-file', 'empty');
  return line;
}

interface Guarded {
  readonly uid: number;
  readonly mode: number;
}

function privateGuard({ uid, mode }: Guarded): 'owner' | 'mode' | undefined {
  if (uid !== process.geteuid?.()) return 'owner';
  return (mode & 0o077) === 0 ? undefined : 'mode';
}

/**
 * systemd keeps a credential as root's, 0400, and lets the service's user in by an access list, whose mask
 * then shows as group bits: 0440 (github.com/systemd/systemd/issues/29435).
 */
function credentialGuard({ uid, mode }: Guarded): 'owner' | 'mode' | undefined {
  if (uid !== 0 && uid !== process.geteuid?.()) return 'owner';
  return (mode & 0o007) === 0 ? undefined : 'mode';
}

/** Judges and reads the same open file, so that nobody can swap it in between. Windows has no modes to judge. */
function readGuarded(path: string, source: string, guard: typeof privateGuard): string {
  let file: number | undefined;
  try {
    // Without O_NONBLOCK a named pipe would hold us here until somebody writes to it.
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const stat = fstatSync(file);
    if (!stat.isFile()) throw unusable(source, 'not-a-file', { path });
    if (stat.size > MAX_FILE_BYTES) throw unusable(source, 'too-long', { path });
    const objection = process.platform === 'win32' ? undefined : guard(stat);
    if (objection !== undefined) throw unusable(source, objection, { path });
    return readFileSync(file, 'utf8');
  } catch (cause) {
    if (cause instanceof JetonError) throw cause;
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw unusable(source, reason, { path, cause });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
