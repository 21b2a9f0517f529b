import { describe, expect, test } from 'vitest';
import { createActivityLog } from '../../src/node/database/activity.ts';
import { createHealthStore } from '../../src/node/database/health.ts';
import { createJournal } from '../../src/node/database/journal.ts';
import { tokenPair } from '../contracts/integration-source.ts';
import { describeStores } from '../contracts/stores.ts';
import { startChild } from '../support/child.ts';
import { openTestStore, systemTime } from '../support/open-stores.ts';
import { temporaryHome } from '../support/temporary-home.ts';

describeStores('The stores in jeton.db', async () => {
  const { store, vault } = await openTestStore(temporaryHome());
  let time = 0;
  return {
    journal: createJournal(store, vault, { now: () => time }),
    health: createHealthStore(store),
    activity: createActivityLog(store),
    setClock: (to) => (time = to),
    dispose: async () => {},
  };
});

describe('the journal in jeton.db', () => {
  test('loses no entry it has acknowledged when the process is killed', async () => {
    const home = temporaryHome();
    const { store, vault } = await openTestStore(home);
    for (let round = 0; round < 3; round += 1) {
      const child = startChild('record-journal', [home]);
      const acknowledged = [];
      while (acknowledged.length < 20 + 17 * round) acknowledged.push(Number(await child.line()));
      await child.kill();
      acknowledged.push(...(await child.rest()).map(Number));

      const pending = await createJournal(store, vault, systemTime).pending();

      expect(pending.map(({ entryId }) => entryId)).toEqual(expect.arrayContaining(acknowledged));
    }
  });

  test('drops what was settled long ago, and goes over all of it once a minute at most', async () => {
    const hour = 3_600_000;
    let now = 100 * hour;
    const { store, vault } = await openTestStore(temporaryHome());
    const journal = createJournal(store, vault, { now: () => now });
    const record = async (spentChain: string): Promise<void> => {
      const { entryId } = await journal.record({
        ids: ['local:1'],
        spentChain,
        receivedAt: now,
        pair: tokenPair(2),
      });
      await journal.remove(entryId);
    };
    const kept = () =>
      store.read((sql) => sql('SELECT spent_chain FROM journal ORDER BY entry_id').pluck().all());

    await record('first');
    now += 13 * hour;
    await record('second');
    expect(kept()).toEqual(['second']);

    await store.write((sql) => sql('UPDATE journal SET settled_at = 0').run());
    now += 59_000;
    await record('third');
    expect(kept()).toEqual(['second', 'third']);
    now += 1_000;
    await record('fourth');
    expect(kept()).toEqual(['third', 'fourth']);

    // A clock that was set back keeps nothing for longer.
    await store.write((sql) => sql('UPDATE journal SET settled_at = 0').run());
    now -= 5 * hour;
    await record('fifth');
    expect(kept()).toEqual(['fifth']);
  });

  test('passes over an entry that is damaged, and leaves it in place', async () => {
    const { store, vault } = await openTestStore(temporaryHome());
    const journal = createJournal(store, vault, systemTime);
    const entry = { ids: ['local:1'] as const, spentChain: 'spent', receivedAt: 0 };
    const damaged = await journal.record({ ...entry, pair: tokenPair(2) });
    const whole = await journal.record({ ...entry, pair: tokenPair(3) });
    await store.write((sql) =>
      sql('UPDATE journal SET access_token = zeroblob(60) WHERE entry_id = ?').run(damaged.entryId),
    );

    expect((await journal.pending()).map(({ entryId }) => entryId)).toEqual([whole.entryId]);
    await journal.remove(whole.entryId);
    expect(store.read((sql) => sql('SELECT count(*) AS kept FROM journal').get())).toEqual({ kept: 2 });
  });
});

describe('the revision', () => {
  test('grows when another process changes something', async () => {
    const home = temporaryHome();
    const one = await openTestStore(home);
    const other = await openTestStore(home);
    const before = await createHealthStore(one.store).revision();

    await createActivityLog(other.store).record({
      at: 1,
      id: 'local:1',
      name: 'Team',
      event: 'paused',
      code: undefined,
      durationMs: undefined,
    });

    expect(await createHealthStore(one.store).revision()).toBeGreaterThan(before);
  });
});
