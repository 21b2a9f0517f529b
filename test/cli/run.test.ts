import { once } from 'node:events';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { startSlackSimulator } from '../simulators/slack.ts';
import { startWorldlineSimulator } from '../simulators/worldline.ts';
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

test('a database that is down is said once, in words and in the log, and so is that it is back', async () => {
  const slack = await startSlackSimulator();
  onTestFinished(() => slack.stop());
  const postgres = await startPostgres();
  onTestFinished(() => postgres.dispose());
  const databaseUrl = await postgres.createDatabase();
  const client = await connectTo(databaseUrl);
  await createApplicationTables(client);
  await client.end();
  await postgres.stop();
  const cli = createTestCli({ JETON_SLACK_API_URL: slack.url, DATABASE_URL: databaseUrl });

  const daemon = cli.start(['run', '--verbose']);
  const logged = Promise.withResolvers<void>();
  let stderr = '';
  daemon.child.stderr?.on('data', (text) => {
    stderr += String(text);
    if (stderr.includes('source-unreachable')) logged.resolve();
  });
  await daemon.saying('Waiting for');
  await logged.promise;
  await postgres.start();
  await daemon.saying('The application’s database can be read again.');
  daemon.child.kill('SIGTERM');
  const { code, stdout } = await daemon.result();

  expect(code).toBe(0);
  expect(stdout).not.toContain('Keeping 0');
  expect(stdout.match(/does not answer: nothing listens there. Check that it runs/g)).toHaveLength(1);
  const log = await readFile(join(cli.home, 'logs', 'daemon.log'), 'utf8');
  expect(log.match(/source-unreachable/g)).toHaveLength(1);
  expect(log.match(/source-readable-again/g)).toHaveLength(1);
}, 150_000);

test('a database that never answers keeps nobody from stopping the daemon', async () => {
  const blackHole = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void blackHole.close());
  await once(blackHole, 'listening');
  const address = blackHole.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const connected = once(blackHole, 'connection');
  const cli = createTestCli({
    DATABASE_URL: `postgresql://nobody:test-password@127.0.0.1:${port}/application`,
  });
  await cli.run(['vault', 'init']);

  const daemon = cli.start(['run']);
  await connected;
  const stoppedAt = performance.now();
  daemon.child.kill('SIGTERM');
  const { code } = await daemon.result();
  expect(code).not.toBeNull();
  // 5 s by the promise; what a busy machine adds is not the daemon's.
  expect(performance.now() - stoppedAt).toBeLessThan(6_500);
}, 30_000);

/** A daemon that received OneFlex tokens while another process kept the database to itself. */
async function holdingTokens() {
  const worldline = await startWorldlineSimulator({
    // A name that Node resolves, too.
    host: 'localhost',
    tokenEndpoint: 'both-tokens',
    // Due after half of them.
    accessTokenSeconds: 20,
  });
  onTestFinished(() => worldline.stop());
  const cli = createTestCli({ JETON_ONEFLEX_URL: worldline.url });
  const { accessToken, refreshToken } = worldline.issue(worldline.employee);
  const signedIn = await cli.run(['oneflex', 'login', '--paste'], {
    input: `${accessToken}\n${refreshToken}\n`,
  });
  expect(signedIn.code).toBe(0);
  // What is received from now on need not be renewed for a while.
  worldline.configure({ accessTokenSeconds: 900 });

  const daemon = cli.start(['run']);
  await worldline.waitFor('renewed');
  const database = new Database(join(cli.home, 'jeton.db'));
  onTestFinished(() => void database.close());
  database.exec('BEGIN IMMEDIATE');
  await daemon.saying('Jeton holds on to them');
  return { worldline, cli, daemon, database };
}

test('the daemon stores OneFlex tokens that it could not write before, under other settings and when it ends', async () => {
  const { worldline, cli, daemon, database } = await holdingTokens();
  await cli.run(['config', 'set', 'language', 'fr']);
  await daemon.saying('Les réglages ou la base ont changé');
  await daemon.saying('n’ont pas pu être');
  database.exec('COMMIT');
  daemon.child.kill('SIGTERM');
  expect(await daemon.result()).toMatchObject({ code: 0, stderr: '' });

  // The refresh token that was received is the only one that still works.
  expect(await cli.json(['oneflex', 'renew'])).toMatchObject({ code: 0, document: { by: 'token-endpoint' } });
  expect(worldline.count('renewal-refused')).toBe(0);
  expect(worldline.count('renewed')).toBe(2);
}, 150_000);

test('a daemon that cannot store what it received says so, and keeps nobody from the account', async () => {
  const { worldline, cli, daemon, database } = await holdingTokens();
  const stoppedAt = performance.now();
  daemon.child.kill('SIGTERM');
  const { code, stdout, stderr } = await daemon.result();
  // 5 s by the promise; what a busy machine adds is not the daemon's.
  expect(performance.now() - stoppedAt).toBeLessThan(6_500);
  expect(code).toBe(1);
  expect(stderr).toContain('they are lost');
  expect(stdout).toMatch(/Stopped\.\n$/);
  const log = await readFile(join(cli.home, 'logs', 'daemon.log'), 'utf8');
  expect(log).toContain('oneflex-tokens-lost');

  database.exec('COMMIT');
  await cli.run(['config', 'set', 'oneflex.browser', join(cli.home, 'no-browser')]);
  await cli.run(['oneflex', 'renew']);
  expect(worldline.count('renewal-refused')).toBe(1);
}, 60_000);
