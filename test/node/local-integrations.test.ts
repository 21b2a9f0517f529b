import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { integrationId, rowIdOf } from '../../src/core/integration.ts';
import type { NewIntegration } from '../../src/core/ports.ts';
import { Secret, secretOrNone } from '../../src/core/secret.ts';
import { replay } from '../../src/core/slack/renew.ts';
import { createJournal } from '../../src/node/database/journal.ts';
import { createLocalIntegrations } from '../../src/node/database/integrations.ts';
import {
  claimOf,
  describeIncompleteRows,
  describeIntegrationSource,
  sha256,
  storedRow,
  tokenPair,
  type IntegrationSourceHarness,
} from '../contracts/integration-source.ts';
import { describeLocalIntegrations, type LocalIntegrationsHarness } from '../contracts/local-integrations.ts';
import { silent } from '../support/engine-world.ts';
import { startChild } from '../support/child.ts';
import { openTestStore, systemTime } from '../support/open-stores.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const columns = {
  accessToken: 'access_token',
  refreshToken: 'refresh_token',
  clientSecret: 'client_secret',
} as const;

const sealed = z.instanceof(Uint8Array).nullable();
const storedColumns = z.object({
  id: z.number(),
  enabled: z.number(),
  client_id: z.string().nullable(),
  expires_at: z.number().nullable(),
  client_secret: sealed,
  refresh_token: sealed,
  access_token: sealed,
});

async function makeHarness(): Promise<LocalIntegrationsHarness> {
  const home = temporaryHome();
  const { store, vault } = await openTestStore(home);
  const sealing = await vault.open();
  const dead = new Set<string>();
  let time = Date.UTC(2026, 0, 15, 10, 0, 0);
  const options = { clock: { now: () => time }, isDead: (owner: string) => dead.has(owner) };

  const read: IntegrationSourceHarness['read'] = async (id) => {
    const found = store.read((sql) => sql('SELECT * FROM integrations WHERE id = ?').get(rowIdOf(id)));
    if (found === undefined) return undefined;
    const row = storedColumns.parse(found);
    const unsealed = (column: (typeof columns)[keyof typeof columns]) => {
      const sealed = row[column];
      const place = { table: 'integrations', row: row.id, column };
      return sealed === null ? undefined : sealing.unseal(sealed, place).reveal();
    };
    return {
      enabled: row.enabled === 1,
      accessToken: unsealed('access_token'),
      refreshToken: unsealed('refresh_token'),
      clientId: row.client_id ?? undefined,
      clientSecret: unsealed('client_secret'),
      expiresAt: row.expires_at ?? undefined,
    };
  };

  const change: IntegrationSourceHarness['change'] = async (id, part) => {
    const row = { ...storedRow(), ...(await read(id)), ...part };
    const sealed = (name: keyof typeof columns) => {
      const secret = secretOrNone(row[name]);
      const place = { table: 'integrations', row: Number(rowIdOf(id)), column: columns[name] };
      return secret === undefined ? null : sealing.seal(secret, place);
    };
    const longLived = row.refreshToken === undefined && row.accessToken?.startsWith('xoxb-') === true;
    const named = longLived ? row.accessToken : row.refreshToken;
    const kind = row.accessToken === undefined && row.refreshToken === undefined ? 'unknown' : 'rotating';
    await store.write((sql) =>
      sql(
        `UPDATE integrations SET enabled = ?, chain = ?, token_kind = ?, expires_at = ?, client_id = ?,
           client_secret = ?, refresh_token = ?, access_token = ? WHERE id = ?`,
      ).run(
        row.enabled ? 1 : 0,
        named === undefined ? null : sha256(named),
        longLived ? 'long-lived' : kind,
        row.expiresAt ?? null,
        row.clientId ?? null,
        sealed('clientSecret'),
        sealed('refreshToken'),
        sealed('accessToken'),
        rowIdOf(id),
      ),
    );
  };

  return {
    async open() {
      return createLocalIntegrations({ ...options, ...(await openTestStore(home)) });
    },
    async seed(row) {
      const { lastInsertRowid } = await store.write((sql) =>
        sql("INSERT INTO integrations (name, token_kind, key_id) VALUES ('Team', 'unknown', ?)").run(
          sealing.keyId,
        ),
      );
      const id = integrationId('local', Number(lastInsertRowid));
      await change(id, row);
      return id;
    },
    read,
    change,
    async remove(id) {
      await store.write((sql) => sql('DELETE FROM integrations WHERE id = ?').run(rowIdOf(id)));
    },
    async expireLeases() {
      time += 24 * 60 * 60 * 1000;
    },
    markDead: (owner) => void dead.add(owner),
    dispose: async () => {},
  };
}

describeIntegrationSource('LocalIntegrations', 'local', makeHarness);
describeIncompleteRows('LocalIntegrations', makeHarness);
describeLocalIntegrations('LocalIntegrations', makeHarness);

describe('LocalIntegrations', () => {
  const credentials = {
    clientId: '111.222',
    clientSecret: new Secret('test-client-secret'),
    refreshToken: new Secret('xoxe-1-test-refresh-1'),
    accessToken: undefined,
  };
  const team: NewIntegration = { name: 'Team', credentials, expiresAt: 1000 };
  const chain = sha256('xoxe-1-test-refresh-1');

  async function open() {
    const { store, vault } = await openTestStore(temporaryHome());
    const source = createLocalIntegrations({ store, vault, clock: systemTime, isDead: () => false });
    return { store, vault, source };
  }

  test('lists what was added', async () => {
    const { source } = await open();

    const id = await source.add(team);
    const other = await source.add({
      name: 'Old',
      credentials: {
        ...credentials,
        refreshToken: undefined,
        accessToken: new Secret('xoxp-test-long-lived'),
      },
      expiresAt: undefined,
    });

    expect(await source.list()).toEqual([
      {
        id,
        name: 'Team',
        enabled: true,
        defect: undefined,
        missing: ['access_token'],
        app: sha256(credentials.clientId),
        chain,
        tokenKind: 'rotating',
        expiresAt: 1000,
        lease: undefined,
      },
      expect.objectContaining({ id: other, chain: sha256('xoxp-test-long-lived'), tokenKind: 'long-lived' }),
    ]);
    expect(claimOf(await source.claim([id], chain, 'owner', 90_000)).credentials).toEqual(credentials);
  });

  test('removes a row with every secret of it, the journal’s too, and never reuses its id', async () => {
    const { source, store, vault } = await open();
    const journal = createJournal(store, vault, systemTime);
    const [id, kept] = [await source.add(team), await source.add(team)];
    for (const ids of [[id], [kept], [id, kept]]) {
      await journal.record({ ids, spentChain: chain, pair: tokenPair(2), receivedAt: 0 });
    }
    await source.remove(kept);

    expect(await source.remove(kept)).toBe(false);
    expect((await source.list()).map((row) => row.id)).toEqual([id]);
    expect((await journal.pending()).map(({ ids }) => ids)).toEqual([[id], [id, kept]]);
    expect(await source.add(team)).toBe('local:3');
  });

  test.each(['before', 'after'])(
    'a pair whose process was killed %s it moved into its row is there when the journal was replayed',
    async (moment) => {
      const { source, store, vault } = await open();
      const journal = createJournal(store, vault, systemTime);
      const id = await source.add(team);
      const refreshToken = new Secret('xoxe-1-test-refresh-7');
      const change = { clientId: undefined, clientSecret: undefined, refreshToken };
      const candidate = (await source.propose(id, change)) ?? id;
      const spentChain = sha256('xoxe-1-test-refresh-7');
      await journal.record({ ids: [candidate], spentChain, pair: tokenPair(8), receivedAt: 0 });
      if (moment === 'after') await source.save(candidate, spentChain, tokenPair(8));

      const replayed = await replay(() => source, { journal, clock: systemTime, log: silent });

      expect(replayed).toMatchObject([{ id: moment === 'after' ? id : candidate, result: 'saved' }]);
      expect(await journal.pending()).toEqual([]);
      expect(await journal.findBySpent(spentChain)).toMatchObject({ ids: [id] });
      expect(await source.list()).toMatchObject([{ id, chain: sha256('xoxe-1-test-refresh-8') }]);
    },
  );

  test('says which row is damaged, and takes no lease on it', async () => {
    const { source, store } = await open();
    const id = await source.add(team);
    await store.write((sql) => sql('UPDATE integrations SET refresh_token = zeroblob(40)').run());

    await expect(source.claim([id], chain, 'owner', 90_000)).rejects.toMatchObject({
      code: 'secret-damaged',
      details: { table: 'integrations', row: 1, column: 'refresh_token' },
    });
    expect((await source.list())[0]?.lease).toBeUndefined();
  });

  test('does not open a ciphertext that was moved to another row', async () => {
    const { source, store } = await open();
    const [first, second] = [
      await source.add(team),
      await source.add({
        ...team,
        credentials: { ...credentials, clientSecret: new Secret('test-client-secret-2') },
      }),
    ];
    await store.write((sql) =>
      sql(
        'UPDATE integrations SET client_secret = (SELECT client_secret FROM integrations WHERE id = 2) WHERE id = 1',
      ).run(),
    );

    await expect(source.claim([first], chain, 'owner', 90_000)).rejects.toMatchObject({
      code: 'secret-damaged',
    });
    expect((await source.claim([second], chain, 'owner', 90_000)).kind).toBe('claimed');
  });

  test('a lease given up in doubt stays given up when the clock is set back', async () => {
    const { store, vault } = await openTestStore(temporaryHome());
    let time = Date.UTC(2026, 0, 15);
    const source = createLocalIntegrations({ store, vault, clock: { now: () => time }, isDead: () => false });
    const id = await source.add(team);
    await source.release(claimOf(await source.claim([id], chain, 'owner', 90_000)), 'in-doubt');
    time -= 2 * 60 * 60 * 1000;

    expect((await source.list())[0]?.lease?.standing).toBe('abandoned');
  });

  test('hands each of 200 rows to exactly one of four processes', async () => {
    const home = temporaryHome();
    const { store, vault } = await openTestStore(home);
    const source = createLocalIntegrations({ store, vault, clock: systemTime, isDead: () => false });
    const ids = await Promise.all(Array.from({ length: 200 }, () => source.add(team)));

    const children = [1, 2, 3, 4].map(() => startChild('claim-all', [home, chain]));
    for (const child of children) expect(await child.line()).toBe('ready');
    for (const child of children) child.say('go');
    const claimed = (await Promise.all(children.map((child) => child.until('done')))).flat();

    expect(claimed.toSorted()).toEqual(ids.toSorted());
  });
});
