import * as z from 'zod/mini';
import type { Alert, Alerted, AlertStore } from '../../core/alerts.ts';
import { ALERT_EXPIRES_MS } from '../../core/alerts.ts';
import type { Clock } from '../../core/ports.ts';
import type { Store } from './store.ts';

const trouble = z.enum([
  'needs-reinstall',
  'needs-sign-in',
  'app-misconfigured',
  'unknown-answer',
  'export-failed',
  'restart-failed',
]);

const alertSchema: z.ZodMiniType<Alert> = z.union([
  z.object({ kind: z.literal('all-well') }),
  z.object({
    kind: trouble,
    subject: z.string(),
    facts: z.object({
      name: z.string(),
      worksUntil: z.optional(z.number()),
      code: z.optional(z.string()),
      count: z.optional(z.number()),
      details: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
    }),
  }),
]);

const alertedRow: z.ZodMiniType<Alerted> = z.object({
  subject: z.string(),
  kind: trouble,
  at: z.number(),
  revision: z.number(),
  standing: z.enum(['open', 'recovered', 'over']),
});

const restartRow = z.object({ at: z.number() });

const outboxRow = z.object({
  number: z.number(),
  alert: z.pipe(
    z.string(),
    z.transform((text) => alertSchema.parse(JSON.parse(text))),
  ),
  raised_at: z.number(),
  attempts: z.number(),
  retry_at: z.nullable(z.number()),
  last_error: z.nullable(z.string()),
  lease_owner: z.nullable(z.string()),
  lease_until: z.nullable(z.number()),
});

/** How a webhook wants its messages. */
export const WEBHOOK_FORMATS = ['discord', 'slack'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

const channelRow = z.object({ format: z.enum(WEBHOOK_FORMATS), gone_at: z.nullable(z.number()) });

export interface AlertChannel {
  readonly format: WebhookFormat;
  /** When the webhook was found to be gone, epoch milliseconds. */
  readonly goneAt: number | undefined;
  /** How many alerts wait to be delivered. */
  readonly waiting: number;
  /** Why the oldest of them could not be, the last time it was tried. */
  readonly lastError: string | undefined;
}

/** Where alerts go, besides what the engine needs of it. The webhook's URL is in the vault. */
export interface AlertSettings {
  /** `undefined`: nowhere. */
  channel(): AlertChannel | undefined;
  /** A new webhook, or one that works again. It is told anew of what is wrong now. */
  start(format: WebhookFormat): Promise<void>;
  /** False when alerts went nowhere. */
  stop(): Promise<boolean>;
  /** A person found the webhook gone. */
  markGone(): Promise<boolean>;
}

export interface AlertStoreOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Presence.isDead: a dead owner's claim need not run out. */
  readonly isDead: (owner: string) => boolean;
}

/** Alerts in jeton.db: what was said, and what waits to be said. They hold no secret. */
export function createAlertStore({ store, clock, isDead }: AlertStoreOptions): AlertStore & AlertSettings {
  const channelIn = (sql: Store['sql']): z.output<typeof channelRow> | undefined => {
    const row = sql('SELECT * FROM alert_channel').get();
    return row === undefined ? undefined : channelRow.parse(row);
  };
  const isListening = (sql: Store['sql']): boolean => channelIn(sql)?.gone_at === null;
  const memory = memoryIn('alerted');
  const headIn = (sql: Store['sql']): z.output<typeof outboxRow> | undefined => {
    const row = sql('SELECT * FROM alert_outbox ORDER BY number LIMIT 1').get();
    return row === undefined ? undefined : outboxRow.parse(row);
  };
  /** A moment beyond an alert's life was written under another clock, and binds nobody. */
  const isAhead = (moment: number | null): boolean =>
    moment !== null && moment > clock.now() && moment - clock.now() <= ALERT_EXPIRES_MS;
  const dueIn = (sql: Store['sql']): z.output<typeof outboxRow> | undefined => {
    const head = headIn(sql);
    if (head === undefined || isAhead(head.retry_at)) return undefined;
    const { lease_owner: holder, lease_until: until } = head;
    return holder !== null && isAhead(until) && !isDead(holder) ? undefined : head;
  };
  const markGone = (sql: Store['sql']): boolean => {
    sql('DELETE FROM alert_outbox').run();
    const marked = sql('UPDATE alert_channel SET gone_at = ? WHERE gone_at IS NULL').run(clock.now());
    return marked.changes === 1;
  };
  const forgetAll = (sql: Store['sql']): void => {
    for (const table of ['alert_channel', 'alerted', 'alert_outbox']) sql(`DELETE FROM ${table}`).run();
  };

  return {
    channel() {
      return store.read((sql) => {
        const channel = channelIn(sql);
        if (channel === undefined) return undefined;
        return {
          format: channel.format,
          goneAt: channel.gone_at ?? undefined,
          waiting: Number(sql('SELECT count(*) FROM alert_outbox').pluck().get()),
          lastError: headIn(sql)?.last_error ?? undefined,
        };
      });
    },

    async start(format) {
      await store.write((sql) => {
        forgetAll(sql);
        sql('INSERT INTO alert_channel (only_row, format) VALUES (1, ?)').run(format);
      });
    },

    stop() {
      return store.write((sql) => {
        const wasOn = channelIn(sql) !== undefined;
        forgetAll(sql);
        return wasOn;
      });
    },

    markGone() {
      return store.write(markGone);
    },

    async isListening() {
      return store.read(isListening);
    },

    async raise(plan) {
      // Most looks see nothing new, and then nothing needs writing.
      if (!store.read((sql) => isListening(sql) && memory.hasNews(sql, plan))) return [];
      return store.write((sql) => {
        if (!isListening(sql)) return [];
        const alerts = memory.apply(sql, plan);
        for (const alert of alerts) {
          sql('INSERT INTO alert_outbox (alert, raised_at) VALUES (?, ?)').run(
            JSON.stringify(alert),
            clock.now(),
          );
        }
        return alerts;
      });
    },

    async claim(owner, ttlMs) {
      if (store.read(dueIn) === undefined) return undefined;
      return store.write((sql) => {
        const head = dueIn(sql);
        if (head === undefined) return undefined;
        const { number, alert, raised_at: raisedAt, attempts } = head;
        sql('UPDATE alert_outbox SET lease_owner = ?, lease_until = ? WHERE number = ?').run(
          owner,
          clock.now() + ttlMs,
          number,
        );
        return { number, alert, raisedAt, attempts };
      });
    },

    async delivered(number) {
      await store.write((sql) => sql('DELETE FROM alert_outbox WHERE number = ?').run(number));
    },

    async postpone(number, owner, retryAt, code) {
      await store.write((sql) =>
        sql(
          `UPDATE alert_outbox SET attempts = attempts + 1, retry_at = ?, last_error = ?, lease_owner = NULL,
             lease_until = NULL WHERE number = ? AND lease_owner = ?`,
        ).run(retryAt, code, number, owner),
      );
    },

    async expire(before) {
      const hasOld = store.read((sql) => sql('SELECT 1 FROM alert_outbox WHERE raised_at < ?').get(before));
      if (hasOld === undefined) return 0;
      return store.write((sql) => sql('DELETE FROM alert_outbox WHERE raised_at < ?').run(before).changes);
    },

    silence(number) {
      return store.write((sql) => {
        // Another webhook may have been set since: its outbox began empty.
        const isStillMeant = sql('SELECT 1 FROM alert_outbox WHERE number = ?').get(number) !== undefined;
        return isStillMeant && markGone(sql);
      });
    },
  };
}

/** What desktop notifications have said: beside the webhook's alerts, and by the same rules. */
export interface NoticeStore {
  /** Applies `plan` as {@link AlertStore.raise} does; what it answers is said at once, so that nothing has to wait. */
  raise(plan: RaisePlan): Promise<readonly Alert[]>;
  /**
   * Notes how each target stands, and answers the names of those that another restart is seen of than was noted. Of one
   * of which nothing was noted, only a restart after `since` counts.
   */
  noteRestarts(seen: readonly SeenRestart[], since: number): Promise<readonly string[]>;
}

export interface SeenRestart {
  readonly name: string;
  /** Of the last one, epoch milliseconds; 0 before the first. */
  readonly at: number;
}

export function createNoticeStore(store: Store): NoticeStore {
  const memory = memoryIn('noticed');
  return {
    async raise(plan) {
      if (!store.read((sql) => memory.hasNews(sql, plan))) return [];
      return store.write((sql) => memory.apply(sql, plan));
    },
    async noteRestarts(seen, since) {
      const unnoted = (sql: Store['sql']) =>
        seen
          .map((one) => ({ ...one, noted: notedRestart(sql, one.name) }))
          .filter(({ at, noted }) => at !== noted);
      if (store.read(unnoted).length === 0) return [];
      return store.write((sql) => {
        const news = unnoted(sql);
        for (const { name, at } of news) {
          sql('INSERT OR REPLACE INTO noticed_restarts (target, at) VALUES (?, ?)').run(name, at);
        }
        return news
          .filter(({ at, noted }) => (noted === undefined ? at > since : at !== 0))
          .map(({ name }) => name);
      });
    },
  };
}

function notedRestart(sql: Store['sql'], name: string): number | undefined {
  const row = sql('SELECT at FROM noticed_restarts WHERE target = ?').get(name);
  return row === undefined ? undefined : restartRow.parse(row).at;
}

type RaisePlan = Parameters<AlertStore['raise']>[0];

/** What was said, in a table of its own for each way of saying it. */
function memoryIn(table: 'alerted' | 'noticed') {
  const read = (sql: Store['sql']): Alerted[] =>
    sql(`SELECT * FROM ${table} ORDER BY rowid`)
      .all()
      .map((row) => alertedRow.parse(row));
  return {
    hasNews(sql: Store['sql'], plan: RaisePlan): boolean {
      const before = read(sql);
      return JSON.stringify(plan(before).alerted) !== JSON.stringify(before);
    },
    apply(sql: Store['sql'], plan: RaisePlan): readonly Alert[] {
      const { alerts, alerted } = plan(read(sql));
      sql(`DELETE FROM ${table}`).run();
      for (const { subject, kind, at, revision, standing } of alerted) {
        sql(`INSERT INTO ${table} (subject, kind, at, revision, standing) VALUES (?, ?, ?, ?, ?)`).run(
          subject,
          kind,
          at,
          revision,
          standing,
        );
      }
      return alerts;
    },
  };
}
