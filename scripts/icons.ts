/** `npm run icons`: every picture of the application, from the drawings in assets/. What it writes is committed. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { icns, ICNS_SIZES, ico } from './icons/containers.ts';
import { type Picture, render } from './icons/render.ts';

export const assets = join(import.meta.dirname, '../assets');

export const TRAY_STATES = ['fresh', 'needs-you', 'failing', 'paused'] as const;

/**
 * What each system's tray shows, in pixels (Electron's pages on Tray and NativeImage):
 * - macOS: template images of 16 points, which it colours itself; 32 for its dense screens.
 * - Linux: panels are 22 to 24 pixels high, and scale down what is larger; 48 for twice the density.
 * - Windows: one .ico, with a picture for each scale of the screen from 100 % to 300 %.
 */
const TEMPLATE_SIZE = 16;
const LINUX_SIZE = 24;
const WINDOWS_SIZES = [16, 20, 24, 32, 40, 48];

/** Below this the coin's rim has too few pixels, and the simple drawing is used. */
const FIRST_DETAILED_SIZE = 48;
const APPLICATION_SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024];
const APPLICATION_ICO_SIZES = [16, 24, 32, 48, 64, 256];

/** Paths under assets/, and what belongs there. */
export async function drawIcons(): Promise<ReadonlyMap<string, Uint8Array>> {
  return new Map([...(await drawTray()), ...(await drawApplication())]);
}

async function drawTray(): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const state of TRAY_STATES) {
    const coloured = drawing(`tray/${state}.svg`);
    // Black and alpha: macOS looks at nothing else.
    const template = coloured.replace(/ color="#[0-9a-f]{6}"/, ' color="#000000"');
    const name = `tray/tray-${state}`;
    files.set(`${name}.png`, (await render(coloured, LINUX_SIZE)).png);
    files.set(`${name}@2x.png`, (await render(coloured, 2 * LINUX_SIZE)).png);
    files.set(`${name}Template.png`, (await render(template, TEMPLATE_SIZE)).png);
    files.set(`${name}Template@2x.png`, (await render(template, 2 * TEMPLATE_SIZE)).png);
    files.set(`${name}.ico`, ico(await renderAll(WINDOWS_SIZES, (size) => render(coloured, size))));
  }
  return files;
}

async function drawApplication(): Promise<Map<string, Uint8Array>> {
  const withMargin = drawing('icon.svg');
  const tile = withMargin.replace('viewBox="0 0 1024 1024"', 'viewBox="100 100 824 824"');
  const small = drawing('icon-small.svg');
  const draw = (size: number) => render(size < FIRST_DETAILED_SIZE ? small : tile, size);
  const files = new Map<string, Uint8Array>();
  for (const { size, png } of await renderAll(APPLICATION_SIZES, draw)) {
    files.set(`icons/${size}x${size}.png`, png);
  }
  files.set('icon.ico', ico(await renderAll(APPLICATION_ICO_SIZES, draw)));
  files.set('icon.icns', icns(await renderAll(ICNS_SIZES, (size) => render(withMargin, size))));
  return files;
}

async function renderAll(
  sizes: readonly number[],
  draw: (size: number) => Promise<Picture>,
): Promise<Picture[]> {
  return Promise.all(sizes.map(draw));
}

function drawing(path: string): string {
  return readFileSync(join(assets, path), 'utf8');
}

if (import.meta.main) {
  for (const [path, content] of await drawIcons()) {
    const file = join(assets, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
