/** How fast and how small the window is; for the benchmark and, where chance plays no part, for tests. */
import { gzipSync } from 'node:zlib';
import type { ServedWindow } from './served-window.ts';

/** What a first load fetches of script, compressed; kilobytes. */
export async function scriptKilobytes(served: ServedWindow): Promise<number> {
  await using window = await served.open({ clock: 'real' });
  const scripts = await served.scripts(window.page);
  const bytes = [...scripts.values()].map((script) => gzipSync(script).byteLength);
  return bytes.reduce((sum, size) => sum + size, 0) / 1_000;
}

/** From the page's beginning to the first thing that a person sees, in a browser that has started; milliseconds. */
export async function firstPaintMs(served: ServedWindow): Promise<number> {
  await using window = await served.open({ scenario: 'mixed', clock: 'real' });
  await window.page.reload();
  const painted = await window.page.evaluate<number>(
    `new Promise((done) => new PerformanceObserver((list) => list.getEntriesByName('first-contentful-paint')
      .forEach(({ startTime }) => done(startTime))).observe({ type: 'paint', buffered: true }))`,
  );
  // In Electron a preload of a few hundred bytes is in the place of the fake main process.
  return painted - (await window.fake(({ ownMs }) => ownMs));
}

/** From a picture with 500 rows, one of them changed, to the page that shows it; milliseconds, one for each time. */
export async function pictureToPageMs(served: ServedWindow, times: number): Promise<readonly number[]> {
  await using window = await served.open({ scenario: 'many', clock: 'real' });
  const measured: number[] = [];
  for (let time = 0; time < times; time += 1) measured.push(await window.page.evaluate<number>(ONE_CHANGE));
  return measured;
}

const ONE_CHANGE = `new Promise((done) => {
  const { fake } = window;
  const shown = document.querySelector('.row-title-name').textContent;
  new MutationObserver((_, observer) => {
    observer.disconnect();
    done(performance.now() - fake.lastToldAt);
  }).observe(document.querySelector('.list'), { subtree: true, childList: true, characterData: true });
  fake.change({
    integrations: fake.world.integrations.map((view) =>
      view.name === shown ? { ...view, name: shown + ' *' } : view),
  });
})`;
