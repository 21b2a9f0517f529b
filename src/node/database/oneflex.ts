import * as z from 'zod/mini';
import type { Clock, KeptTokens, OneflexStore } from '../../core/ports.ts';
import type { Secret } from '../../core/secret.ts';
import { REMEMBERED_SESSIONS } from '../../core/oneflex/session.ts';
import { fingerprint } from '../fingerprint.ts';
import type { OpenVault, Vault } from '../vault/vault.ts';
import type { Store } from './store.ts';

const blob = z.instanceof(Uint8Array);
const accountRow = z.object({
  account_id: z.string(),
  email: z.string(),
  full_name: z.string(),
  chain: z.string(),
  expires_at: z.number(),
  signed_in_at: z.number(),
  lapsed_at: z.nullable(z.number()),
  access_token: blob,
  refresh_token: z.nullable(blob),
  cookies: z.nullable(blob),
  lease_owner: z.nullable(z.string()),
  lease_until: z.nullable(z.number()),
});
const unverifiedRow = z.object({
  chain: z.string(),
  expires_at: z.number(),
  replaces_account: z.number(),
  access_token: blob,
  refresh_token: z.nullable(blob),
  cookies: z.nullable(blob),
});
type Row = z.output<typeof accountRow>;
type Table = 'oneflex' | 'oneflex_unverified';
type SealedColumn = 'access_token' | 'refresh_token' | 'cookies';

export interface OneflexStoreOptions {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  /** Presence.isDead: a dead owner's lease need not run out. */
  readonly isDead: (owner: string) => boolean;
}

/** The OneFlex account in jeton.db: its tokens and cookies are sealed, who it is and when it ends are not. */
export function createOneflexStore({ store, vault, clock, isDead }: OneflexStoreOptions): OneflexStore {
  const find = (sql: Store['sql']): Row | undefined => {
    const row = sql('SELECT * FROM oneflex').get();
    return row === undefined ? undefined : accountRow.parse(row);
  };
  const isHeld = ({ lease_owner: owner, lease_until: until }: Row): boolean =>
    owner !== null && until !== null && until > clock.now() && !isDead(owner);

  return {
    async session() {
      return store.read((sql) => {
        const row = find(sql);
        if (row === undefined) return undefined;
        const lengths = sql('SELECT length_ms FROM oneflex_past_sessions ORDER BY number').pluck().all();
        return {
          account: { id: row.account_id, email: row.email, fullName: row.full_name },
          chain: row.chain,
          expiresAt: row.expires_at,
          signedInAt: row.signed_in_at,
          lapsedAt: row.lapsed_at ?? undefined,
          pastSessionsMs: z.array(z.number()).parse(lengths),
          isHeld: isHeld(row),
        };
      });
    },

    async tokens() {
      const row = store.read(find);
      if (row === undefined) return undefined;
      return unsealed(await vault.open(), row, 'oneflex');
    },

    async signIn({ id, email, fullName }, tokens, now, unverified) {
      const open = await vault.open();
      return store.write((sql) => {
        const before = find(sql);
        if (unverified !== undefined && leftChain(sql) !== unverified) return 'superseded';
        sql('DELETE FROM oneflex_unverified').run();
        // Pasted tokens bring no cookies; those of the same person are still the session's.
        const keptCookies = before?.account_id === id ? before.cookies : null;
        sql('DELETE FROM oneflex').run();
        sql(
          `INSERT INTO oneflex (only_row, account_id, email, full_name, chain, expires_at, signed_in_at, key_id,
             access_token, refresh_token, cookies) VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ).run(
          id,
          email,
          fullName,
          fingerprint(tokens.accessToken),
          tokens.expiresAt,
          now,
          open.keyId,
          open.seal(tokens.accessToken, place('access_token')),
          sealed(open, 'refresh_token', tokens.refreshToken),
          sealed(open, 'cookies', tokens.cookies) ?? keptCookies,
        );
        return 'saved';
      });
    },

    async keepUnverified(tokens, replaceAccount, instead) {
      const open = await vault.open();
      return store.write((sql) => {
        if (instead !== undefined && leftChain(sql) !== instead) return 'superseded';
        sql('DELETE FROM oneflex_unverified').run();
        sql(
          `INSERT INTO oneflex_unverified (only_row, chain, expires_at, replaces_account, key_id, access_token,
             refresh_token, cookies) VALUES (1, ?, ?, ?, ?, ?, ?, ?)`,
        ).run(
          fingerprint(tokens.accessToken),
          tokens.expiresAt,
          Number(replaceAccount),
          open.keyId,
          open.seal(tokens.accessToken, place('access_token', 'oneflex_unverified')),
          sealed(open, 'refresh_token', tokens.refreshToken, 'oneflex_unverified'),
          sealed(open, 'cookies', tokens.cookies, 'oneflex_unverified'),
        );
        return 'saved';
      });
    },

    async unverified() {
      const found = store.read((sql) => sql('SELECT * FROM oneflex_unverified').get());
      if (found === undefined) return undefined;
      const row = unverifiedRow.parse(found);
      const tokens = unsealed(await vault.open(), row, 'oneflex_unverified');
      return { chain: row.chain, tokens, replaceAccount: row.replaces_account === 1 };
    },

    async dropUnverified(chain) {
      await store.write((sql) => sql('DELETE FROM oneflex_unverified WHERE chain = ?').run(chain));
    },

    async renew(chain, tokens) {
      const open = await vault.open();
      return store.write((sql) => {
        const changed = sql(
          `UPDATE oneflex SET chain = ?, expires_at = ?, lapsed_at = NULL, key_id = ?, access_token = ?,
             refresh_token = coalesce(?, refresh_token), cookies = coalesce(?, cookies),
             lease_owner = NULL, lease_until = NULL WHERE chain = ?`,
        ).run(
          fingerprint(tokens.accessToken),
          tokens.expiresAt,
          open.keyId,
          open.seal(tokens.accessToken, place('access_token')),
          sealed(open, 'refresh_token', tokens.refreshToken),
          sealed(open, 'cookies', tokens.cookies),
          chain,
        ).changes;
        return changed === 1 ? 'saved' : 'superseded';
      });
    },

    lapse(chain, now) {
      return store.write((sql) => {
        const row = find(sql);
        if (row?.chain !== chain) return 'superseded';
        sql(
          'UPDATE oneflex SET lapsed_at = coalesce(lapsed_at, ?), lease_owner = NULL, lease_until = NULL',
        ).run(now);
        const length = now - row.signed_in_at;
        // A session that ended before it began was measured with two clocks.
        if (row.lapsed_at !== null || length <= 0) return 'lapsed';
        sql('INSERT INTO oneflex_past_sessions (length_ms) VALUES (?)').run(length);
        sql(
          `DELETE FROM oneflex_past_sessions WHERE number NOT IN
             (SELECT number FROM oneflex_past_sessions ORDER BY number DESC LIMIT ?)`,
        ).run(REMEMBERED_SESSIONS);
        return 'lapsed';
      });
    },

    claim(chain, owner, ttlMs) {
      return store.write((sql) => {
        const row = find(sql);
        if (row === undefined || row.chain !== chain || isHeld(row)) return false;
        sql('UPDATE oneflex SET lease_owner = ?, lease_until = ?').run(owner, clock.now() + ttlMs);
        return true;
      });
    },

    async release(owner) {
      await store.write((sql) =>
        sql('UPDATE oneflex SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ?').run(owner),
      );
    },

    forget() {
      return store.write((sql) => {
        const row = find(sql);
        if (row !== undefined && isHeld(row)) return 'held';
        sql('DELETE FROM oneflex_past_sessions').run();
        sql('DELETE FROM oneflex_unverified').run();
        return sql('DELETE FROM oneflex').run().changes > 0 ? 'forgotten' : 'none';
      });
    },
  };
}

function sealed(
  open: OpenVault,
  column: SealedColumn,
  secret: Secret | undefined,
  table: Table = 'oneflex',
): Buffer | null {
  return secret === undefined ? null : open.seal(secret, place(column, table));
}

function unsealed(open: OpenVault, row: Pick<Row, SealedColumn | 'expires_at'>, table: Table): KeptTokens {
  const unseal = (column: SealedColumn): Secret | undefined => {
    const blob = row[column];
    return blob === null ? undefined : open.unseal(blob, place(column, table));
  };
  return {
    accessToken: open.unseal(row.access_token, place('access_token', table)),
    expiresAt: row.expires_at,
    refreshToken: unseal('refresh_token'),
    cookies: unseal('cookies'),
  };
}

function place(
  column: SealedColumn,
  table: Table = 'oneflex',
): { table: string; row: number; column: string } {
  return { table, row: 1, column };
}

/** The name of the sign-in that is unverified. */
function leftChain(sql: Store['sql']): unknown {
  return sql('SELECT chain FROM oneflex_unverified').pluck().get();
}
