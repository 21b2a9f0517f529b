import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { startSlackSimulator } from '../simulators/slack.ts';

import { createTestCli } from '../support/cli.ts';

const until = z.object({ until: z.iso.datetime() });

function hoursAhead(pause: z.output<typeof until>): number {
  return (Date.parse(pause.until) - Date.now()) / 3_600_000;
}

/** A home with one integration, which Slack is asked about in every run. */
async function createWorld() {
  const slack = await startSlackSimulator({ accessTokenSeconds: 5 });
  onTestFinished(() => slack.stop());
  const cli = createTestCli({ JETON_SLACK_API_URL: slack.url });
  const { clientId, clientSecret, refreshToken } = slack.issueChain();
  const files = ['--client-secret-file', '-', '--refresh-token-file', '-'];
  const added = await cli.run(['slack', 'add', '--name', 'Ops', '--client-id', clientId, ...files], {
    input: `${clientSecret}\n${refreshToken}\n`,
  });
  expect(added.code).toBe(0);
  return { slack, cli, calls: () => slack.ledger.length };
}

test('a pause holds for the schedule and is seen in status; a person who asks is served', async () => {
  const { cli, calls } = await createWorld();
  const { code, stdout } = await cli.run(['pause']);
  expect(code).toBe(0);
  expect(stdout).toBe(
    'Paused until you resume it: nothing is renewed by itself. Sooner with: jeton resume\n',
  );
  expect((await cli.json(['status'])).document).toMatchObject({
    paused: { until: null },
    sentence: 'Paused until you resume it: nothing is renewed by itself.',
  });

  const before = calls();
  const scheduled = await cli.run(['slack', 'refresh', '--scheduled']);
  expect(scheduled).toMatchObject({
    code: 0,
    stdout: 'Paused until you resume it: nothing is renewed by itself.\n',
  });
  expect((await cli.json(['slack', 'refresh', '--scheduled'])).document).toMatchObject({ results: [] });
  expect(calls()).toBe(before);
  expect((await cli.json(['slack', 'refresh'])).document).toMatchObject({ results: [{ id: 'local:1' }] });
  expect(calls()).toBeGreaterThan(before);

  expect((await cli.run(['resume'])).code).toBe(0);
  expect((await cli.json(['status'])).document).toMatchObject({ paused: null });
  const resumed = calls();
  await cli.run(['slack', 'refresh', '--scheduled']);
  expect(calls()).toBeGreaterThan(resumed);
});

test('lasts for a time, or until tomorrow; what is no time is refused, and the pause stays as it was', async () => {
  const cli = createTestCli();
  const hours = async (...options: readonly string[]): Promise<number> => {
    const { document } = await cli.json(['pause', ...options]);
    return hoursAhead(until.parse(document));
  };
  expect(await hours('--until-tomorrow')).toBeGreaterThan(2);
  expect(await hours('--for', '2h')).toBeCloseTo(2, 1);
  const refused = await cli.run(['pause', '--for', 'ever']);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('30m, 2h, 1d') });
  expect((await cli.run(['pause', '--for', '1h', '--until-tomorrow'])).code).toBe(2);
  const { document } = await cli.json(['status']);
  expect(hoursAhead(z.object({ paused: until }).parse(document).paused)).toBeCloseTo(2, 1);
});

test('a daemon waits for the end of the pause, which it sees within its minute', async () => {
  const { cli, calls } = await createWorld();
  await cli.run(['pause']);
  const before = calls();
  const daemon = cli.start(['run']);
  await daemon.saying('Paused until you resume it');
  expect(calls()).toBe(before);
  await cli.run(['resume']);
  await daemon.saying('The pause is over.');
  await daemon.saying('(local:1) renewed');
  expect(calls()).toBeGreaterThan(before);
  daemon.child.kill('SIGTERM');
  expect((await daemon.result()).code).toBe(0);
}, 150_000);
