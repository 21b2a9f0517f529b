/** What a person sees in the window, over the whole application: its language, and very many rows. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectTo, createApplicationTables, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { createDesk, type Desk, isOurs, rowIs, sentenceIs } from './desk.ts';

const ROWS = 500;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.dispose());

test('another language, at once and everywhere', { timeout: 60_000 }, async () => {
  const desk = await createDesk();
  await desk.addApp('Deploy notices');
  const application = await desk.start();
  const page = await desk.window(application);
  await sentenceIs(page, /^Everything is fresh\./);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('group', { name: 'Language' }).getByRole('button', { name: 'Français' }).click();

  await page.getByRole('heading', { level: 1, name: 'Réglages' }).waitFor();
  expect(await page.evaluate('document.documentElement.lang')).toBe('fr');
  const menu = await application.until('the menu is French', ({ tray }) =>
    tray?.menu?.some(({ label }) => label === 'Quitter Jeton') ? tray.menu : undefined,
  );
  const labels = menu.map(({ label }) => label);
  expect(labels).toContain('Reconnecter OneFlex…');
  expect(labels).toContain('Ouvrir Jeton');
  await application.until('the tooltip, too', ({ tray }) => tray?.tooltip.startsWith('Tout est à jour'));
  await page.getByRole('link', { name: 'Intégrations' }).click();
  await sentenceIs(page, /^Tout est à jour/);
  await rowIs(page, 'Deploy notices', 'à jour');
  expect(await page.locator('body').innerText()).not.toMatch(/\b(fresh|Renew|Settings|until)\b/);

  await application.chooseFromTray('Suspendre', 'Pendant une heure');
  await application.until('paused, in French', ({ tray }) => tray?.tooltip.startsWith('En pause jusqu’'));
  await page.getByRole('link', { name: 'Réglages' }).click();
  await page.getByRole('group', { name: 'Langue' }).getByRole('button', { name: 'English' }).click();
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
  await application.until('and back', ({ tray }) => tray?.tooltip.startsWith('Paused until '));
  await desk.expectNothingGivenAway();
});

test(
  'a page that is loaded anew is told nothing that the one before asked for',
  { timeout: 60_000 },
  async () => {
    const desk = await createDesk();
    await desk.addApp('Deploy notices');
    const application = await desk.start();
    const page = await desk.window(application);
    await sentenceIs(page, /^Everything is fresh\./);
    const listen = `globalThis.heard = []; void jeton.onLogLines(({ lines }) => heard.push(...lines))`;
    const renew = `jeton.refresh({ ids: ['local:1'], force: true })`;

    await page.evaluate(listen);
    await page.evaluate('jeton.followLogs()');
    await page.evaluate(renew);
    await expect.poll(() => page.evaluate('heard.join()')).toContain('refresh-finished');

    await page.reload();
    await sentenceIs(page, /^Everything is fresh\./);
    await page.evaluate(listen);
    await page.evaluate(renew);
    // Time enough for whoever still follows.
    await delay(1_500);
    expect(await page.evaluate('heard')).toEqual([]);

    await page.evaluate('jeton.followLogs()');
    await page.evaluate(renew);
    await expect.poll(() => page.evaluate('heard.join()')).toContain('refresh-finished');
  },
);

test('what would be renewed is said, and nothing is', { timeout: 60_000 }, async () => {
  const desk = await createDesk();
  await desk.addApp('Deploy notices');
  const { accessToken, refreshToken } = desk.worldline.issue(desk.worldline.employee);
  await desk.type(['oneflex', 'login', '--paste'], { input: `${accessToken}\n${refreshToken}\n` });
  const application = await desk.start();
  const page = await desk.window(application);
  await sentenceIs(page, /^Everything is fresh: 2 integrations\./);
  const before = desk.slack.count('spent');
  await page.getByRole('button', { name: 'More…' }).click();
  await page.getByRole('menuitem', { name: 'What would be renewed?' }).click();
  await page.getByText('2 were fresh already').waitFor();
  expect(desk.slack.count('spent')).toBe(before);
});

/** An application's database with so many rows, as Slack issued them. */
async function fillDatabase(desk: Desk, life: { readonly expiresInSeconds?: number } = {}) {
  const chains = Array.from({ length: ROWS }, () => desk.slack.issueChain(life));
  const url = await postgres.createDatabase();
  desk.keepSecret('the database’s URL', url);
  await askDatabase(url, async (client) => {
    await createApplicationTables(client);
    await client.query(
      `INSERT INTO alyawebapp_userintegration (user_id, integration_id, access_token, config)
       SELECT user_id, 1, access_token, config FROM jsonb_to_recordset($1::jsonb)
         AS given (user_id integer, access_token text, config jsonb)`,
      [
        JSON.stringify(
          chains.map(({ accessToken, refreshToken, clientId, clientSecret, expiresAt }, index) => ({
            user_id: index + 1,
            access_token: accessToken,
            config: {
              refresh_token: refreshToken,
              client_id: clientId,
              client_secret: clientSecret,
              token_expiry: new Date(expiresAt).toISOString(),
            },
          })),
        ),
      ],
    );
  });
  return { url, chains };
}

async function askDatabase<T>(url: string, ask: (client: Client) => Promise<T>): Promise<T> {
  const client = await connectTo(url);
  try {
    return await ask(client);
  } finally {
    await client.end();
  }
}

test('500 rows: the list scrolls, is filtered, and one of them acts', { timeout: 120_000 }, async () => {
  const desk = await createDesk();
  const { slack } = desk;
  const { url } = await fillDatabase(desk);
  const application = await desk.start({ env: { DATABASE_URL: url } });
  const page = await desk.window(application);
  await sentenceIs(page, `Everything is fresh: ${ROWS} integrations.`);
  await page.getByLabel('Sort by').selectOption('name');
  const rows = page.locator('.list').getByRole('listitem');
  await page.locator(`.list [aria-setsize="${ROWS}"]`).first().waitFor();
  expect(await rows.count()).toBeLessThan(60);

  await rows.first().getByRole('button').first().focus();
  await page.keyboard.press('End');
  await page.locator(`.list [aria-posinset="${ROWS}"]`).waitFor();
  await page
    .locator('.view')
    .first()
    .evaluate((view) => view.scrollTo({ top: 0 }));
  await page.locator('.list [aria-posinset="1"]').waitFor();

  await page.getByRole('searchbox', { name: 'Filter integrations' }).fill('app:417');
  await page.locator('.list [aria-setsize="1"]').waitFor();
  await rows
    .first()
    .getByRole('button', { name: /^Renew: / })
    .click();
  const spent = await slack.waitFor(({ outcome }) => outcome === 'spent');
  await rows.first().getByText('renewed just now').waitFor({ state: 'attached' });
  expect(slack.ledger.filter(({ method }) => method === 'oauth.v2.access').map(({ chain }) => chain)).toEqual(
    [spent.chain],
  );
  await desk.expectNothingGivenAway();
});

test(
  '500 rows that are due: renewing them is stopped, and nothing is lost',
  { timeout: 120_000 },
  async () => {
    const desk = await createDesk({ latency: 2_500 });
    const { slack } = desk;
    const { url, chains } = await fillDatabase(desk, { expiresInSeconds: 60 * 60 });
    await desk.type(['pause']);
    const application = await desk.start({ env: { DATABASE_URL: url } });
    const page = await desk.window(application);
    await page.locator(`.list [aria-setsize="${ROWS}"]`).first().waitFor();

    await page.getByRole('button', { name: 'Renew now' }).click();
    await page.getByText(new RegExp(`^Renewing \\d+ of ${ROWS}$`)).waitFor();
    await application.until('the tray offers to stop it', ({ tray }) =>
      tray?.menu?.some(({ label }) => label === 'Stop'),
    );
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    const said = page.getByText(/^\d+ renewed · \d+ left as they were$/);
    await said.waitFor();
    const [renewed = 0, left = 0] = (await said.innerText()).match(/\d+/g)?.map(Number) ?? [];
    expect(renewed + left).toBe(ROWS);
    expect(Math.min(renewed, left)).toBeGreaterThan(0);
    expect(slack.count('spent')).toBe(renewed);

    const offers = (wanted: string) =>
      application.until(`the tray offers: ${wanted}`, ({ tray }) =>
        tray?.menu?.some(({ label }) => label === wanted),
      );
    await offers('Renew now');
    await application.chooseFromTray('Renew now');
    await offers('Stop');
    await application.chooseFromTray('Stop');
    await offers('Renew now');

    // What was sent came to its end and is stored; the rest is as it was. Nothing was sent twice.
    const asked = slack.ledger.filter(({ method }) => method === 'oauth.v2.access');
    expect(slack.count('spent')).toBe(asked.length);
    expect(slack.resends()).toEqual(new Map());
    const { rows } = await askDatabase(url, (client) =>
      client.query<{ kept: string }>(
        `SELECT config->>'refresh_token' AS kept FROM alyawebapp_userintegration ORDER BY user_id`,
      ),
    );
    const rotations = chains.map(({ label }) => slack.chain(label).rotations);
    expect(new Set(rotations)).toEqual(new Set([0, 1]));
    expect(rows.map(({ kept }, index) => Number(kept !== chains[index]?.refreshToken))).toEqual(rotations);
    await desk.expectNothingGivenAway();
  },
);

test(
  'a page that falls is there again, and one that falls again at once only when it is wanted',
  { timeout: 90_000 },
  async () => {
    const desk = await createDesk();
    await desk.addApp('Deploy notices');
    const application = await desk.start();
    await sentenceIs(await desk.window(application), /^Everything is fresh/);
    const fall = async (): Promise<number> => {
      const { windows } = await application.see();
      const { id } = windows.find(isOurs)!;
      await application.crashPage(id);
      await application.until('it is gone', (seen) => seen.windows.every((window) => window.id !== id));
      return id;
    };
    await fall();
    await sentenceIs(await desk.window(application), /^Everything is fresh/);
    await fall();
    await application.until('there is none', ({ windows }) => windows.length === 0);
    await application.chooseFromTray('Open Jeton');
    await sentenceIs(await desk.window(application), /^Everything is fresh/);
    expect((await application.see()).windows).toHaveLength(1);
    await desk.expectNothingGivenAway();
  },
);
