import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { IntegrationId } from '../../src/core/integration.ts';
import type { CredentialChange, LocalIntegrations } from '../../src/core/ports.ts';
import { Secret } from '../../src/core/secret.ts';
import {
  claimOf,
  findRow,
  sha256,
  storedRow,
  tokenPair,
  type IntegrationSourceHarness,
} from './integration-source.ts';

export interface LocalIntegrationsHarness extends IntegrationSourceHarness {
  open(): Promise<LocalIntegrations>;
}

const ttlMs = 90_000;
const chain = sha256('xoxe-1-test-refresh-1');
const newChain = sha256('xoxe-1-test-refresh-7');
const change: CredentialChange = {
  clientId: undefined,
  clientSecret: new Secret('test-client-secret-7'),
  refreshToken: new Secret('xoxe-1-test-refresh-7'),
};

/** What the source that Jeton owns can do besides; see also integration-source.ts. */
export function describeLocalIntegrations(
  name: string,
  makeHarness: () => Promise<LocalIntegrationsHarness>,
): void {
  describe(`${name}, proposing other credentials`, () => {
    let harness: LocalIntegrationsHarness;
    let source: LocalIntegrations;
    let id: IntegrationId;

    beforeEach(async () => {
      harness = await makeHarness();
      source = await harness.open();
      id = await harness.seed(storedRow());
    });

    afterEach(() => harness.dispose());

    async function propose(what = change, of = id): Promise<IntegrationId> {
      const candidate = await source.propose(of, what);
      if (candidate === undefined) throw new Error(`${of} is gone`);
      return candidate;
    }

    test('leaves the row as it is, beside a candidate that is listed first', async () => {
      const candidate = await propose();

      expect(await harness.read(id)).toEqual(storedRow());
      expect(await harness.read(candidate)).toEqual({
        enabled: true,
        clientId: '111.222',
        clientSecret: 'test-client-secret-7',
        refreshToken: 'xoxe-1-test-refresh-7',
        accessToken: undefined,
        expiresAt: undefined,
      });
      expect((await source.list()).map((row) => row.id)).toEqual([candidate, id]);
      expect(await findRow(source, candidate)).toMatchObject({ chain: newChain, missing: ['access_token'] });
    });

    test('keeps what is not given', async () => {
      const candidate = await propose({ ...change, clientId: '333.444', refreshToken: undefined });

      expect(await harness.read(candidate)).toMatchObject({
        clientId: '333.444',
        clientSecret: 'test-client-secret-7',
        refreshToken: 'xoxe-1-test-refresh-1',
      });
      const claim = claimOf(await source.claim([candidate, id], chain, 'owner-a', ttlMs));
      expect(claim.credentials.clientId).toBe('333.444');
    });

    test('the pair that comes for the candidate is the row’s, with the credentials it was got with', async () => {
      const { name: before } = await findRow(source, id);
      const candidate = await propose();
      await source.claim([candidate], newChain, 'owner-a', ttlMs);
      const pair = tokenPair(8);

      expect(await source.save(candidate, newChain, pair)).toBe('saved');

      expect(await harness.read(candidate)).toBeUndefined();
      expect(await harness.read(id)).toEqual({
        enabled: true,
        clientId: '111.222',
        clientSecret: 'test-client-secret-7',
        refreshToken: 'xoxe-1-test-refresh-8',
        accessToken: 'xoxe.xoxb-1-test-access-8',
        expiresAt: pair.expiresAt,
      });
      expect(await source.list()).toMatchObject([{ id, name: before, lease: undefined, missing: [] }]);
    });

    test('a row that was rotated meanwhile gives way, and a rotation under way comes too late', async () => {
      const candidate = await propose();
      const claim = claimOf(await source.claim([id], chain, 'owner-b', ttlMs));

      expect(await source.save(candidate, newChain, tokenPair(8))).toBe('saved');

      expect(await source.save(id, chain, tokenPair(2))).toBe('superseded');
      await source.release(claim, 'in-doubt');
      expect(await harness.read(id)).toMatchObject({ refreshToken: 'xoxe-1-test-refresh-8' });
      expect((await findRow(source, id)).lease).toBeUndefined();
    });

    test('a pair for another chain changes nothing', async () => {
      const candidate = await propose();

      expect(await source.save(candidate, chain, tokenPair(8))).toBe('superseded');

      expect(await harness.read(id)).toEqual(storedRow());
      expect(await harness.read(candidate)).toMatchObject({ refreshToken: 'xoxe-1-test-refresh-7' });
    });

    test('an earlier candidate makes way, and one of a candidate is one of its row', async () => {
      const first = await propose();
      const second = await propose({ ...change, refreshToken: new Secret('xoxe-1-test-refresh-9') });
      const third = await propose({ ...change, clientId: '333.444', refreshToken: undefined }, second);

      expect(await harness.read(first)).toBeUndefined();
      expect(await harness.read(second)).toBeUndefined();
      expect(await source.save(third, sha256('xoxe-1-test-refresh-9'), tokenPair(10))).toBe('saved');
      expect(await harness.read(id)).toMatchObject({
        clientId: '333.444',
        refreshToken: 'xoxe-1-test-refresh-10',
      });
      expect(await source.list()).toHaveLength(1);
    });

    test('goes when the row goes, and takes nothing with it when it is given up', async () => {
      const candidate = await propose();
      expect(await source.remove(candidate)).toBe(true);
      expect(await harness.read(id)).toEqual(storedRow());

      await propose();
      expect(await source.remove(id)).toBe(true);
      expect(await source.list()).toEqual([]);
      expect(await source.propose(id, change)).toBeUndefined();
    });
  });
}
