/** settings.json is a person's to edit, and to spoil. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDesk, sentenceIs } from './desk.ts';

test(
  'spoilt while Jeton runs, the last good settings hold; at its start it says so',
  { timeout: 120_000 },
  async () => {
    const desk = await createDesk();
    await desk.addApp('Deploy notices');
    const file = join(desk.home, 'settings.json');
    const good = readFileSync(file, 'utf8');
    const application = await desk.start();
    const page = await desk.window(application);
    await sentenceIs(page, /^Everything is fresh/);
    writeFileSync(file, '{ "slack": ');
    await application.happen('resume');
    await page
      .getByRole('region', { name: 'The settings cannot be read; the last good ones hold' })
      .waitFor();
    await sentenceIs(page, /^Everything is fresh/);
    expect(await application.quit()).toBe(0);

    const again = await desk.start();
    const next = await again.page(({ url, visibility }) => url.startsWith('app:') && visibility === 'shown');
    await next.getByRole('heading', { name: 'Jeton cannot open what it keeps' }).waitFor();
    writeFileSync(file, good);
    await next.getByRole('button', { name: 'Try again' }).click();
    await sentenceIs(next, /^Everything is fresh/);
    expect(await again.quit()).toBe(0);
  },
);
