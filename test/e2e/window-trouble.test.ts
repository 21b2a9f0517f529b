/** There is no window, though somebody wants one: that is said, and the next click makes another. */
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryHome } from '../support/temporary-home.ts';
import { createDesk, HIDDEN, sentenceIs } from './desk.ts';
import type { DrivenApplication } from './driver.ts';

const root = join(import.meta.dirname, '../..');

const shownWindow = (application: DrivenApplication, but?: number) =>
  application.until('a window', ({ windows }) =>
    windows.find(({ id, visibility }) => visibility === 'shown' && id !== but),
  );

test('a window that falls comes back; one that falls again is said', { timeout: 60_000 }, async () => {
  const desk = await createDesk();
  const application = await desk.start();
  await desk.window(application);
  const first = await shownWindow(application);
  await application.crashPage(first.id);
  const second = await shownWindow(application, first.id);
  await desk.window(application);
  expect((await application.see()).questions).toEqual([]);

  await application.crashPage(second.id);
  const question = await application.until('it is said', ({ questions }) => questions[0]);
  expect(question.message).toBe('Jeton’s window fell twice within a minute.');
  expect(question.detail).toContain('A click on the icon opens it anew');
  expect((await application.see()).windows).toEqual([]);
  await application.answerQuestion('Open log folder');
  await application.until('the log', ({ opened }) => opened.includes(join(desk.home, 'logs')));

  await application.clickTray();
  await sentenceIs(await desk.window(application), 'Nothing to keep fresh yet.');
  await desk.expectNothingGivenAway();
});

test('a window without its page is said, and each time anew', { timeout: 120_000 }, async () => {
  const desk = await createDesk();
  // As an installation that lost a part of itself.
  const folder = temporaryHome();
  for (const name of ['package.json', 'assets', 'out/main', 'out/preload'])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
  const application = await desk.start({
    ...HIDDEN,
    main: join(folder, 'out/main/index.js'),
    hurry: [{ from: 30_000, to: 10_000 }],
  });
  await application.until('a tray', ({ tray }) => tray?.tooltip);
  for (const count of [1, 2]) {
    // A page that loads, and has lost its scripts.
    if (count === 2)
      cpSync(join(root, 'out/renderer/index.html'), join(folder, 'out/renderer/index.html'), {
        recursive: true,
      });
    await application.clickTray();
    const said = await application.until('it is said', ({ questions }) => questions[count - 1]);
    expect(said.message).toBe('Jeton’s window cannot be shown: its page does not load.');
    expect((await application.see()).windows).toEqual([]);
    await application.answerQuestion('Close');
  }

  // Installed anew, over it.
  cpSync(join(root, 'out/renderer'), join(folder, 'out/renderer'), { recursive: true });
  await application.clickTray();
  await sentenceIs(await desk.window(application), 'Nothing to keep fresh yet.');
  await desk.expectNothingGivenAway();
});
