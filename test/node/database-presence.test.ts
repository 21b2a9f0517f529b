import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLocalIntegrations } from '../../src/node/database/integrations.ts';
import { Presence } from '../../src/node/database/presence.ts';
import { Secret } from '../../src/core/secret.ts';
import { claimOf, sha256 } from '../contracts/integration-source.ts';
import { startChild } from '../support/child.ts';
import { openTestStore, systemTime } from '../support/open-stores.ts';
import { temporaryHome } from '../support/temporary-home.ts';

function presenceIn(home: string): Presence {
  const presence = new Presence(home);
  onTestFinished(() => presence.dispose());
  return presence;
}

test('an owner is alive until it is killed, and dead at once after', async () => {
  const home = temporaryHome();
  const presence = presenceIn(home);
  const child = startChild('hold-presence', [home]);
  const owner = await child.line();

  expect(presence.isDead(owner)).toBe(false);
  await child.kill();
  expect(presence.isDead(owner)).toBe(true);
});

test('looking does not end a life', async () => {
  const home = temporaryHome();
  const presence = presenceIn(home);
  const child = startChild('hold-presence', [home]);
  const owner = await child.line();

  for (let looks = 0; looks < 3; looks += 1) expect(presence.isDead(owner)).toBe(false);
  expect(presence.isDead(presence.owner)).toBe(false);
  expect(presenceIn(home).isDead(presence.owner)).toBe(false);
});

test('nothing is known of an owner that was never here, left in good order, or is no name at all', async () => {
  const home = temporaryHome();
  const presence = presenceIn(home);
  const child = startChild('hold-presence', [home]);
  const owner = await child.line();
  child.say('leave');
  await child.exit();

  expect(presence.isDead(owner)).toBe(false);
  expect(presence.isDead('11111111-2222-4333-8444-555555555555')).toBe(false);
  expect(presence.isDead('../jeton')).toBe(false);
});

test('only asking for a name leaves a file, and that one is gone in the end', () => {
  const home = temporaryHome();
  const presence = new Presence(home);
  expect(readdirSync(home)).toEqual([]);

  expect(presence.owner).toBe(presence.owner);
  expect(readdirSync(join(home, 'presence'))).toEqual([`${presence.owner}.lock`]);
  presence.dispose();
  expect(readdirSync(join(home, 'presence'))).toEqual([]);
});

test('an owner that abandoned its leases is dead while its process still lives', () => {
  const home = temporaryHome();
  const presence = presenceIn(home);
  const other = presenceIn(home);
  const { owner } = presence;
  expect(other.isDead(owner)).toBe(false);
  presence.abandon();
  presence.dispose();
  expect(other.isDead(owner)).toBe(true);
});

test('files of the long dead are swept, those of the long-lived are not', async () => {
  const home = temporaryHome();
  const children = [startChild('hold-presence', [home]), startChild('hold-presence', [home])] as const;
  const [dead, alive] = [await children[0].line(), await children[1].line()];
  await children[0].kill();
  const twoDaysAgo = new Date(Date.now() - 48 * 60 * 60 * 1000);
  for (const owner of [dead, alive])
    utimesSync(join(home, 'presence', `${owner}.lock`), twoDaysAgo, twoDaysAgo);

  const presence = presenceIn(home);
  const { owner } = presence;

  expect(readdirSync(join(home, 'presence')).toSorted()).toEqual(
    [`${alive}.lock`, `${owner}.lock`].toSorted(),
  );
  expect(presence.isDead(alive)).toBe(false);
});

test('the lease of a killed process can be taken over without waiting, in doubt', async () => {
  const home = temporaryHome();
  const { store, vault } = await openTestStore(home);
  const presence = presenceIn(home);
  const source = createLocalIntegrations({ store, vault, clock: systemTime, isDead: presence.isDead });
  const chain = sha256('xoxe-1-test-refresh-1');
  const id = await source.add({
    name: 'Team',
    credentials: {
      clientId: '111.222',
      clientSecret: new Secret('test-client-secret'),
      refreshToken: new Secret('xoxe-1-test-refresh-1'),
      accessToken: undefined,
    },
    expiresAt: undefined,
  });
  const child = startChild('claim-all', [home, chain]);
  expect(await child.line()).toBe('ready');
  child.say('go');
  expect(await child.line()).toBe(id);

  expect(await source.claim([id], chain, presence.owner, 90_000)).toEqual({ kind: 'busy' });
  await child.kill();
  expect(claimOf(await source.claim([id], chain, presence.owner, 90_000)).inDoubt).toBe(true);
});
