/**
 * `npm run pack`: the application as a folder that runs, in dist/, by electron-builder.yml. `npm run pack --
 * --installers`: what people install, for the system that this runs on.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Configuration, Platform } from 'electron-builder';
import { needElectron } from './electron/need-electron.ts';
import { ensureBuilt } from './ensure-built.ts';

export interface PackRequest {
  /** The three targets of `npm run build` are there. */
  readonly projectDir: string;
  readonly target: 'folder' | 'installers';
  readonly platform: Platform;
  /** Electron, unpacked; without it electron-builder takes it from Electron's cache, or downloads it there. */
  readonly electronDist?: string | undefined;
  /** Beside what electron-builder.yml says. */
  readonly configuration?: Configuration;
}

export async function pack(request: PackRequest): Promise<void> {
  const { projectDir, target, platform, electronDist, configuration } = request;
  await build({
    projectDir,
    publish: 'never',
    targets: platform.createTarget(target === 'folder' ? 'dir' : undefined),
    config: {
      ...(electronDist !== undefined && { electronDist, afterPack: removeDefaultApplication }),
      ...configuration,
    },
  });
}

/** A zip's electron-builder removes itself, a folder's it leaves. */
const removeDefaultApplication: Exclude<Configuration['afterPack'], string | null | undefined> = async ({
  appOutDir,
  packager,
}) => {
  await rm(join(packager.getResourcesDir(appOutDir), 'default_app.asar'), { force: true });
};

/** Signed by whoever has a certificate; the others' builds are for themselves. */
function signing(env: NodeJS.ProcessEnv): Configuration {
  return env['CSC_LINK'] || env['CSC_NAME'] ? {} : { mac: { identity: null } };
}

if (import.meta.main) {
  if ((await needElectron(process.env)) !== undefined) {
    ensureBuilt('main', 'preload', 'renderer');
    await pack({
      projectDir: join(import.meta.dirname, '..'),
      target: process.argv.includes('--installers') ? 'installers' : 'folder',
      platform: Platform.current(),
      electronDist: process.env['ELECTRON_OVERRIDE_DIST_PATH'],
      configuration: signing(process.env),
    });
  }
}
