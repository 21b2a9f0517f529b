/** The two files that hold a picture in several sizes. */
import type { Picture } from './render.ts';

/**
 * Windows: ICO, of which each picture is a PNG from 256 pixels on and a bitmap below, as installers and older parts of
 * Windows read no smaller PNG (learn.microsoft.com/previous-versions/ms997538).
 */
export function ico(pictures: readonly Picture[]): Uint8Array {
  const bodies = pictures.map((picture) => (picture.size < 256 ? bitmap(picture) : Buffer.from(picture.png)));
  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2); // An icon, not a cursor.
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  for (const [index, { size }] of pictures.entries()) {
    const entry = 6 + 16 * index;
    const { length } = bodies[index]!;
    header.writeUInt8(size % 256, entry); // 0 stands for 256.
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4); // Planes.
    header.writeUInt16LE(32, entry + 6); // Bits a pixel.
    header.writeUInt32LE(length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += length;
  }
  return Buffer.concat([header, ...bodies]);
}

/** A BITMAPINFOHEADER, rows from the bottom in blue, green, red, alpha, and a mask of one bit a pixel that hides none. */
function bitmap({ size, pixels }: Picture): Buffer {
  const header = Buffer.alloc(40);
  header.writeUInt32LE(header.length, 0);
  header.writeInt32LE(size, 4);
  header.writeInt32LE(2 * size, 8); // Colours and mask.
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(32, 14);
  const colours = Buffer.alloc(4 * size * size);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const from = 4 * (y * size + x);
      const to = 4 * ((size - 1 - y) * size + x);
      const [red = 0, green = 0, blue = 0, alpha = 0] = pixels.subarray(from, from + 4);
      colours.set([blue, green, red, alpha], to);
    }
  }
  const mask = Buffer.alloc(4 * Math.ceil(size / 32) * size);
  return Buffer.concat([header, colours, mask]);
}

/**
 * macOS: ICNS, of the types that hold a PNG, by pixels. Below 32 no such type is shown reliably; macOS scales.
 * (wikipedia.org/wiki/Apple_Icon_Image_format)
 */
const ICNS_TYPES: readonly (readonly [type: string, size: number])[] = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
];

export const ICNS_SIZES: readonly number[] = [...new Set(ICNS_TYPES.map(([, size]) => size))];

/** Wants a picture of each of `ICNS_SIZES`. */
export function icns(pictures: readonly Picture[]): Uint8Array {
  const entries = ICNS_TYPES.map(([type, size]) => {
    const picture = pictures.find((candidate) => candidate.size === size);
    if (picture === undefined) throw new TypeError(`No picture of ${size} pixels for ${type}`);
    return icnsPart(type, picture.png);
  });
  return icnsPart('icns', Buffer.concat(entries));
}

function icnsPart(type: string, body: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.write(type, 'latin1');
  header.writeUInt32BE(header.length + body.length, 4);
  return Buffer.concat([header, body]);
}
