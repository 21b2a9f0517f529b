import * as z from 'zod/mini';
import { JetonError } from '../../core/errors.ts';
import type { Clock, Journal, JournalEntry } from '../../core/ports.ts';
import { fingerprint } from '../fingerprint.ts';
import type { OpenVault, Vault } from '../vault/vault.ts';
import { integrationIdSchema } from '../../core/integration-schema.ts';
import type { Store } from './store.ts';

/**
 * An application that writes its rows back whole can undo a rotation hours after it was settled. For that long
 * the pair can still be found by the token it replaced.
 */
const KEEP_SETTLED_MS = 12 * 60 * 60 * 1000;
/** Looking for what is older goes over the whole journal: once for all the rows of a run, not for each. */
const SWEEP_EVERY_MS = 60 * 1000;

const entryRow = z.object({
  entry_id: z.number(),
  ids: z.pipe(
    z.string(),
    z.transform((text) => z.array(integrationIdSchema).parse(JSON.parse(text))),
  ),
  spent_chain: z.string(),
  new_chain: z.string(),
  expires_at: z.nullable(z.number()),
  received_at: z.number(),
  access_token: z.instanceof(Uint8Array),
  refresh_token: z.instanceof(Uint8Array),
});
type Row = z.output<typeof entryRow>;

/** The journal in jeton.db: the tokens are sealed, the names of their chains are not. */
export function createJournal(store: Store, vault: Vault, clock: Clock): Journal {
  let sweptAt = Number.NEGATIVE_INFINITY;

  function sweep(sql: Store['sql']): void {
    const now = clock.now();
    // Also when the clock was set back.
    if (Math.abs(now - sweptAt) < SWEEP_EVERY_MS) return;
    sql('DELETE FROM journal WHERE settled_at < ?').run(now - KEEP_SETTLED_MS);
    sweptAt = now;
  }

  return {
    async record({ ids, spentChain, pair, receivedAt }) {
      const open = await vault.open();
      const newChain = fingerprint(pair.refreshToken);
      return store.write((sql) => {
        sweep(sql);
        // A ciphertext is bound to its row's id, so the row comes first.
        const { lastInsertRowid } = sql(
          `INSERT INTO journal (ids, spent_chain, new_chain, expires_at, received_at, key_id, access_token, refresh_token)
           VALUES (?, ?, ?, ?, ?, ?, x'', x'')`,
        ).run(JSON.stringify(ids), spentChain, newChain, pair.expiresAt ?? null, receivedAt, open.keyId);
        const entryId = Number(lastInsertRowid);
        sql('UPDATE journal SET access_token = ?, refresh_token = ? WHERE entry_id = ?').run(
          open.seal(pair.accessToken, place(entryId, 'access_token')),
          open.seal(pair.refreshToken, place(entryId, 'refresh_token')),
          entryId,
        );
        return { entryId, ids, spentChain, newChain, pair, receivedAt };
      });
    },

    async pending() {
      const rows = store.read((sql) =>
        sql('SELECT * FROM journal WHERE settled_at IS NULL ORDER BY entry_id').all(),
      );
      // An empty journal needs no key.
      if (rows.length === 0) return [];
      const open = await vault.open();
      return rows.map((row) => unsealEntry(entryRow.parse(row), open)).filter((entry) => entry !== undefined);
    },

    async findBySpent(chain) {
      const rows = store.read((sql) =>
        sql(
          `SELECT * FROM journal WHERE spent_chain = ? AND (settled_at IS NULL OR settled_at >= ?)
           ORDER BY entry_id DESC`,
        ).all(chain, clock.now() - KEEP_SETTLED_MS),
      );
      if (rows.length === 0) return undefined;
      const open = await vault.open();
      return rows.map((row) => unsealEntry(entryRow.parse(row), open)).find((entry) => entry !== undefined);
    },

    async remove(entryId) {
      await store.write((sql) =>
        sql('UPDATE journal SET settled_at = ? WHERE entry_id = ? AND settled_at IS NULL').run(
          clock.now(),
          entryId,
        ),
      );
    },
  };
}

/** `undefined`: damaged. The others are worth having all the same. */
function unsealEntry(row: Row, open: OpenVault): JournalEntry | undefined {
  try {
    return {
      entryId: row.entry_id,
      ids: row.ids,
      spentChain: row.spent_chain,
      newChain: row.new_chain,
      pair: {
        accessToken: open.unseal(row.access_token, place(row.entry_id, 'access_token')),
        refreshToken: open.unseal(row.refresh_token, place(row.entry_id, 'refresh_token')),
        expiresAt: row.expires_at ?? undefined,
      },
      receivedAt: row.received_at,
    };
  } catch (error) {
    if (error instanceof JetonError && error.code === 'secret-damaged') return undefined;
    throw error;
  }
}

function place(
  row: number,
  column: 'access_token' | 'refresh_token',
): { table: string; row: number; column: string } {
  return { table: 'journal', row, column };
}
