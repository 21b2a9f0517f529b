/** The tray over an application that is real but for its desktop: no thing is said twice. */
import { expect, test } from 'vitest';
import { TrayActions } from '../../../src/main/tray-actions.ts';
import { createApplicationWorld } from '../../support/application-world.ts';

async function setScene() {
  const world = await createApplicationWorld();
  const running = await world.start();
  const { desktop } = world;
  const { chain, ...app } = world.newApp('Ops');
  const { id } = await running.call('addSlack', app);
  let answered = 0;
  const actions = new TrayActions({
    application: {
      commands: running.application.commands,
      explain: (thrown) => running.application.explain(thrown),
      messages: running.application.messages,
      get state() {
        return running.application.state;
      },
      async toldSince(moment) {
        const told = await running.application.toldSince(moment);
        answered += 1;
        return told;
      },
    },
    whenUnlocked: () => Promise.resolve(),
    notify: (notice) => desktop.notify(notice),
    openWindow: () => undefined,
    showSignIn: () => undefined,
    ask: async () => false,
    quit: () => undefined,
  });
  /** Once so many answers were there to be told. */
  const answers = async (count: number): Promise<void> => {
    await expect.poll(() => answered, { timeout: 10_000 }).toBe(count);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { world, running, desktop, chain, id, actions, answers };
}

test('a renewal in vain is told once: by the notification of the change, and the next time by the answer', async () => {
  const { world, running, desktop, chain, id, actions, answers } = await setScene();
  world.slack.revoke(chain);
  actions.run({ kind: 'renew', ids: [id] });
  await running.until(({ rows }) => rows[0]?.action === 'update');
  await answers(1);
  expect(desktop.notices).toMatchObject([{ title: expect.stringContaining('Ops') }]);
  actions.run({ kind: 'renew', ids: [id] });
  await answers(2);
  expect(desktop.notices.slice(1)).toMatchObject([
    { title: 'That did not work', leadsTo: { kind: 'view', view: 'integrations', id } },
  ]);
});

test('that nothing was due is told with when it will be', async () => {
  const { desktop, actions } = await setScene();
  actions.run({ kind: 'renew', ids: 'all' });
  await desktop.noticed(1);
  expect(desktop.notices).toMatchObject([
    {
      title: 'Nothing was due',
      body: expect.stringMatching(/^Everything is fresh\. Next check in \d+ hours\.$/),
    },
  ]);
});
