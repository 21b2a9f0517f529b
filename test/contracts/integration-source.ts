import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type {
  ChainId,
  IntegrationId,
  SlackIntegration,
  SourceKind,
  TokenPair,
} from '../../src/core/integration.ts';
import type { Claim, ClaimResult, IntegrationSource } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';

/** A row as a test writes or reads it, behind the source's back. Blank and absent are written as `undefined`. */
export interface StoredRow {
  readonly enabled: boolean;
  readonly accessToken: string | undefined;
  readonly refreshToken: string | undefined;
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt: number | undefined;
}

/** What a test needs of a source beside its port. One harness serves one test. */
export interface IntegrationSourceHarness {
  /** Another opening of the same rows, as another process or machine has one; the harness disposes of it. */
  open(): Promise<IntegrationSource>;
  /** Adds a row. */
  seed(row: StoredRow): Promise<IntegrationId>;
  /** What the row holds now, without going through the source; `undefined` when there is no row. */
  read(id: IntegrationId): Promise<StoredRow | undefined>;
  /** Somebody else changes the row. */
  change(id: IntegrationId, change: Partial<StoredRow>): Promise<void>;
  /** Somebody else deletes the row. */
  remove(id: IntegrationId): Promise<void>;
  /** Lets every lease now held run out, by the source's clock. */
  expireLeases(): Promise<void>;
  /** From now on every opening of the source knows that this owner is dead. */
  markDead(owner: string): void;
  dispose(): Promise<void>;
}

export type MakeHarness = () => Promise<IntegrationSourceHarness>;

export function sha256(text: string): ChainId {
  return createHash('sha256').update(text).digest('hex');
}

export function storedRow(change: Partial<StoredRow> = {}): StoredRow {
  return {
    enabled: true,
    accessToken: 'xoxe.xoxb-1-test-access-1',
    refreshToken: 'xoxe-1-test-refresh-1',
    clientId: '111.222',
    clientSecret: 'test-client-secret',
    expiresAt: Date.UTC(2026, 0, 15, 10, 30, 0),
    ...change,
  };
}

export function tokenPair(number: number, expiresAt: number | undefined = laterExpiry): TokenPair {
  return {
    accessToken: new Secret(`xoxe.xoxb-1-test-access-${number}`),
    refreshToken: new Secret(`xoxe-1-test-refresh-${number}`),
    expiresAt,
  };
}

export async function findRow(source: IntegrationSource, id: IntegrationId): Promise<SlackIntegration> {
  const row = (await source.list()).find((candidate) => candidate.id === id);
  if (row === undefined) throw new Error(`${id} is not listed`);
  return row;
}

export function claimOf(result: ClaimResult): Claim {
  if (result.kind !== 'claimed') throw new Error(`expected a claim, got ${result.kind}`);
  return result.claim;
}

const chain = sha256('xoxe-1-test-refresh-1');
const chain2 = sha256('xoxe-1-test-refresh-2');
const laterExpiry = Date.UTC(2026, 0, 15, 22, 30, 0);
const now = Date.UTC(2026, 0, 15, 10, 0, 0);
const ttlMs = 90_000;

/** The behaviour that every {@link IntegrationSource} has in common: in memory, in jeton.db, in PostgreSQL. */
export function describeIntegrationSource(name: string, kind: SourceKind, makeHarness: MakeHarness): void {
  describe(`${name} as an integration source`, () => {
    let harness: IntegrationSourceHarness;
    let source: IntegrationSource;

    beforeEach(async () => {
      harness = await makeHarness();
      source = await harness.open();
    });

    afterEach(async () => {
      await harness.dispose();
    });

    describe('list', () => {
      test('answers nothing where there is nothing', async () => {
        expect(await source.list()).toEqual([]);
      });

      test('says all that is needed to decide', async () => {
        const id = await harness.seed(storedRow());

        const row = await findRow(source, id);

        expect(source.kind).toBe(kind);
        expect(id.startsWith(`${kind}:`)).toBe(true);
        expect(row.name).not.toBe('');
        expect(row).toEqual({
          id,
          name: row.name,
          enabled: true,
          defect: undefined,
          missing: [],
          app: sha256(storedRow().clientId ?? ''),
          chain,
          tokenKind: 'rotating',
          expiresAt: storedRow().expiresAt,
          lease: undefined,
        });
      });

      test('holds no secret', async () => {
        await harness.seed(storedRow());

        const listed = JSON.stringify(await source.list());

        for (const secret of ['test-access', 'test-refresh', 'test-client-secret']) {
          expect(listed).not.toContain(secret);
        }
      });

      test('includes rows that are switched off, and rows whose expiry nobody wrote down', async () => {
        const id = await harness.seed(storedRow({ enabled: false, expiresAt: undefined }));

        expect(await findRow(source, id)).toMatchObject({ enabled: false, expiresAt: undefined });
      });

      test('names the chain of a long-lived token after that token, and misses nothing in it', async () => {
        const id = await harness.seed(
          storedRow({ accessToken: 'xoxb-test-long-lived', refreshToken: undefined, expiresAt: undefined }),
        );

        expect(await findRow(source, id)).toMatchObject({
          tokenKind: 'long-lived',
          chain: sha256('xoxb-test-long-lived'),
          missing: [],
        });
      });

      test('says that an access token is missing where the refresh token is there', async () => {
        const id = await harness.seed(storedRow({ accessToken: undefined }));

        expect(await findRow(source, id)).toMatchObject({ chain, missing: ['access_token'] });
      });
    });

    describe('claim', () => {
      test('hands over the credentials', async () => {
        const id = await harness.seed(storedRow());

        const claim = claimOf(await source.claim([id], chain, 'owner-a', ttlMs));

        expect(claim).toMatchObject({
          ids: [id],
          owner: 'owner-a',
          chain,
          expiresAt: storedRow().expiresAt,
          inDoubt: false,
        });
        expect(claim.credentials.clientId).toBe('111.222');
        expect(claim.credentials.clientSecret.reveal()).toBe('test-client-secret');
        expect(claim.credentials.refreshToken?.reveal()).toBe('xoxe-1-test-refresh-1');
        expect(claim.credentials.accessToken?.reveal()).toBe('xoxe.xoxb-1-test-access-1');
      });

      test('changes nothing of what the row is for', async () => {
        const id = await harness.seed(storedRow());

        await source.claim([id], chain, 'owner-a', ttlMs);

        expect(await harness.read(id)).toEqual(storedRow());
      });

      test('is seen by everybody', async () => {
        const id = await harness.seed(storedRow());
        await source.claim([id], chain, 'owner-a', ttlMs);

        const row = await findRow(await harness.open(), id);

        expect(row.lease).toMatchObject({ owner: 'owner-a', chain, standing: 'held' });
        expect(row.lease?.until).toBeGreaterThan(0);
      });

      test('is refused while somebody holds the row, whoever asks', async () => {
        const id = await harness.seed(storedRow());
        const other = await harness.open();
        await source.claim([id], chain, 'owner-a', ttlMs);

        expect(await other.claim([id], chain, 'owner-b', ttlMs)).toEqual({ kind: 'busy' });
        expect(await source.claim([id], chain, 'owner-a', ttlMs)).toEqual({ kind: 'busy' });
      });

      test('is won by exactly one of many who ask at once', async () => {
        const id = await harness.seed(storedRow());
        const sources = [source, await harness.open(), await harness.open(), await harness.open()];

        const results = await Promise.all(
          sources.map((each, index) => each.claim([id], chain, `owner-${index}`, ttlMs)),
        );

        const outcomes = results.map((result) => result.kind).sort();
        expect(outcomes).toEqual(['busy', 'busy', 'busy', 'claimed']);
      });

      test('answers `changed` for another chain, and for a row that is gone', async () => {
        const id = await harness.seed(storedRow());
        const gone = await harness.seed(storedRow());
        await harness.remove(gone);

        expect(await source.claim([id], chain2, 'owner-a', ttlMs)).toEqual({ kind: 'changed' });
        expect(await source.claim([gone], chain, 'owner-a', ttlMs)).toEqual({ kind: 'changed' });
        expect((await findRow(source, id)).lease).toBeUndefined();
      });

      test('takes all rows of a chain', async () => {
        const first = await harness.seed(storedRow());
        const second = await harness.seed(storedRow());

        const claim = claimOf(await source.claim([first, second], chain, 'owner-a', ttlMs));

        expect(claim.ids).toEqual([first, second]);
        expect((await findRow(source, first)).lease?.owner).toBe('owner-a');
        expect((await findRow(source, second)).lease?.owner).toBe('owner-a');
      });

      test('takes none when one of them is of another chain or gone', async () => {
        const first = await harness.seed(storedRow());
        const second = await harness.seed(storedRow({ refreshToken: 'xoxe-1-test-refresh-2' }));
        const gone = await harness.seed(storedRow());
        await harness.remove(gone);

        expect(await source.claim([first, second], chain, 'owner-a', ttlMs)).toEqual({ kind: 'changed' });
        expect(await source.claim([first, gone], chain, 'owner-a', ttlMs)).toEqual({ kind: 'changed' });
        expect((await findRow(source, first)).lease).toBeUndefined();
        expect((await findRow(source, second)).lease).toBeUndefined();
      });

      test('takes none when one of them is held', async () => {
        const first = await harness.seed(storedRow());
        const second = await harness.seed(storedRow());
        await source.claim([second], chain, 'owner-a', ttlMs);

        expect(await source.claim([first, second], chain, 'owner-b', ttlMs)).toEqual({ kind: 'busy' });
        expect((await findRow(source, first)).lease).toBeUndefined();
      });

      test('hands over a long-lived token where there is no refresh token', async () => {
        const id = await harness.seed(
          storedRow({ accessToken: 'xoxb-test-long-lived', refreshToken: undefined }),
        );

        const { credentials } = claimOf(
          await source.claim([id], sha256('xoxb-test-long-lived'), 'owner-a', ttlMs),
        );

        expect(credentials.refreshToken).toBeUndefined();
        expect(credentials.accessToken?.reveal()).toBe('xoxb-test-long-lived');
      });

      test('over a lease that ran out is in doubt', async () => {
        const id = await harness.seed(storedRow());
        await source.claim([id], chain, 'owner-a', ttlMs);
        await harness.expireLeases();

        expect((await findRow(source, id)).lease).toMatchObject({ owner: 'owner-a', standing: 'abandoned' });
        const claim = claimOf(await source.claim([id], chain, 'owner-b', ttlMs));
        expect(claim.inDoubt).toBe(true);
        expect((await findRow(source, id)).lease).toMatchObject({ owner: 'owner-b', standing: 'held' });
      });

      test('over the lease of a dead owner is in doubt, and need not wait', async () => {
        const id = await harness.seed(storedRow());
        await source.claim([id], chain, 'owner-a', ttlMs);
        harness.markDead('owner-a');

        expect((await findRow(source, id)).lease).toMatchObject({ owner: 'owner-a', standing: 'abandoned' });
        expect(claimOf(await source.claim([id], chain, 'owner-b', ttlMs)).inDoubt).toBe(true);
      });

      test('is in doubt when one of its rows is', async () => {
        const first = await harness.seed(storedRow());
        const second = await harness.seed(storedRow());
        await source.claim([second], chain, 'owner-a', ttlMs);
        harness.markDead('owner-a');

        expect(claimOf(await source.claim([first, second], chain, 'owner-b', ttlMs)).inDoubt).toBe(true);
      });

      test('knows nothing of a lease on an earlier chain', async () => {
        const id = await harness.seed(storedRow());
        await source.claim([id], chain, 'owner-a', ttlMs);
        await harness.change(id, { refreshToken: 'xoxe-1-test-refresh-2' });

        expect((await findRow(source, id)).lease).toBeUndefined();
        expect(claimOf(await source.claim([id], chain2, 'owner-b', ttlMs)).inDoubt).toBe(false);
      });
    });

    describe('release', () => {
      test('of an unspent token leaves no trace', async () => {
        const id = await harness.seed(storedRow());
        await source.release(claimOf(await source.claim([id], chain, 'owner-a', ttlMs)), 'unspent');

        expect((await findRow(source, id)).lease).toBeUndefined();
        expect(claimOf(await source.claim([id], chain, 'owner-b', ttlMs)).inDoubt).toBe(false);
      });

      test('in doubt frees the rows, and tells the next who claims them', async () => {
        const first = await harness.seed(storedRow());
        const second = await harness.seed(storedRow());
        const ids = [first, second];
        await source.release(claimOf(await source.claim(ids, chain, 'owner-a', ttlMs)), 'in-doubt');

        for (const id of ids) {
          expect((await findRow(source, id)).lease).toMatchObject({
            owner: 'owner-a',
            standing: 'abandoned',
          });
        }
        expect(claimOf(await source.claim(ids, chain, 'owner-b', ttlMs)).inDoubt).toBe(true);
        expect(await harness.read(first)).toEqual(storedRow());
      });

      test('of a lease that ran out and was taken over touches nothing', async () => {
        const id = await harness.seed(storedRow());
        const late = claimOf(await source.claim([id], chain, 'owner-a', ttlMs));
        await harness.expireLeases();
        await source.claim([id], chain, 'owner-b', ttlMs);

        await source.release(late, 'unspent');
        await source.release(late, 'in-doubt');

        expect((await findRow(source, id)).lease).toMatchObject({ owner: 'owner-b', standing: 'held' });
      });

      test('touches nothing in a row that is gone or of another chain', async () => {
        const id = await harness.seed(storedRow());
        const gone = await harness.seed(storedRow());
        const claim = claimOf(await source.claim([id, gone], chain, 'owner-a', ttlMs));
        await harness.change(id, { refreshToken: 'xoxe-1-test-refresh-2' });
        await harness.remove(gone);

        await source.release(claim, 'in-doubt');

        expect(await harness.read(id)).toEqual(storedRow({ refreshToken: 'xoxe-1-test-refresh-2' }));
        expect(claimOf(await source.claim([id], chain2, 'owner-b', ttlMs)).inDoubt).toBe(false);
      });
    });

    describe('save', () => {
      test('writes the pair and drops the lease', async () => {
        const id = await harness.seed(storedRow());
        await source.claim([id], chain, 'owner-a', ttlMs);

        expect(await source.save(id, chain, tokenPair(2))).toBe('saved');

        expect(await harness.read(id)).toEqual(
          storedRow({
            accessToken: 'xoxe.xoxb-1-test-access-2',
            refreshToken: 'xoxe-1-test-refresh-2',
            expiresAt: laterExpiry,
          }),
        );
        expect(await findRow(source, id)).toMatchObject({
          chain: chain2,
          expiresAt: laterExpiry,
          lease: undefined,
        });
        expect(claimOf(await source.claim([id], chain2, 'owner-b', ttlMs)).inDoubt).toBe(false);
      });

      test('needs no claim', async () => {
        const id = await harness.seed(storedRow());

        expect(await source.save(id, chain, tokenPair(2))).toBe('saved');
        expect((await findRow(source, id)).chain).toBe(chain2);
      });

      test('may be repeated', async () => {
        const id = await harness.seed(storedRow());
        await source.save(id, chain, tokenPair(2));

        expect(await source.save(id, chain, tokenPair(2))).toBe('saved');
        expect((await findRow(source, id)).chain).toBe(chain2);
      });

      test('never overwrites a newer pair', async () => {
        const id = await harness.seed(storedRow());
        await source.claim([id], chain, 'owner-a', ttlMs);
        const newer = {
          accessToken: 'xoxe.xoxb-1-test-access-3',
          refreshToken: 'xoxe-1-test-refresh-3',
          expiresAt: laterExpiry,
        };
        await harness.change(id, newer);

        expect(await source.save(id, chain, tokenPair(2))).toBe('superseded');
        expect(await harness.read(id)).toEqual(storedRow(newer));
      });

      test('says when the row is gone', async () => {
        const id = await harness.seed(storedRow());
        await source.claim([id], chain, 'owner-a', ttlMs);
        await harness.remove(id);

        expect(await source.save(id, chain, tokenPair(2))).toBe('gone');
      });

      test('is decided by the row: of two different pairs for one chain, the first stays', async () => {
        const id = await harness.seed(storedRow());
        const other = await harness.open();

        const results = await Promise.all([
          source.save(id, chain, tokenPair(2)),
          other.save(id, chain, tokenPair(3)),
        ]);

        expect([...results].sort()).toEqual(['saved', 'superseded']);
        const winner = results[0] === 'saved' ? 2 : 3;
        expect((await harness.read(id))?.accessToken).toBe(`xoxe.xoxb-1-test-access-${winner}`);
        expect((await harness.read(id))?.refreshToken).toBe(`xoxe-1-test-refresh-${winner}`);
      });

      test('keeps the chain when the reply brought no new refresh token', async () => {
        const id = await harness.seed(storedRow());
        await source.claim([id], chain, 'owner-a', ttlMs);
        const kept = { ...tokenPair(2), refreshToken: new Secret('xoxe-1-test-refresh-1') };

        expect(await source.save(id, chain, kept)).toBe('saved');
        expect(await source.save(id, chain, kept)).toBe('saved');

        expect(await harness.read(id)).toEqual(
          storedRow({ accessToken: 'xoxe.xoxb-1-test-access-2', expiresAt: laterExpiry }),
        );
        expect(await findRow(source, id)).toMatchObject({ chain, lease: undefined });
      });

      test('forgets the old expiry when the reply named none', async () => {
        const id = await harness.seed(storedRow());

        await source.save(id, chain, { ...tokenPair(2), expiresAt: undefined });

        expect((await findRow(source, id)).expiresAt).toBeUndefined();
      });

      test('turns a long-lived token into a rotating pair', async () => {
        const id = await harness.seed(
          storedRow({ accessToken: 'xoxb-test-long-lived', refreshToken: undefined, expiresAt: undefined }),
        );
        const spent = sha256('xoxb-test-long-lived');
        await source.claim([id], spent, 'owner-a', ttlMs);

        expect(await source.save(id, spent, tokenPair(2))).toBe('saved');
        expect(await findRow(source, id)).toMatchObject({
          tokenKind: 'rotating',
          chain: chain2,
          missing: [],
        });
      });

      test('leaves a switched-off row switched off', async () => {
        const id = await harness.seed(storedRow({ enabled: false }));

        await source.save(id, chain, tokenPair(2));

        expect((await findRow(source, id)).enabled).toBe(false);
      });
    });

    describe('accessToken', () => {
      test('is the one that the row holds', async () => {
        const id = await harness.seed(storedRow());

        expect((await source.accessToken(id))?.reveal()).toBe('xoxe.xoxb-1-test-access-1');
      });

      test('is undefined where there is none', async () => {
        const blank = await harness.seed(storedRow({ accessToken: undefined }));
        const gone = await harness.seed(storedRow());
        await harness.remove(gone);

        expect(await source.accessToken(blank)).toBeUndefined();
        expect(await source.accessToken(gone)).toBeUndefined();
      });
    });

    describe('fillMissing', () => {
      const fields = {
        clientId: '333.444',
        clientSecret: new Secret('test-other-client-secret'),
        expiresAt: laterExpiry,
      };

      test('leaves what is there', async () => {
        const id = await harness.seed(storedRow());

        expect(await source.fillMissing(id, fields)).toEqual([]);
        expect(await harness.read(id)).toEqual(storedRow());
      });

      test('writes an expiry where there is none', async () => {
        const id = await harness.seed(storedRow({ expiresAt: undefined }));

        expect(await source.fillMissing(id, fields)).toEqual(['expiresAt']);
        expect(await harness.read(id)).toEqual(storedRow({ expiresAt: laterExpiry }));
        expect(await source.fillMissing(id, fields)).toEqual([]);
      });

      test('writes nothing to a row that is gone', async () => {
        const id = await harness.seed(storedRow());
        await harness.remove(id);

        expect(await source.fillMissing(id, fields)).toEqual([]);
        expect(await harness.read(id)).toBeUndefined();
      });
    });

    describe('recordFailure', () => {
      test('changes nothing that a renewal reads', async () => {
        const id = await harness.seed(storedRow());
        await source.claim([id], chain, 'owner-a', ttlMs);

        await source.recordFailure(id, chain, now, 'invalid_refresh_token');

        expect(await harness.read(id)).toEqual(storedRow());
        expect((await findRow(source, id)).lease?.owner).toBe('owner-a');
      });

      test('of a row that is gone is no error', async () => {
        const id = await harness.seed(storedRow());
        await harness.remove(id);

        await source.recordFailure(id, chain, now, 'invalid_refresh_token');

        expect(await harness.read(id)).toBeUndefined();
      });
    });

    test('can be disposed of twice', async () => {
      const other = await harness.open();
      await other.dispose();
      await other.dispose();

      expect(await source.list()).toEqual([]);
    });
  });
}

/** Further behaviour of sources whose rows somebody else writes, so that they may lack anything. */
export function describeIncompleteRows(name: string, makeHarness: MakeHarness): void {
  describe(`${name} with incomplete rows`, () => {
    let harness: IntegrationSourceHarness;
    let source: IntegrationSource;

    beforeEach(async () => {
      harness = await makeHarness();
      source = await harness.open();
    });

    afterEach(async () => {
      await harness.dispose();
    });

    test('lists what is missing', async () => {
      const id = await harness.seed(
        storedRow({
          accessToken: undefined,
          refreshToken: undefined,
          clientId: undefined,
          clientSecret: undefined,
        }),
      );

      expect(await findRow(source, id)).toMatchObject({
        missing: ['access_token', 'refresh_token', 'client_id', 'client_secret'],
        app: undefined,
        chain: undefined,
        tokenKind: 'unknown',
      });
    });

    test('misses the refresh token of a rotating access token, and knows no chain', async () => {
      const id = await harness.seed(storedRow({ refreshToken: undefined }));

      expect(await findRow(source, id)).toMatchObject({
        missing: ['refresh_token'],
        chain: undefined,
        tokenKind: 'rotating',
      });
    });

    test('does not claim a row that lacks a credential', async () => {
      const id = await harness.seed(storedRow({ clientSecret: undefined }));

      expect(await source.claim([id], chain, 'owner-a', ttlMs)).toEqual({ kind: 'changed' });
      expect((await findRow(source, id)).lease).toBeUndefined();
    });

    test('takes the credentials of a chain from the first of its rows that has all', async () => {
      const ids = [
        await harness.seed(storedRow({ clientSecret: undefined })),
        await harness.seed(storedRow({ clientId: 'second', expiresAt: laterExpiry })),
        await harness.seed(storedRow({ clientId: 'third' })),
      ];

      const claim = claimOf(await source.claim(ids, chain, 'owner-a', ttlMs));

      expect(claim.credentials.clientId).toBe('second');
      expect(claim.expiresAt).toBe(laterExpiry);
    });

    test('fills what is missing, and says what', async () => {
      const id = await harness.seed(
        storedRow({ clientId: undefined, clientSecret: undefined, expiresAt: undefined }),
      );

      expect(
        await source.fillMissing(id, { clientId: '333.444', clientSecret: new Secret('test-filled-secret') }),
      ).toEqual(['clientId', 'clientSecret']);

      expect(await harness.read(id)).toEqual(
        storedRow({ clientId: '333.444', clientSecret: 'test-filled-secret', expiresAt: undefined }),
      );
    });
  });
}
