import { expect, test } from 'vitest';
import { createApplicationWorld } from '../../support/application-world.ts';

test('a rotation is told of, from before it is sent until it is stored', async () => {
  const world = await createApplicationWorld();
  const running = await world.start();
  const { chain, ...app } = world.newApp();
  await running.call('addSlack', app);
  world.slack.inject({ kind: 'none', latency: 300 }, { chain, method: 'oauth.v2.access' });
  const before = world.slack.ledger.length;
  const renewed = running.call('refresh', { force: true });
  await world.slack.waitFor(({ number, outcome }) => number > before && outcome === 'spent');
  expect(running.application.isBusy).toBe(true);
  await renewed;
  // The picture of afterwards is read as well.
  await expect.poll(() => running.application.isBusy).toBe(false);
});
