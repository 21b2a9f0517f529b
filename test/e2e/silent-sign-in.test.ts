/**
 * The silent sign-in is never seen: not for a moment, which the stand-in alone tells, as it does with which options the
 * window was made.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { type ElectronHost, startHost } from '../electron-host/host.ts';
import type { WindowState } from '../electron-host/protocol.ts';
import { HURRIED_CLOCK, hurriedClock } from './hurry.ts';
import { prepareSignInStage, signInAsEmployee, type SignInStage } from './sign-in-stage.ts';

const MAIN = join(import.meta.dirname, '../../out/main/index.js');

async function start(stage: SignInStage, env: Readonly<Record<string, string>> = {}): Promise<ElectronHost> {
  const { home } = stage;
  const host = await startHost({
    main: MAIN,
    home,
    env: { ...stage.env, JETON_HOME: home, ...env },
    args: ['--hidden'],
    execArgv: ['--import', pathToFileURL(HURRIED_CLOCK).href],
  });
  onTestFinished(() => host.dispose());
  await host.until('the tray is there', ({ tray }) => tray);
  return host;
}

async function signIn(host: ElectronHost, { worldline }: SignInStage): Promise<void> {
  await host.tray.choose('Reconnect OneFlex…');
  await signInAsEmployee(await host.windows.page(), worldline);
  const fresh = `OneFlex (${worldline.employee.fullName}): fresh`;
  await host.until('OneFlex is fresh', ({ tray }) => tray?.menu?.find(({ label }) => label === fresh));
  await host.until('the sign-in is over', ({ windows }) => windows.length === 0);
}

test('a silent one never shows, takes no focus, says nothing, and ends within 30 s of a page that keeps going', async () => {
  const stage = await prepareSignInStage();
  onTestFinished(() => stage.dispose());
  const first = await start(stage);
  await signIn(first, stage);
  await first.quit();
  // OneFlex itself, gone bad: its page is never done, and asks for everything that would be noticed.
  const { web } = stage;
  web.answer(
    '/',
    `<script>
      focus(); Notification.requestPermission(); open('/rest');
      onload = () => setTimeout(() => location.replace('/?' + Math.random()), 50);
    </script>`,
  );
  web.answer('/api/auth/token', (_, response) => void response.writeHead(404).end());
  const host = await start(stage, {
    JETON_ONEFLEX_URL: `http://localhost:${web.port}`,
    // Half a minute, less what closing takes.
    ...hurriedClock([{ from: 28_000, to: 8_000 }]),
  });
  const seen: WindowState[] = [];
  const letGo = host.watch(({ windows }) => void seen.push(...windows));
  const row = await host.until('OneFlex is in the menu', ({ tray }) =>
    tray?.menu?.find(({ label }) => label.startsWith('OneFlex (')),
  );
  await host.tray.choose(row.label, 'Renew now');
  await host.until('the silent sign-in runs', ({ windows }) => windows.length === 1);
  await host.until('the silent sign-in is over', ({ windows }) => windows.length === 0);
  letGo();

  expect(web.visitsTo(`localhost:${web.port}`).filter(({ path }) => path === '/').length).toBeGreaterThan(2);
  expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
  expect(seen.filter(({ visibility, isFocused }) => visibility !== 'hidden' || isFocused)).toEqual([]);
  expect(seen[0]?.options).toMatchObject({
    show: false,
    focusable: false,
    skipTaskbar: true,
    webPreferences: { disableDialogs: true, backgroundThrottling: false },
  });
  expect(host.state.notifications.filter(({ title }) => title.startsWith('Blocked'))).toEqual([]);
  expect(host.state.opened).toEqual([]);
}, 60_000);
