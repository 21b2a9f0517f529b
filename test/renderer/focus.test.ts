/** Where whoever uses the keys is after each step. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenWindow, type ServedWindow, serveWindow } from './served-window.ts';

let served: ServedWindow;
beforeAll(async () => {
  served = await serveWindow();
});
afterAll(() => served[Symbol.asyncDispose]());

const button = ({ page }: OpenWindow, name: string) => page.getByRole('button', { name, exact: true });
const expectFocus = ({ page }: OpenWindow, selector: string): Promise<void> =>
  expect.poll(() => page.locator(`${selector}:focus`).count()).toBe(1);

describe('a form that is refused leads to the first field that is not right', () => {
  test('of a bot, in a window as narrow as it goes', async () => {
    await using window = await served.open({ scenario: 'empty', width: 360, height: 480 });
    const { page } = window;
    await page.locator('a[href="#bot"]').click();
    await button(window, 'Add a bot').click();
    await page.getByLabel('Name').fill('my-bot');
    await button(window, 'Save').press('Enter');
    const folder = page.getByLabel('Folder');
    await expectFocus(window, 'input[aria-invalid="true"]');
    const seen = await folder.boundingBox();
    expect(seen?.y).toBeGreaterThanOrEqual(0);
    expect((seen?.y ?? 0) + (seen?.height ?? 0)).toBeLessThanOrEqual(480);
    await folder.fill('/srv/my-bot');
    await button(window, 'Save').press('Enter');
    await page.getByRole('article', { name: 'my-bot' }).waitFor();
  });

  test('of a database', async () => {
    await using window = await served.open();
    await window.page.locator('a[href="#settings"]').click();
    await button(window, 'Connect another one').click();
    await window.page.getByLabel('URL of the database').fill('http://elsewhere/app');
    await button(window, 'Try it').press('Enter');
    await expectFocus(window, 'input[aria-invalid="true"]');
  });
});

test('the button that shows what would be filled in keeps the focus as it comes to fill it in', async () => {
  await using window = await served.open({ scenario: 'mixed' });
  await button(window, 'Complete: Old importer').click();
  await window.page.getByLabel('Client id').fill('1.2');
  await window.page.getByLabel('Client secret').fill('test-secret');
  await button(window, 'See what would be filled in').press('Enter');
  await button(window, 'Fill it in').waitFor();
  await expectFocus(window, '[type=submit]');
  await window.page.keyboard.press('Enter');
  await expect
    .poll(() => window.calls('backfill'))
    .toEqual([
      { clientId: '1.2', clientSecret: 'test-secret', dryRun: true },
      { clientId: '1.2', clientSecret: 'test-secret', dryRun: false },
    ]);
  await button(window, 'See what would be filled in').waitFor();
  await expectFocus(window, '[type=submit]');
});
