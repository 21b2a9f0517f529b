/** The driver itself, on a small application: what the specs of the real one stand on, each thing that it can do. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryHome } from '../support/temporary-home.ts';
import { launch } from './driver.ts';

test('a person uses an application, whichever desktop it is on', async () => {
  const main = join(import.meta.dirname, 'fixtures/small.mjs');
  const application = await launch({ home: temporaryHome(), locale: 'fr-CH' }, main);
  onTestFinished(() => application.dispose());
  const isSaid = (tooltip: string) =>
    application.until(`it says ${tooltip}`, ({ tray }) => tray?.tooltip === tooltip);

  // The tray
  const { tray } = await application.until('it is ready', (seen) => seen.tray?.tooltip === 'ready' && seen);
  expect(tray?.icon).toBe('fresh');
  expect(tray?.menu?.map(({ label, enabled }) => [label, enabled])).toEqual([
    ['Open', true],
    ['', true],
    ['Ask & tell', true],
    ['More', true],
    ['Not now', false],
  ]);
  expect(tray?.menu?.[3]?.submenu.map(({ label }) => label)).toEqual(['Fail']);
  await application.chooseFromTray('More', 'Fail');
  await application.until('the icon says so', (seen) => seen.tray?.icon === 'failing');
  await expect(application.chooseFromTray('Not now')).rejects.toThrow('greyed out');
  await expect(application.chooseFromTray('Nothing')).rejects.toThrow("no 'Nothing' in the menu");
  await application.clickTray();
  await isSaid('clicked');

  // Windows
  await application.chooseFromTray('Open');
  const { id } = await application.until('the window is shown', ({ windows }) =>
    windows.find(({ visibility, url }) => visibility === 'shown' && url === 'app://small/index.html'),
  );
  const page = await application.page((window) => window.id === id);
  expect(await page.getByText('waiting').isVisible()).toBe(true);
  await application.closeWindow(id);
  await application.until('it is hidden', ({ windows }) => windows[0]?.visibility === 'hidden');
  expect(await application.startSecond()).toBe(0);
  await application.until('it is shown', ({ windows }) => windows[0]?.visibility === 'shown');

  // Dialogs, notifications, other programs; answered before they are asked, and after
  await application.answerDialog('open', '/chosen');
  await application.chooseFromTray('Ask & tell');
  await application.answerDialog('save', undefined);
  await application.until('it asks', ({ questions }) => questions[0] === '?');
  await application.answerQuestion('no');
  const told = await application.until('it is told', ({ notifications }) => notifications[0]);
  expect(told).toMatchObject({ title: 'Told', body: '/chosen  1' });
  await application.clickNotification(told.id);
  const opened = await application.until('it is opened', (seen) => seen.opened[0]);
  expect(opened).toMatch(/tray$/);

  // The machine
  for (const event of ['suspend', 'resume', 'lock-screen', 'unlock-screen'] as const) {
    await application.happen(event);
    await isSaid(event);
  }
  expect(application.output).toContain('language fr-CH');
  expect(application.pid).toBeGreaterThan(0);
  expect(await application.quit()).toBe(0);
});
