import type { Client } from 'pg';
import { z } from 'zod';
import { rowIdOf, type IntegrationId } from '../../src/core/integration.ts';
import { Secret } from '../../src/core/secret.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { ApplicationDatabase } from '../../src/node/postgres/application-database.ts';
import { parseDatabaseUrl } from '../../src/node/postgres/connection.ts';
import type { IntegrationSourceHarness, StoredRow } from '../contracts/integration-source.ts';
import { connectTo, createApplicationTables, type ApplicationTables } from './postgres.ts';

const { database: tables } = settingsSchema.parse({});
const table = tables.userIntegrationTable;

const configFields = z.looseObject({
  refresh_token: z.string().optional(),
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  token_expiry: z.string().optional(),
});

export interface ApplicationHarness extends IntegrationSourceHarness {
  readonly client: Client;
  open(): Promise<ApplicationDatabase>;
  /** Adds a Slack row with this text in `config`. */
  insert(config: string | null, accessToken?: string | null): Promise<IntegrationId>;
  /** The text of `config`. */
  config(id: IntegrationId): Promise<string | null>;
}

/** Empties the database at `url`, makes the tables anew and opens them, for one test. */
export async function makeApplicationHarness(
  url: string,
  made: ApplicationTables = {},
  throughUrl = url,
): Promise<ApplicationHarness> {
  const client = await connectTo(url);
  const sources: ApplicationDatabase[] = [];
  const dead = new Set<string>();
  await client.query(`DROP TABLE IF EXISTS ${table}, ${tables.integrationTable} CASCADE`);
  await createApplicationTables(client, made);

  const config = async (id: IntegrationId): Promise<string | null> => {
    const { rows } = await client.query<{ config: string | null }>(
      `SELECT config::text FROM ${table} WHERE id::text = $1`,
      [rowIdOf(id)],
    );
    return rows[0]?.config ?? null;
  };
  const insert = async (
    text: string | null,
    accessToken: string | null = 'xoxe.xoxb-1-test-access-1',
  ): Promise<IntegrationId> => {
    const { rows } = await client.query<{ id: string }>(
      `INSERT INTO ${table} (user_id, integration_id, access_token, config)
       VALUES (7, 1, $1, $2) RETURNING id::text`,
      [accessToken, text],
    );
    return `app:${rows[0]?.id ?? ''}`;
  };
  const read = async (id: IntegrationId): Promise<StoredRow | undefined> => {
    const { rows } = await client.query<{ access_token: string | null; enabled: boolean }>(
      `SELECT access_token, enabled FROM ${table} WHERE id::text = $1`,
      [rowIdOf(id)],
    );
    const [row] = rows;
    if (row === undefined) return undefined;
    const fields = configFields.parse(JSON.parse((await config(id)) ?? '{}'));
    return {
      enabled: row.enabled,
      accessToken: row.access_token ?? undefined,
      refreshToken: fields.refresh_token,
      clientId: fields.client_id,
      clientSecret: fields.client_secret,
      expiresAt: fields.token_expiry === undefined ? undefined : Date.parse(fields.token_expiry),
    };
  };
  const write = async (id: IntegrationId, row: StoredRow): Promise<void> => {
    const fields = {
      ...configFields.parse(JSON.parse((await config(id)) ?? '{}')),
      refresh_token: row.refreshToken,
      client_id: row.clientId,
      client_secret: row.clientSecret,
      token_expiry: row.expiresAt === undefined ? undefined : new Date(row.expiresAt).toISOString(),
    };
    await client.query(
      `UPDATE ${table} SET access_token = $2, enabled = $3, config = $4 WHERE id::text = $1`,
      [rowIdOf(id), row.accessToken ?? null, row.enabled, JSON.stringify(fields)],
    );
  };

  return {
    client,
    config,
    insert,
    read,
    open: async () => {
      const source = new ApplicationDatabase({
        connection: parseDatabaseUrl(new Secret(throughUrl)),
        tables,
        isDead: (owner) => dead.has(owner),
        maxConnections: 4,
      });
      sources.push(source);
      return source;
    },
    seed: async (row) => {
      const id = await insert('{}');
      await write(id, row);
      return id;
    },
    change: async (id, change) => {
      const row = await read(id);
      if (row === undefined) throw new Error(`${id} is gone`);
      await write(id, { ...row, ...change });
    },
    remove: async (id) => {
      await client.query(`DELETE FROM ${table} WHERE id::text = $1`, [rowIdOf(id)]);
    },
    expireLeases: async () => {
      await client.query(
        `UPDATE ${table}
         SET config = jsonb_set(config::text::jsonb, '{jeton_lease,until}', '1')::text::${made.config ?? 'jsonb'}
         WHERE config::text LIKE '%jeton_lease%'`,
      );
    },
    markDead: (owner) => {
      dead.add(owner);
    },
    dispose: async () => {
      await Promise.all(sources.map((source) => source.dispose()));
      await client.end();
    },
  };
}
