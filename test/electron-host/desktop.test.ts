/** Tray, notifications, power and the rest of a desktop: https://www.electronjs.org/docs/latest/api/app and its neighbours */
import { expect, test } from 'vitest';
import { startFixture } from './told.ts';

// …/api/power-monitor#event-lock-screen-macos-windows
test('Linux tells of no lock: it is asked', async () => {
  const fixture = await startFixture('desktop', { platform: 'linux' });
  const { host } = fixture;
  await fixture.hear('loaded');
  await host.power.lock();
  await host.power.resume();
  expect(await fixture.hear('resume')).toBe('locked');
  await host.power.unlock();
  expect(fixture.heard('lock-screen')).toEqual([]);
  expect(fixture.heard('unlock-screen')).toEqual([]);
});

test('a person and a machine act on the application, and see what it does', async () => {
  const fixture = await startFixture('desktop', {
    locale: 'fr-FR',
    languages: ['fr-FR', 'en-US'],
    dark: false,
    platform: 'darwin',
  });
  const { host } = fixture;
  await fixture.hear('loaded');

  // …/api/native-image and …/api/tray
  expect(await fixture.hear('icon')).toEqual({ isEmpty: false, size: { width: 16, height: 16 } });
  expect(host.state.tray).toMatchObject({
    icon: { width: 16, height: 16, path: expect.stringMatching(/icon\.png$/) },
    tooltip: 'All is well',
  });
  expect(host.tray.lines()).toEqual(['All is well', 'Pause', '  For an hour']);
  await host.tray.choose('Pause', 'For an hour');
  expect(await fixture.hear('paused')).toBe(true);
  expect(host.state.tray?.menu?.[1]?.submenu[0]?.checked).toBe(true);
  await expect(host.tray.choose('All is well')).rejects.toThrow("'All is well' is greyed out");
  await expect(host.tray.choose('Hidden')).rejects.toThrow("no 'Hidden' in the menu");
  await host.tray.click();
  await host.tray.rightClick();
  await fixture.hear('right-click');

  // …/api/power-monitor
  await host.power.lock();
  expect(await fixture.hear('lock-screen')).toBe('locked');
  await host.power.unlock();
  expect(await fixture.hear('unlock-screen')).toBe('active');
  await host.power.suspend();
  await host.power.resume();
  await fixture.hear('resume');

  // …/api/notification and …/api/net
  const { id } = await host.notifications.one(({ title }) => title === 'OneFlex');
  await host.network.goOffline();
  await host.notifications.click(id);
  expect(await fixture.hear('notification clicked')).toBe(false);
  await host.notifications.close(id);
  await fixture.hear('notification closed');
  expect(host.state.notifications).toEqual([{ id, title: 'OneFlex', body: 'needs you', status: 'closed' }]);

  // …/api/clipboard, …/api/shell and login items
  expect(host.state).toMatchObject({
    clipboard: 'copied',
    opened: [
      { kind: 'external', target: 'https://example.test/' },
      { kind: 'path', target: '/a/folder' },
    ],
    loginItem: { openAtLogin: true },
  });
  expect(await fixture.hear('login')).toBe(true);
  expect(await fixture.hear('locale')).toEqual(['fr-FR', ['fr-FR', 'en-US']]);

  // …/api/dialog
  expect(await fixture.hear('given up')).toEqual({ response: 1, checkboxChecked: false });
  await host.until('a second dialog', ({ dialogs }) => dialogs[1]);
  expect(host.state.dialogs).toEqual([
    { kind: 'message', options: { message: 'Again?', buttons: ['Again', 'Leave'], cancelId: 1 } },
    { kind: 'open', options: { properties: ['openDirectory'] } },
  ]);
  await host.dialogs.open('/chosen');
  expect(await fixture.hear('chosen')).toEqual({ canceled: false, filePaths: ['/chosen'] });

  // …/api/native-theme
  expect(await fixture.hear('theme')).toBe(true);
  const page = await host.windows.page();
  expect(await page.evaluate('matchMedia("(prefers-color-scheme: dark)").matches')).toBe(true);

  expect(host.state.trayReadyAfterMs).toBeGreaterThan(0);
  expect(await host.cpu()).toBeGreaterThan(0);
});

test('what is not there says so, and is never undefined', async () => {
  const fixture = await startFixture('desktop');
  await fixture.hear('loaded');
  expect(fixture.heard('refused')).toEqual([
    ['member', 'NotImplemented: not implemented in the stand-in: app.getGPUInfo'],
    ['module', 'NotImplemented: not implemented in the stand-in: globalShortcut.register'],
    ['event', "NotImplemented: not implemented in the stand-in: tray event 'balloon-show'"],
    ['setting', 'NotImplemented: not implemented in the stand-in: app.badgeCount = …'],
  ]);
  expect(fixture.heard('worked')).toEqual([]);
});

test('a process that the test leaves behind ends with it, browser included', async () => {
  const fixture = await startFixture('desktop');
  await fixture.hear('loaded');
  const { pid } = fixture.host;
  await fixture.host.dispose();
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  expect(fixture.host.exit).toEqual({ code: null, signal: 'SIGKILL' });
});
