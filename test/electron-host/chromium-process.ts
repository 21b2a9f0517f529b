/** Debian's Chromium as a process of the test's own, ready for DevTools. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface ChromiumProcess {
  /** `ws://127.0.0.1:…` */
  readonly endpoint: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const ARGS = [
  '--remote-debugging-port=0',
  '--no-startup-window',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-default-apps',
  '--disable-sync',
  '--disable-extensions',
  '--disable-client-side-phishing-detection',
  '--disable-search-engine-choice-screen',
  '--disable-popup-blocking',
  '--disable-hang-monitor',
  '--password-store=basic',
  '--use-mock-keychain',
  '--metrics-recording-only',
  // A window behind another one is not hidden, on a screen that nobody looks at.
  '--disable-backgrounding-occluded-windows',
  // All frames of a page are in one target, so that one DevTools session sees them.
  '--disable-site-isolation-trials',
  '--disable-back-forward-cache',
  '--disable-features=IsolateSandboxedIframes,IsolateOrigins,site-per-process,Translate,OptimizationHints,MediaRouter,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,CalculateNativeWinOcclusion,PaintHolding,Prerender2',
];

/** Its profile is a folder under `folder`, which is gone once it has stopped. */
export async function startChromium(
  folder: string,
  {
    isHeadless,
    args = [],
    env = process.env,
  }: { isHeadless: boolean; args?: readonly string[]; env?: NodeJS.ProcessEnv },
): Promise<ChromiumProcess> {
  const profile = mkdtempSync(join(folder, 'chromium-'));
  const all = [...ARGS, ...args, `--user-data-dir=${profile}`];
  if (isHeadless) all.unshift('--headless=new');
  if (process.getuid?.() === 0) all.unshift('--no-sandbox');
  // A group of its own: all its processes end with it.
  const child = spawn('/usr/bin/chromium', all, { env, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close');
  let said = '';
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-10_000);
      const match = /DevTools listening on (ws:\S+)/.exec(said);
      if (match !== null) resolve(match[1]!);
    });
    child.on('error', reject);
    void ended.then(() => reject(new Error(`Chromium did not start: ${said}`)));
  });
  return {
    endpoint,
    pid: child.pid!,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        try {
          process.kill(-child.pid!, 'SIGKILL');
        } catch {
          // It ended by itself meanwhile.
        }
      }
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
