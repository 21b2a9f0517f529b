/**
 * Electron's program: where the person says it is, where it was unpacked, or downloaded now. Electron's own way
 * (node_modules/electron/index.js) downloads it too, but waits as long as the network makes it wait. Settings are those
 * of Electron's own, from the environment.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { downloadArtifact, HTTPError } from '@electron/get';
import { z } from 'zod';

export type FoundElectron =
  | { readonly kind: 'found'; readonly program: string }
  | { readonly kind: 'cancelled' }
  | Unavailable;

export type Unavailable =
  /** `ELECTRON_OVERRIDE_DIST_PATH` names a folder without it. */
  | { readonly kind: 'not-in-folder'; readonly folder: string }
  /** `code` is the system's or Node's: ENOTFOUND, UND_ERR_CONNECT_TIMEOUT. */
  | { readonly kind: 'unreachable'; readonly host: string; readonly code: string }
  | { readonly kind: 'refused'; readonly host: string; readonly status: number }
  | { readonly kind: 'stalled'; readonly host: string; readonly seconds: number }
  /** Downloaded, but not what it should be, or there is no room for it. */
  | { readonly kind: 'unusable'; readonly reason: string };

export interface FindOptions {
  /** Where npm put the package of that name. */
  readonly electronPackage: string;
  /** How long the network may send nothing. */
  readonly patienceSeconds: number;
  readonly signal: AbortSignal;
  /** From 0 to 1, as often as something arrives. */
  onProgress(part: number): void;
}

/** What node_modules/electron/install.js calls each platform's program. */
const PROGRAMS: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'Electron.app/Contents/MacOS/Electron',
  win32: 'electron.exe',
};

export async function findElectron(options: FindOptions): Promise<FoundElectron> {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (folder) {
    const program = join(folder, programName());
    return existsSync(program) ? { kind: 'found', program } : { kind: 'not-in-folder', folder };
  }
  return unpackedElectron(options) ?? (await download(options)) ?? (await unpack(options));
}

/** Where `ELECTRON_MIRROR` or npm's setting of it points; electronjs.org/docs/latest/tutorial/installation. */
export function downloadHost(): string {
  const names = ['npm_config_electron_mirror', 'NPM_CONFIG_ELECTRON_MIRROR', 'ELECTRON_MIRROR'];
  const mirror = names.map((name) => process.env[name]).find(Boolean) ?? 'https://github.com/';
  return URL.parse(mirror)?.host ?? mirror;
}

function programName(): string {
  return PROGRAMS[process.platform] ?? 'electron';
}

function unpackedElectron({ electronPackage }: FindOptions): FoundElectron | undefined {
  const dist = join(electronPackage, 'dist');
  const program = join(dist, programName());
  const isThere =
    existsSync(program) && readText(join(dist, 'version')).replace(/^v/, '') === versionOf(electronPackage);
  return isThere ? { kind: 'found', program } : undefined;
}

/** Into the cache that Electron's own script looks in; that says what went wrong, if something did. */
async function download(options: FindOptions): Promise<FoundElectron | undefined> {
  const { electronPackage } = options;
  const host = downloadHost();
  const stall = new AbortController();
  const stalled = setTimeout(() => stall.abort(), options.patienceSeconds * 1000);
  const cacheRoot = process.env['electron_config_cache'];
  try {
    await downloadArtifact({
      version: versionOf(electronPackage),
      artifactName: 'electron',
      checksums: z
        .record(z.string(), z.string())
        .parse(JSON.parse(readText(join(electronPackage, 'checksums.json')))),
      ...(cacheRoot && { cacheRoot }),
      downloadOptions: {
        quiet: true,
        signal: AbortSignal.any([options.signal, stall.signal]),
        getProgressCallback: ({ percent }: { readonly percent: number }) => {
          stalled.refresh();
          options.onProgress(percent);
          return Promise.resolve();
        },
      },
    });
    return undefined;
  } catch (error) {
    if (options.signal.aborted) return { kind: 'cancelled' };
    if (stall.signal.aborted) return { kind: 'stalled', host, seconds: options.patienceSeconds };
    if (error instanceof HTTPError) return { kind: 'refused', host, status: error.response.status };
    const code = networkCodeOf(error);
    return code === undefined
      ? { kind: 'unusable', reason: reasonOf(error) }
      : { kind: 'unreachable', host, code };
  } finally {
    clearTimeout(stalled);
  }
}

async function unpack(options: FindOptions): Promise<FoundElectron> {
  try {
    const script = join(options.electronPackage, 'install.js');
    await promisify(execFile)(process.execPath, [script], { signal: options.signal });
  } catch (error) {
    return options.signal.aborted ? { kind: 'cancelled' } : { kind: 'unusable', reason: reasonOf(error) };
  }
  return unpackedElectron(options) ?? { kind: 'unusable', reason: programName() };
}

/** fetch's own error is a TypeError that says only that it failed; why is its cause. */
function networkCodeOf(error: unknown): string | undefined {
  if (!(error instanceof TypeError)) return undefined;
  const coded = z.object({ code: z.string() });
  const code = [error.cause, error].map((candidate) => coded.safeParse(candidate).data?.code).find(Boolean);
  return code ?? (error.cause instanceof Error ? error.cause : error).message;
}

/** A script's own words, where it had any. */
function reasonOf(error: unknown): string {
  const said = z.object({ stderr: z.string().min(1) }).safeParse(error);
  const text = said.success ? said.data.stderr : error instanceof Error ? error.message : String(error);
  return text.trim().split('\n')[0] ?? '';
}

function versionOf(electronPackage: string): string {
  const manifest: unknown = JSON.parse(readText(join(electronPackage, 'package.json')));
  return z.object({ version: z.string() }).parse(manifest).version;
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
