import * as z from 'zod/mini';
import type { Health, IntegrationId } from '../../core/integration.ts';
import { integrationErrorSchema, integrationIdSchema } from '../../core/integration-schema.ts';
import type { HealthStore } from '../../core/ports.ts';
import type { Store } from './store.ts';

const optionalNumber = z.pipe(
  z.nullable(z.number()),
  z.transform((value) => value ?? undefined),
);

const healthRow = z.pipe(
  z.object({
    id: integrationIdSchema,
    chain: z.nullable(z.string()),
    condition: z.enum(['ok', 'in-doubt', 'retrying', 'dead', 'misconfigured', 'environment']),
    attempts: z.number(),
    retry_at: optionalNumber,
    last_renewed_at: optionalNumber,
    verify_at: optionalNumber,
    learnt_expires_at: optionalNumber,
    last_error: z.nullable(z.string()),
    paused: z.number(),
  }),
  z.transform((row): Health => ({
    id: row.id,
    chain: row.chain ?? undefined,
    condition: row.condition,
    attempts: row.attempts,
    retryAt: row.retry_at,
    lastRenewedAt: row.last_renewed_at,
    verifyAt: row.verify_at,
    learntExpiresAt: row.learnt_expires_at,
    lastError: row.last_error === null ? undefined : integrationErrorSchema.parse(JSON.parse(row.last_error)),
    paused: row.paused === 1,
  })),
);

/** What Jeton remembers about the rows of both sources, in jeton.db. */
export function createHealthStore(store: Store): HealthStore {
  return {
    async all() {
      const rows = store.read((sql) => sql('SELECT * FROM health ORDER BY id').all());
      return new Map(
        rows.map((row): [IntegrationId, Health] => {
          const health = healthRow.parse(row);
          return [health.id, health];
        }),
      );
    },

    async save(health) {
      await store.write((sql) =>
        sql(
          `INSERT INTO health (id, chain, condition, attempts, retry_at, last_renewed_at, verify_at,
             learnt_expires_at, last_error, paused) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
           ON CONFLICT (id) DO UPDATE SET chain = excluded.chain, condition = excluded.condition,
             attempts = excluded.attempts, retry_at = excluded.retry_at,
             last_renewed_at = excluded.last_renewed_at, verify_at = excluded.verify_at,
             learnt_expires_at = excluded.learnt_expires_at, last_error = excluded.last_error`,
        ).run(
          health.id,
          health.chain ?? null,
          health.condition,
          health.attempts,
          health.retryAt ?? null,
          health.lastRenewedAt ?? null,
          health.verifyAt ?? null,
          health.learntExpiresAt ?? null,
          health.lastError === undefined ? null : JSON.stringify(health.lastError),
        ),
      );
    },

    async setPaused(id, chain, paused) {
      await store.write((sql) =>
        sql(
          `INSERT INTO health (id, chain, condition, attempts, paused) VALUES (?, ?, 'ok', 0, ?)
           ON CONFLICT (id) DO UPDATE SET paused = excluded.paused`,
        ).run(id, chain ?? null, paused ? 1 : 0),
      );
    },

    async remove(id) {
      await store.write((sql) => sql('DELETE FROM health WHERE id = ?').run(id));
    },

    async revision() {
      return store.revision();
    },
  };
}
