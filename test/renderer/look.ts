/** How the window looks: what axe finds, what runs out of it, and a picture to look at. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import axe from 'axe-core';
import { expect } from 'vitest';
import type { OpenWindow } from './served-window.ts';

const PICTURES = resolve(import.meta.dirname, '../../test-results/window');

/** As wide as it gets, between two of its arrangements, and as narrow as it gets: there axe finds nothing. */
const WIDTHS = [1200, 760, 360] as const;
/** What 200 % of zoom leaves of 1200. */
const ZOOMED = 600;
const THEMES = ['light', 'dark'] as const;

export interface LookOptions {
  /** Of the pictures. */
  readonly name: string;
  readonly height: number;
  /** What reads the same in every language is examined in one. */
  readonly isExamined: boolean;
}

/** Fails on whatever axe finds or has to be scrolled sideways, at every width and in both themes. */
export async function look(window: OpenWindow, { name, height, isExamined }: LookOptions): Promise<void> {
  const { page } = window;
  mkdirSync(PICTURES, { recursive: true });
  if (isExamined && !(await page.evaluate(`'axe' in window`))) await page.evaluate(axe.source);
  for (const theme of THEMES) {
    // In the dark only the colours are other ones.
    if (theme === 'dark' && !isExamined) continue;
    await page.emulateMedia({ colorScheme: theme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height });
      const place = `${name}-${theme}-${width}`;
      expect(await isWiderThanItsWindow(window), place).toBe(false);
      if (isExamined) expect(await findings(window, theme), place).toEqual([]);
      if (theme === 'light' || width === 1200) {
        await page.screenshot({ path: join(PICTURES, `${place}.png`) });
      }
    }
  }
  await page.setViewportSize({ width: ZOOMED, height });
  expect(await isWiderThanItsWindow(window), `${name}-${ZOOMED}`).toBe(false);
}

/** All of what axe knows in the light; in the dark what can be other there. */
function findings({ page }: OpenWindow, theme: 'light' | 'dark'): Promise<readonly string[]> {
  const rules = theme === 'dark' ? `runOnly: ['color-contrast', 'link-in-text-block'],` : '';
  return page.evaluate(`axe.run({ ${rules} resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => [id, help, html.slice(0, 160), failureSummary].join('\\n'))))`);
}

/** What has to be scrolled sideways to be read. */
function isWiderThanItsWindow({ page }: OpenWindow): Promise<boolean> {
  return page.evaluate(
    `[...document.querySelectorAll('.view, .side, html')].some((part) => part.scrollWidth > part.clientWidth)`,
  );
}
