/** jeton.db is damaged: the window says so, and leads out of it. */
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDesk, rowIs, sentenceIs } from './desk.ts';

const DAMAGE = 'not a database at all';

test(
  'a damaged file gives way to its backup, and that to an empty one; both are kept',
  { timeout: 120_000 },
  async () => {
    const desk = await createDesk();
    await desk.addApp('Deploy notices');
    const file = join(desk.home, 'jeton.db');
    const backups = join(desk.home, 'backups');
    mkdirSync(backups, { recursive: true });
    // As an update of the schema makes one.
    copyFileSync(file, join(backups, 'jeton-2026-01-15T100000.000Z-v6.db'));
    writeFileSync(file, DAMAGE);

    const application = await desk.start();
    const page = await application.page(
      ({ url, visibility }) => url.startsWith('app:') && visibility === 'shown',
    );
    await page.getByRole('heading', { name: 'Jeton cannot open what it keeps' }).waitFor();
    await application.until('the tray says so', ({ tray }) => tray?.icon === 'needs-you');
    const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
    await press('Put the backup in its place…');
    await press('Put it in its place');
    await rowIs(page, 'Deploy notices', 'fresh');
    await application.until('the tray, too', ({ tray }) => tray?.icon === 'fresh');
    expect(await application.quit()).toBe(0);

    writeFileSync(file, DAMAGE);
    const again = await desk.start();
    const next = await again.page(({ url, visibility }) => url.startsWith('app:') && visibility === 'shown');
    await next.getByRole('button', { name: 'Begin anew…', exact: true }).click();
    await next.getByRole('button', { name: 'Begin anew', exact: true }).click();
    await sentenceIs(next, 'Nothing to keep fresh yet.');
    expect(
      readdirSync(desk.home, { recursive: true }).filter((name) => String(name).includes('jeton-')),
    ).not.toEqual([]);
    expect(await again.quit()).toBe(0);
  },
);
