import { inflateSync } from 'node:zlib';

const SIGNATURE = '\x89PNG\r\n\x1A\n';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue, alpha; rows from the top. */
  readonly data: Uint8Array;
}

/** Of a square, as its header says. Throws on anything else. */
export function pngSize(file: Uint8Array): number {
  const bytes = Buffer.from(file);
  if (bytes.toString('latin1', 0, 8) !== SIGNATURE) throw new TypeError('No PNG');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width !== height) throw new TypeError(`${width} by ${height} is no square`);
  return width;
}

/** A PNG of 8 bits a channel with alpha, not interlaced (w3.org/TR/png). Throws on any other. */
export function decodePng(file: Uint8Array): Pixels {
  const bytes = Buffer.from(file);
  if (bytes.toString('latin1', 0, 8) !== SIGNATURE) throw new TypeError('No PNG');
  let header = Buffer.alloc(0);
  const body: Buffer[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const content = bytes.subarray(at + 8, at + 8 + length);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'IHDR') header = content;
    if (type === 'IDAT') body.push(content);
    at += 12 + length;
  }
  const [depth, colours, , , interlaced] = header.subarray(8);
  if (depth !== 8 || colours !== 6 || interlaced !== 0) throw new TypeError('No PNG of that kind');
  const width = header.readUInt32BE(0);
  const height = header.readUInt32BE(4);
  return { width, height, data: unfilter(inflateSync(Buffer.concat(body)), 4 * width, height) };
}

/** Each row says how it differs from its neighbours. */
function unfilter(rows: Buffer, stride: number, height: number): Uint8Array {
  const data = new Uint8Array(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = rows[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x < 4 ? 0 : data[at - 4]!;
      const up = y === 0 ? 0 : data[at - stride]!;
      const corner = x < 4 || y === 0 ? 0 : data[at - stride - 4]!;
      const guesses = [0, left, up, (left + up) >> 1, paeth(left, up, corner)];
      data[at] = rows[y * (stride + 1) + 1 + x]! + guesses[filter]!;
    }
  }
  return data;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [first, second, third] = [left, up, corner].map((value) => Math.abs(guess - value));
  if (first! <= second! && first! <= third!) return left;
  return second! <= third! ? up : corner;
}
