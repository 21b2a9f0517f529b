import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { startHost, type ElectronHost } from '../../test/electron-host/host.ts';
import { startSlackSimulator } from '../../test/simulators/slack.ts';
import { packOnMadeUpElectron } from '../../test/support/packing.ts';
import { connectTo, createApplicationTables, type TestPostgres } from '../../test/support/postgres.ts';
import { weightOf } from '../packed/weight.ts';
import { Home } from './home.ts';
import { atMost, type Figure, median, quantile } from './report.ts';
import { addDueRow } from './slack.ts';

const ROOT = join(import.meta.dirname, '../..');
const STARTS = 9;
const IDLE_MS = 60_000;
const PAINTS = 5;
const CHANGES = 40;
const BETWEEN_CHANGES_MS = 300;

function startApplication(
  home: Home,
  { args, env = {} }: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> },
): Promise<ElectronHost> {
  const main = join(ROOT, 'out/main/index.js');
  return startHost({ main, home: home.path, env: { ...home.env, ...env }, ...(args && { args }) });
}

/** From the first line of the bundle to the icon; Electron's and Chromium's own start are not the application's. */
export async function benchTray(home: Home): Promise<readonly Figure[]> {
  const times: number[] = [];
  for (let time = 0; time < STARTS; time += 1) {
    await using host = await startApplication(home, { args: ['--hidden'] });
    times.push(await host.until('the icon is there', ({ trayReadyAfterMs }) => trayReadyAfterMs));
    await host.quit();
  }
  const note = ` (median of ${times.length}, least: ${Math.round(Math.min(...times))} ms)`;
  return [atMost('application: evaluated to icon in the tray', median(times), 300, 'ms', note)];
}

/** Timers that a page runs, noted by the page itself. */
const COUNT_TIMERS = `{
  globalThis.timersRun = [];
  for (const name of ['setTimeout', 'setInterval', 'requestAnimationFrame', 'requestIdleCallback']) {
    const original = globalThis[name];
    globalThis[name] = (callback, ...rest) =>
      original((...args) => { globalThis.timersRun.push(name + ' ' + rest.join(' ')); callback(...args); }, ...rest);
  }
}`;

/**
 * So many fresh integrations, and the application on them, in a home of its own: in another, a bench before may have left
 * a pause or an account.
 */
async function withFreshRows<T>(
  count: number,
  postgres: TestPostgres,
  use: (host: ElectronHost) => Promise<T>,
): Promise<T> {
  const home = new Home();
  const slack = await startSlackSimulator();
  const databaseUrl = await postgres.createDatabase();
  const client = await connectTo(databaseUrl);
  try {
    await home.jeton(['vault', 'init']);
    await createApplicationTables(client);
    for (let row = 0; row < count; row += 1) await addDueRow(client, slack);
    const env = { JETON_SLACK_API_URL: slack.url, DATABASE_URL: databaseUrl };
    await home.jeton(['slack', 'refresh', '--json'], env);
    await using host = await startApplication(home, { env });
    return await use(host);
  } finally {
    await client.end();
    await slack.stop();
    home.dispose();
  }
}

/** From the page's beginning, by its own clock. */
const FIRST_PAINT = `new Promise((done) => new PerformanceObserver((list) =>
  list.getEntriesByName('first-contentful-paint').forEach(({ startTime }) => done(startTime)),
).observe({ type: 'paint', buffered: true }))`;

/** A change that the page itself asks for, and when it was asked for, told of and shown; epoch milliseconds. */
const CHANGE = `new Promise((done) => {
  const now = () => performance.timeOrigin + performance.now();
  const sentence = () => document.querySelector('h1').textContent;
  const [askedAt, before] = [now(), sentence()];
  let toldAt;
  const forget = window.jeton.onStateChanged(() => (toldAt ??= now()));
  new MutationObserver((_, observer) => {
    if (sentence() === before) return;
    observer.disconnect();
    forget();
    done({ askedAt, toldAt, shownAt: now() });
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
  void window.jeton.pauseAll({ until: before.includes('until you') ? 'an-hour' : 'resumed' });
})`;
const changeSchema = z.object({ askedAt: z.number(), toldAt: z.number(), shownAt: z.number() });

/**
 * From a change that somebody asks for to the page that shows it, and all of the built application between them: the
 * call, the store, the words, the contract, React. The picture's way from one process to the other is said beside it:
 * the stand-in sends text where Electron clones.
 */
export async function benchFollowing(postgres: TestPostgres): Promise<readonly Figure[]> {
  return withFreshRows(500, postgres, async (host) => {
    const page = await host.windows.page();
    await page.getByRole('heading', { level: 1, name: /^Everything is fresh/ }).waitFor();
    const paints: number[] = [];
    for (let time = 0; time < PAINTS; time += 1) {
      await page.reload();
      paints.push(z.number().parse(await page.evaluate(FIRST_PAINT)));
      await page.getByRole('heading', { level: 1, name: /^Everything is fresh/ }).waitFor();
    }
    const own: number[] = [];
    const crossing: number[] = [];
    for (let time = 0; time < CHANGES; time += 1) {
      const { askedAt, toldAt, shownAt } = changeSchema.parse(await page.evaluate(CHANGE));
      const sentAt = (await host.messagesSentAt()).findLast((moment) => moment < toldAt) ?? Number.NaN;
      crossing.push(toldAt - sentAt);
      own.push(shownAt - toldAt + sentAt - askedAt);
      // What follows a change, such as a look at the rows, is no part of the next.
      await delay(BETWEEN_CHANGES_MS);
    }
    const note = ` (median ${Math.round(median(own))} ms; and ${Math.round(median(crossing))} ms on the stand-in’s way)`;
    return [
      atMost('application: first contentful paint, 500 rows (median)', median(paints), 200, 'ms'),
      atMost('application: a change in the page, 500 rows (95 %)', quantile(own, 0.95), 50, 'ms', note),
    ];
  });
}

/** 100 fresh integrations, and the window closed as a person closes it, for a minute. */
export async function benchApplicationIdle(postgres: TestPostgres): Promise<readonly Figure[]> {
  return withFreshRows(100, postgres, async (host) => {
    const { id } = await host.windows.one();
    const page = await host.windows.page();
    await page.addInitScript(COUNT_TIMERS);
    await page.reload();
    // The menu has eleven of them, and says how many more there are.
    await host.until('all are fresh', ({ tray }) => tray?.menu?.some(({ label }) => label === '89 more…'));
    // A page that is hidden while it loads does not hear of it.
    await page.getByRole('heading', { level: 1, name: /^Everything is fresh/ }).waitFor();
    await host.windows.close(id);
    await host.until('the window is hidden', ({ windows }) => windows[0]?.visibility === 'hidden');
    await delay(10_000);
    const timers = async (): Promise<readonly string[]> =>
      z.array(z.string()).parse(await page.evaluate('timersRun'));
    const [cpuBefore, timersBefore] = [await host.cpu(), await timers()];
    await delay(IDLE_MS);
    const [cpuAfter, timersAfter] = [await host.cpu(), await timers()];
    const counted = `new Promise((resolve) => setTimeout(() => resolve(timersRun.length)))`;
    if (Number(await page.evaluate(counted)) <= timersAfter.length)
      throw new Error('timers were not counted');
    const ran = timersAfter.slice(timersBefore.length);
    const share = ((cpuAfter - cpuBefore) / 1_000 / IDLE_MS) * 100;
    return [
      atMost('application, 100 integrations, window hidden, for a minute: of a core', share, 0.2, '%'),
      atMost('the same: timers that the hidden page ran', ran.length, 0, '', ` ${ran.join(', ')}`),
    ];
  });
}

/** As electron-builder packs it, without Electron; what is for macOS has the native code of both processors. */
export async function benchPackage(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-bench-pack-'));
  try {
    const figures: Figure[] = [];
    for (const system of ['linux', 'windows', 'mac'] as const) {
      const megabytes = weightOf(await packOnMadeUpElectron(system, folder)) / 1e6;
      figures.push(atMost(`application: app.asar and native code beside it, ${system}`, megabytes, 12, 'MB'));
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
