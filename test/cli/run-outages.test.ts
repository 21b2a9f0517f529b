import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startSlackSimulator } from '../simulators/slack.ts';
import { createTestCli } from '../support/cli.ts';
import { connectTo, createApplicationTables, startPostgres } from '../support/postgres.ts';

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
