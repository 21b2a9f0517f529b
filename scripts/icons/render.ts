/** SVG to pixels, by the same WebAssembly everywhere: every machine draws the same bytes. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

export interface Picture {
  /** Of its sides, in pixels. */
  readonly size: number;
  readonly png: Uint8Array;
  /** Red, green, blue, alpha; rows from the top. */
  readonly pixels: Uint8Array;
}

let ready: Promise<void> | undefined;

export async function render(svg: string, size: number): Promise<Picture> {
  ready ??= readFile(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))).then(initWasm);
  await ready;
  const drawing = new Resvg(svg, { fitTo: { mode: 'width', value: size } });
  const image = drawing.render();
  try {
    return { size, png: image.asPng(), pixels: straight(image.pixels) };
  } finally {
    image.free();
    drawing.free();
  }
}

/** The renderer's colours are multiplied by their alpha; in files they are not. */
function straight(pixels: Uint8Array): Uint8Array {
  return pixels.map((value, index) => {
    if (index % 4 === 3) return value;
    const alpha = pixels[index - (index % 4) + 3] ?? 0;
    return alpha === 0 ? 0 : Math.round((255 * value) / alpha);
  });
}
