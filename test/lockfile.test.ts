import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { completed, lockfile } from '../scripts/complete-lockfile.ts';

const text = readFileSync(lockfile, 'utf8');

function parsed(json: string) {
  return z
    .object({ packages: z.record(z.string(), z.record(z.string(), z.unknown())) })
    .parse(JSON.parse(json));
}

test('npm ci has all that it needs, on other machines too (else: npx node scripts/complete-lockfile.ts)', () => {
  expect(JSON.parse(text)).toEqual(JSON.parse(completed(text)));
});

test('what npm install leaves out is put back', () => {
  const binding = 'node_modules/@oxlint/binding-linux-x64-musl';
  const lock = parsed(text);
  delete lock.packages[binding];
  delete lock.packages['node_modules/better-sqlite3']?.['gypfile'];

  const { packages } = parsed(completed(JSON.stringify(lock)));

  expect(packages[binding]).toMatchObject({
    os: ['linux'],
    cpu: ['x64'],
    libc: ['musl'],
    dev: true,
    optional: true,
  });
  expect(packages['node_modules/better-sqlite3']).toHaveProperty('gypfile', false);
});
