import * as z from 'zod/mini';
import {
  integrationId,
  rowIdOf,
  type ChainId,
  type CredentialField,
  type IntegrationId,
  type LeaseMark,
  type SlackCredentials,
  type SlackIntegration,
  type TokenPair,
} from '../../core/integration.ts';
import type {
  Claim,
  ClaimResult,
  Clock,
  LocalIntegrations,
  MissingFields,
  NewIntegration,
  SaveResult,
} from '../../core/ports.ts';
import { Secret } from '../../core/secret.ts';
import { fingerprint } from '../fingerprint.ts';
import type { OpenVault, Vault } from '../vault/vault.ts';
import type { Store } from './store.ts';

const ciphertext = z.nullable(z.instanceof(Uint8Array));
const integrationRow = z.object({
  id: z.number(),
  name: z.string(),
  enabled: z.number(),
  chain: z.nullable(z.string()),
  token_kind: z.enum(['rotating', 'long-lived', 'unknown']),
  expires_at: z.nullable(z.number()),
  client_id: z.nullable(z.string()),
  client_secret: ciphertext,
  refresh_token: ciphertext,
  access_token: ciphertext,
  lease_owner: z.nullable(z.string()),
  lease_chain: z.nullable(z.string()),
  lease_until: z.nullable(z.number()),
  replaces: z.nullable(z.number()),
});
type Row = z.output<typeof integrationRow>;
type SealedColumn = 'client_secret' | 'refresh_token' | 'access_token';

const SELECT_ONE = 'SELECT * FROM integrations WHERE id = ?';

/** `until` of a lease that its owner gave up in doubt: out of date by any clock. */
const GIVEN_UP = 0;

export interface LocalIntegrationsOptions {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Presence.isDead: a dead owner's lease need not run out. */
  readonly isDead: (owner: string) => boolean;
}

/**
 * Creates the source of the integrations that jeton.db itself holds. Secrets are sealed column by column; the
 * chain's name lies beside them in clear, so that listing needs no key.
 *
 * Disposing of it leaves the store open, which is its owner's to close.
 */
export function createLocalIntegrations({
  store,
  vault,
  clock,
  isDead,
}: LocalIntegrationsOptions): LocalIntegrations {
  function leaseOn(row: Row): LeaseMark | undefined {
    const { lease_owner: owner, lease_chain: chain, lease_until: until } = row;
    if (owner === null || until === null || chain === null || chain !== row.chain) return undefined;
    const abandoned = until <= clock.now() || isDead(owner);
    return { owner, chain, until, standing: abandoned ? 'abandoned' : 'held' };
  }

  return {
    kind: 'local',

    async list() {
      const rows = store.read((sql) => sql('SELECT * FROM integrations ORDER BY replaces IS NULL, id').all());
      return rows.map((each) => {
        const row = integrationRow.parse(each);
        return {
          id: integrationId('local', row.id),
          name: row.name,
          enabled: row.enabled === 1,
          defect: undefined,
          missing: missingIn(row),
          app: row.client_id === null ? undefined : fingerprint(new Secret(row.client_id)),
          chain: row.chain ?? undefined,
          tokenKind: row.token_kind,
          expiresAt: row.expires_at ?? undefined,
          lease: leaseOn(row),
        } satisfies SlackIntegration;
      });
    },

    async add(integration: NewIntegration): Promise<IntegrationId> {
      const open = await vault.open();
      return store.write((sql) => insert(sql, open, integration));
    },

    async propose(id, change) {
      const open = await vault.open();
      return store.write((sql) => {
        const row = find(sql, id);
        if (row === undefined) return undefined;
        const unsealed = unsealedIn(row, open);
        const credentials = {
          clientId: change.clientId ?? row.client_id ?? undefined,
          clientSecret: change.clientSecret ?? unsealed('client_secret'),
          refreshToken: change.refreshToken ?? unsealed('refresh_token'),
          accessToken: undefined,
        };
        // A candidate's successor is one for the same row.
        const replaces = row.replaces ?? row.id;
        const name = row.replaces === null ? `${row.name} → ${id}` : row.name;
        const earlier = sql('SELECT * FROM integrations WHERE replaces = ?').get(replaces);
        if (earlier !== undefined) removeRow(sql, String(integrationRow.parse(earlier).id));
        return insert(sql, open, { name, credentials, expiresAt: undefined, replaces });
      });
    },

    remove(id) {
      return store.write((sql) => removeRow(sql, rowIdOf(id)));
    },

    async claim(ids, chain, owner, ttlMs): Promise<ClaimResult> {
      const open = await vault.open();
      return store.write((sql): ClaimResult => {
        const rows = ids.map((id) => find(sql, id)).filter((row) => row?.chain === chain);
        const present = rows.filter((row) => row !== undefined);
        if (present.length < ids.length) return { kind: 'changed' };
        const leases = present.map(leaseOn);
        if (leases.some((lease) => lease?.standing === 'held')) return { kind: 'busy' };
        const complete = present.find((row) => row.client_id !== null && row.client_secret !== null);
        const credentials = complete && credentialsOf(complete, open);
        if (complete === undefined || credentials === undefined) return { kind: 'changed' };

        const take = sql(
          'UPDATE integrations SET lease_owner = ?, lease_chain = ?, lease_until = ? WHERE id = ?',
        );
        const until = clock.now() + ttlMs;
        for (const { id } of present) take.run(owner, chain, until, id);
        const inDoubt = leases.some((lease) => lease !== undefined);
        const expiresAt = complete.expires_at ?? undefined;
        return { kind: 'claimed', claim: { ids, owner, chain, credentials, expiresAt, inDoubt } };
      });
    },

    async save(id: IntegrationId, spentChain: ChainId, pair: TokenPair): Promise<SaveResult> {
      const open = await vault.open();
      const newChain = fingerprint(pair.refreshToken);
      return store.write((sql): SaveResult => {
        const row = find(sql, id);
        if (row === undefined) return 'gone';
        if (row.chain !== spentChain) return row.chain === newChain ? 'saved' : 'superseded';
        const target = row.replaces ?? row.id;
        sql(
          `UPDATE integrations SET chain = ?, token_kind = ?, expires_at = ?, key_id = ?, refresh_token = ?,
             access_token = ?, lease_owner = NULL, lease_chain = NULL, lease_until = NULL WHERE id = ?`,
        ).run(
          newChain,
          tokensOf(pair).tokenKind,
          pair.expiresAt ?? null,
          open.keyId,
          open.seal(pair.refreshToken, place(target, 'refresh_token')),
          open.seal(pair.accessToken, place(target, 'access_token')),
          target,
        );
        if (row.replaces !== null) moveIn(sql, open, row, row.replaces);
        return 'saved';
      });
    },

    release(claim: Claim, how): Promise<void> {
      return store.write((sql) => {
        const set =
          how === 'unspent'
            ? 'lease_owner = NULL, lease_chain = NULL, lease_until = NULL'
            : `lease_until = ${GIVEN_UP}`;
        const give = sql(
          `UPDATE integrations SET ${set} WHERE id = ? AND lease_owner = ? AND lease_chain = ?`,
        );
        for (const id of claim.ids) give.run(rowIdOf(id), claim.owner, claim.chain);
      });
    },

    async accessToken(id) {
      const row = store.read((sql) => find(sql, id));
      if (row === undefined || row.access_token === null) return undefined;
      return (await vault.open()).unseal(row.access_token, place(row.id, 'access_token'));
    },

    async fillMissing(id, fields: MissingFields) {
      const open = await vault.open();
      return store.write((sql) => {
        const written: (keyof MissingFields)[] = [];
        const row = find(sql, id);
        if (row === undefined) return written;
        if (fields.clientId !== undefined && row.client_id === null) {
          sql('UPDATE integrations SET client_id = ? WHERE id = ?').run(fields.clientId, row.id);
          written.push('clientId');
        }
        if (fields.clientSecret !== undefined && row.client_secret === null) {
          const sealed = open.seal(fields.clientSecret, place(row.id, 'client_secret'));
          sql('UPDATE integrations SET client_secret = ? WHERE id = ?').run(sealed, row.id);
          written.push('clientSecret');
        }
        if (fields.expiresAt !== undefined && row.expires_at === null) {
          sql('UPDATE integrations SET expires_at = ? WHERE id = ?').run(fields.expiresAt, row.id);
          written.push('expiresAt');
        }
        return written;
      });
    },

    /** This source keeps no history of its own: HealthStore and ActivityLog have it. */
    async recordFailure() {},

    async dispose() {},
  };
}

function find(sql: Store['sql'], id: IntegrationId): Row | undefined {
  const row = sql(SELECT_ONE).get(rowIdOf(id));
  return row === undefined ? undefined : integrationRow.parse(row);
}

interface InsertedRow extends Omit<NewIntegration, 'credentials'> {
  readonly credentials: { readonly [Field in keyof SlackCredentials]: SlackCredentials[Field] | undefined };
  /** The row that it is a candidate for. */
  readonly replaces?: number;
}

function insert(
  sql: Store['sql'],
  open: OpenVault,
  { name, credentials, expiresAt, replaces }: InsertedRow,
): IntegrationId {
  // A ciphertext is bound to its row's id, so the row comes first.
  const { lastInsertRowid } = sql(
    "INSERT INTO integrations (name, token_kind, key_id, replaces) VALUES (?, 'unknown', ?, ?)",
  ).run(name, open.keyId, replaces ?? null);
  const id = Number(lastInsertRowid);
  const { chain, tokenKind } = tokensOf(credentials);
  const sealed = (column: SealedColumn, secret: Secret | undefined): Buffer | null =>
    secret === undefined ? null : open.seal(secret, place(id, column));
  sql(
    `UPDATE integrations SET chain = ?, token_kind = ?, expires_at = ?, client_id = ?,
       client_secret = ?, refresh_token = ?, access_token = ? WHERE id = ?`,
  ).run(
    chain ?? null,
    tokenKind,
    expiresAt ?? null,
    credentials.clientId ?? null,
    sealed('client_secret', credentials.clientSecret),
    sealed('refresh_token', credentials.refreshToken),
    sealed('access_token', credentials.accessToken),
    id,
  );
  return integrationId('local', id);
}

/** A row with its candidate. The journal keeps pairs of them, too; entries of several rows stay for the others. */
function removeRow(sql: Store['sql'], id: string): boolean {
  sql(
    `DELETE FROM journal WHERE ids IN
       (SELECT json_array('local:' || id) FROM integrations WHERE id = ? OR replaces = ?)`,
  ).run(id, id);
  return sql('DELETE FROM integrations WHERE id = ?').run(id).changes > 0;
}

/** What a candidate was proposed with goes where its pair went, and the candidate goes. */
function moveIn(sql: Store['sql'], open: OpenVault, candidate: Row, target: number): void {
  const { id, client_id: clientId } = candidate;
  const secret = unsealedIn(candidate, open)('client_secret');
  sql('UPDATE integrations SET client_id = ?, client_secret = ? WHERE id = ?').run(
    clientId,
    secret === undefined ? null : open.seal(secret, place(target, 'client_secret')),
    target,
  );
  // A journal that is replayed after a crash finds the pair where it is.
  const [from, to] = [id, target].map((number) => JSON.stringify(integrationId('local', number)));
  sql('UPDATE journal SET ids = replace(ids, ?, ?) WHERE instr(ids, ?)').run(from, to, from);
  sql('DELETE FROM integrations WHERE id = ?').run(id);
}

function place(row: number, column: SealedColumn): { table: string; row: number; column: string } {
  return { table: 'integrations', row, column };
}

function missingIn(row: Row): readonly CredentialField[] {
  const missing: CredentialField[] = [];
  if (row.access_token === null) missing.push('access_token');
  if (row.refresh_token === null && row.token_kind !== 'long-lived') missing.push('refresh_token');
  if (row.client_id === null) missing.push('client_id');
  if (row.client_secret === null) missing.push('client_secret');
  return missing;
}

function unsealedIn(row: Row, open: OpenVault): (column: SealedColumn) => Secret | undefined {
  return (column) => {
    const sealed = row[column];
    return sealed === null ? undefined : open.unseal(sealed, place(row.id, column));
  };
}

function credentialsOf(row: Row, open: OpenVault): SlackCredentials | undefined {
  if (row.client_id === null || row.client_secret === null) return undefined;
  const unsealed = unsealedIn(row, open);
  const clientSecret = open.unseal(row.client_secret, place(row.id, 'client_secret'));
  return {
    clientId: row.client_id,
    clientSecret,
    refreshToken: unsealed('refresh_token'),
    accessToken: unsealed('access_token'),
  };
}

/** A long-lived token that was never exchanged names the chain itself. */
function tokensOf({
  refreshToken,
  accessToken,
}: Pick<SlackCredentials, 'refreshToken' | 'accessToken'>): Pick<SlackIntegration, 'chain' | 'tokenKind'> {
  if (refreshToken !== undefined) {
    const rotating = refreshToken.startsWith('xoxe-') || accessToken?.startsWith('xoxe.') === true;
    return { chain: fingerprint(refreshToken), tokenKind: rotating ? 'rotating' : 'unknown' };
  }
  if (accessToken?.startsWith('xoxb-') === true || accessToken?.startsWith('xoxp-') === true) {
    return { chain: fingerprint(accessToken), tokenKind: 'long-lived' };
  }
  return { chain: undefined, tokenKind: accessToken?.startsWith('xoxe.') === true ? 'rotating' : 'unknown' };
}
