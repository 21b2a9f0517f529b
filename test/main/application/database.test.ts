/** The application's own database, connected in the window. */
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { makeApplicationHarness } from '../../support/application-database.ts';
import { createApplicationWorld } from '../../support/application-world.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.dispose());

test('is tried, connected, shown, renewed, filled in and disconnected', async () => {
  const url = await postgres.createDatabase();
  const rows = await makeApplicationHarness(url);
  onTestFinished(() => rows.dispose());
  const world = await createApplicationWorld();
  const { clientId, clientSecret, accessToken } = world.slack.issueLongLived();
  const longLived = await rows.insert(
    JSON.stringify({ client_id: clientId, client_secret: clientSecret }),
    accessToken,
  );
  const broken = await rows.insert('{}', null);

  const running = await world.start();
  const tried = await running.call('tryDatabase', { url });
  expect(tried.usable).toBe(true);
  expect(tried.facts).toContainEqual(expect.objectContaining({ text: '2 Slack rows, 2 lack something' }));
  expect(tried.facts.filter(({ tone }) => tone === 'warning').length).toBeGreaterThan(0);
  expect(running.application.state.rows).toEqual([]);

  expect(await running.call('connectDatabase', { url })).toEqual(tried);
  expect(await running.call('tryDatabase')).toEqual(tried);
  const state = await running.until((one) => one.rows.length === 2);
  expect(state.rows).toMatchObject([
    { id: longLived, action: 'exchange', failure: { remedy: expect.stringContaining('Exchange it') } },
    { id: broken, action: 'reinstall' },
  ]);

  expect(await running.call('exchange', { id: longLived })).toMatchObject({ renewed: 1 });
  await running.until((one) => one.rows[0]?.action === 'renew');
  const filled = await running.call('backfill', { clientId, clientSecret, dryRun: false });
  expect(filled.rows).toContainEqual({
    id: broken,
    name: expect.any(String),
    outcome: 'filled',
    fields: 'client id, client secret, expiry',
  });

  expect(await running.call('disconnectDatabase')).toEqual({ disconnected: true, held: null });
  await running.until((one) => one.rows.length === 0);
});

test('that is no database of Slack integrations is not connected, and one that is gone is a state', async () => {
  const world = await createApplicationWorld();
  const running = await world.start();
  const other = await postgres.createDatabase();
  expect(await running.call('tryDatabase', { url: other })).toMatchObject({ usable: false });
  expect(await running.refusalOf('connectDatabase', { url: other })).toMatchObject({
    code: 'database-tables-missing',
  });
  expect(await running.refusalOf('tryDatabase')).toMatchObject({ code: 'database-not-connected' });

  const url = await postgres.createDatabase();
  const rows = await makeApplicationHarness(url);
  onTestFinished(() => rows.dispose());
  await running.call('connectDatabase', { url });
  await running.until(({ snapshot }) =>
    snapshot.sources.some((one) => one.kind === 'app' && one.state === 'connected'),
  );
  const renamed = new URL(url);
  await running.application.close();
  renamed.pathname = '/no-such-database';
  world.env['DATABASE_URL'] = renamed.href;
  const next = await world.start();
  const state = await next.until(({ databaseProblem }) => databaseProblem !== null);
  expect(state).toMatchObject({ overall: 'failing', databaseProblem: { code: 'database-refused' } });
  // It does not count while the variable is there.
  expect((await next.call('connectDatabase', { url })).facts.at(-1)).toMatchObject({
    label: 'DATABASE_URL',
    tone: 'warning',
    remedy: expect.stringContaining('without DATABASE_URL'),
  });
});
