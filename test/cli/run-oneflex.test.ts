import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { startWorldlineSimulator } from '../simulators/worldline.ts';
import { createTestCli } from '../support/cli.ts';

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
