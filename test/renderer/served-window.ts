/** The built window in a real browser, over loopback, with a fake main process behind it. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import type { AppState } from '../../src/shared/ipc/bridge.ts';
import type { FakeControl, FakeOptions, RecordedCall } from './page/fake-control.ts';
import type { Scenario } from './page/scenarios.ts';

const root = resolve(import.meta.dirname, '../..');

/** As src/main/app-protocol.ts has it. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/** A Saturday morning in Paris; whatever is shown is relative to it. */
const NOW = Date.parse('2026-11-28T09:20:00+01:00');

export interface OpenOptions {
  readonly scenario?: Scenario;
  readonly language?: AppState['language'];
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
  /** `fixed`: it stays {@link NOW}; `by-hand`: a test moves it; `real`: for figures. */
  readonly clock?: 'fixed' | 'by-hand' | 'real';
  /** The first call that fails. */
  readonly fail?: FakeOptions['fail'];
}

interface IdlePage {
  readonly page: Page;
  /** That of its browser, until the main process has said which it is. */
  readonly language: AppState['language'];
  /** What the page complained of. */
  readonly wrong: string[];
}

export interface OpenWindow extends AsyncDisposable {
  readonly page: Page;
  /** Runs in the page, on the fake main process. */
  readonly fake: <R, A>(run: (fake: FakeControl, argument: A) => R, argument?: A) => Promise<R>;
  /** What was wrong so far, taken out: what is left at the end fails the test. */
  readonly complaints: () => Promise<readonly string[]>;
  readonly calls: (call: RecordedCall['call']) => Promise<readonly unknown[]>;
}

export interface ServedWindow extends AsyncDisposable {
  readonly open: (options?: OpenOptions) => Promise<OpenWindow>;
  /** The scripts that a page has fetched, by their paths. */
  readonly scripts: (page: Page) => Promise<ReadonlyMap<string, Buffer>>;
}

export async function serveWindow(): Promise<ServedWindow> {
  const folder = join(root, 'out/renderer');
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = join(folder, pathname === '/' ? 'index.html' : pathname);
    readFile(path).then(
      (body) =>
        response
          .writeHead(200, {
            'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
            'Content-Security-Policy': CONTENT_SECURITY_POLICY,
          })
          .end(body),
      () => response.writeHead(404).end(),
    );
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address !== null && typeof address !== 'string') resolve(address.port);
    });
  });
  const [fakeScript, browser] = await Promise.all([buildFake(), launch()]);
  const url = `http://127.0.0.1:${port}/`;

  // A page that is used again saves the start of a process.
  const idle: IdlePage[] = [];
  const newPage = async ({ clock = 'fixed', language = 'en' }: OpenOptions): Promise<IdlePage> => {
    const context = await browser.newContext({
      timezoneId: 'Europe/Paris',
      locale: language === 'fr' ? 'fr-FR' : 'en-GB',
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const wrong: string[] = [];
    page.on('pageerror', (error) => wrong.push(String(error)));
    page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    if (clock === 'fixed') await page.clock.setFixedTime(NOW);
    if (clock === 'by-hand') await page.clock.install({ time: NOW });
    await page.addInitScript({ content: `window.began = performance.now();\n${fakeScript}` });
    return { page, language, wrong };
  };
  const open = async (options: OpenOptions = {}): Promise<OpenWindow> => {
    const { clock = 'fixed', theme = 'light', width = 1200, height = 800 } = options;
    const { scenario = 'fresh', language = 'en', fail } = options;
    const at = clock === 'fixed' ? idle.findIndex((one) => one.language === language) : -1;
    const [used = await newPage(options)] = at < 0 ? [] : idle.splice(at, 1);
    const { page, wrong } = used;
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: theme });
    const chosen: FakeOptions = { scenario, language, ...(fail !== undefined && { fail }) };
    await page.goto(`${url}#${encodeURIComponent(JSON.stringify(chosen))}`);
    await page.locator('.frame, .full-page').first().waitFor();
    const fake: OpenWindow['fake'] = (run, argument) =>
      page.evaluate(`(${String(run)})(window.fake, ${JSON.stringify(argument)})`);
    return {
      page,
      fake,
      calls: (call) =>
        fake(({ calls }, wanted) => calls.filter((one) => one.call === wanted).map(({ args }) => args), call),
      complaints: async () => [...(await fake((fake) => fake.violations.splice(0))), ...wrong.splice(0)],
      async [Symbol.asyncDispose]() {
        const violations = await fake((fake) => fake.violations);
        // Another hash alone would load nothing.
        await page.goto('about:blank');
        const all = [...violations, ...wrong.splice(0)];
        if (clock === 'fixed') idle.push(used);
        else await page.context().close();
        if (all.length > 0) throw new Error(all.join('\n'));
      },
    };
  };
  return {
    open,
    async scripts(page) {
      const names = await page.evaluate(() =>
        performance
          .getEntriesByType('resource')
          .map(({ name }) => new URL(name).pathname)
          .filter((name) => name.endsWith('.js')),
      );
      const files = await Promise.all(
        names.map(async (name) => [name, await readFile(join(folder, name))] as const),
      );
      return new Map(files);
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await new Promise((done) => {
        server.close(done);
      });
    },
  };
}

function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
}

/** One script, for the page to run before its own. */
async function buildFake(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'chrome142',
      lib: { entry: join(import.meta.dirname, 'page/fake-bridge.ts'), formats: ['iife'], name: 'fakeBridge' },
    },
  });
  const [first] = Array.isArray(result) ? result : [result];
  if (first === undefined || !('output' in first)) throw new Error('vite built nothing');
  return first.output[0].code;
}
