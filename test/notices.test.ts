/** The licences of what is bundled: named for each bundle, with their words. */
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { NOTICES, noticesOf } from '../scripts/notices.ts';
import { temporaryHome } from './support/temporary-home.ts';

const root = join(import.meta.dirname, '..');

describe.each(['cli', 'main', 'preload', 'renderer'])('out/%s', (target) => {
  const folder = join(root, 'out', target);

  /** By the maps of the bundles, which say where each line is from. */
  function bundled(): readonly string[] {
    const map = z.object({ sources: z.array(z.string()) });
    const sources = globSync('**/*.map', { cwd: folder }).flatMap(
      (file) => map.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))).sources,
    );
    const names = sources.flatMap(
      (source) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1] ?? [],
    );
    return [...new Set(names)].toSorted();
  }

  test('names each package that is in it, and gives its words', () => {
    const names = bundled();
    const file = join(folder, NOTICES);
    if (names.length === 0) {
      expect(existsSync(file)).toBe(false);
      return;
    }
    const [, ...sections] = readFileSync(file, 'utf8').split(/^-{80}$/m);
    const noticed = sections.map((section) => /^(\S+) \d+\.\d+\.\d+\n/.exec(section.trim())?.[1]);
    expect(new Set(noticed)).toEqual(new Set(names));
    for (const section of sections) {
      expect(section).toMatch(/^\s*Copyright .*\w/im);
      // MIT and ISC.
      expect(section).toMatch(/Permission is hereby granted|Permission to use, copy, modify/);
    }
  });
});

describe('the words', () => {
  function packageWith(license: string, files: Readonly<Record<string, string>>): string {
    const folder = join(temporaryHome(), 'node_modules/made-up');
    mkdirSync(folder, { recursive: true });
    const manifest = { name: 'made-up', version: '1.2.3', license, author: 'Ada <ada@example.org>' };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return folder;
  }

  test('are those of all its files, notices too', () => {
    const text = noticesOf([packageWith('Apache-2.0', { LICENSE: 'the licence', NOTICE: 'made by Ada' })]);
    expect(text).toContain('made-up 1.2.3\n\nthe licence\n\nmade by Ada\n');
  });

  test('are in the README of some', () => {
    const readme = '# Made up\n\n## Licence\n\nCopyright Ada\n\nPermission is hereby granted to all.\n';
    expect(noticesOf([packageWith('MIT', { 'README.md': readme })])).toContain(
      '\n\nCopyright Ada\n\nPermission is hereby granted to all.\n',
    );
  });

  test('are known of MIT, and else nothing is built without them', () => {
    expect(noticesOf([packageWith('MIT', {})])).toMatch(
      /Copyright \(c\) Ada\n\nPermission is hereby granted/,
    );
    expect(() => noticesOf([packageWith('BSD-3-Clause', {})])).toThrow(
      /made-up: a licence without its words/,
    );
  });
});
