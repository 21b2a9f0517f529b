/**
 * Writes into package-lock.json what `npm install` leaves out and `npm ci` needs on machines unlike the one that
 * installed. Run it after every change of the dependencies; test/lockfile.test.ts fails while something is missing.
 *
 * - A native binding for another platform that the registry at hand does not carry: without its entry, `npm ci`
 *   refuses the whole file (github.com/npm/cli/issues/4828).
 * - `gypfile: false` of a package that ships its binaries: npm 10 reads it from here only, and otherwise compiles the
 *   package, which takes a Python and a compiler.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
export const lockfile = join(root, 'package-lock.json');

/** Keeps the order of keys, which an object's schema would not. */
const record = z.record(z.string(), z.unknown());

/** Reads what is installed, besides `text`. */
export function completed(text: string): string {
  const lock = record.parse(JSON.parse(text));
  const listed = z.record(z.string(), record).parse(lock['packages']);
  const packages = { ...listed };
  for (const [path, entry] of Object.entries(listed)) {
    if (declinesGyp(path)) packages[path] = { ...entry, gypfile: false };
    const optional = z.record(z.string(), z.string()).parse(entry['optionalDependencies'] ?? {});
    for (const [name, version] of Object.entries(optional)) {
      const own = `node_modules/${name}`;
      if (own in listed || `${path}/${own}` in listed) continue;
      packages[own] = {
        version,
        ...platformOf(name),
        ...(entry['dev'] === true && { dev: true }),
        optional: true,
      };
    }
  }
  const inOrder = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return `${JSON.stringify({ ...lock, packages: Object.fromEntries(inOrder) }, null, 2)}\n`;
}

/** `@oxlint/binding-linux-x64-musl`: where a binding runs is in its name. */
function platformOf(name: string): Record<string, string[]> {
  const [os, cpu, abi = ''] = name.replace(/^.*\/(binding-)?/, '').split('-');
  if (os === undefined || cpu === undefined) throw new TypeError(`${name} names no platform`);
  const libc = abi.startsWith('musl') ? 'musl' : 'glibc';
  return { os: [os], cpu: [cpu], ...(os === 'linux' && { libc: [libc] }) };
}

function declinesGyp(path: string): boolean {
  if (path === '') return false;
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
    return z.object({ gypfile: z.literal(false) }).safeParse(manifest).success;
  } catch {
    // For another platform.
    return false;
  }
}

if (import.meta.main) writeFileSync(lockfile, completed(readFileSync(lockfile, 'utf8')));
