import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { JetonError } from '../../core/errors.ts';
import {
  integrationId,
  rowIdOf,
  type ChainId,
  type CredentialField,
  type IntegrationId,
  type LeaseMark,
  type SlackIntegration,
  type TokenPair,
} from '../../core/integration.ts';
import type { Claim, ClaimResult, IntegrationSource, MissingFields, SaveResult } from '../../core/ports.ts';
import { Secret } from '../../core/secret.ts';
import type { Settings } from '../../core/settings.ts';
import type { DatabaseConnection } from './connection.ts';
import { isUnreadableRow } from './database-error.ts';
import { DatabasePool } from './database-pool.ts';
import { formatExpiry, parseExpiry } from './expiry.ts';
import { filled, parseConfig } from './row-config.ts';
import {
  describeTable,
  leaseKey,
  quoteTable,
  serverVersion,
  writeStatements,
  type Layout,
  type Statements,
} from './statements.ts';

export interface ApplicationDatabaseOptions {
  readonly connection: DatabaseConnection;
  readonly tables: Settings['database'];
  /** Whether the process that took a lease under this name is known to be gone. */
  readonly isDead: (owner: string) => boolean;
  readonly maxConnections?: number;
}

/** What `jeton database test` shows. */
export interface DatabaseInspection {
  readonly serverVersion: string;
  readonly tables: readonly { readonly name: string; readonly found: boolean }[];
  /** Undefined while a table is missing. */
  readonly configType: Layout['configType'] | undefined;
  readonly hasUpdatedAt: boolean;
  /** Whether there is an integration that rows could be of; undefined while a table is missing. */
  readonly hasSlack: boolean | undefined;
  /** The Slack rows, with what each lacks. */
  readonly rows: readonly SlackIntegration[];
}

/**
 * The Slack rows of the application's own database, in place. Every method may reject with
 * `database-unreachable`, `database-refused` or `database-tables-missing`, and `list` with `database-without-slack`;
 * the same object works again when the database does.
 *
 * Each write is one statement that locks, checks and changes the row. A row whose `config` PostgreSQL cannot
 * read as a JSON object is listed with its defect and never written.
 */
export class ApplicationDatabase implements IntegrationSource {
  readonly kind = 'app';
  readonly #pool: DatabasePool;
  readonly #tables: Settings['database'];
  readonly #isDead: (owner: string) => boolean;
  #statements: Promise<Statements> | undefined;

  constructor({ connection, tables, isDead, maxConnections = 8 }: ApplicationDatabaseOptions) {
    this.#pool = new DatabasePool(connection, maxConnections);
    this.#tables = tables;
    this.#isDead = isDead;
  }

  async list(): Promise<readonly SlackIntegration[]> {
    const rows = listedRows.parse(await this.#run('list', []));
    if (rows.length === 0 && !(await this.#isSlackKnown())) {
      throw new JetonError('database-without-slack', { table: this.#tables.integrationTable });
    }
    return rows.map((row) => this.#describe(row));
  }

  /** Answers which tables are missing, and whether Slack is, instead of rejecting. */
  async inspect(): Promise<DatabaseInspection> {
    const [row] = await this.#pool.query(serverVersion, []);
    const { version } = z.object({ version: z.string() }).parse(row);
    const tables = [];
    for (const name of [this.#tables.integrationTable, this.#tables.userIntegrationTable]) {
      tables.push({ name, found: (await this.#columnsOf(name)).size > 0 });
    }
    if (tables.some((table) => !table.found)) {
      const unknown = { configType: undefined, hasUpdatedAt: false, hasSlack: undefined, rows: [] };
      return { serverVersion: version, tables, ...unknown };
    }
    const { configType, hasUpdatedAt } = await this.#findLayout();
    const hasSlack = await this.#isSlackKnown();
    const rows = hasSlack ? await this.list() : [];
    return { serverVersion: version, tables, configType, hasUpdatedAt, hasSlack, rows };
  }

  async claim(
    ids: readonly IntegrationId[],
    chain: ChainId,
    owner: string,
    ttlMs: number,
  ): Promise<ClaimResult> {
    let rows = await this.#claim(ids, chain, owner, ttlMs, []);
    // Only we know who is dead, and only the rows know who holds them: a second statement when it matters.
    const dead = rows
      .flatMap((row) => (row.held && row.holder !== null ? [row.holder] : []))
      .filter(this.#isDead);
    if (dead.length > 0) rows = await this.#claim(ids, chain, owner, ttlMs, dead);

    const kind = rows[0]?.kind ?? 'changed';
    if (kind !== 'claimed') return { kind };
    const inOrder = ids.map((id) => rows.find((row) => row.id === rowIdOf(id)));
    const complete = completeRow.parse(inOrder.find((row) => row?.complete));
    return {
      kind,
      claim: {
        ids,
        owner,
        chain,
        credentials: {
          clientId: complete.client_id,
          clientSecret: new Secret(complete.client_secret),
          refreshToken: secretOf(complete.refresh_token),
          accessToken: secretOf(complete.access_token),
        },
        expiresAt: complete.token_expiry === null ? undefined : parseExpiry(complete.token_expiry),
        inDoubt: rows.some((row) => row.marked),
      },
    };
  }

  /** `superseded` also when somebody wrote another access token after the claim, and left the chain. */
  async save(id: IntegrationId, spentChain: ChainId, pair: TokenPair): Promise<SaveResult> {
    const rows = await this.#edit(
      'save',
      [id],
      [
        spentChain,
        pair.accessToken.reveal(),
        pair.refreshToken.reveal(),
        pair.expiresAt === undefined ? null : formatExpiry(pair.expiresAt),
      ],
    );
    if (rows === 'unreadable') return 'superseded';
    const row = savedRow.parse(rows[0]);
    if (row === undefined) return 'gone';
    return row.saved ? 'saved' : 'superseded';
  }

  async release(claim: Claim, how: 'unspent' | 'in-doubt'): Promise<void> {
    const statement = how === 'unspent' ? 'releaseUnspent' : 'releaseInDoubt';
    await this.#edit(statement, claim.ids, [claim.chain, claim.owner]);
  }

  async accessToken(id: IntegrationId): Promise<Secret | undefined> {
    const rows = await this.#edit('accessToken', [id], []);
    if (rows === 'unreadable') return undefined;
    const row = tokenRow.parse(rows[0]);
    return secretOf(row?.access_token);
  }

  async fillMissing(id: IntegrationId, fields: MissingFields): Promise<readonly (keyof MissingFields)[]> {
    const rows = await this.#edit(
      'fillMissing',
      [id],
      [
        fields.clientId ?? null,
        fields.clientSecret?.reveal() ?? null,
        fields.expiresAt === undefined ? null : formatExpiry(fields.expiresAt),
      ],
    );
    if (rows === 'unreadable') return [];
    const written = z.array(z.object({ field: z.string() })).parse(rows);
    return fillable.filter(({ key }) => written.some((row) => row.field === key)).map(({ field }) => field);
  }

  async recordFailure(id: IntegrationId, chain: ChainId, at: number, message: string): Promise<void> {
    await this.#edit('recordFailure', [id], [chain, formatExpiry(at), message]);
  }

  dispose(): Promise<void> {
    return this.#pool.dispose();
  }

  async #isSlackKnown(): Promise<boolean> {
    const [row] = await this.#run('isSlackKnown', []);
    return z.object({ known: z.boolean() }).parse(row).known;
  }

  #describe(row: ListedRow): SlackIntegration {
    const config = parseConfig(row.config);
    const id = integrationId('app', row.id);
    const enabled = row.enabled ?? false;
    if (config.defect !== undefined) {
      return {
        id,
        name: nameOf(row, undefined),
        enabled,
        defect: config.defect,
        missing: [],
        app: undefined,
        chain: undefined,
        tokenKind: 'unknown',
        expiresAt: undefined,
        lease: undefined,
      };
    }
    const { fields } = config;
    const accessToken = filled(row.access_token);
    const refreshToken = filled(fields['refresh_token']);
    const longLived = refreshToken === undefined && /^xox[bp]-/.test(accessToken ?? '');
    const chain = sha256(longLived ? accessToken : refreshToken);
    const clientId = filled(fields['client_id']);
    const expiry = filled(fields['token_expiry']);

    const missing: CredentialField[] = [];
    if (accessToken === undefined) missing.push('access_token');
    if (refreshToken === undefined && !longLived) missing.push('refresh_token');
    if (clientId === undefined) missing.push('client_id');
    if (filled(fields['client_secret']) === undefined) missing.push('client_secret');

    return {
      id,
      name: nameOf(row, fields),
      enabled,
      defect: undefined,
      missing,
      app: sha256(clientId),
      chain,
      tokenKind: tokenKindOf(longLived, accessToken, refreshToken),
      expiresAt: expiry === undefined ? undefined : parseExpiry(expiry),
      lease: this.#leaseOf(fields[leaseKey], chain, row.now),
    };
  }

  #leaseOf(mark: unknown, chain: ChainId | undefined, now: number): LeaseMark | undefined {
    const lease = leaseMark.safeParse(mark);
    if (!lease.success || lease.data.chain !== chain) return undefined;
    const { owner, until } = lease.data;
    const abandoned = until <= now || this.#isDead(owner);
    return { owner, chain, until, standing: abandoned ? 'abandoned' : 'held' };
  }

  async #claim(
    ids: readonly IntegrationId[],
    chain: ChainId,
    owner: string,
    ttlMs: number,
    dead: readonly string[],
  ): Promise<readonly ClaimedRow[]> {
    const rows = await this.#edit('claim', ids, [chain, owner, ttlMs, dead]);
    return rows === 'unreadable' ? [] : claimedRows.parse(rows);
  }

  /** Runs a statement about certain rows. A row that PostgreSQL cannot read is an answer, not an error. */
  async #edit(
    name: keyof Statements,
    ids: readonly IntegrationId[],
    values: readonly unknown[],
  ): Promise<readonly unknown[] | 'unreadable'> {
    try {
      return await this.#run(name, [ids.map(rowIdOf), ...values]);
    } catch (error) {
      if (isUnreadableRow(error)) return 'unreadable';
      throw error;
    }
  }

  async #run(name: keyof Statements, values: readonly unknown[]): Promise<readonly unknown[]> {
    const looking = (this.#statements ??= this.#findLayout().then(writeStatements));
    try {
      return await this.#pool.query((await looking)[name], values);
    } catch (error) {
      // The database did not answer, or the application was migrated under us: look again next time.
      if (this.#statements === looking) this.#statements = undefined;
      throw error;
    }
  }

  async #findLayout(): Promise<Layout> {
    const { integrationTable, userIntegrationTable } = this.#tables;
    const integration = await this.#columnsOf(integrationTable);
    const userIntegration = await this.#columnsOf(userIntegrationTable);
    requireColumns(integrationTable, integration, ['id', 'name']);
    requireColumns(userIntegrationTable, userIntegration, [
      'id',
      'user_id',
      'integration_id',
      'access_token',
      'config',
      'enabled',
    ]);
    return {
      integrationTable,
      userIntegrationTable,
      idType: userIntegration.get('id') ?? '',
      configType: configTypeOf(userIntegrationTable, userIntegration.get('config')),
      hasUpdatedAt: userIntegration.get('updated_at')?.startsWith('timestamp') ?? false,
    };
  }

  /** Names and types; empty when there is no such table. */
  async #columnsOf(table: string): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#pool.query(describeTable, [quoteTable(table)]);
    return new Map(
      z
        .array(columnRow)
        .parse(rows)
        .map(({ column, type }) => [column, type]),
    );
  }
}

const columnRow = z.object({ column: z.string(), type: z.string() });

const listedRow = z.object({
  id: z.string(),
  integration: z.string(),
  user: z.nullable(z.string()),
  enabled: z.nullable(z.boolean()),
  access_token: z.nullable(z.string()),
  config: z.nullable(z.string()),
  now: z.number(),
});
const listedRows = z.array(listedRow);
type ListedRow = z.infer<typeof listedRow>;

const claimedRow = z.object({
  kind: z.enum(['claimed', 'busy', 'changed']),
  id: z.string(),
  complete: z.boolean(),
  held: z.boolean(),
  marked: z.boolean(),
  holder: z.nullable(z.string()),
  client_id: z.nullable(z.string()),
  client_secret: z.nullable(z.string()),
  refresh_token: z.nullable(z.string()),
  access_token: z.nullable(z.string()),
  token_expiry: z.nullable(z.string()),
});
const claimedRows = z.array(claimedRow);
type ClaimedRow = z.infer<typeof claimedRow>;

const completeRow = z.extend(claimedRow, { client_id: z.string(), client_secret: z.string() });

const savedRow = z.optional(z.object({ saved: z.boolean() }));
const tokenRow = z.optional(z.object({ access_token: z.nullable(z.string()) }));

const leaseMark = z.object({ owner: z.string(), chain: z.string(), until: z.number() });

const teamName = z.string().check(z.trim(), z.minLength(1));

/** Where Slack's reply was kept with the row, it names the team. */
const teamFields = z.union([
  z.pipe(
    z.object({ team: z.object({ name: teamName }) }),
    z.transform(({ team }) => team.name),
  ),
  z.pipe(
    z.object({ team_name: teamName }),
    z.transform(({ team_name }) => team_name),
  ),
]);

const fillable: readonly { readonly field: keyof MissingFields; readonly key: string }[] = [
  { field: 'clientId', key: 'client_id' },
  { field: 'clientSecret', key: 'client_secret' },
  { field: 'expiresAt', key: 'token_expiry' },
];

function requireColumns(table: string, columns: ReadonlyMap<string, string>, names: readonly string[]): void {
  if (columns.size === 0) throw new JetonError('database-tables-missing', { table });
  const column = names.find((name) => !columns.has(name));
  if (column !== undefined) throw new JetonError('database-tables-missing', { table, column });
}

function configTypeOf(table: string, type: string | undefined): Layout['configType'] {
  if (type === 'jsonb' || type === 'json') return type;
  if (type === 'text' || type === 'character varying') return 'text';
  throw new JetonError('database-tables-missing', { table, column: 'config' });
}

function nameOf(row: ListedRow, config: Readonly<Record<string, unknown>> | undefined): string {
  const team = teamFields.safeParse(config);
  const who = row.user === null ? `row ${row.id}` : `user ${row.user}`;
  return team.success ? `${row.integration} ${team.data} (${who})` : `${row.integration} (${who})`;
}

function tokenKindOf(
  longLived: boolean,
  accessToken: string | undefined,
  refreshToken: string | undefined,
): SlackIntegration['tokenKind'] {
  if (longLived) return 'long-lived';
  const rotating = refreshToken?.startsWith('xoxe-') === true || accessToken?.startsWith('xoxe.') === true;
  return rotating ? 'rotating' : 'unknown';
}

function sha256(text: string | undefined): string | undefined {
  return text === undefined ? undefined : createHash('sha256').update(text).digest('hex');
}

function secretOf(column: string | null | undefined): Secret | undefined {
  const token = filled(column);
  return token === undefined ? undefined : new Secret(token);
}
