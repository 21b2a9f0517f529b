/** What a person reads who wants to know under which terms Jeton and its parts are given. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { LICENCE_FILES, readLicences } from '../../src/node/licences.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const root = join(import.meta.dirname, '../..');

test('Jeton’s own comes first, then each part once, by its name and with its words', async () => {
  const licences = await readLicences(root);
  const names = licences.map(({ name }) => name.replace(/ [\d.]+$/, ''));
  expect(names[0]).toBe('Jeton');
  expect(names).toEqual(
    expect.arrayContaining([
      'better-sqlite3',
      'electron-log',
      'keytar',
      'pg',
      'playwright-core',
      'react',
      'zod',
    ]),
  );
  expect(new Set(names).size).toBe(names.length);
  for (const { text } of licences) expect(text).toMatch(/Permission|Apache License/);
});

test('one that cannot be read is named', async () => {
  const folder = temporaryHome();
  for (const file of LICENCE_FILES.slice(1)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  await expect(readLicences(folder)).rejects.toMatchObject({
    code: 'file-unreadable',
    details: { path: join(folder, 'LICENSE'), reason: 'ENOENT' },
  });
});
