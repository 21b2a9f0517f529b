/**
 * `npm run preview`: the built tray application on the tests' stand-in for Electron, for machines that cannot download
 * Electron's binary. Its window is a real one, of Chromium; its tray is in this terminal.
 *
 *     npm run preview                          on your own home
 *     npm run preview -- --demo                on simulators of Slack and OneFlex, in a folder that is removed
 *     npm run preview -- --screenshot DIR      every view, light and dark, English and French; on the demo
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { resolveHome } from '../src/node/paths.ts';
import { startDisplay, type Display } from '../test/support/display.ts';
import { startHost, type ElectronHost } from '../test/electron-host/host.ts';
import { ensureBuilt } from './ensure-built.ts';
import { Demo } from './preview/demo.ts';
import { takeScreenshots } from './preview/screenshots.ts';
import { serveTray } from './preview/terminal-tray.ts';

const MAIN = join(import.meta.dirname, '../out/main/index.js');

interface Wishes {
  readonly demo: boolean;
  readonly screenshot: string | undefined;
  readonly locale: string;
}

function readWishes(): Wishes {
  const { values } = parseArgs({
    options: {
      demo: { type: 'boolean', default: false },
      screenshot: { type: 'string' },
      locale: { type: 'string', default: Intl.DateTimeFormat().resolvedOptions().locale },
    },
  });
  return {
    demo: values.demo || values.screenshot !== undefined,
    screenshot: values.screenshot,
    locale: values.locale,
  };
}

/** Of the person's own, and removed at the end all the same: only Chromium's part is here. */
async function previewHome(env: NodeJS.ProcessEnv, locale: string, stop: AbortSignal): Promise<void> {
  const { platform } = process;
  const home = resolveHome({ env, platform, homedir: homedir(), cwd: process.cwd() });
  const partitionsDir = mkdtempSync(join(tmpdir(), 'jeton-preview-'));
  try {
    await showUntilItEnds({ home, partitionsDir, env: { JETON_HOME: home }, locale }, stop);
  } finally {
    rmSync(partitionsDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

interface Shown {
  readonly home: string;
  readonly partitionsDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly locale: string;
}

async function showUntilItEnds({ env, ...options }: Shown, stop: AbortSignal): Promise<void> {
  const display = await screen();
  let host: ElectronHost | undefined;
  try {
    host = await startHost({ main: MAIN, ...options, env: { ...env, ...display?.env }, headless: false });
    const running = host;
    stop.addEventListener('abort', () => void running.quit().catch(() => undefined), { once: true });
    // As for a person who starts it again to see it.
    if (host.exit === undefined) await host.startSecond();
    const letGo = serveTray(host);
    const { code } = await host.exited();
    letGo();
    console.log(code === 0 ? 'It has ended.' : `It ended with code ${code}.\n${host.output}`);
  } finally {
    await host?.dispose();
    await display?.stop();
  }
}

/** Where there is none, one that nobody looks at, unless somebody follows what is said about it. */
async function screen(): Promise<Display | undefined> {
  const { DISPLAY = '', WAYLAND_DISPLAY = '' } = process.env;
  if (process.platform !== 'linux' || DISPLAY !== '' || WAYLAND_DISPLAY !== '') return undefined;
  const display = await startDisplay();
  const name = display.env.DISPLAY;
  console.log(
    [
      `There is no screen here; the window is on ${name} of Xvfb. To see it:`,
      `  x11vnc -display ${name} -localhost      then connect a VNC viewer to localhost:5900`,
      `  import -display ${name} -window root preview.png      for one picture (ImageMagick)`,
      '  npm run preview -- --screenshot DIR      for pictures of every view',
    ].join('\n'),
  );
  return display;
}

async function main(): Promise<number> {
  const { demo, screenshot, locale } = readWishes();
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  ensureBuilt('cli', 'main', 'preload', 'renderer');
  if (!demo) {
    await previewHome(process.env, locale, stop.signal);
    return 0;
  }
  const stage = await Demo.prepare(stop.signal);
  try {
    const { home, partitionsDir, env } = stage;
    if (screenshot === undefined) {
      console.log(stage.howTo);
      await showUntilItEnds({ home, partitionsDir, env, locale }, stop.signal);
      return 0;
    }
    const folder = resolve(screenshot);
    mkdirSync(folder, { recursive: true });
    const files = await takeScreenshots({ main: MAIN, home, partitionsDir, env }, folder);
    console.log(`${files.length} pictures in ${folder}`);
    return 0;
  } finally {
    await stage.dispose();
  }
}

process.exitCode = await main();
