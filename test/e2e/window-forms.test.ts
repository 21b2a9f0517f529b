/** Each form of the window once, filled in by hand, against the real main process: what it takes and what it refuses. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Client } from 'pg';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SlackSimulator, startSlackSimulator } from '../simulators/slack.ts';
import { startWebhookSink, type WebhookSink } from '../simulators/webhook-sink.ts';
import { freePort } from '../support/free-port.ts';
import { TEST_KEY } from '../support/open-stores.ts';
import { connectTo, createApplicationTables, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { writePrivateCrontab } from '../support/private-crontab.ts';
import { type DrivenApplication, launch } from './driver.ts';

const SYSTEM_FOLDERS =
  process.platform === 'win32'
    ? [join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32')]
    : ['/usr/bin', '/bin', '/usr/sbin', '/sbin'];

const folder = mkdtempSync(join(tmpdir(), 'jeton-forms-'));
const home = join(folder, 'home');
const tools = join(folder, 'tools');
let slack: SlackSimulator;
let sink: WebhookSink;
let postgres: TestPostgres;
let application: DrivenApplication;
let crontab: string;
let page: Page;

beforeAll(async () => {
  mkdirSync(tools);
  crontab = writePrivateCrontab(tools);
  const key = join(folder, 'key');
  writeFileSync(key, `${TEST_KEY}\n`, { mode: 0o600 });
  [slack, sink, postgres] = await Promise.all([startSlackSimulator(), startWebhookSink(), startPostgres()]);
  const env = {
    // Of this machine's own there is no `jeton` in it, which would be given to the machine's own scheduler.
    PATH: [tools, dirname(process.execPath), ...SYSTEM_FOLDERS].join(delimiter),
    JETON_MASTER_KEY_FILE: key,
    JETON_SLACK_API_URL: slack.url,
    JETON_ONEFLEX_URL: `http://localhost:${await freePort()}`,
  };
  application = await launch({ home, env, locale: 'en-GB' });
  await application.startSecond();
  page = await application.page(({ url }) => url.startsWith('app:'));
  page.setDefaultTimeout(15_000);
  await page.getByRole('navigation').waitFor();
});

afterAll(async () => {
  await application?.quit();
  await application?.dispose();
  await Promise.all([slack?.stop(), sink?.stop(), postgres?.dispose()]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function go(view: string): Promise<void> {
  await page.getByRole('link', { name: new RegExp(`^${view}`) }).click();
}

function group(name: string): Locator {
  return page.getByRole('region', { name, exact: true });
}

async function row(name: string): Promise<Locator> {
  await go('Integrations');
  const item = page.getByRole('listitem').filter({ has: page.locator('.row-name', { hasText: name }) });
  const title = item.locator('.row-name');
  if ((await title.getAttribute('aria-expanded')) === 'false') await title.click();
  return item;
}

async function fill(form: Locator, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(values))
    await form.getByLabel(label, { exact: false }).fill(value);
}

test('the vault is made before anything is kept in it', async () => {
  await go('Settings');
  const make = group('Vault').getByRole('button', { name: 'Make it now' });
  await make.click();
  await group('Vault').getByText('The vault is open.').waitFor();
  expect(await make.count()).toBe(0);
});

test('a setting is saved, put back, and refused with the reason', async () => {
  await go('Settings');
  await group('General').getByRole('button', { name: 'Dark' }).click();
  await group('General').getByText('Saved.').waitFor();
  await group('General').getByRole('button', { name: 'Undo' }).click();
  await group('General').getByText('Put back.').waitFor();

  const requests = group('Slack').getByLabel('Requests at once');
  await requests.fill('0');
  await requests.press('Enter');
  await group('Slack').getByRole('alert').waitFor();
  expect(await group('Slack').getByRole('alert').textContent()).toMatch(/1/);
  await requests.fill('8');
  await requests.press('Enter');
  await group('Slack').getByText('Saved.').waitFor();
  expect(JSON.parse(readFileSync(join(home, 'settings.json'), 'utf8'))).toMatchObject({
    slack: { concurrency: 8 },
  });
});

test('a Slack app is refused by Slack, then added; its tokens are replaced', async () => {
  const good = slack.issueChain();
  await go('Integrations');
  await page.getByRole('button', { name: /Add a Slack app/ }).click();
  const form = page.getByRole('form', { name: 'Add a Slack app' });
  await fill(form, { Name: 'Team Lyon', 'Client id': good.clientId, 'Client secret': 'wrong' });
  await fill(form, { 'Refresh token': good.refreshToken });
  await form.getByRole('button', { name: 'Try it and add' }).click();
  await form.getByRole('alert').waitFor();
  expect(await form.getByLabel('Name').inputValue()).toBe('Team Lyon');
  expect(await form.getByLabel('Refresh token').inputValue()).toBe('');

  await fill(form, { 'Client secret': good.clientSecret, 'Refresh token': good.refreshToken });
  await form.getByRole('button', { name: 'Try it and add' }).click();
  await page.getByText('Team Lyon is added, and fresh.').waitFor();

  const next = slack.issueChain();
  const item = await row('Team Lyon');
  await item.getByRole('button', { name: 'New tokens' }).click();
  const update = item.getByRole('form', { name: 'New tokens' });
  await fill(update, { 'Refresh token': 'xoxe-1-test-refresh-never-issued' });
  await update.getByRole('button', { name: 'Check and save' }).click();
  await update.getByRole('alert').waitFor();
  await fill(update, { 'Refresh token': next.refreshToken });
  await update.getByRole('button', { name: 'Check and save' }).click();
  await update.getByText('The new tokens work, and are saved.').waitFor();
  expect(slack.chain(next).rotations).toBe(1);
  // A page that sends nothing is told so.
  const nothing = 'jeton.getState().then(({ value }) => jeton.updateSlack({ id: value.rows[0].id }))';
  expect(await page.evaluate(nothing)).toMatchObject({ ok: false, error: { code: 'usage' } });
});

test('a webhook is refused, set, tried and turned off', async () => {
  await go('Settings');
  const alerts = group('Alerts');
  await alerts.getByRole('button', { name: 'URL of a Discord or Slack webhook' }).click();
  const url = alerts.getByRole('form').getByLabel('URL of a Discord or Slack webhook');
  await url.fill('https://example.org/hook');
  await alerts.getByRole('button', { name: 'Try it and save' }).click();
  await alerts.getByRole('alert').waitFor();
  await url.fill(sink.discordUrl);
  await alerts.getByRole('button', { name: 'Try it and save' }).click();
  await alerts.getByText('the webhook is saved').waitFor();
  await alerts.getByRole('button', { name: 'Send a test message' }).click();
  await alerts.getByText('A test message was sent.').waitFor();
  expect(sink.received).toHaveLength(2);
  await alerts.getByRole('button', { name: 'Turn off…' }).click();
  await alerts.getByRole('button', { name: 'Turn off', exact: true }).click();
  await alerts.getByText('Nobody is told when you are needed').waitFor();
});

test('the recovery key is exported to where the person says', async () => {
  await go('Settings');
  const path = join(folder, 'recovery-key.txt');
  await application.answerDialog('save', path);
  await group('Vault').getByRole('button', { name: 'Export the recovery key…' }).click();
  await group('Vault').getByText(path).waitFor();
  expect(readFileSync(path, 'utf8').trim()).toBe(TEST_KEY);
});

test('the schedule says what it lacks, and is installed and removed where it is a test’s own', async () => {
  await go('Settings');
  const schedule = group('Without the application');
  await schedule.getByLabel('How often').selectOption('every 2 hours');
  await schedule.getByRole('button', { name: 'Install' }).click();
  await schedule.getByRole('alert').waitFor();
  await schedule.getByText('Not installed.').waitFor();

  // launchd and the Task Scheduler are the machine's; a crontab can be a program of the test's.
  if (process.platform !== 'linux') return;
  symlinkSync(join(import.meta.dirname, '../../out/cli/index.js'), join(tools, 'jeton'));
  await schedule.getByRole('button', { name: 'Show the entry' }).click();
  await schedule.getByText('nothing was changed yet').waitFor();
  expect(await schedule.getByRole('group', { name: 'Entry' }).textContent()).toContain('slack refresh');
  await schedule.getByText('Not installed.').waitFor();
  await schedule.getByRole('button', { name: 'Install' }).click();
  await schedule.getByText('Installed: every 2 hours.').waitFor();
  expect(readFileSync(crontab, 'utf8')).toContain('jeton');
  await schedule.getByRole('button', { name: 'Remove' }).click();
  await schedule.getByText('Not installed.').waitFor();
  expect(existsSync(crontab) && readFileSync(crontab, 'utf8').trim()).toBeFalsy();
});

test('a bot is added, looked at, changed and forgotten', async () => {
  const bot = join(folder, 'bot');
  mkdirSync(bot);
  writeFileSync(join(bot, '.env'), 'OTHER=1\n');
  await go('Bot');
  await page.getByRole('button', { name: 'Add a bot' }).click();
  const form = page.getByRole('form', { name: 'Add a bot' });
  await form.getByRole('button', { name: 'Save' }).click();
  await form.getByText('A whole path, such as').waitFor();
  await application.answerDialog('open', bot);
  await form.getByRole('button', { name: 'Choose…' }).click();
  await expect.poll(() => form.getByLabel('Folder').inputValue()).toBe(bot);
  await form.getByLabel('Name').fill('third-floor');
  await form.getByLabel('.env file').fill('.env');
  await form.getByLabel('Restart it').selectOption('never');
  await form.getByRole('button', { name: 'Save' }).click();

  const card = page.getByRole('article', { name: 'third-floor' });
  // What was added is looked at at once.
  await card.getByText('What the check found').waitFor();
  await card.getByRole('button', { name: 'Check' }).click();
  await card.getByRole('button', { name: 'Edit' }).click();
  const edit = page.getByRole('form', { name: 'Edit third-floor' });
  await edit.getByLabel('Name').fill('second-floor');
  await edit.getByRole('button', { name: 'Save' }).click();
  const renamed = page.getByRole('article', { name: 'second-floor' });
  await renamed.getByRole('button', { name: 'Remove…' }).click();
  await renamed.getByRole('button', { name: 'Forget it' }).click();
  await page.getByText('No bot gets your tokens yet').waitFor();
  expect(readFileSync(join(bot, '.env'), 'utf8')).toBe('OTHER=1\n');
});

test('a database is refused, connected, completed; an exchange that Slack refuses says so', async () => {
  const url = await postgres.createDatabase();
  const client = await connectTo(url);
  try {
    await createApplicationTables(client);
    await insert(client, 'xoxe.xoxb-1-test-access-1', { refresh_token: 'xoxe-1-test-refresh-1' });
    const { clientId, clientSecret } = slack.issueClient();
    await insert(client, 'xoxb-test-long-lived-1', { client_id: clientId, client_secret: clientSecret });
    await go('Settings');
    const database = group('Application’s database');
    await database.getByRole('button', { name: 'Connect the application’s database' }).click();
    const form = database.getByRole('form');
    await form
      .getByLabel('URL of the database')
      .fill(`postgresql://me:no@127.0.0.1:${await freePort()}/none`);
    await form.getByRole('button', { name: 'Try it' }).click();
    await expect.poll(() => form.textContent()).toMatch(/nothing listens|does not answer/);
    await form.getByLabel('URL of the database').fill(url);
    await form.getByRole('button', { name: 'Try it' }).click();
    await form.getByRole('button', { name: 'Connect', exact: true }).click();
    await database.getByText('A database is connected.').waitFor();

    await go('Integrations');
    await page.getByRole('button', { name: 'More…' }).click();
    await page.getByRole('menuitem', { name: 'Complete the rows that lack something' }).click();
    const backfill = page.getByRole('form', { name: 'Complete the rows that lack something' });
    await fill(backfill, { 'Client id': clientId, 'Client secret': clientSecret });
    await backfill.getByRole('button', { name: 'See what would be filled in' }).click();
    await backfill.getByText('would be filled in').first().waitFor();
    await backfill.getByRole('button', { name: 'Close' }).click();

    const button = page.getByRole('button', { name: /^Exchange: / });
    await button.click();
    await page.getByRole('button', { name: 'Exchange it' }).click();
    const said = page.getByRole('alert');
    await said.waitFor();
    expect(await said.textContent()).not.toMatch(/\bjeton (slack|database)\b/);

    await go('Settings');
    await database.getByRole('button', { name: 'Disconnect…' }).click();
    await database.getByRole('button', { name: 'Disconnect it' }).click();
    await database.getByText('No database is connected.').waitFor();
  } finally {
    await client.end();
  }
});

async function insert(client: Client, accessToken: string, config: object): Promise<void> {
  await client.query(
    `INSERT INTO alyawebapp_userintegration (user_id, integration_id, access_token, config) VALUES (7, 1, $1, $2)`,
    [accessToken, JSON.stringify(config)],
  );
}

test('nothing that was typed as a secret is in the page, the log or a notification', async () => {
  const told = [await page.content(), application.output, JSON.stringify(await application.see())].join('\n');
  const secrets = [...slack.secrets(), sink.secret, TEST_KEY];
  expect(secrets.filter((secret) => told.includes(secret)).length).toBe(0);
});

test('where the window is left is remembered', async () => {
  const { id } = await application.until('it is shown', ({ windows }) =>
    windows.find(({ url, visibility }) => url.startsWith('app:') && visibility === 'shown'),
  );
  await application.closeWindow(id);
  await application.until('it is hidden', ({ windows }) =>
    windows.every(({ visibility }) => visibility === 'hidden'),
  );
  const kept: unknown = JSON.parse(readFileSync(join(home, 'window.json'), 'utf8'));
  expect(kept).toMatchObject({ width: expect.any(Number), height: expect.any(Number) });
});
