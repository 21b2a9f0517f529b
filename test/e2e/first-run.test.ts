/** From nothing to a green list, with the mistakes that people make on the way. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectTo, createApplicationTables, startPostgres, type TestPostgres } from '../support/postgres.ts';
import { alertSays, createDesk, rowIs, sentenceIs, signIn } from './desk.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.dispose());

test('an empty home to a green list', { timeout: 120_000 }, async () => {
  const desk = await createDesk();
  const { slack, worldline } = desk;
  const url = await postgres.createDatabase();
  desk.keepSecret('the database’s password', new URL(url).password);
  desk.keepSecret('the database’s URL', url);
  const application = await desk.start();
  // It opens by itself, for there is nothing that could go on without a person.
  const page = await desk.window(application);
  await sentenceIs(page, 'Nothing to keep fresh yet.');
  const press = (name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click();
  const choose = (name: RegExp): Promise<void> => page.getByRole('button', { name }).click();

  // ── An app of Slack's
  await choose(/^Add a Slack app/);
  const slackForm = page.getByRole('form', { name: 'Add a Slack app' });
  const app = slack.issueChain();
  await slackForm.getByLabel('Name').fill('Deploy notices');
  await slackForm.getByLabel('Client id').fill(app.clientId);
  await press('Try it and add');
  expect(await slackForm.getByText('This is needed.').count()).toBe(2);
  await slackForm.getByLabel('Client secret').fill(app.clientSecret);
  await slackForm.getByLabel('Refresh token').fill('xoxe-1-mistyped');
  await press('Try it and add');
  await alertSays(page, 'Slack does not accept the refresh token any more. Nothing was saved.');
  // Nothing was kept of it, and what is no secret need not be typed again.
  expect(await desk.type(['slack', 'list'])).not.toContain('Deploy notices');
  expect(await slackForm.getByLabel('Name').inputValue()).toBe('Deploy notices');
  expect(await slackForm.getByLabel('Client id').inputValue()).toBe(app.clientId);
  expect(await slackForm.getByLabel('Client secret').inputValue()).toBe('');
  await slackForm.getByLabel('Client secret').fill(app.clientSecret);
  await slackForm.getByLabel('Refresh token').fill(app.refreshToken);
  await press('Try it and add');
  await rowIs(page, 'Deploy notices', 'fresh');
  expect(slack.chain(app).rotations).toBe(1);

  // ── The application's database
  await press('Add…');
  await choose(/^Connect the application’s database/);
  const databaseForm = page.getByRole('form', { name: 'Connect the application’s database' });
  const field = databaseForm.getByLabel('URL of the database');
  await field.fill('mysql://localhost/application');
  await press('Try it');
  await databaseForm.getByText('It begins with postgresql:// and names a host.').waitFor();
  const wrong = new URL(url);
  wrong.password = 'not-the-password';
  await field.fill(wrong.href);
  await press('Try it');
  await databaseForm.getByText('wrong user or password').waitFor();
  // What was typed is still there, to be corrected.
  expect(await field.inputValue()).toBe(wrong.href);
  await field.fill(url);
  await press('Try it');
  await databaseForm
    .getByText(/alyawebapp_/)
    .first()
    .waitFor();
  const client = await connectTo(url);
  try {
    await createApplicationTables(client);
    const row = slack.issueChain();
    const config = JSON.stringify({
      client_id: row.clientId,
      client_secret: row.clientSecret,
      refresh_token: row.refreshToken,
    });
    await client.query(
      `INSERT INTO alyawebapp_userintegration (user_id, integration_id, access_token, config) VALUES (7, 1, $1, $2)`,
      [row.accessToken, config],
    );
    await press('Try it');
    await press('Connect');
    await databaseForm.getByText('The database is connected.').waitFor();
    await rowIs(page, 'My Slack bot', 'fresh');
  } finally {
    await client.end();
  }

  // ── OneFlex
  await choose(/^Sign in to OneFlex/);
  await press('Sign in here');
  await page.getByText('Sign in in the window that has opened. It closes by itself.').waitFor();
  await signIn(application, worldline, { mistypes: true });
  await rowIs(page, `OneFlex (${worldline.employee.fullName})`, 'fresh');
  await sentenceIs(page, /^Everything is fresh: 3 integrations\./);
  await application.until('the tray is green', ({ tray }) => tray?.icon === 'fresh');
  expect(await page.locator('.chip').allTextContents()).toEqual(['fresh', 'fresh', 'fresh']);
  const { windows, notifications } = await application.see();
  expect(windows).toHaveLength(1);
  // Somebody who watches need not be told.
  expect(notifications).toEqual([]);
  await desk.expectNothingGivenAway();
  expect(await application.quit()).toBe(0);
});
