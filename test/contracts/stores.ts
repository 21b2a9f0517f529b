import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Health, IntegrationId } from '../../src/core/integration.ts';
import type { Activity, ActivityLog, HealthStore, Journal } from '../../src/core/ports.ts';
import { sha256, tokenPair } from './integration-source.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const now = Date.UTC(2026, 0, 15, 10, 0, 0);

/** The three stores on one ground, and the clock they read. One harness serves one test. */
export interface StoresHarness {
  readonly journal: Journal;
  readonly health: HealthStore;
  readonly activity: ActivityLog;
  /** Sets their clock, epoch milliseconds. */
  setClock(time: number): void;
  dispose(): Promise<void>;
}

/** The behaviour of what Jeton remembers: in memory and in jeton.db. */
export function describeStores(name: string, makeHarness: () => Promise<StoresHarness>): void {
  describe(`${name}, held to their ports,`, () => {
    let stores: StoresHarness;

    beforeEach(async () => {
      const made = await makeHarness();
      made.setClock(now);
      stores = made;
      onTestFinished(() => made.dispose());
    });

    describe('as a journal', () => {
      const spentChain = sha256('xoxe-1-test-refresh-1');
      const entry = (number: number, ids: readonly IntegrationId[] = ['local:1']) => ({
        ids,
        spentChain: sha256(`xoxe-1-test-refresh-${number - 1}`),
        pair: tokenPair(number),
        receivedAt: now,
      });

      test('is empty at first', async () => {
        expect(await stores.journal.pending()).toEqual([]);
        expect(await stores.journal.findBySpent(spentChain)).toBeUndefined();
      });

      test('gives back what was recorded', async () => {
        const recorded = await stores.journal.record(entry(2, ['local:1', 'app:7']));

        const [pending, ...more] = await stores.journal.pending();

        expect(more).toEqual([]);
        for (const kept of [recorded, pending]) {
          expect(kept).toMatchObject({
            entryId: recorded.entryId,
            ids: ['local:1', 'app:7'],
            spentChain,
            newChain: sha256('xoxe-1-test-refresh-2'),
            receivedAt: now,
          });
          expect(kept?.pair.accessToken.reveal()).toBe('xoxe.xoxb-1-test-access-2');
          expect(kept?.pair.refreshToken.reveal()).toBe('xoxe-1-test-refresh-2');
          expect(kept?.pair.expiresAt).toBe(tokenPair(2).expiresAt);
        }
      });

      test('knows a pair without an expiry', async () => {
        await stores.journal.record({ ...entry(2), pair: { ...tokenPair(2), expiresAt: undefined } });

        expect((await stores.journal.pending())[0]?.pair.expiresAt).toBeUndefined();
      });

      test('lists the oldest first, and numbers every entry differently', async () => {
        const recorded = [];
        for (const number of [2, 3, 4]) recorded.push(await stores.journal.record(entry(number)));
        await stores.journal.remove(recorded[2]!.entryId);
        recorded.push(await stores.journal.record(entry(5)));

        expect(new Set(recorded.map(({ entryId }) => entryId)).size).toBe(4);
        expect((await stores.journal.pending()).map(({ newChain }) => newChain)).toEqual(
          [2, 3, 5].map((number) => sha256(`xoxe-1-test-refresh-${number}`)),
        );
      });

      test('keeps entries that are recorded at once', async () => {
        await Promise.all([2, 3, 4, 5].map((number) => stores.journal.record(entry(number))));

        expect(await stores.journal.pending()).toHaveLength(4);
      });

      test('no longer lists what was removed', async () => {
        const { entryId } = await stores.journal.record(entry(2));

        await stores.journal.remove(entryId);
        await stores.journal.remove(entryId);
        await stores.journal.remove(entryId + 100);

        expect(await stores.journal.pending()).toEqual([]);
      });

      test('finds a pair by the refresh token that it replaced, the newest first', async () => {
        await stores.journal.record(entry(2));
        const newer = await stores.journal.record({ ...entry(3), spentChain });
        await stores.journal.record(entry(5));

        expect((await stores.journal.findBySpent(spentChain))?.entryId).toBe(newer.entryId);
        expect(await stores.journal.findBySpent(sha256('xoxe-1-test-refresh-2'))).toBeUndefined();
      });

      test('finds a settled pair for another 12 hours', async () => {
        const { entryId } = await stores.journal.record(entry(2));
        stores.setClock(now + 20 * HOUR);
        await stores.journal.remove(entryId);

        stores.setClock(now + 31 * HOUR);
        expect((await stores.journal.findBySpent(spentChain))?.pair.refreshToken.reveal()).toBe(
          'xoxe-1-test-refresh-2',
        );
        stores.setClock(now + 33 * HOUR);
        expect(await stores.journal.findBySpent(spentChain)).toBeUndefined();
      });

      test('keeps what is not settled for as long as it takes', async () => {
        await stores.journal.record(entry(2));
        stores.setClock(now + 100 * DAY);
        await stores.journal.record(entry(3));

        expect(await stores.journal.pending()).toHaveLength(2);
        expect(await stores.journal.findBySpent(spentChain)).toBeDefined();
      });
    });

    describe('as a health store', () => {
      const blank: Health = {
        id: 'local:1',
        chain: undefined,
        condition: 'ok',
        attempts: 0,
        retryAt: undefined,
        lastRenewedAt: undefined,
        verifyAt: undefined,
        learntExpiresAt: undefined,
        lastError: undefined,
        paused: false,
      };
      const full: Health = {
        id: 'app:12',
        chain: sha256('xoxe-1-test-refresh-1'),
        condition: 'misconfigured',
        attempts: 3,
        retryAt: now + 1,
        lastRenewedAt: now + 2,
        verifyAt: now + 3,
        learntExpiresAt: now + 4,
        lastError: { code: 'fields-missing', class: 'misconfigured', at: now, fields: ['client_id'] },
        paused: false,
      };

      test('remembers everything, and nothing of what it was not told', async () => {
        expect([...(await stores.health.all())]).toEqual([]);

        await stores.health.save(blank);
        await stores.health.save(full);

        const all = await stores.health.all();
        expect(all.size).toBe(2);
        expect(all.get('local:1')).toStrictEqual(blank);
        expect(all.get('app:12')).toStrictEqual(full);
      });

      test('tells it by id, as text', async () => {
        const ids = ['app:9', 'local:1', 'app:10', 'app:12', 'app:1'] as const;
        for (const id of ids) await stores.health.save({ ...blank, id });
        expect([...(await stores.health.all()).keys()]).toEqual(ids.toSorted());
      });

      test('replaces what it knew of a row', async () => {
        await stores.health.save(full);
        const later: Health = {
          ...blank,
          id: full.id,
          lastError: { code: 'timeout', class: 'in-doubt', at: now },
        };
        await stores.health.save(later);

        expect([...(await stores.health.all()).values()]).toStrictEqual([later]);
      });

      test('keeps a pause through whatever a run remembers, until a person ends it', async () => {
        await stores.health.setPaused(full.id, full.chain, true);
        await stores.health.save({ ...full, paused: false });
        expect((await stores.health.all()).get(full.id)).toStrictEqual({ ...full, paused: true });

        await stores.health.setPaused(full.id, full.chain, false);
        await stores.health.save({ ...full, paused: true });
        expect((await stores.health.all()).get(full.id)).toStrictEqual(full);
      });

      test('can pause a row of which nothing is known', async () => {
        await stores.health.setPaused('local:1', undefined, true);
        expect((await stores.health.all()).get('local:1')).toStrictEqual({ ...blank, paused: true });
      });

      test('forgets one row', async () => {
        await stores.health.save(blank);
        await stores.health.save(full);

        await stores.health.remove(full.id);
        await stores.health.remove('local:99');

        expect([...(await stores.health.all()).keys()]).toEqual(['local:1']);
      });

      test('counts revisions upwards, and not by looking', async () => {
        const revisions = [await stores.health.revision()];
        await stores.health.save(blank);
        revisions.push(await stores.health.revision());
        await stores.health.setPaused(blank.id, undefined, true);
        revisions.push(await stores.health.revision());
        await stores.health.remove(blank.id);
        revisions.push(await stores.health.revision());

        expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => a - b));
        await stores.health.all();
        expect(await stores.health.revision()).toBe(revisions.at(-1));
      });
    });

    describe('as an activity log', () => {
      const renewed = (at: number, id: IntegrationId = 'local:1'): Activity => ({
        at,
        id,
        name: 'Team',
        event: 'renewed',
        code: undefined,
        durationMs: 120,
      });

      test('gives back what was recorded, the newest first', async () => {
        const failed: Activity = {
          ...renewed(now + 1, 'app:2'),
          event: 'renewal-failed',
          code: 'ratelimited',
          durationMs: undefined,
        };
        await stores.activity.record(renewed(now));
        await stores.activity.record(failed);

        expect(await stores.activity.list({ limit: 10 })).toStrictEqual([failed, renewed(now)]);
      });

      test('lists as many as asked for, of one row when asked for', async () => {
        for (let each = 0; each < 5; each += 1) {
          await stores.activity.record(renewed(now + each, each % 2 === 0 ? 'local:1' : 'app:2'));
        }

        const times = async (filter: Parameters<ActivityLog['list']>[0]) =>
          (await stores.activity.list(filter)).map(({ at }) => at - now);
        expect(await times({ limit: 2 })).toEqual([4, 3]);
        expect(await times({ limit: 2, id: 'local:1' })).toEqual([4, 2]);
        expect(await times({ limit: 100, id: 'app:2' })).toEqual([3, 1]);
        expect(await times({ limit: 100, id: 'app:3' })).toEqual([]);
      });

      test('lists as many that fit as asked for, however far back they are', async () => {
        const failed: Activity = { ...renewed(now), event: 'renewal-failed', code: 'ratelimited' };
        await stores.activity.record(failed);
        for (let each = 1; each < 40; each += 1) await stores.activity.record(renewed(now + each));

        const fits = ({ event, at }: Activity): boolean => event === 'renewal-failed' || at > now + 37;
        const times = async (limit: number) =>
          (await stores.activity.list({ fits, limit })).map(({ at }) => at - now);
        expect(await times(3)).toEqual([39, 38, 0]);
        expect(await times(2)).toEqual([39, 38]);
        expect(await stores.activity.list({ id: 'app:2', fits, limit: 3 })).toEqual([]);
        // A read that was left half way holds up nothing.
        await stores.activity.record(renewed(now + 40));
        expect(await times(1)).toEqual([40]);
      });

      test('tells by a number whether something has happened', async () => {
        expect(await stores.activity.total()).toBe(0);
        await stores.activity.record(renewed(now));
        await stores.activity.record(renewed(now + 91 * DAY));
        expect(await stores.activity.total()).toBe(2);
        expect(await stores.activity.total()).toBe(2);
      });

      test('goes by the order of recording, not by a clock that was set back', async () => {
        await stores.activity.record(renewed(now));
        await stores.activity.record(renewed(now - 2 * HOUR));

        expect((await stores.activity.list({ limit: 1 }))[0]?.at).toBe(now - 2 * HOUR);
      });

      test('forgets what is 90 days old', async () => {
        await stores.activity.record(renewed(now));
        await stores.activity.record(renewed(now + 2 * DAY));
        await stores.activity.record(renewed(now + 91 * DAY));

        expect((await stores.activity.list({ limit: 10 })).map(({ at }) => at)).toEqual([
          now + 91 * DAY,
          now + 2 * DAY,
        ]);
      });

      test('keeps the newest 10,000', async () => {
        const total = 10_050;
        await Promise.all(
          Array.from({ length: total }, (_, each) => stores.activity.record(renewed(now + each))),
        );

        const kept = await stores.activity.list({ limit: 20_000 });

        expect(kept).toHaveLength(10_000);
        expect(kept.at(0)?.at).toBe(now + total - 1);
        expect(kept.at(-1)?.at).toBe(now + 50);
      });
    });
  });
}
