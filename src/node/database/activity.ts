import * as z from 'zod/mini';
import type { Activity, ActivityLog } from '../../core/ports.ts';
import { integrationIdSchema } from '../../core/integration-schema.ts';
import type { Store } from './store.ts';

const KEPT_ACTIVITIES = 10_000;
const KEEP_ACTIVITY_MS = 90 * 24 * 60 * 60 * 1000;

const activityRow = z.pipe(
  z.object({
    at: z.number(),
    id: integrationIdSchema,
    name: z.string(),
    event: z.enum([
      'renewed',
      'renewal-failed',
      'verified',
      'verification-failed',
      'recovered',
      'superseded',
      'refresh-token-kept',
      'added',
      'removed',
      'paused',
      'resumed',
      'exchanged',
      'backfilled',
      'updated',
      'signed-in',
      'lapsed',
      'forgotten',
    ]),
    code: z.nullable(z.string()),
    duration_ms: z.nullable(z.number()),
  }),
  z.transform(({ code, duration_ms: durationMs, ...row }): Activity => ({
    ...row,
    code: code ?? undefined,
    durationMs: durationMs ?? undefined,
  })),
);

/** What happened, in jeton.db: the newest 10,000 entries of the last 90 days. */
export function createActivityLog(store: Store): ActivityLog {
  return {
    async record({ at, id, name, event, code, durationMs }) {
      await store.write((sql) => {
        const { lastInsertRowid } = sql(
          'INSERT INTO activity (at, id, name, event, code, duration_ms) VALUES (?, ?, ?, ?, ?, ?)',
        ).run(at, id, name, event, code ?? null, durationMs ?? null);
        sql('DELETE FROM activity WHERE number <= ? OR at < ?').run(
          Number(lastInsertRowid) - KEPT_ACTIVITIES,
          at - KEEP_ACTIVITY_MS,
        );
      });
    },

    async list({ id, fits = () => true, limit }) {
      return store.read((sql) => {
        const rows =
          id === undefined
            ? sql('SELECT * FROM activity ORDER BY number DESC').iterate()
            : sql('SELECT * FROM activity WHERE id = ? ORDER BY number DESC').iterate(id);
        return Iterator.from(rows)
          .map((row) => activityRow.parse(row))
          .filter(fits)
          .take(limit)
          .toArray();
      });
    },

    async total() {
      const number = store.read((sql) => sql('SELECT max(number) FROM activity').pluck().get());
      return z.nullable(z.number()).parse(number) ?? 0;
    },
  };
}
