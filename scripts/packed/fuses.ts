import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { parse } from 'yaml';
import { z } from 'zod';

/** Stands among the fuses, and is none. */
const ABOUT_SIGNATURE = 'resetAdHocDarwinSignature';

const schema = z.object({ electronFuses: z.record(z.string(), z.boolean()) });

/** What electron-builder.yml says of each fuse, by Electron's name for it. */
function wantedFuses(): ReadonlyMap<string, boolean> {
  const text = readFileSync(join(import.meta.dirname, '../../electron-builder.yml'), 'utf8');
  const { electronFuses } = schema.parse(parse(text));
  return new Map(
    Object.entries(electronFuses)
      .filter(([name]) => name !== ABOUT_SIGNATURE)
      .map(([name, isOn]) => [name.charAt(0).toUpperCase() + name.slice(1), isOn]),
  );
}

/** Which fuses of a packed program are not as electron-builder.yml wants them. */
export async function wrongFuses(program: string): Promise<readonly string[]> {
  const wire = await getCurrentFuseWire(program);
  const isOn = new Map(
    Object.values(FuseV1Options)
      .filter((fuse) => typeof fuse === 'number')
      .map((fuse) => [FuseV1Options[fuse], wire[fuse] === FuseState.ENABLE]),
  );
  return [...wantedFuses()].filter(([name, wanted]) => isOn.get(name) !== wanted).map(([name]) => name);
}
