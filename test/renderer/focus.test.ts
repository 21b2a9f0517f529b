/** Where whoever uses the keys is after each step. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Scenario } from './page/scenarios.ts';
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

describe('whoever is led somewhere is there', () => {
  const open = (scenario: Scenario): Promise<OpenWindow> => served.open({ scenario });
  const turnTo = ({ page }: OpenWindow, view: string): Promise<void> =>
    page.locator(`a[href="#${view}"]`).press('Enter');

  test('from what happened to whom it happened, also where another filter hid it', async () => {
    await using window = await open('many');
    await window.page.getByRole('searchbox').fill('nobody has this name');
    await turnTo(window, 'activity');
    const link = window.page.locator('.timeline-entry .link').first();
    const name = await link.textContent();
    await link.press('Enter');
    await expectFocus(window, '.row-name[aria-expanded="true"]');
    expect(await window.page.locator('.row-name:focus .row-title-name').textContent()).toBe(name);
  });

  test('from the trouble with a database to its settings', async () => {
    await using window = await open('database-down');
    await button(window, 'Database settings').press('Enter');
    await expectFocus(window, '[data-group="database"]');
    await window.page.keyboard.press('Tab');
    await expectFocus(window, '[data-group="database"] button');
  });

  test('from the diagnostics to the log, and there nobody is taken back to it', async () => {
    await using window = await open('fresh');
    await turnTo(window, 'about');
    await button(window, 'See the log').press('Enter');
    await expectFocus(window, '.log');
    await button(window, 'What happened').press('Enter');
    await button(window, 'Log').press('Enter');
    await window.page.locator('.log').waitFor();
    await expectFocus(window, '.segment[aria-pressed="true"]');
  });

  test('from the page of what keeps all from working to the log', async () => {
    await using window = await open('trouble');
    await button(window, 'See the log').press('Enter');
    await expectFocus(window, '.log');
  });

  test('from the tray to a view, but not out of the middle of it', async () => {
    await using window = await open('fresh');
    const request = (): Promise<void> =>
      window.fake((fake) => fake.emit('viewRequested', { view: 'settings', id: null }));
    await request();
    await expectFocus(window, 'h1');
    const field = window.page.getByLabel('Base of Slack’s Web API');
    await field.focus();
    await request();
    await window.page.keyboard.type('x');
    expect(await field.inputValue()).toMatch(/x$/);
  });

  test('from the tray to an integration', async () => {
    await using window = await open('many');
    await turnTo(window, 'about');
    await window.fake((fake) => {
      const id = fake.world.integrations.at(-1)?.id;
      fake.emit('viewRequested', { view: 'integrations', id: id ?? null });
    });
    await expectFocus(window, '.row-name[aria-expanded="true"]');
  });

  test('the navigation keeps the focus, and nothing has it at first', async () => {
    await using window = await open('fresh');
    expect(await window.page.locator(':focus').count()).toBe(0);
    for (const view of ['activity', 'bot', 'settings', 'about', 'integrations']) {
      await turnTo(window, view);
      await window.page.locator('main h1').filter({ visible: true }).waitFor();
      await expectFocus(window, `a[href="#${view}"]`);
    }
  });
});
