import type Database from 'better-sqlite3';
import { JetonError } from '../../core/errors.ts';
import { writeBackup } from './backups.ts';

/**
 * The schema of jeton.db, one step an entry: entry N takes `user_version` from N to N + 1. A step that was
 * released is never edited; a change is a new entry.
 *
 * What is encrypted (BLOB) names the key it was sealed with, so that no ciphertext can exist without its
 * vault row. Row ids are never used twice: the envelope binds a ciphertext to its row.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE vault (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    key_id TEXT NOT NULL UNIQUE,
    salt BLOB,
    canary BLOB NOT NULL
  ) STRICT;

  CREATE TABLE secrets (
    name TEXT PRIMARY KEY,
    key_id TEXT NOT NULL REFERENCES vault (key_id),
    value BLOB NOT NULL
  ) STRICT;

  CREATE TABLE integrations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    enabled INTEGER NOT NULL DEFAULT 1,
    chain TEXT,
    token_kind TEXT NOT NULL,
    expires_at INTEGER,
    client_id TEXT,
    key_id TEXT NOT NULL REFERENCES vault (key_id),
    client_secret BLOB,
    refresh_token BLOB,
    access_token BLOB,
    lease_owner TEXT,
    lease_chain TEXT,
    lease_until INTEGER
  ) STRICT;

  CREATE TABLE journal (
    entry_id INTEGER PRIMARY KEY AUTOINCREMENT,
    ids TEXT NOT NULL,
    spent_chain TEXT NOT NULL,
    new_chain TEXT NOT NULL,
    expires_at INTEGER,
    received_at INTEGER NOT NULL,
    settled_at INTEGER,
    key_id TEXT NOT NULL REFERENCES vault (key_id),
    access_token BLOB NOT NULL,
    refresh_token BLOB NOT NULL
  ) STRICT;
  CREATE INDEX journal_by_spent_chain ON journal (spent_chain);

  CREATE TABLE health (
    id TEXT PRIMARY KEY,
    chain TEXT,
    condition TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    retry_at INTEGER,
    last_renewed_at INTEGER,
    verify_at INTEGER,
    learnt_expires_at INTEGER,
    last_error TEXT,
    paused INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE activity (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    event TEXT NOT NULL,
    code TEXT,
    duration_ms INTEGER
  ) STRICT;
  CREATE INDEX activity_by_id ON activity (id, number);
  CREATE INDEX activity_by_time ON activity (at);

  CREATE TABLE revision (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    number INTEGER NOT NULL
  ) STRICT;
  INSERT INTO revision VALUES (1, 0);
  `,
  `
  CREATE TABLE oneflex (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    account_id TEXT NOT NULL,
    email TEXT NOT NULL,
    full_name TEXT NOT NULL,
    chain TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    signed_in_at INTEGER NOT NULL,
    lapsed_at INTEGER,
    key_id TEXT NOT NULL REFERENCES vault (key_id),
    access_token BLOB NOT NULL,
    refresh_token BLOB,
    cookies BLOB,
    lease_owner TEXT,
    lease_until INTEGER
  ) STRICT;

  CREATE TABLE oneflex_past_sessions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    length_ms INTEGER NOT NULL
  ) STRICT;
  `,
  `
  CREATE TABLE targets (
    name TEXT PRIMARY KEY,
    target TEXT NOT NULL,
    exported_version TEXT,
    exported_at INTEGER,
    changed_keys TEXT,
    restarted_at INTEGER,
    restart_failure TEXT,
    pending_since INTEGER,
    held_until INTEGER,
    pending_reason TEXT,
    retry_at INTEGER,
    lease_owner TEXT,
    lease_until INTEGER
  ) STRICT;
  `,
  `
  CREATE TABLE alert_channel (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    format TEXT NOT NULL,
    gone_at INTEGER
  ) STRICT;

  CREATE TABLE alerted (
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (subject, kind)
  ) STRICT;

  CREATE TABLE alert_outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    alert TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER,
    last_error TEXT,
    lease_owner TEXT,
    lease_until INTEGER
  ) STRICT;
  `,
  `
  ALTER TABLE vault ADD COLUMN key_source TEXT;
  `,
  `
  ALTER TABLE integrations ADD COLUMN replaces INTEGER REFERENCES integrations (id) ON DELETE CASCADE;
  `,
  `
  ALTER TABLE targets ADD COLUMN export_failure TEXT;
  ALTER TABLE targets ADD COLUMN export_failed_at INTEGER;
  ALTER TABLE targets ADD COLUMN pending_started_at TEXT;
  ALTER TABLE targets ADD COLUMN restart_started_at TEXT;
  `,
  `
  -- The tray application's. Without an end, the person ends it.
  CREATE TABLE pause (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    until INTEGER
  ) STRICT;

  -- What its desktop notifications have said, as "alerted" is for the webhook.
  CREATE TABLE noticed (
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    at INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    standing TEXT NOT NULL,
    PRIMARY KEY (subject, kind)
  ) STRICT;
  `,
  `
  -- The restart of each bot that its desktop notifications have come to; 0 before the first.
  CREATE TABLE noticed_restarts (
    target TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT;
  `,
  `
  -- What a sign-in brought, until OneFlex has said whose it is.
  CREATE TABLE oneflex_unverified (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    chain TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    replaces_account INTEGER NOT NULL,
    key_id TEXT NOT NULL REFERENCES vault (key_id),
    access_token BLOB NOT NULL,
    refresh_token BLOB,
    cookies BLOB
  ) STRICT;
  `,
];

/**
 * Brings the schema up to date, one transaction a step, each with a backup of what was there before. Several
 * processes may do this at once: the version is read again under the write lock.
 *
 * @throws JetonError `store-newer` when a later Jeton wrote this file; nothing is changed.
 */
export function migrate(
  db: Database.Database,
  migrations: readonly string[],
  backUp: typeof writeBackup = writeBackup,
): void {
  const isNew = versionOf(db) === 0;
  while (versionOf(db) !== migrations.length) {
    db.transaction(() => {
      const version = versionOf(db);
      const step = migrations[version];
      if (step === undefined) {
        if (version === migrations.length) return;
        throw new JetonError('store-newer', { file: db.name, version, supported: migrations.length });
      }
      if (!isNew) backUp(db, version);
      db.exec(step);
      db.pragma(`user_version = ${version + 1}`);
    }).immediate();
  }
}

function versionOf(db: Database.Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}
