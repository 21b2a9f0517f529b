import { mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { Secret } from '../../src/core/secret.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { systemTimer } from '../../src/node/clock.ts';
import { createEnvTarget } from '../../src/node/env-target.ts';
import { openEngine, openHome } from '../../src/node/open-home.ts';
import { signInWithInstalledBrowser } from '../../src/node/sso/installed-browser.ts';
import { profileOf } from '../../src/node/sso/profile-browser.ts';
import { startWorldlineSimulator } from '../../test/simulators/worldline.ts';
import { freePort } from '../../test/support/free-port.ts';
import { ANY_SCREEN, headlessBrowser } from '../../test/support/headless-browser.ts';
import { personAt } from '../../test/support/person.ts';
import type { Home } from './home.ts';
import type { Figure } from './report.ts';
import { atMost, median, notMeasured, quantile } from './report.ts';

const MERGES = 600;
const RENEWALS = 25;
const SIGN_INS = 7;
const LATENCY_MS = 50;
const CHAT_MS = 10_000;

/** Two new tokens into a file of 200 lines, on disk each time; and beside each the same three syncs without Jeton. */
export async function benchExport({ folder }: Home): Promise<readonly Figure[]> {
  const path = join(folder, 'bot.env');
  const lines = Array.from({ length: 198 }, (_, number) => `SETTING_${number}='value ${number}'`);
  writeFileSync(path, [...lines, 'ONEFLEX_TOKEN=1', 'ONEFLEX_REFRESH_TOKEN=1', ''].join('\n'));
  const file = createEnvTarget({ path, timer: systemTimer });
  const times: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < MERGES; round += 1) {
    bare.push(await timeOfBareSyncs(folder));
    const values = new Map([
      ['ONEFLEX_TOKEN', new Secret(`access-${round}-${'x'.repeat(800)}`)],
      ['ONEFLEX_REFRESH_TOKEN', new Secret(`refresh-${round}`)],
    ]);
    const startedAt = performance.now();
    const { changedKeys } = await file.merge(values);
    times.push(performance.now() - startedAt);
    if (changedKeys.length !== 2) throw new Error(`${changedKeys.length} keys changed in round ${round}`);
  }
  const both = (share: number): string =>
    `${quantile(times, share).toFixed(1)} ms, bare syncs ${quantile(bare, share).toFixed(1)} ms`;
  const note = ` (of ${MERGES}: 99 % ${both(0.99)}; median ${both(0.5)})`;
  return [
    atMost('export of two keys into 200 lines, with fsync: 99 of 100', quantile(times, 0.99), 15, 'ms', note),
  ];
}

/** What the disk takes for an export: two files at once, then their folder. Milliseconds. */
async function timeOfBareSyncs(folder: string): Promise<number> {
  const content = Buffer.alloc(5_000, 'x');
  const startedAt = performance.now();
  const files = await Promise.all([1, 2].map((number) => open(join(folder, `bare-${number}`), 'w')));
  await Promise.all(files.map((file) => file.write(content).then(() => file.sync())));
  const directory = await open(folder, 'r');
  await directory.sync();
  for (const handle of [...files, directory]) await handle.close();
  return performance.now() - startedAt;
}

/** The engine's own call, from the stored tokens to the stored tokens. */
export async function benchSilentRenewal({ path, env }: Home): Promise<readonly Figure[]> {
  const worldline = await startWorldlineSimulator({ host: 'localhost', latencyMs: LATENCY_MS });
  const settings = settingsSchema.parse({ oneflex: { url: worldline.url } });
  const home = openHome({ home: path, env, settings });
  const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const opened = openEngine(home, {
    log: quiet,
    version: '0.0.0',
    claims: true,
    alertWords: () => ({ title: '', description: '' }),
  });
  try {
    const issued = worldline.issue(worldline.employee);
    await opened.engine.signInToOneflex({
      accessToken: new Secret(issued.accessToken),
      refreshToken: new Secret(issued.refreshToken),
      expiresAt: Date.now() + 900_000,
      cookies: undefined,
    });
    const times: number[] = [];
    for (let round = 0; round < RENEWALS; round += 1) {
      const startedAt = performance.now();
      const renewal = await opened.engine.renewOneflex({ force: true, rungs: ['token-endpoint'] });
      times.push(performance.now() - startedAt);
      if (renewal.kind !== 'renewed') throw new Error(`OneFlex: ${renewal.kind} in round ${round}`);
    }
    return [
      atMost(
        `OneFlex renewed at its token endpoint, ${LATENCY_MS} ms a request`,
        median(times),
        150,
        'ms',
        ` (worst of ${RENEWALS}: ${Math.round(Math.max(...times))} ms)`,
      ),
    ];
  } finally {
    await opened.dispose();
    await home.dispose();
    await worldline.stop();
  }
}

/**
 * `jeton oneflex login` with a bot to export to: from the moment that OneFlex issues the cookies, before its answer
 * has left for the browser, to the new token in the bot's file.
 */
export async function benchSignIn(home: Home): Promise<readonly Figure[]> {
  const figures = [];
  for (const tokenCookies of ['http-only', 'script'] as const)
    figures.push(await signIns(home, tokenCookies));
  return figures;
}

async function signIns(home: Home, tokenCookies: 'http-only' | 'script'): Promise<Figure> {
  const setter = { 'http-only': 'OneFlex', script: 'its page' }[tokenCookies];
  const what = `sign-in: from ${setter} setting the cookies to the bot’s file written`;
  const browser = headlessBrowser(home.folder);
  if (browser === undefined) {
    return notMeasured(what, '≤ 500 ms', 'no browser here (Debian: apt install chromium)');
  }
  const worldline = await startWorldlineSimulator({ host: 'localhost', tokenCookies });
  const bot = join(home.folder, `bot-${tokenCookies}`);
  const envFile = join(bot, 'config', '.env');
  mkdirSync(join(bot, 'config'), { recursive: true });
  writeFileSync(envFile, 'RESERVATION_TIME=09:00\nONEFLEX_TOKEN=old\n');
  const env = { JETON_ONEFLEX_URL: worldline.url, ...ANY_SCREEN };
  const times: number[] = [];
  try {
    await home.jeton(['target', 'add', `bot-${tokenCookies}`, '--dir', bot, '--restart', 'never'], env);
    for (let round = 0; round < SIGN_INS; round += 1) {
      const seen = worldline.ledger.length;
      const written = onceWritten(envFile);
      const issued = worldline.waitFor('tokens-issued', seen).then(() => performance.now());
      const login = home.jeton(['oneflex', 'login', '--timeout', '60', '--browser', browser], env);
      // The identity provider remembers the person from the second time on.
      if (round === 0) {
        await Promise.race([worldline.waitFor('visited'), login]);
        const person = await personAt(profileOf(home.path));
        await person.signIn(worldline.employee, { stay: true });
        await person.leave();
      }
      await login;
      times.push((await written) - (await issued));
    }
  } finally {
    await worldline.stop();
    await home.jeton(['oneflex', 'forget', '--yes'], env);
  }
  const note = ` (worst of ${SIGN_INS}: ${Math.round(Math.max(...times))} ms)`;
  return atMost(what, median(times), 500, 'ms', note);
}

/**
 * How often the browser is asked for its cookies, by a sign-in that comes to nothing: OneFlex's page asks its server for
 * something fifty times a second meanwhile, and is given a cookie each time.
 */
export async function benchLookingOut(home: Home): Promise<readonly Figure[]> {
  const what = 'a chatty sign-in: looks at the cookies';
  const browser = headlessBrowser(home.folder);
  if (browser === undefined) {
    return [notMeasured(what, '≤ 2 a second', 'no browser here (Debian: apt install chromium)')];
  }
  let answers = 0;
  const server = createServer((request, response) => {
    answers += 1;
    response.setHeader('Set-Cookie', `chat=${answers}`);
    response.setHeader('Content-Type', 'text/html');
    response.end(request.url === '/' ? "<script>setInterval(() => fetch('/chat'), 20)</script>" : '');
  });
  const port = await freePort();
  await new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const looks = watchLooks();
  try {
    const outcome = await signInWithInstalledBrowser({
      baseUrl: `http://127.0.0.1:${port}`,
      browser,
      profileDir: join(home.folder, 'chatty'),
      silent: false,
      timeoutMs: CHAT_MS,
      keptCookies: undefined,
      env: { ...process.env, ...ANY_SCREEN },
    });
    if (outcome.kind !== 'timed-out') throw new Error(`a sign-in that leads nowhere: ${outcome.kind}`);
  } finally {
    looks.stop();
    server.closeAllConnections();
    server.close();
  }
  // The first prepares the browser, before there is anything to look out for.
  const [first = 0, ...later] = looks.at.slice(1);
  const seconds = ((later.at(-1) ?? Number.NaN) - first) / 1000;
  const note = ` (${answers} answers with a cookie in ${CHAT_MS / 1000} s)`;
  return [atMost(what, later.length / seconds, 2, 'a second', note)];
}

/** When each question for cookies is asked of any browser that is started from now on; the product does not know. */
function watchLooks(): { readonly at: readonly number[]; stop(): void } {
  const at: number[] = [];
  const launch = chromium.launchPersistentContext.bind(chromium);
  chromium.launchPersistentContext = async (...args) => {
    const context = await launch(...args);
    const cookies = context.cookies.bind(context);
    context.cookies = (...urls) => {
      at.push(performance.now());
      return cookies(...urls);
    };
    return context;
  };
  return {
    at,
    stop() {
      chromium.launchPersistentContext = launch;
    },
  };
}

/** When the file next has other content than now. */
function onceWritten(path: string): Promise<number> {
  const before = readFileSync(path, 'utf8');
  return new Promise((resolve) => {
    const watcher = watch(join(path, '..'), () => {
      const now = performance.now();
      if (readFileSync(path, 'utf8') === before) return;
      watcher.close();
      resolve(now);
    });
  });
}

function ignore(): void {}
