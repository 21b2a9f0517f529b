/** How the window looks: what axe finds, what runs out of it, and a picture to look at. */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import axe from 'axe-core';
import type { OpenWindow } from './served-window.ts';

const PICTURES = resolve(import.meta.dirname, '../../test-results/window');

/** As wide as it gets, between two of its arrangements, and as narrow as it gets: there axe finds nothing. */
export const WIDTHS = [1200, 760, 360] as const;
/** What 200 % of zoom leaves of 1200. */
const ZOOMED = 600;
const THEMES = ['light', 'dark'] as const;
/** What holds something, and lets none of it run out. */
const WHOLE = 'html, .view, .side, .panel, .card, .notice, .standing, .setting, .confirm, .form, .facts';

export interface LookOptions {
  /** Of the pictures. */
  readonly name: string;
  readonly height: number;
  /** All of what can be found is looked for; else only what other words may bring about. */
  readonly isExamined: boolean;
  readonly pictured: readonly number[];
}

/** Whatever axe finds or has to be scrolled sideways, at every width and in both themes. Leaves pictures to look at. */
export async function look(
  window: OpenWindow,
  { name, height, isExamined, pictured }: LookOptions,
): Promise<readonly string[]> {
  const { page } = window;
  const wrong: string[] = [];
  const fit = async (width: number): Promise<void> => {
    await page.setViewportSize({ width, height });
    wrong.push(...(await cutOff(window)).map((part) => `${name} at ${width}: ${part} is cut off`));
  };
  // Nothing is pointed at in a picture.
  await page.mouse.move(0, 0);
  mkdirSync(PICTURES, { recursive: true });
  if (isExamined && !(await page.evaluate(`'axe' in window`))) await page.evaluate(axe.source);
  for (const theme of THEMES) {
    // In the dark only the colours are other ones.
    if (theme === 'dark' && !isExamined) continue;
    await page.emulateMedia({ colorScheme: theme });
    for (const width of isExamined ? WIDTHS : pictured) {
      await fit(width);
      if (theme === 'light')
        wrong.push(...(await undecided(window)).map((part) => `${name}: ${part} has two first buttons`));
      const found = isExamined ? await findings(window, theme) : [];
      wrong.push(...found.map((finding) => `${name} at ${width}, ${theme}: ${finding}`));
      if (pictured.includes(width) && (theme === 'light' || width === 1200)) {
        await page.screenshot({ path: join(PICTURES, `${name}-${theme}-${width}.png`) });
      }
    }
  }
  if (isExamined) await fit(ZOOMED);
  return wrong;
}

/** All of what axe knows in the light; in the dark what can be other there. */
function findings({ page }: OpenWindow, theme: 'light' | 'dark'): Promise<readonly string[]> {
  const rules = theme === 'dark' ? `runOnly: ['color-contrast', 'link-in-text-block'],` : '';
  return page.evaluate(`axe.run({ ${rules} resultTypes: ['violations'] }).then(({ violations }) =>
    violations.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => [id, help, html.slice(0, 160), failureSummary].join('\\n'))))`);
}

/** Where two buttons say that they are the one to press. */
function undecided({ page }: OpenWindow): Promise<readonly string[]> {
  return page.evaluate(`[...document.querySelectorAll('.list-item, .card, .panel, .standing, .full-page')]
    .filter((part) => part.querySelectorAll('.button-primary').length > 1)
    .map(({ tagName, className }) => tagName + '.' + className)`);
}

/** What has to be scrolled sideways to be read, or cannot be read at all. */
function cutOff({ page }: OpenWindow): Promise<readonly string[]> {
  return page.evaluate(`{
    const isRead = ({ scrollWidth, clientWidth }) => clientWidth === 0 || scrollWidth <= clientWidth;
    const { left, right } = (document.querySelector('.frame-main') ?? document.body).getBoundingClientRect();
    const isInside = (part) => {
      const place = part.getBoundingClientRect();
      return place.left >= left && place.right <= right;
    };
    [
      ...[...document.querySelectorAll(${JSON.stringify(WHOLE)})].filter((part) => !isRead(part)),
      ...[...document.querySelectorAll('[role=menu]')].filter((part) => !isInside(part)),
    ].map(({ tagName, className }) => tagName + '.' + className);
  }`);
}
