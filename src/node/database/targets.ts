import * as z from 'zod/mini';
import type { Target, TargetRecord } from '../../core/export/target.ts';
import { exportErrorSchema, targetSchema } from '../../core/export/target.ts';
import type { Clock, TargetStore } from '../../core/ports.ts';
import type { Store } from './store.ts';

const targetRow = z.object({
  target: z.pipe(
    z.string(),
    z.transform((text) => targetSchema.parse(JSON.parse(text))),
  ),
  exported_version: z.nullable(z.string()),
  exported_at: z.nullable(z.number()),
  changed_keys: z.pipe(
    z.nullable(z.string()),
    z.transform((text) => (text === null ? [] : z.array(z.string()).parse(JSON.parse(text)))),
  ),
  export_failure: z.pipe(
    z.nullable(z.string()),
    z.transform((text) => (text === null ? undefined : exportErrorSchema.parse(JSON.parse(text)))),
  ),
  export_failed_at: z.nullable(z.number()),
  restarted_at: z.nullable(z.number()),
  restart_failure: z.nullable(z.string()),
  restart_started_at: z.nullable(z.string()),
  pending_since: z.nullable(z.number()),
  held_until: z.nullable(z.number()),
  pending_reason: z.nullable(z.string()),
  retry_at: z.nullable(z.number()),
  pending_started_at: z.nullable(z.string()),
  lease_owner: z.nullable(z.string()),
  lease_until: z.nullable(z.number()),
});

export interface TargetStoreOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Presence.isDead: a dead owner's claim need not run out. */
  readonly isDead: (owner: string) => boolean;
}

/** The targets in jeton.db. They hold no secret: where files and containers are, and when what was done. */
export function createTargetStore({ store, clock, isDead }: TargetStoreOptions): TargetStore {
  const isHeld = ({ lease_owner: holder, lease_until: until }: z.output<typeof targetRow>): boolean =>
    holder !== null && until !== null && until > clock.now() && !isDead(holder);

  return {
    async list() {
      const rows = store.read((sql) => sql('SELECT * FROM targets ORDER BY name').all());
      return rows.map((row) => recordOf(targetRow.parse(row)));
    },

    add(target) {
      return store.write(
        (sql) =>
          sql('INSERT OR IGNORE INTO targets (name, target) VALUES (?, ?)').run(
            target.name,
            JSON.stringify(target),
          ).changes === 1,
      );
    },

    remove(name) {
      return store.write((sql) => sql('DELETE FROM targets WHERE name = ?').run(name).changes === 1);
    },

    replace(name, target) {
      return store.write((sql) => {
        const found = sql('SELECT * FROM targets WHERE name = ?').get(name);
        if (found === undefined) return 'none';
        const row = targetRow.parse(found);
        if (isHeld(row)) return 'held';
        const isRenamed = target.name !== name;
        if (isRenamed && sql('SELECT 1 FROM targets WHERE name = ?').get(target.name) !== undefined) {
          return 'name-taken';
        }
        const text = JSON.stringify(target);
        if (placeOf(target) === placeOf(row.target)) {
          sql(
            `UPDATE targets SET name = ?, target = ?, exported_version = NULL, export_failure = NULL,
             export_failed_at = NULL WHERE name = ?`,
          ).run(target.name, text, name);
        } else {
          sql('DELETE FROM targets WHERE name = ?').run(name);
          sql('INSERT INTO targets (name, target) VALUES (?, ?)').run(target.name, text);
        }
        return 'replaced';
      });
    },

    async savePending(name, pending) {
      await store.write((sql) =>
        sql(
          `UPDATE targets SET pending_since = ?, held_until = ?, pending_reason = ?, retry_at = ?,
          pending_started_at = ? WHERE name = ?`,
        ).run(
          pending?.since ?? null,
          pending?.heldUntil ?? null,
          pending?.reason ?? null,
          pending?.retryAt ?? null,
          pending?.startedAt ?? null,
          name,
        ),
      );
    },

    async recordExport(name, version, at, changedKeys) {
      await store.write((sql) => {
        sql('UPDATE targets SET exported_version = ? WHERE name = ?').run(version ?? null, name);
        if (changedKeys.length === 0) return;
        sql('UPDATE targets SET exported_at = ?, changed_keys = ? WHERE name = ?').run(
          at,
          JSON.stringify(changedKeys),
          name,
        );
      });
    },

    async recordExportFailure(name, failure, at) {
      const text = failure === undefined ? null : JSON.stringify(failure);
      await store.write((sql) =>
        sql(
          `UPDATE targets SET export_failure = ?,
          export_failed_at = CASE WHEN ? IS NOT NULL THEN coalesce(export_failed_at, ?) END WHERE name = ?`,
        ).run(text, text, at, name),
      );
    },

    async recordRestart(name, { at, failure, startedAt }) {
      await store.write((sql) =>
        sql(
          'UPDATE targets SET restarted_at = ?, restart_failure = ?, restart_started_at = ? WHERE name = ?',
        ).run(at, failure ?? null, startedAt ?? null, name),
      );
    },

    claim(name, owner, ttlMs) {
      return store.write((sql) => {
        const row = sql('SELECT * FROM targets WHERE name = ?').get(name);
        if (row === undefined) return false;
        if (isHeld(targetRow.parse(row))) return false;
        sql('UPDATE targets SET lease_owner = ?, lease_until = ? WHERE name = ?').run(
          owner,
          clock.now() + ttlMs,
          name,
        );
        return true;
      });
    },

    async release(name, owner) {
      await store.write((sql) =>
        sql(
          'UPDATE targets SET lease_owner = NULL, lease_until = NULL WHERE name = ? AND lease_owner = ?',
        ).run(name, owner),
      );
    },
  };
}

/** Where the file and the container are: what is remembered of them is about these. */
function placeOf({ dir, envFile, composeFiles, service, ssh }: Target): string {
  return JSON.stringify([dir, envFile, composeFiles, service, ssh?.destination, ssh?.port]);
}

function recordOf(row: z.output<typeof targetRow>): TargetRecord {
  return {
    target: row.target,
    exportedVersion: row.exported_version ?? undefined,
    lastExport: row.exported_at === null ? undefined : { at: row.exported_at, changedKeys: row.changed_keys },
    exportFailure:
      row.export_failure === undefined ? undefined : { ...row.export_failure, at: row.export_failed_at ?? 0 },
    lastRestart:
      row.restarted_at === null
        ? undefined
        : {
            at: row.restarted_at,
            failure: row.restart_failure ?? undefined,
            startedAt: row.restart_started_at ?? undefined,
          },
    pending:
      row.pending_since === null
        ? undefined
        : {
            since: row.pending_since,
            heldUntil: row.held_until ?? undefined,
            reason: row.pending_reason ?? undefined,
            retryAt: row.retry_at ?? undefined,
            startedAt: row.pending_started_at ?? undefined,
          },
  };
}
