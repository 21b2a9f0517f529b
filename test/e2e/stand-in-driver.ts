/** The application on the stand-in for Electron. */
import { startHost } from '../electron-host/host.ts';
import type { HostState } from '../electron-host/protocol.ts';
import type { Driver, Seen } from './driver.ts';
import { PATIENCE_MS } from './patience.ts';
import { iconStateOf } from './tray-icon.ts';

function seen({ tray, windows, notifications, dialogs, opened }: HostState): Seen {
  const { path = '' } = tray?.icon ?? {};
  return {
    tray: tray && { icon: iconStateOf(path), tooltip: tray.tooltip, menu: tray.menu },
    windows,
    notifications,
    questions: dialogs
      .filter(({ kind }) => kind === 'message')
      .map(({ options }) => String(options['message'])),
    opened: opened.map(({ target }) => target),
  };
}

export const standInDriver: Driver = async (main, { home, env = {}, ...options }) => {
  const host = await startHost({
    main,
    home,
    env: { JETON_HOME: home, ...env },
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
      const session = await page.context().newCDPSession(page);
      // Nothing is left that could answer.
      session.send('Page.crash').catch(() => undefined);
    },
    happen: async (event) => {
      await host.call('power.event', { event });
    },
    answerDialog: async (kind, path) => {
      if (kind === 'save') await host.dialogs.save(path);
      else await host.dialogs.open(...(path === undefined ? [] : [path]));
    },
    answerQuestion: async (answer) => {
      await host.dialogs.message(answer === 'yes' ? 0 : 1);
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
