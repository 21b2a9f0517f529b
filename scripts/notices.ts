/** Which packages are inside of a bundle, with their licences: a file beside it, as most of them want it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { z } from 'zod';

export const NOTICES = 'THIRD-PARTY-NOTICES.txt';

const root = join(import.meta.dirname, '..');
const RULE = '-'.repeat(80);

const manifestSchema = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  author: z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]).optional(),
});
type Manifest = z.infer<typeof manifestSchema>;

/** Writes {@link NOTICES} for what comes from node_modules and is really in the bundle. None, no file. */
export function notices(): Plugin {
  return {
    name: 'third-party-notices',
    generateBundle(_, bundle) {
      const folders = Object.values(bundle)
        .flatMap((output) => (output.type === 'chunk' ? Object.entries(output.modules) : []))
        .filter(([, { renderedLength }]) => renderedLength > 0)
        .flatMap(([id]) => packageOf(id) ?? []);
      const unique = [...new Set(folders)];
      if (unique.length === 0) return;
      this.emitFile({ type: 'asset', fileName: NOTICES, source: noticesOf(unique) });
    },
  };
}

/** The folder of the package that a module belongs to; `undefined` for Jeton's own, and for what is in no file. */
function packageOf(id: string): string | undefined {
  // Bundlers put marks of their own around a path.
  const path = id.replaceAll('\\', '/').replace(/^\0/, '').replace(/\?.*$/, '');
  return /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0];
}

export function noticesOf(packages: readonly string[]): string {
  const sections = packages.map((folder) => {
    const manifest = manifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
    return { title: `${manifest.name} ${manifest.version}`, text: licenceOf(folder, manifest) };
  });
  return [
    'Inside of what is beside this file is also the work of others, each under its own licence:',
    ...sections
      .toSorted((a, b) => (a.title < b.title ? -1 : 1))
      .flatMap(({ title, text }) => [RULE, title, '', text]),
    '',
  ].join('\n');
}

/** In a file of its own, or in the README; some packages only give it a name. */
function licenceOf(folder: string, manifest: Manifest): string {
  const files = readdirSync(folder);
  const own = files.filter((name) => /^(?:licen[cs]e|copying|notice)\b/i.test(name)).sort();
  const texts = own.map((name) => textOf(join(folder, name)));
  if (texts.length > 0) return texts.join('\n\n');
  const readme = files.find((name) => /^readme\b/i.test(name));
  const section =
    readme === undefined ? '' : (textOf(join(folder, readme)).split(/^#+ *licen[cs]e *$/im)[1] ?? '');
  if (/permission is hereby granted/i.test(section)) return section.trim();
  if (manifest.license === 'MIT') return mitOf(manifest.author);
  throw new Error(`${folder}: a licence without its words (${manifest.license})`);
}

/** The words of Jeton's own licence. */
function mitOf(author = 'its authors'): string {
  const holder = author.replace(/ *[<(].*$/, '');
  return textOf(join(root, 'LICENSE')).replace(/^Copyright .*$/m, `Copyright (c) ${holder}`);
}

function textOf(path: string): string {
  return readFileSync(path, 'utf8').replaceAll('\r', '').trim();
}
