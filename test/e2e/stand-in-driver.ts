/** The application on the stand-in for Electron. */
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { startHost } from '../electron-host/host.ts';
import type { HostState } from '../electron-host/protocol.ts';
import type { Driver, Seen } from './driver.ts';
import { PATIENCE_MS } from './patience.ts';
import { HURRIED_CLOCK, hurriedClock } from './hurry.ts';
import { iconStateOf } from './tray-icon.ts';

const messageOptions = z.object({
  type: z.string().default('none'),
  message: z.string(),
  detail: z.string().default(''),
  buttons: z.array(z.string()),
  cancelId: z.number().default(0),
});

function seen({ tray, windows, notifications, opened, dialogs }: HostState): Seen {
  const { path = '' } = tray?.icon ?? {};
  return {
    tray: tray && { icon: iconStateOf(path), tooltip: tray.tooltip, menu: tray.menu },
    windows,
    notifications,
    opened: opened.map(({ target }) => target),
    questions: dialogs
      .filter(({ kind }) => kind === 'message')
      .flatMap(({ options }) => messageOptions.safeParse(options).data ?? [])
      .map(({ type, message, detail, buttons, cancelId }) => {
        return { type, message, detail, buttons, escape: buttons[cancelId] };
      }),
  };
}

export const standInDriver: Driver = async (main, { home, env = {}, hurry = [], ...options }) => {
  const host = await startHost({
    main,
    home,
    env: { JETON_HOME: home, ...hurriedClock(hurry), ...env },
    execArgv: hurry.length === 0 ? [] : ['--import', pathToFileURL(HURRIED_CLOCK).href],
    patience: PATIENCE_MS,
    ...options,
  });
  const kill = (): Promise<void> => host.dispose();
  return {
    kind: 'stand-in',
    see: () => Promise.resolve(seen(host.state)),
    until: (what, find) => host.until(what, (state) => find(seen(state))),
    chooseFromTray: (...path) => host.tray.choose(...path),
    clickTray: () => host.tray.click(),
    clickNotification: async (id) => {
      await host.notifications.click(id);
    },
    page: (find) => host.windows.page(find),
    closeWindow: async (id) => {
      await host.windows.close(id);
    },
    crashPage: async (id) => {
      const page = await host.windows.page((window) => window.id === id);
      const devTools = await page.context().newCDPSession(page);
      // Nobody is left to answer.
      devTools.send('Page.crash').catch(() => undefined);
    },
    answerQuestion: async (button) => {
      await host.dialogs.message(seen(host.state).questions.at(-1)?.buttons.indexOf(button) ?? -1);
    },
    happen: async (event) => {
      if (event === 'offline') await host.network.goOffline();
      else if (event === 'online') await host.network.goOnline();
      else await host.call('power.event', { event });
    },
    shutDown: async () => {
      await host.power.shutdown();
      return (await host.exited()).code;
    },
    answerDialog: async (kind, path) => {
      if (kind === 'save') await host.dialogs.save(path);
      else await host.dialogs.open(...(path === undefined ? [] : [path]));
    },
    startSecond: async () => (await host.startSecond()).code,
    cookies: (partition) => host.cookies(partition),
    pid: host.pid,
    get output() {
      return host.output;
    },
    ended: async () => (await host.exited()).code,
    quit: async () => (await host.quit()).code,
    kill,
    dispose: kill,
  };
};
