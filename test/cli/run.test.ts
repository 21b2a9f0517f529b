import { rename, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { startSlackSimulator } from '../simulators/slack.ts';
import { createTestCli } from '../support/cli.ts';
import { TEST_KEY } from '../support/open-stores.ts';
import { connectTo, createApplicationTables, startPostgres } from '../support/postgres.ts';

test('the daemon waits for what is not there yet: rows, and a key to the vault', async () => {
  const slack = await startSlackSimulator();
  onTestFinished(() => slack.stop());
  const postgres = await startPostgres();
  onTestFinished(() => postgres.dispose());
  const databaseUrl = await postgres.createDatabase();
  const client = await connectTo(databaseUrl);
  onTestFinished(() => client.end());
  await createApplicationTables(client);
  const cli = createTestCli({ JETON_SLACK_API_URL: slack.url, DATABASE_URL: databaseUrl });
  await rename(cli.keyFile, `${cli.keyFile}.away`);

  const daemon = cli.start(['run']);
  await daemon.saying('Keeping');
  const { clientId, clientSecret, refreshToken, accessToken } = slack.issueChain();
  const config = {
    client_id: clientId,
    client_secret: clientSecret,
    refresh_token: refreshToken,
    token_expiry: new Date().toISOString(),
  };
  await client.query(
    'INSERT INTO alyawebapp_userintegration (integration_id, access_token, config) VALUES (1, $1, $2)',
    [accessToken, config],
  );
  await writeFile(cli.keyFile, `${TEST_KEY}\n`, { mode: 0o600 });

  await slack.waitFor((entry) => entry.outcome === 'spent');
  await daemon.saying('renewed');
  daemon.child.kill('SIGTERM');
  expect((await daemon.result()).code).toBe(0);
}, 150_000);

test('the daemon notices within a minute that a database was connected, and another language set', async () => {
  const slack = await startSlackSimulator();
  onTestFinished(() => slack.stop());
  const postgres = await startPostgres();
  onTestFinished(() => postgres.dispose());
  const databaseUrl = await postgres.createDatabase();
  const client = await connectTo(databaseUrl);
  onTestFinished(() => client.end());
  await createApplicationTables(client);
  const { clientId, clientSecret, refreshToken, accessToken } = slack.issueChain();
  const config = { client_id: clientId, client_secret: clientSecret, refresh_token: refreshToken };
  await client.query(
    'INSERT INTO alyawebapp_userintegration (integration_id, access_token, config) VALUES (1, $1, $2)',
    [accessToken, { ...config, token_expiry: new Date().toISOString() }],
  );
  const cli = createTestCli({ JETON_SLACK_API_URL: slack.url });
  await cli.run(['vault', 'init']);
  const daemon = cli.start(['run']);
  await daemon.saying('Keeping');

  await cli.run(['config', 'set', 'language', 'fr']);
  const connected = await cli.run(['database', 'connect', '--url-file', '-'], { input: databaseUrl });
  expect(connected.code).toBe(0);

  await slack.waitFor((entry) => entry.outcome === 'spent');
  await daemon.saying('Les réglages ou la base ont changé');
  await daemon.saying('renouvelé');
  daemon.child.kill('SIGTERM');
  expect((await daemon.result()).code).toBe(0);
}, 150_000);
