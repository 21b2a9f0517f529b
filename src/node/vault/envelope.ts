import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { JetonError } from '../../core/errors.ts';

export const KEY_BYTES = 32;
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Where a ciphertext lies. It opens there only: moved to another row or column it is damaged. */
export interface Place {
  readonly table: string;
  readonly row: string | number;
  readonly column: string;
}

/**
 * AES-256-GCM: one byte of version, a fresh nonce, the ciphertext, the tag. The place and the key's id are
 * authenticated with it.
 */
export function seal(key: Uint8Array, keyId: string, place: Place, plaintext: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(aad(place, keyId));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(VERSION), nonce, ciphertext, cipher.getAuthTag()]);
}

/** @throws JetonError `secret-damaged`: cut, changed, moved, or sealed with another key. */
export function unseal(key: Uint8Array, keyId: string, place: Place, sealed: Uint8Array): string {
  try {
    if (sealed[0] !== VERSION || sealed.length < 1 + NONCE_BYTES + TAG_BYTES)
      throw new RangeError('not an envelope');
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(aad(place, keyId)).setAuthTag(sealed.subarray(-TAG_BYTES));
    return (
      decipher.update(sealed.subarray(1 + NONCE_BYTES, -TAG_BYTES), undefined, 'utf8') +
      decipher.final('utf8')
    );
  } catch (cause) {
    throw new JetonError(
      'secret-damaged',
      { table: place.table, row: place.row, column: place.column },
      { cause },
    );
  }
}

function aad({ table, row, column }: Place, keyId: string): Buffer {
  return Buffer.from(`${table}|${row}|${column}|${keyId}`);
}
