/** Every view as a person sees it, in both themes and languages. */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startHost, type HostOptions } from '../../test/electron-host/host.ts';

/** In the order of the window's navigation. */
const VIEWS = ['integrations', 'activity', 'bot', 'settings', 'about'] as const;
const LOCALES = { en: 'en-GB', fr: 'fr-FR' } as const;
const THEMES = ['light', 'dark'] as const;

/** Answers the files. */
export async function takeScreenshots(options: HostOptions, folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const [language, locale] of Object.entries(LOCALES)) {
    await using host = await startHost({ ...options, locale, headless: true });
    if (host.exit !== undefined) throw new Error(`The application did not start.\n${host.output}`);
    await host.startSecond();
    const isOurs = ({ url }: { readonly url: string }): boolean => url.startsWith('app:');
    await host.windows.one((window) => isOurs(window) && window.visibility === 'shown');
    const page = await host.windows.page(isOurs);
    await page.getByRole('navigation').getByRole('link').first().waitFor();
    for (const theme of THEMES) {
      await host.setSystemTheme(theme);
      await page.evaluate(colourSchemeIs(theme));
      for (const [index, view] of VIEWS.entries()) {
        await open(page, index);
        const file = join(folder, `${view}-${language}-${theme}.png`);
        await page.screenshot({ path: file });
        files.push(file);
      }
    }
    await host.quit();
  }
  return files;
}

async function open(page: Page, index: number): Promise<void> {
  const link = page.getByRole('navigation').getByRole('link').nth(index);
  await link.click();
  await page.getByRole('navigation').locator('[aria-current="page"]').waitFor();
  // What it shows is asked for when it is opened.
  await page.waitForLoadState('networkidle');
  await page.evaluate('document.fonts.ready.then(() => undefined)');
}

function colourSchemeIs(theme: (typeof THEMES)[number]): string {
  return `new Promise((resolve) => {
    const query = matchMedia('(prefers-color-scheme: ${theme})');
    const look = () => { if (query.matches) resolve(); };
    query.addEventListener('change', look);
    look();
  })`;
}
