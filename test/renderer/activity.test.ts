/** What happened and the log, as somebody reads them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenOptions, type OpenWindow, type ServedWindow, serveWindow } from './served-window.ts';

let served: ServedWindow;
beforeAll(async () => {
  served = await serveWindow();
});
afterAll(() => served[Symbol.asyncDispose]());

const button = ({ page }: OpenWindow, name: string) => page.getByRole('button', { name, exact: true });
const expectToSee = ({ page }: OpenWindow, text: string | RegExp) =>
  page.getByText(text).filter({ visible: true }).first().waitFor();

async function openActivity(options?: OpenOptions): Promise<OpenWindow> {
  const window = await served.open(options);
  await window.page.locator('a[href="#activity"]').click();
  return window;
}

describe('the log', () => {
  async function openLog(): Promise<OpenWindow> {
    const window = await openActivity();
    await button(window, 'Log').click();
    await expectToSee(window, /^300 lines$/);
    return window;
  }
  const tell = (window: OpenWindow, line: string): Promise<void> =>
    window.fake((fake, told) => fake.emit('logLines', { lines: [told] }), line);
  const top = ({ page }: OpenWindow): Promise<number> =>
    page.locator('.log').evaluate(({ scrollTop }) => scrollTop);
  const distanceToEnd = ({ page }: OpenWindow): Promise<number> =>
    page
      .locator('.log')
      .evaluate(({ scrollTop, clientHeight, scrollHeight }) => scrollHeight - clientHeight - scrollTop);

  test('who ceases to follow keeps the lines; who follows again gets those between, each once', async () => {
    await using window = await openLog();
    await tell(window, '09:20 [info] desk told');
    await expectToSee(window, /^301 lines$/);
    await window.page.getByLabel('Follow').uncheck();
    await expect.poll(() => window.calls('unfollowLogs')).toHaveLength(1);
    await tell(window, '09:21 [info] desk missed');
    await expectToSee(window, /^301 lines$/);
    expect(await window.calls('readLogs')).toEqual([]);
    await window.fake((fake) =>
      fake.answer('followLogs', {
        // One line was told in another order than it stands in the files; another stands there twice.
        lines: [
          '09:19 [info] older than all that is shown',
          '2026-11-28 03:49:50.000 [info] slack renewed id=app:19 ms=109',
          '09:20 [info] desk told',
          '2026-11-28 03:49:40.000 [info] slack renewed id=app:18 ms=108',
          '09:21 [info] desk missed',
          '09:21 [info] desk missed',
        ],
      }),
    );
    await window.page.getByLabel('Follow').check();
    await expectToSee(window, /^303 lines$/);
    await tell(window, '09:22 [info] desk new');
    await expectToSee(window, /^304 lines$/);
    await window.page.getByRole('searchbox', { name: 'Filter the log' }).fill('desk');
    await expectToSee(window, /^4 lines$/);
    const shown = await window.page.locator('.log-line').allTextContents();
    expect(shown.map((line) => line.slice('09:20 [info] '.length))).toEqual([
      'desk told',
      'desk missed',
      'desk missed',
      'desk new',
    ]);
  });

  test('whoever scrolls up stays there, and is taken along again from the end', async () => {
    await using window = await openLog();
    await expect.poll(() => distanceToEnd(window)).toBeLessThan(2);
    await window.page.locator('.log').hover();
    await window.page.mouse.wheel(0, -900);
    await expect.poll(() => distanceToEnd(window)).toBe(900);
    const before = await top(window);
    await tell(window, '09:20 [info] desk told');
    await expectToSee(window, /^301 lines$/);
    expect(await top(window)).toBe(before);
    await window.page.mouse.wheel(0, 5_000);
    await expect.poll(() => distanceToEnd(window)).toBeLessThan(2);
    await tell(window, '09:21 [info] desk told');
    await expectToSee(window, /09:21/);
    await expect.poll(() => distanceToEnd(window)).toBeLessThan(2);
    expect(await window.calls('followLogs')).toHaveLength(1);
  });
});

describe('what happened', () => {
  const listed = async ({ page }: OpenWindow): Promise<number> => {
    const first = page.locator('.timeline-item').first();
    return (await first.count()) === 0 ? 0 : Number(await first.getAttribute('aria-setsize'));
  };

  test('is sought among all there is, once somebody has stopped typing', async () => {
    await using window = await openActivity({ scenario: 'many' });
    await expect.poll(() => listed(window)).toBe(100);
    // The twelve of which something happened; the first hundred entries are of the newest hours alone.
    const first = await window.fake((fake) => fake.world.integrations[0]?.name ?? '');
    await window.page.getByRole('searchbox').pressSequentially(first.toUpperCase());
    await expect.poll(() => listed(window)).toBeGreaterThan(20);
    await expect.poll(() => listed(window)).toBeLessThan(100);
    const asked = await window.calls('listActivity');
    expect(asked.at(-1)).toEqual({ limit: 100, text: first.toUpperCase() });
    expect(asked.length).toBeLessThan(first.length);
    const names = await window.page.locator('.timeline-what > :first-child').allTextContents();
    expect(new Set(names)).toEqual(new Set([first]));
    await window.page.keyboard.press('Escape');
    await expect.poll(() => listed(window)).toBe(100);
    await button(window, 'Problems only').click();
    await expect
      .poll(async () => (await window.calls('listActivity')).at(-1))
      .toEqual({ limit: 100, problems: true });
  });

  test('is told anew only where something has happened since', async () => {
    await using window = await openActivity();
    await expect.poll(() => listed(window)).toBe(100);
    const [row] = await window.page.locator('.timeline-item').all();
    await row?.evaluate((element) => element.setAttribute('data-marked', 'yes'));
    await window.fake((fake) => fake.change({ startAtLogin: 'on' }));
    await expect.poll(() => window.calls('listActivity')).toHaveLength(2);
    const [, again] = await window.calls('listActivity');
    expect(again).toEqual({ limit: 100, known: expect.any(Number) });
    expect(await listed(window)).toBe(100);
    expect(await window.page.locator('.timeline-item[data-marked]').count()).toBe(1);
  });

  test('ten thousand entries are no more in the page than those in sight', async () => {
    await using window = await served.open();
    const answer = (): Promise<void> =>
      window.fake((fake) => {
        const entries = Array.from({ length: 10_000 }, (_, index) => ({
          at: Date.now() - index * 600_000,
          id: 'local:1' as const,
          name: 'Team',
          event: 'renewed',
          what: `renewed ${index}`,
          tone: 'good' as const,
        }));
        fake.answer('listActivity', { entries, mark: 10_000 });
      });
    await answer();
    await window.page.locator('a[href="#activity"]').click();
    await expect.poll(() => listed(window)).toBe(10_000);
    expect(await window.page.locator('.timeline-item').count()).toBeLessThan(100);
    await window.page
      .locator('.view')
      .filter({ visible: true })
      .evaluate((view) => view.scrollTo(0, view.scrollHeight));
    await expectToSee(window, /^renewed 9999$|renewed 9999/);
    const last = window.page.locator('.timeline-item').last();
    expect(await last.getAttribute('aria-posinset')).toBe('10000');
    expect(await window.page.locator('.timeline-item').count()).toBeLessThan(100);
  });
});
