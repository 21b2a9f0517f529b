/** What somebody looks at who wonders whether all is well: the log as it grows, a report, folders and licences. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDesk } from './desk.ts';

test(
  'the log is followed, a report is copied, folders are opened, licences are read',
  { timeout: 90_000 },
  async () => {
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
    const folders = await application.until('both are open', ({ opened }) => opened.length === 2 && opened);
    expect(folders).toEqual([join(desk.home, 'logs'), desk.home]);
    await page.getByRole('button', { name: 'Licences' }).click();
    await page.getByText('playwright-core', { exact: true }).click();
    await page
      .getByRole('region', { name: 'Licence of playwright-core' })
      .getByText('Apache License')
      .waitFor();
    await desk.expectNothingGivenAway();
  },
);
