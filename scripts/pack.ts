/**
 * `npm run pack`: the application as a folder that runs, in dist/, by electron-builder.yml. `npm run pack --
 * --installers`: what people install, for the system that this runs on.
 */
import { globSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Arch, build, type Configuration, Platform } from 'electron-builder';
import { needElectron } from './electron/need-electron.ts';
import { ensureBuilt } from './ensure-built.ts';
import { writePlaywright } from './packed/playwright.ts';
import { signing } from './packed/signing.ts';

export interface PackRequest {
  /** The three targets of `npm run build` are there. */
  readonly projectDir: string;
  readonly target: 'folder' | 'installers';
  readonly platform: 'linux' | 'mac' | 'windows';
  /** Of folders, if not this machine's. */
  readonly architectures?: readonly ('x64' | 'arm64')[];
  /** Electron, unpacked; without it electron-builder takes it from Electron's cache, or downloads it there. */
  readonly electronDist?: string | undefined;
  /** Beside what electron-builder.yml says. */
  readonly configuration?: Configuration;
}

const PLATFORMS = { linux: Platform.LINUX, mac: Platform.MAC, windows: Platform.WINDOWS };

export async function pack(request: PackRequest): Promise<void> {
  const { projectDir, target, electronDist, configuration } = request;
  const platform = PLATFORMS[request.platform];
  const architectures = (request.architectures ?? []).map((name) => Arch[name]);
  writePlaywright(projectDir);
  await build({
    projectDir,
    publish: 'never',
    targets: target === 'folder' ? platform.createTarget('dir', ...architectures) : platform.createTarget(),
    config: {
      ...(electronDist !== undefined && { electronDist, afterExtract: removeDefaultApplication }),
      ...configuration,
    },
  });
}

/** electron-builder removes a zip's, and leaves a folder's. */
const removeDefaultApplication: Exclude<Configuration['afterExtract'], string | null | undefined> = async ({
  appOutDir,
}) => {
  const places = globSync('{resources,*.app/Contents/Resources}/default_app.asar', { cwd: appOutDir });
  await Promise.all(places.map((place) => rm(join(appOutDir, place))));
};

function thisPlatform(): PackRequest['platform'] {
  if (process.platform === 'darwin') return 'mac';
  return process.platform === 'win32' ? 'windows' : 'linux';
}

if (import.meta.main) {
  if ((await needElectron()) !== undefined) {
    ensureBuilt('main', 'preload', 'renderer');
    await pack({
      projectDir: join(import.meta.dirname, '..'),
      target: process.argv.includes('--installers') ? 'installers' : 'folder',
      platform: thisPlatform(),
      electronDist: process.env['ELECTRON_OVERRIDE_DIST_PATH'],
      configuration: signing(process.env),
    });
  }
}
