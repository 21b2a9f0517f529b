import { firstPaintMs, pictureToPageMs, scriptKilobytes } from '../../test/renderer/figures.ts';
import { serveWindow } from '../../test/renderer/served-window.ts';
import { atMost, type Figure, median, quantile } from './report.ts';

const PAINTS = 5;
const PICTURES = 40;

/** The window, built, in a real browser: how soon it is seen, how large its script is, how fast it follows. */
export async function benchWindow(): Promise<readonly Figure[]> {
  await using served = await serveWindow();
  const paints: number[] = [];
  for (let time = 0; time < PAINTS; time += 1) paints.push(await firstPaintMs(served));
  const pictures = await pictureToPageMs(served, PICTURES);
  return [
    atMost('window: first contentful paint of the page alone (median)', median(paints), 200, 'ms'),
    atMost('window: script of a first load, gzip', await scriptKilobytes(served), 120, 'kB'),
    atMost('window: a new picture of 500 rows in the page (95 %)', quantile(pictures, 0.95), 50, 'ms'),
  ];
}
