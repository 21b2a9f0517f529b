import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PackRequest } from '../../scripts/pack.ts';
import { writeElectronDistribution } from './electron-distribution.ts';

/** What asks a machine of that kind for its tools is left out. */
const SYSTEMS = {
  linux: {
    resources: 'linux-unpacked/resources',
    architectures: ['x64'],
    configuration: {},
  },
  windows: {
    resources: 'win-unpacked/resources',
    architectures: ['x64'],
    // Both write into a real program.
    configuration: { win: { signAndEditExecutable: false }, disableAsarIntegrity: true },
  },
  mac: {
    resources: 'mac-arm64/Jeton.app/Contents/Resources',
    // Both halves of the universal application, which only macOS can join.
    architectures: ['x64', 'arm64'],
    // Signing is for macOS.
    configuration: { mac: { identity: null }, electronFuses: { resetAdHocDarwinSignature: false } },
  },
} as const;

export type System = keyof typeof SYSTEMS;

interface Making {
  readonly target?: PackRequest['target'];
  readonly env?: Readonly<Record<string, string>>;
}

/** Packs into `folder` on an Electron that has what a packager touches; the folder of the application's archive. */
export async function packOnMadeUpElectron(
  system: System,
  folder: string,
  { target = 'folder', env }: Making = {},
): Promise<string> {
  const electronDist = join(folder, `${system}-electron`);
  writeElectronDistribution(electronDist, system);
  const { architectures, configuration, resources } = SYSTEMS[system];
  const output = join(folder, system);
  const request: PackRequest = {
    projectDir: join(import.meta.dirname, '../..'),
    target,
    platform: system,
    architectures,
    electronDist,
    configuration: { directories: { output }, ...configuration },
  };
  // In a process of its own: electron-builder talks.
  const child = join(import.meta.dirname, 'children/pack.ts');
  await promisify(execFile)(process.execPath, [child, JSON.stringify(request)], {
    env: { ...process.env, ...env },
  });
  return join(output, resources);
}
