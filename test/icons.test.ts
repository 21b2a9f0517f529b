/** The pictures in assets/: as drawn, of the sizes that each system wants, told apart by their shapes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { assets, drawIcons, TRAY_STATES } from '../scripts/icons.ts';
import { decodePng, type Pixels, pngSize } from './support/png.ts';

const drawn = await drawIcons();
const committed = (path: string) => readFileSync(join(assets, path));

test.each([...drawn.keys()])('%s is as its drawing says (else: npm run icons)', (path) => {
  expect(committed(path).equals(drawn.get(path)!)).toBe(true);
});

test.each(TRAY_STATES)('the tray’s pictures for %s have the sizes of each system', (state) => {
  expect(sizeOf(`tray/tray-${state}.png`)).toBe(24);
  expect(sizeOf(`tray/tray-${state}@2x.png`)).toBe(48);
  expect(sizeOf(`tray/tray-${state}Template.png`)).toBe(16);
  expect(sizeOf(`tray/tray-${state}Template@2x.png`)).toBe(32);
  expect(icoSizes(`tray/tray-${state}.ico`)).toEqual([16, 20, 24, 32, 40, 48]);
});

test('the application has an icon for each system', () => {
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512, 1024]) {
    expect(sizeOf(`icons/${size}x${size}.png`)).toBe(size);
  }
  expect(icoSizes('icon.ico')).toEqual([16, 24, 32, 48, 64, 256]);
  expect(icnsSizes('icon.icns')).toEqual({
    ic11: 32,
    ic12: 64,
    ic07: 128,
    ic13: 256,
    ic08: 256,
    ic14: 512,
    ic09: 512,
    ic10: 1024,
  });
});

test.each(TRAY_STATES)('the template for %s is black and alpha only', (state) => {
  for (const path of [`tray/tray-${state}Template.png`, `tray/tray-${state}Template@2x.png`]) {
    const { data } = decodePng(committed(path));
    expect(data.filter((value, index) => index % 4 !== 3 && value !== 0)).toHaveLength(0);
    expect(alphaOf(decodePng(committed(path))).filter((alpha) => alpha > 0).length).toBeGreaterThan(0);
  }
});

const PAIRS = TRAY_STATES.flatMap((one, index) =>
  TRAY_STATES.slice(index + 1).map((other) => [one, other] as const),
);

test.each(PAIRS)('%s and %s are told apart without their colours', (one, other) => {
  for (const suffix of ['', 'Template']) {
    const [first, second] = [one, other].map((state) =>
      alphaOf(decodePng(committed(`tray/tray-${state}${suffix}.png`))),
    );
    const different = first!.filter((alpha, index) => Math.abs(alpha - second![index]!) > 128).length;
    // A tenth of the whole square, corners included: seen at a glance.
    expect(different / first!.length).toBeGreaterThan(0.1);
  }
});

test('a bitmap in an .ico shows what the picture of its size shows', () => {
  const file = committed('tray/tray-needs-you.ico');
  const { width, height, data } = decodePng(committed('tray/tray-needs-you@2x.png'));
  const start = file.readUInt32LE(6 + 16 * 5 + 12) + 40;
  for (const [x, y] of pointsOf(width, height)) {
    const at = 4 * (y * width + x);
    const inFile = start + 4 * ((height - 1 - y) * width + x);
    const [blue, green, red, alpha] = file.subarray(inFile, inFile + 4);
    expect([red, green, blue, alpha]).toEqual([...data.subarray(at, at + 4)]);
  }
});

function sizeOf(path: string): number {
  return pngSize(committed(path));
}

function alphaOf({ data }: Pixels): Uint8Array {
  return data.filter((_, index) => index % 4 === 3);
}

function pointsOf(width: number, height: number): (readonly [x: number, y: number])[] {
  return Array.from({ length: width * height }, (_, index) => [index % width, Math.floor(index / width)]);
}

/** As the directory says; each picture is looked at, too. */
function icoSizes(path: string): number[] {
  const file = committed(path);
  expect(file.readUInt16LE(2)).toBe(1);
  return Array.from({ length: file.readUInt16LE(4) }, (_, index) => {
    const entry = 6 + 16 * index;
    const size = file.readUInt8(entry) || 256;
    const start = file.readUInt32LE(entry + 12);
    const body = file.subarray(start, start + file.readUInt32LE(entry + 8));
    if (size === 256) expect(pngSize(body)).toBe(size);
    else {
      expect([body.readUInt32LE(0), body.readInt32LE(4), body.readInt32LE(8)]).toEqual([40, size, 2 * size]);
      expect(body).toHaveLength(40 + 4 * size * size + 4 * Math.ceil(size / 32) * size);
    }
    return size;
  });
}

function icnsSizes(path: string): Record<string, number> {
  const file = committed(path);
  expect(file.toString('latin1', 0, 4)).toBe('icns');
  expect(file.readUInt32BE(4)).toBe(file.length);
  const sizes: Record<string, number> = {};
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4)) {
    const body = file.subarray(at + 8, at + file.readUInt32BE(at + 4));
    sizes[file.toString('latin1', at, at + 4)] = pngSize(body);
  }
  return sizes;
}
