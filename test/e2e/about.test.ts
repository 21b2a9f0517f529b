/** What somebody looks at who wonders whether all is well: the log as it grows, a report, and folders. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDesk } from './desk.ts';

test('the log is followed, a report is copied, folders are opened', { timeout: 90_000 }, async () => {
  const desk = await createDesk();
  await desk.addApp('Deploy notices');
  const application = await desk.start();
  const page = await desk.window(application);
  await page.getByRole('link', { name: 'Activity' }).click();
  await page.getByRole('button', { name: 'Log', exact: true }).click();
  await page.getByText('application-started').first().waitFor();
  // What another process writes is seen as it comes.
  await desk.type(['slack', 'refresh', '--force']);
  await page.getByText('refresh-finished').first().waitFor();

  await page.getByRole('link', { name: 'About' }).click();
  const report = page.getByRole('list', { name: 'Diagnostics' });
  await report.waitFor();
  await page.getByRole('button', { name: 'Copy the report' }).click();
  await page.getByText('Copied.').waitFor();
  await page.getByRole('button', { name: 'Open log folder' }).click();
  await page.getByRole('button', { name: 'Open home folder' }).click();
  const opened = await application.until('both are open', (seen) => seen.opened.length === 2 && seen.opened);
  expect(opened.toSorted()).toEqual([desk.home, join(desk.home, 'logs')]);
  await desk.expectNothingGivenAway();
});
