/** The driver itself, on a small application: what the specs of the real one stand on. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { temporaryHome } from '../support/temporary-home.ts';
import { launch } from './driver.ts';

test('a person uses an application, whichever desktop it is on', async () => {
  const main = join(import.meta.dirname, '../electron-host/fixtures/window.ts');
  const application = await launch({ home: temporaryHome() }, main);
  onTestFinished(() => application.dispose());

  await application.until('there is a tray', ({ tray }) => tray);
  await application.chooseFromTray('Open');
  const { id } = await application.until('the window is shown', ({ windows }) =>
    windows.find(({ visibility, url }) => visibility === 'shown' && url === 'app://fixture/index.html'),
  );
  const page = await application.page((window) => window.id === id);
  expect(await page.getByText('waiting').isVisible()).toBe(true);
  expect(await application.quit()).toBe(0);
});
