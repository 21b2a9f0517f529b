/**
 * How long a sign-in may take, and that the silent one is never seen. Its options, its focus and a clock that hurries
 * are seen on the stand-in alone.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ElectronHost, startHost } from '../electron-host/host.ts';
import type { HostState, WindowState } from '../electron-host/protocol.ts';
import { freePort } from '../support/free-port.ts';
import { electronBinary } from './driver.ts';
import { prepareSignInStage, signInAsEmployee, type SignInStage } from './sign-in-stage.ts';

const MAIN = join(import.meta.dirname, '../../out/main/index.js');
const HURRIED = pathToFileURL(join(import.meta.dirname, 'hurried-clock.ts')).href;

/** Two processes, a browser, and a sign-in from its first page to its last. */
const DEADLINE_MS = 30_000;

async function start(stage: SignInStage, env: Readonly<Record<string, string>> = {}): Promise<ElectronHost> {
  const { home } = stage;
  const host = await startHost({
    main: MAIN,
    home,
    env: { ...stage.env, JETON_HOME: home, ...env },
    args: ['--hidden'],
    execArgv: ['--import', HURRIED],
  });
  onTestFinished(() => host.dispose());
  await host.until('the tray is there', ({ tray }) => tray);
  return host;
}

async function prepared(): Promise<SignInStage> {
  const stage = await prepareSignInStage();
  onTestFinished(() => stage.dispose());
  return stage;
}

const has =
  (label: string) =>
  ({ tray }: HostState): true | undefined =>
    tray?.menu?.some((item) => item.label === label) || undefined;

async function signIn(host: ElectronHost, { worldline }: SignInStage): Promise<void> {
  await host.tray.choose('Reconnect OneFlex…');
  await signInAsEmployee(await host.windows.page(), worldline);
  await host.until('OneFlex is fresh', has(`OneFlex (${worldline.employee.fullName}): fresh`));
  await host.until('the sign-in is over', ({ windows }) => windows.length === 0);
}

describe.runIf(electronBinary() === undefined)('on the stand-in', () => {
  test('a person has five minutes: then the window closes, and it is said', async () => {
    const stage = await prepared();
    const host = await start(stage, { HURRIED_CLOCK: '300000:1500' });
    await host.tray.choose('Reconnect OneFlex…');
    const { body } = await host.notifications.one(({ title }) => title === 'That did not work');
    expect(body).toContain('300 s');
    await host.until('the window is gone', ({ windows }) => windows.length === 0);
    // Nothing is left of it that would stand in the way.
    await host.tray.choose('Reconnect OneFlex…');
    await host.until('there is a window', ({ windows }) => windows.length === 1);
  });

  test(
    'a page on the way that does not open is said in the window, and tried again',
    async () => {
      const stage = await prepared();
      const { web, worldline } = stage;
      let isBroken = true;
      web.answer('/late', (_, response) => {
        if (isBroken) response.destroy();
        else response.writeHead(302, { location: worldline.url }).end();
      });
      const host = await start(stage);
      await host.tray.choose('Reconnect OneFlex…');
      const page = await host.windows.page();
      await page.getByLabel('E-mail', { exact: true }).waitFor();
      await page.goto(`${web.originOf('trap')}/late`).catch(() => undefined);
      const asked = await host.until('it is said', ({ dialogs }) => dialogs.at(-1));
      expect(asked.options).toMatchObject({
        type: 'warning',
        message: 'The page of trap.localhost does not open (ERR_EMPTY_RESPONSE).',
        detail: 'Check the network, then try again.',
        buttons: ['Try again', 'Cancel the sign-in'],
        cancelId: 1,
      });
      expect(host.state.windows).toHaveLength(1);

      isBroken = false;
      await host.dialogs.message(0);
      await signInAsEmployee(page, worldline);
      await host.until('OneFlex is fresh', has(`OneFlex (${worldline.employee.fullName}): fresh`));
      await host.until('the sign-in is over', ({ windows }) => windows.length === 0);
      expect(host.state.notifications).toEqual([]);
    },
    DEADLINE_MS,
  );

  test('a page on the way that does not open can be left, there and from the tray, and the question goes with it', async () => {
    const stage = await prepared();
    const { web } = stage;
    web.answer('/late', (_, response) => void response.destroy());
    const host = await start(stage);
    const leave = [() => host.tray.choose('Cancel the sign-in'), () => host.dialogs.message(1)];
    for (const [index, leaveIt] of leave.entries()) {
      await host.tray.choose('Reconnect OneFlex…');
      const page = await host.windows.page();
      await page.getByLabel('E-mail', { exact: true }).waitFor();
      await page.goto(`${web.originOf('trap')}/late`).catch(() => undefined);
      await host.until('it is said', ({ dialogs }) => dialogs[index]);
      await leaveIt();
      await host.until('the window is gone', ({ windows }) => windows.length === 0);
      await host.until('nobody signs in', has('Reconnect OneFlex…'));
    }
    expect(host.state.notifications).toEqual([]);
  });

  test('a first page that does not open ends the sign-in, in words', async () => {
    const stage = await prepared();
    const host = await start(stage, { JETON_ONEFLEX_URL: `http://localhost:${await freePort()}` });
    await host.tray.choose('Reconnect OneFlex…');
    const { body } = await host.notifications.one(({ title }) => title === 'That did not work');
    expect(body).toContain('The page of localhost does not open (ERR_CONNECTION_REFUSED).');
    await host.until('the window is gone', ({ windows }) => windows.length === 0);
    expect(host.state.dialogs).toEqual([]);
  });

  test('a silent one never shows, takes no focus, says nothing, and ends within 30 s of a page that keeps going', async () => {
    const stage = await prepared();
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
      HURRIED_CLOCK: '28000:4000',
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

    expect(web.visitsTo(`localhost:${web.port}`).filter(({ path }) => path === '/').length).toBeGreaterThan(
      2,
    );
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
  });
});
