import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { JetonError } from '../core/errors.ts';
import { errnoOf } from './paths.ts';

/** Whose words they are: a package with its version where that is known. */
export interface Licence {
  readonly name: string;
  readonly text: string;
}

/** What is packed as it is, with the files that its words are in. */
const PACKED = {
  Jeton: ['LICENSE'],
  'better-sqlite3': ['node_modules/better-sqlite3/LICENSE'],
  keytar: ['node_modules/keytar/LICENSE.md'],
  'electron-log': ['node_modules/electron-log/LICENSE'],
  'playwright-core': [
    'node_modules/playwright-core/LICENSE',
    'node_modules/playwright-core/NOTICE',
    'node_modules/playwright-core/ThirdPartyNotices.txt',
    'node_modules/playwright-core/lib/utilsBundle.js.LICENSE',
  ],
} as const;

/** Beside the bundles, of what is inside of them: as scripts/notices.ts writes it. */
const BUNDLED = ['out/main/THIRD-PARTY-NOTICES.txt', 'out/renderer/THIRD-PARTY-NOTICES.txt'];
const RULE = /^-{80}$/m;

/** All files that are read. */
export const LICENCE_FILES: readonly string[] = [...Object.values(PACKED).flat(), ...BUNDLED];

/**
 * The licences of Jeton, which comes first, and of what it is packed with. `root`: where Jeton itself is, a checkout or
 * the archive of a package. Throws `file-unreadable` (`path`, `reason`).
 */
export async function readLicences(root: string): Promise<readonly Licence[]> {
  const read = async (file: string): Promise<string> => {
    const path = join(root, file);
    try {
      return (await readFile(path, 'utf8')).trim();
    } catch (error) {
      throw new JetonError('file-unreadable', { path, reason: errnoOf(error) }, { cause: error });
    }
  };
  const packed = await Promise.all(
    Object.entries(PACKED).map(async ([name, files]) => ({
      name,
      text: (await Promise.all(files.map(read))).join('\n\n'),
    })),
  );
  const bundled = (await Promise.all(BUNDLED.map(read))).flatMap(sectionsOf);
  const [own, ...others] = packed;
  // What is in both bundles is named once.
  const byName = new Map([...others, ...bundled].map((licence) => [licence.name, licence]));
  const sorted = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  return own === undefined ? sorted : [own, ...sorted];
}

function sectionsOf(notices: string): readonly Licence[] {
  const [, ...sections] = notices.split(RULE);
  return sections.map((section) => {
    const [name = '', ...lines] = section.trim().split('\n');
    return { name, text: lines.join('\n').trim() };
  });
}
