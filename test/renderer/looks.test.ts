/** Every view at every width, in both themes and languages: axe finds nothing, and a picture is left to look at. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { look, WIDTHS } from './look.ts';
import { type OpenOptions, type OpenWindow, type ServedWindow, serveWindow } from './served-window.ts';

interface Look {
  readonly name: string;
  readonly scenario: NonNullable<OpenOptions['scenario']>;
  readonly view: string;
  /** What is opened first. */
  readonly prepare?: (window: OpenWindow) => Promise<unknown>;
}

const LOOKS: readonly Look[] = [
  {
    name: 'integrations',
    scenario: 'mixed',
    view: 'integrations',
    prepare: ({ page }) => page.locator('.row-name', { hasText: 'Team Lyon' }).click(),
  },
  { name: 'integrations-fresh', scenario: 'fresh', view: 'integrations' },
  {
    name: 'integrations-empty',
    scenario: 'empty',
    view: 'integrations',
    prepare: ({ page }) => page.locator('.choice').nth(2).click(),
  },
  {
    name: 'integrations-sign-in',
    scenario: 'empty',
    view: 'integrations',
    prepare: async ({ page }) => {
      await page.locator('.choice').first().click();
      await page.locator('.panel button').nth(2).click();
    },
  },
  { name: 'integrations-many', scenario: 'many', view: 'integrations' },
  {
    name: 'integrations-renewing',
    scenario: 'many',
    view: 'integrations',
    prepare: (window) =>
      window.fake((fake) => fake.change({ renewing: { done: 137, total: 500, isStopping: false } })),
  },
  {
    name: 'vault-locked',
    scenario: 'vault-locked',
    view: 'integrations',
    prepare: ({ page }) => page.locator('.standing button').nth(1).click(),
  },
  { name: 'database-down', scenario: 'database-down', view: 'integrations' },
  { name: 'paused', scenario: 'paused', view: 'integrations' },
  { name: 'trouble', scenario: 'trouble', view: 'integrations' },
  { name: 'activity', scenario: 'slack-revoked', view: 'activity' },
  {
    name: 'activity-log',
    scenario: 'fresh',
    view: 'activity',
    prepare: ({ page }) => page.locator('.segment').nth(1).click(),
  },
  {
    name: 'bot',
    scenario: 'fresh',
    view: 'bot',
    prepare: async ({ page }) => {
      await page.locator('.card .button-primary').click();
      await page.locator('.card .facts').waitFor();
    },
  },
  { name: 'bot-docker-missing', scenario: 'docker-missing', view: 'bot' },
  { name: 'bot-held', scenario: 'restart-held', view: 'bot' },
  { name: 'bot-empty', scenario: 'empty', view: 'bot' },
  {
    name: 'bot-form',
    scenario: 'fresh',
    view: 'bot',
    prepare: async ({ page }) => {
      await page.locator('.card-foot button').nth(1).click();
      await page.locator('.more > summary').click();
    },
  },
  {
    name: 'settings',
    scenario: 'fresh',
    view: 'settings',
    prepare: ({ page }) => page.locator('.setting').first().waitFor(),
  },
  {
    name: 'about',
    scenario: 'fresh',
    view: 'about',
    prepare: ({ page }) => page.locator('.facts').waitFor(),
  },
];

let served: ServedWindow;
beforeAll(async () => {
  served = await serveWindow();
});
afterAll(() => served[Symbol.asyncDispose]());

describe.each(['en', 'fr'] as const)('in %s', (language) => {
  test.each(LOOKS)('$name', async ({ name, scenario, view, prepare }) => {
    await using window = await served.open({ scenario, language });
    const { page } = window;
    await page.locator(`a[href="#${view}"]`).click();
    await prepare?.(window);
    expect(
      await look(window, { name: `${name}-${language}`, height: 800, isExamined: true, pictured: WIDTHS }),
    ).toEqual([]);
  });
});
