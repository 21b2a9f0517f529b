import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes that somebody may come to see, and what to call them. */
export interface Place {
  readonly name: string;
  readonly bytes: Buffer;
}

/** How much of a secret in a row counts as the secret: characters, or as many of what it was encoded to. */
const FRAGMENT = 16;

/**
 * Looks for secrets in bytes: as they are, in base64, hex, URL encoding, JSON and UTF-16, whole and in fragments of 16
 * characters. What is 16 characters or shorter is looked for whole.
 */
export class SecretSearch {
  /** Needles by their length in bytes, each with what it is a part of. */
  readonly #needles = new Map<number, Map<string, string>>();
  /** By the first two bytes of a place: whether any needle begins so. */
  readonly #beginnings = new Uint8Array(65_536);

  /** `whole`: its fragments are no secret, as the host in a URL. */
  add(name: string, secret: string | Buffer, { whole = false }: { readonly whole?: boolean } = {}): void {
    for (const { form, bytes, unit } of formsOf(secret)) {
      const size = whole ? bytes.length : Math.min(FRAGMENT * unit, bytes.length);
      for (let at = 0; at + size <= bytes.length; at += unit) {
        this.#addNeedle(bytes.subarray(at, at + size), `${name} (${form})`);
      }
    }
  }

  /** What was found where, each once. */
  find(places: Iterable<Place>): string[] {
    const found = new Set<string>();
    for (const { name, bytes } of places) {
      const text = bytes.toString('latin1');
      for (let at = 0; at + 1 < bytes.length; at += 1) {
        if (this.#beginnings[bytes.readUInt16BE(at)] === 0) continue;
        for (const [size, needles] of this.#needles) {
          const secret = needles.get(text.slice(at, at + size));
          if (secret !== undefined) found.add(`${secret} in ${name}`);
        }
      }
    }
    return [...found];
  }

  #addNeedle(bytes: Buffer, name: string): void {
    const sameSize = this.#needles.get(bytes.length) ?? new Map<string, string>();
    this.#needles.set(bytes.length, sameSize);
    const needle = bytes.toString('latin1');
    if (!sameSize.has(needle)) sameSize.set(needle, name);
    this.#beginnings[bytes.readUInt16BE(0)] = 1;
  }
}

interface Form {
  readonly form: string;
  readonly bytes: Buffer;
  /** Bytes of one character. */
  readonly unit: number;
}

/** Exported for the test of the search itself, which hides a secret in each of them. */
export function formsOf(secret: string | Buffer): Form[] {
  const plain = Buffer.from(secret);
  const encodings = [
    { form: 'plain', bytes: plain, unit: 1 },
    text('hex', plain.toString('hex'), 2),
    text('HEX', plain.toString('hex').toUpperCase(), 2),
    ...[0, 1, 2].flatMap((before) => [
      text(`base64, ${before} bytes in`, base64Inside(plain, before, 'base64')),
      text(`base64url, ${before} bytes in`, base64Inside(plain, before, 'base64url')),
    ]),
  ];
  const forms = typeof secret === 'string' ? [...encodings, ...textFormsOf(secret)] : encodings;
  return forms.filter(
    ({ bytes }, index) => forms.findIndex((other) => other.bytes.equals(bytes)) === index && bytes.length > 1,
  );
}

function textFormsOf(secret: string): Form[] {
  const utf16 = Buffer.from(secret, 'utf16le');
  return [
    text('JSON', JSON.stringify(secret).slice(1, -1)),
    text('URL-encoded', encodeURIComponent(secret)),
    text('form-encoded', new URLSearchParams([['', secret]]).toString().slice(1)),
    { form: 'UTF-16LE', bytes: utf16, unit: 2 },
    { form: 'UTF-16BE', bytes: Buffer.from(utf16).swap16(), unit: 2 },
  ];
}

function text(form: string, encoded: string, unit = 1): Form {
  return { form, bytes: Buffer.from(encoded), unit };
}

/** The characters of base64 that depend on nothing but `bytes`, wherever in an encoded text these begin. */
function base64Inside(bytes: Buffer, before: number, encoding: 'base64' | 'base64url'): string {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString(encoding);
  return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
}

/** Every file in a folder, by its path in there. */
export function filesIn(folder: string, name: string): Place[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return { name: join(name, path.slice(folder.length)), bytes: readFileSync(path) };
    });
}
