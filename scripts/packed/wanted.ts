import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');

const manifestSchema = z.object({ name: z.string(), version: z.string() });
const configurationSchema = z.object({
  appId: z.string(),
  productName: z.string(),
  protocols: z.tuple([z.object({ schemes: z.tuple([z.string()]) })]),
  linux: z.object({ category: z.string() }),
  deb: z.object({ depends: z.array(z.string()), recommends: z.array(z.string()) }),
  mac: z.object({ category: z.string() }),
});

const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const { name, version } = manifestSchema.parse(JSON.parse(read('package.json')));
const { appId, productName, protocols, linux, deb, mac } = configurationSchema.parse(
  parse(read('electron-builder.yml')),
);

/** What package.json and electron-builder.yml say of what is installed. */
export const WANTED = {
  name,
  version,
  appId,
  productName,
  scheme: protocols[0].schemes[0],
  categories: linux.category,
  macCategory: mac.category,
  ...deb,
};

/** The names of those that do not hold. */
export function failing(checks: Readonly<Record<string, boolean>>): readonly string[] {
  return Object.keys(checks).filter((what) => checks[what] !== true);
}
