import { createHash } from 'node:crypto';
import {
  integrationId,
  type AppId,
  type ChainId,
  type CredentialField,
  type IntegrationId,
  type LeaseMark,
  type RowDefect,
  type SlackCredentials,
  type SlackIntegration,
  type SourceKind,
  type TokenPair,
} from '../../src/core/integration.ts';
import type {
  Claim,
  ClaimResult,
  Clock,
  CredentialChange,
  IntegrationSource,
  LocalIntegrations,
  MissingFields,
  NewIntegration,
  SaveResult,
} from '../../src/core/ports.ts';
import { type Secret, secretOrNone } from '../../src/core/secret.ts';

/** A row as it lies in memory. Tests read and write it directly. */
export interface MemoryRow {
  name: string;
  enabled: boolean;
  defect: RowDefect | undefined;
  accessToken: string | undefined;
  refreshToken: string | undefined;
  clientId: string | undefined;
  clientSecret: string | undefined;
  expiresAt: number | undefined;
  lease: Omit<LeaseMark, 'standing'> | undefined;
  /** Oldest first. */
  failures: { readonly at: number; readonly message: string }[];
  /** The row that this one is a candidate for. */
  replaces: IntegrationId | undefined;
}

/** The rows, apart from the sources that open them: two sources on one store are two machines. */
export class MemoryRows {
  readonly #rows = new Map<IntegrationId, MemoryRow>();
  readonly #kind: SourceKind;
  /** Candidates that moved into their rows: a journal that still names them means those. */
  readonly moved = new Map<IntegrationId, IntegrationId>();
  #lastId = 0;

  constructor(kind: SourceKind = 'local') {
    this.#kind = kind;
  }

  get kind(): SourceKind {
    return this.#kind;
  }

  add(row: Partial<MemoryRow> = {}): IntegrationId {
    this.#lastId += 1;
    const number = this.#lastId;
    const id = integrationId(this.#kind, number);
    this.#rows.set(id, {
      name: `Team ${number}`,
      enabled: true,
      defect: undefined,
      accessToken: `xoxe.xoxb-1-test-access-${number}`,
      refreshToken: `xoxe-1-test-refresh-${number}`,
      clientId: `client-${number}`,
      clientSecret: `test-client-secret-${number}`,
      expiresAt: undefined,
      lease: undefined,
      failures: [],
      replaces: undefined,
      ...row,
    });
    return id;
  }

  get(id: IntegrationId): MemoryRow | undefined {
    return this.#rows.get(id);
  }

  remove(id: IntegrationId): void {
    this.#rows.delete(id);
  }

  entries(): readonly [IntegrationId, MemoryRow][] {
    return [...this.#rows];
  }
}

export interface MemorySourceOptions {
  readonly clock: Clock;
  readonly rows?: MemoryRows;
  readonly isDead?: (owner: string) => boolean;
}

/** A working source whose rows are in memory, held to test/contracts/integration-source.ts. */
export class MemorySource implements IntegrationSource {
  readonly rows: MemoryRows;
  readonly #clock: Clock;
  readonly #isDead: (owner: string) => boolean;

  constructor(options: MemorySourceOptions) {
    this.rows = options.rows ?? new MemoryRows();
    this.#clock = options.clock;
    this.#isDead = options.isDead ?? (() => false);
  }

  get kind(): SourceKind {
    return this.rows.kind;
  }

  async list(): Promise<readonly SlackIntegration[]> {
    return this.rows.entries().map(([id, row]) => ({
      id,
      name: row.name,
      enabled: row.enabled,
      defect: row.defect,
      missing: row.defect === undefined ? missingIn(row) : [],
      app: row.defect === undefined ? appOf(row) : undefined,
      chain: chainOf(row),
      tokenKind: tokenKindOf(row),
      expiresAt: row.defect === undefined ? row.expiresAt : undefined,
      lease: this.#leaseOn(row),
    }));
  }

  async claim(
    ids: readonly IntegrationId[],
    chain: ChainId,
    owner: string,
    ttlMs: number,
  ): Promise<ClaimResult> {
    const rows = ids.map((id) => this.rows.get(id)).filter((row) => row !== undefined);
    if (rows.length < ids.length || rows.some((row) => chainOf(row) !== chain)) return { kind: 'changed' };
    const leases = rows.map((row) => this.#leaseOn(row));
    if (leases.some((lease) => lease?.standing === 'held')) return { kind: 'busy' };
    const complete = rows.find((row) => credentialsOf(row) !== undefined);
    const credentials = complete && credentialsOf(complete);
    if (complete === undefined || credentials === undefined) return { kind: 'changed' };

    for (const row of rows) row.lease = { owner, chain, until: this.#clock.now() + ttlMs };
    const inDoubt = leases.some((lease) => lease?.standing === 'abandoned');
    return {
      kind: 'claimed',
      claim: { ids, owner, chain, credentials, expiresAt: complete.expiresAt, inDoubt },
    };
  }

  async save(id: IntegrationId, spentChain: ChainId, pair: TokenPair): Promise<SaveResult> {
    const row = this.rows.get(id);
    if (row === undefined) return 'gone';
    const accessToken = pair.accessToken.reveal();
    const refreshToken = pair.refreshToken.reveal();
    if (chainOf(row) === spentChain) {
      Object.assign(row, {
        accessToken,
        refreshToken,
        expiresAt: pair.expiresAt,
        lease: undefined,
        failures: [],
      });
      return 'saved';
    }
    return row.accessToken === accessToken && row.refreshToken === refreshToken ? 'saved' : 'superseded';
  }

  async release(claim: Claim, how: 'unspent' | 'in-doubt'): Promise<void> {
    for (const id of claim.ids) {
      const row = this.rows.get(id);
      if (row?.lease?.owner === claim.owner && row.lease.chain === claim.chain) {
        row.lease = how === 'in-doubt' ? { ...row.lease, until: this.#clock.now() } : undefined;
      }
    }
  }

  async accessToken(id: IntegrationId): Promise<Secret | undefined> {
    return secretOrNone(this.rows.get(id)?.accessToken);
  }

  async fillMissing(id: IntegrationId, fields: MissingFields): Promise<readonly (keyof MissingFields)[]> {
    const row = this.rows.get(id);
    const written: (keyof MissingFields)[] = [];
    if (row === undefined || row.defect !== undefined) return written;
    if (fields.clientId !== undefined && isBlank(row.clientId)) {
      row.clientId = fields.clientId;
      written.push('clientId');
    }
    if (fields.clientSecret !== undefined && isBlank(row.clientSecret)) {
      row.clientSecret = fields.clientSecret.reveal();
      written.push('clientSecret');
    }
    if (fields.expiresAt !== undefined && row.expiresAt === undefined) {
      row.expiresAt = fields.expiresAt;
      written.push('expiresAt');
    }
    return written;
  }

  async recordFailure(id: IntegrationId, chain: ChainId, at: number, message: string): Promise<void> {
    const row = this.rows.get(id);
    if (row === undefined || chainOf(row) !== chain) return;
    row.failures = [...row.failures, { at, message }].slice(-5);
  }

  async dispose(): Promise<void> {}

  /** The mark on the row, if it is about the chain that the row holds now. */
  #leaseOn(row: MemoryRow): LeaseMark | undefined {
    if (row.lease === undefined || row.lease.chain !== chainOf(row)) return undefined;
    const abandoned = row.lease.until <= this.#clock.now() || this.#isDead(row.lease.owner);
    return { ...row.lease, standing: abandoned ? 'abandoned' : 'held' };
  }
}

/** The same with what the source that Jeton owns can do besides, held to test/contracts/local-integrations.ts. */
export class MemoryLocalIntegrations extends MemorySource implements LocalIntegrations {
  override async list(): Promise<readonly SlackIntegration[]> {
    const rows = await super.list();
    const isCandidate = ({ id }: SlackIntegration): boolean => this.rows.get(id)?.replaces !== undefined;
    return [...rows.filter(isCandidate), ...rows.filter((row) => !isCandidate(row))];
  }

  async add({ name, credentials, expiresAt }: NewIntegration): Promise<IntegrationId> {
    return this.rows.add({
      name,
      expiresAt,
      clientId: credentials.clientId,
      clientSecret: credentials.clientSecret.reveal(),
      refreshToken: credentials.refreshToken?.reveal(),
      accessToken: credentials.accessToken?.reveal(),
    });
  }

  async remove(id: IntegrationId): Promise<boolean> {
    const isThere = this.rows.get(id) !== undefined;
    this.rows.remove(id);
    this.#removeCandidate(id);
    return isThere;
  }

  async propose(id: IntegrationId, change: CredentialChange): Promise<IntegrationId | undefined> {
    const row = this.rows.get(id);
    if (row === undefined) return undefined;
    const replaces = row.replaces ?? id;
    this.#removeCandidate(replaces);
    return this.rows.add({
      name: row.replaces === undefined ? `${row.name} → ${id}` : row.name,
      clientId: change.clientId ?? row.clientId,
      clientSecret: change.clientSecret?.reveal() ?? row.clientSecret,
      refreshToken: change.refreshToken?.reveal() ?? row.refreshToken,
      accessToken: undefined,
      replaces,
    });
  }

  override async save(id: IntegrationId, spentChain: ChainId, pair: TokenPair): Promise<SaveResult> {
    const result = await super.save(this.rows.moved.get(id) ?? id, spentChain, pair);
    const candidate = this.rows.get(id);
    if (result !== 'saved' || candidate?.replaces === undefined) return result;
    const row = this.rows.get(candidate.replaces);
    if (row === undefined) return 'gone';
    const { name, enabled } = row;
    this.rows.moved.set(id, candidate.replaces);
    this.rows.remove(id);
    Object.assign(row, candidate, { name, enabled, replaces: undefined });
    return result;
  }

  #removeCandidate(id: IntegrationId): void {
    for (const [candidate, { replaces }] of this.rows.entries()) {
      if (replaces === id) this.rows.remove(candidate);
    }
  }
}

function isBlank(value: string | undefined): boolean {
  return secretOrNone(value) === undefined;
}

function isLongLived(row: MemoryRow): boolean {
  return isBlank(row.refreshToken) && /^xox[bp]-/.test(row.accessToken ?? '');
}

function chainOf(row: MemoryRow): ChainId | undefined {
  if (row.defect !== undefined) return undefined;
  const token = isLongLived(row) ? row.accessToken : row.refreshToken;
  return token === undefined || isBlank(token) ? undefined : createHash('sha256').update(token).digest('hex');
}

function appOf({ clientId }: MemoryRow): AppId | undefined {
  if (clientId === undefined || isBlank(clientId)) return undefined;
  return createHash('sha256').update(clientId).digest('hex');
}

function tokenKindOf(row: MemoryRow): SlackIntegration['tokenKind'] {
  if (isLongLived(row)) return 'long-lived';
  const rotating =
    row.refreshToken?.startsWith('xoxe-') === true || row.accessToken?.startsWith('xoxe.') === true;
  return rotating ? 'rotating' : 'unknown';
}

function missingIn(row: MemoryRow): readonly CredentialField[] {
  const blank: CredentialField[] = [];
  if (isBlank(row.accessToken)) blank.push('access_token');
  if (isBlank(row.refreshToken) && !isLongLived(row)) blank.push('refresh_token');
  if (isBlank(row.clientId)) blank.push('client_id');
  if (isBlank(row.clientSecret)) blank.push('client_secret');
  return blank;
}

function credentialsOf(row: MemoryRow): SlackCredentials | undefined {
  const clientSecret = secretOrNone(row.clientSecret);
  if (row.clientId === undefined || isBlank(row.clientId) || clientSecret === undefined) return undefined;
  return {
    clientId: row.clientId,
    clientSecret,
    refreshToken: secretOrNone(row.refreshToken),
    accessToken: secretOrNone(row.accessToken),
  };
}
