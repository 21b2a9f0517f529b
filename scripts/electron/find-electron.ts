/**
 * Electron's program: where the person says it is, where it was unpacked, or downloaded now. Electron's own way
 * (node_modules/electron/index.js) downloads it too, but waits as long as the network makes it wait.
 */
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
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
  readonly env: NodeJS.ProcessEnv;
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

const require = createRequire(import.meta.url);

export async function findElectron(options: FindOptions): Promise<FoundElectron> {
  const folder = options.env['ELECTRON_OVERRIDE_DIST_PATH'];
  if (folder) {
    const program = join(folder, programName());
    return existsSync(program) ? { kind: 'found', program } : { kind: 'not-in-folder', folder };
  }
  return unpackedElectron() ?? (await download(options)) ?? (await unpack(options));
}

/** Where `ELECTRON_MIRROR` or npm's setting of it points; electronjs.org/docs/latest/tutorial/installation. */
export function downloadHost(env: NodeJS.ProcessEnv): string {
  const names = ['npm_config_electron_mirror', 'NPM_CONFIG_ELECTRON_MIRROR', 'ELECTRON_MIRROR'];
  const mirror = names.map((name) => env[name]).find(Boolean);
  return URL.parse(mirror ?? '')?.host ?? 'github.com';
}

function programName(): string {
  return PROGRAMS[process.platform] ?? 'electron';
}

function unpackedElectron(): FoundElectron | undefined {
  const dist = join(packageFolder(), 'dist');
  const program = join(dist, programName());
  const isThere = existsSync(program) && readText(join(dist, 'version')).replace(/^v/, '') === version();
  return isThere ? { kind: 'found', program } : undefined;
}

/** Into the cache that Electron's own script looks in; that says what went wrong, if something did. */
async function download(options: FindOptions): Promise<FoundElectron | undefined> {
  const host = downloadHost(options.env);
  const stall = new AbortController();
  const stalled = setTimeout(() => stall.abort(), options.patienceSeconds * 1000);
  const cacheRoot = options.env['electron_config_cache'];
  try {
    await downloadArtifact({
      version: version(),
      artifactName: 'electron',
      checksums: z
        .record(z.string(), z.string())
        .parse(JSON.parse(readText(join(packageFolder(), 'checksums.json')))),
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

async function unpack({ env, signal }: FindOptions): Promise<FoundElectron> {
  try {
    const script = join(packageFolder(), 'install.js');
    await promisify(execFile)(process.execPath, [script], { env, signal });
  } catch (error) {
    return signal.aborted ? { kind: 'cancelled' } : { kind: 'unusable', reason: reasonOf(error) };
  }
  return unpackedElectron() ?? { kind: 'unusable', reason: programName() };
}

/** fetch's own error says only that it failed; why is its cause. */
function networkCodeOf(error: unknown): string | undefined {
  const cause = z.object({ cause: z.object({ code: z.string() }) }).safeParse(error);
  return cause.success ? cause.data.cause.code : undefined;
}

function reasonOf(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line;
}

function packageFolder(): string {
  return dirname(require.resolve('electron/package.json'));
}

function version(): string {
  const manifest: unknown = JSON.parse(readText(join(packageFolder(), 'package.json')));
  return z.object({ version: z.string() }).parse(manifest).version;
}

function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
