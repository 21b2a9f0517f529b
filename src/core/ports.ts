/**
 * Every effect of the engine, as an interface. Adapters are in src/node, small working fakes in test/fakes;
 * both are held to the specs in test/contracts. Times are epoch milliseconds, durations milliseconds.
 */
import type {
  ChainId,
  Health,
  IntegrationId,
  SlackCredentials,
  SlackIntegration,
  SourceKind,
  TokenPair,
} from './integration.ts';
import type { BotContainers, BotTarget } from './export/restart.ts';
import type { ExportError, LastRestart, PendingRestart, Target, TargetRecord } from './export/target.ts';
import type { OneflexAccount } from './oneflex/api.ts';
import type { OneflexTokens } from './oneflex/capture.ts';
import type { OneflexSession } from './oneflex/session.ts';
import type { Secret } from './secret.ts';

export interface Clock {
  now(): number;
}

export interface Timer {
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** SHA-256 of a secret in hex: names a refresh token without holding it. */
export type Fingerprint = (secret: Secret) => ChainId;

// ── HTTP ────────────────────────────────────────────────────────────────────────────────────────────────

export type JsonValue =
  | string
  | number
  | Secret
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly basic?: { readonly user: string; readonly password: Secret };
  readonly bearer?: Secret;
  /** Sent as application/x-www-form-urlencoded. */
  readonly form?: Readonly<Record<string, string | Secret>>;
  /** Sent as application/json, in place of a form. */
  readonly json?: Readonly<Record<string, JsonValue>>;
  /** For the whole exchange, connection included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

/**
 * What became of a request. The difference that matters is between `not-sent` (the server never saw it, so a
 * single-use token is unspent) and `unanswered` (it may have acted on it).
 */
export type HttpOutcome =
  | {
      readonly kind: 'response';
      readonly status: number;
      /** `json`: parsed. `truncated`: began like JSON and did not parse. `other`: HTML, empty, text. */
      readonly body:
        | { readonly kind: 'json'; readonly value: unknown }
        | { readonly kind: 'truncated' | 'other' };
      /** From the Retry-After header (seconds or a date). */
      readonly retryAfterMs: number | undefined;
      /** From the Date header: the server's clock. */
      readonly serverDate: number | undefined;
    }
  | { readonly kind: 'not-sent'; readonly code: string }
  | { readonly kind: 'unanswered'; readonly code: 'timeout' | 'connection-lost' };

export interface Http {
  /** Never rejects, never follows a redirect, never logs a URL's query, a header or a body. */
  send(request: HttpRequest): Promise<HttpOutcome>;
}

// ── Where integrations live ─────────────────────────────────────────────────────────────────────────────

/**
 * Our hold on the rows of one chain. `credentials` come from the first of the rows that has all of them.
 */
export interface Claim {
  readonly ids: readonly IntegrationId[];
  readonly owner: string;
  readonly chain: ChainId;
  readonly credentials: SlackCredentials;
  readonly expiresAt: number | undefined;
  /** The previous holder left without saying: the refresh token may have been sent already. */
  readonly inDoubt: boolean;
}

export type ClaimResult =
  | { readonly kind: 'claimed'; readonly claim: Claim }
  /** Somebody else holds one of the rows. */
  | { readonly kind: 'busy' }
  /** A row is gone, lacks a credential, or is of another chain by now. */
  | { readonly kind: 'changed' };

/**
 * `saved` also when the row already held this very pair (a repeated write after a crash). `superseded`: the row
 * is of a third chain by now, and was left as it is.
 */
export type SaveResult = 'saved' | 'superseded' | 'gone';

export interface MissingFields {
  readonly clientId?: string;
  readonly clientSecret?: Secret;
  readonly expiresAt?: number;
}

export interface NewIntegration {
  readonly name: string;
  readonly credentials: SlackCredentials;
  readonly expiresAt: number | undefined;
}

/** What a person gives anew; the rest stays as it is. */
export interface CredentialChange {
  readonly clientId: string | undefined;
  readonly clientSecret: Secret | undefined;
  readonly refreshToken: Secret | undefined;
}

/** The source that Jeton owns, where rows can be added and removed. */
export interface LocalIntegrations extends IntegrationSource {
  add(integration: NewIntegration): Promise<IntegrationId>;
  /** Removes the row and every secret of it, its candidate's too; false when there is none. */
  remove(id: IntegrationId): Promise<boolean>;
  /**
   * Writes a candidate for the row: a row of its own, with the same credentials but for the change, and without an
   * access token. An earlier candidate for the same row makes way. The row itself stays as it is, until
   * {@link save} brings a pair to the candidate: that one write moves credentials and pair into the row, and the
   * candidate is gone. Candidates are listed before all others. `undefined` when there is no such row.
   */
  propose(id: IntegrationId, change: CredentialChange): Promise<IntegrationId | undefined>;
}

export interface IntegrationSource {
  readonly kind: SourceKind;

  /** All Slack rows, enabled or not, broken ones included. Touches no secret store. */
  list(): Promise<readonly SlackIntegration[]>;

  /**
   * Takes all of `ids` or none, for `ttlMs` by the source's own clock, provided each is still of `chain` and
   * nobody else holds a lease. Durable when it returns; no lock or transaction stays behind.
   */
  claim(ids: readonly IntegrationId[], chain: ChainId, owner: string, ttlMs: number): Promise<ClaimResult>;

  /**
   * Compare-and-swap: writes `pair` to the row if it is still of `spentChain`, and drops the lease and the
   * failure marks in the same write. Changes nothing else in the row. Needs no claim: the journal's replay
   * uses it too.
   */
  save(id: IntegrationId, spentChain: ChainId, pair: TokenPair): Promise<SaveResult>;

  /**
   * Gives up a claim that was not settled by {@link save}. `inDoubt` leaves a mark on the rows, so that
   * whoever claims them next knows that the refresh token may have been sent.
   */
  release(claim: Claim, how: 'unspent' | 'in-doubt'): Promise<void>;

  /** The access token to verify, if the row has one. */
  accessToken(id: IntegrationId): Promise<Secret | undefined>;

  /** Writes the given fields where the row has none or a blank one; answers which were written. */
  fillMissing(id: IntegrationId, fields: MissingFields): Promise<readonly (keyof MissingFields)[]>;

  /** The failure history that the row itself keeps, where the source has one. `message` holds no secret. */
  recordFailure(id: IntegrationId, chain: ChainId, at: number, message: string): Promise<void>;

  dispose(): Promise<void>;
}

// ── What Jeton remembers ────────────────────────────────────────────────────────────────────────────────

/** A pair received from Slack that may not have reached its rows yet. */
export interface JournalEntry {
  readonly entryId: number;
  readonly ids: readonly IntegrationId[];
  readonly spentChain: ChainId;
  readonly newChain: ChainId;
  readonly pair: TokenPair;
  readonly receivedAt: number;
}

export interface Journal {
  /** Encrypted and on disk (fsync) when it returns. */
  record(entry: Omit<JournalEntry, 'entryId' | 'newChain'>): Promise<JournalEntry>;
  /** Oldest first. An entry that cannot be decrypted is left in place and not listed. */
  pending(): Promise<readonly JournalEntry[]>;
  /** The entry that replaced this refresh token, settled or not, if it is still kept. */
  findBySpent(chain: ChainId): Promise<JournalEntry | undefined>;
  remove(entryId: number): Promise<void>;
}

export interface HealthStore {
  /** By id, as text: what goes over all of it has less to look up then. */
  all(): Promise<ReadonlyMap<IntegrationId, Health>>;
  /** All but `paused`: that is a person's, and a run that began before must not undo it. */
  save(health: Health): Promise<void>;
  setPaused(id: IntegrationId, chain: ChainId | undefined, paused: boolean): Promise<void>;
  remove(id: IntegrationId): Promise<void>;
  /** Grows with every change to what Jeton remembers or owns, by whichever process. */
  revision(): Promise<number>;
}

// ── OneFlex ─────────────────────────────────────────────────────────────────────────────────────────────

/** What a sign-in or a renewal leaves in our hands. */
export interface KeptTokens extends OneflexTokens {
  /** The browser's cookies, serialised, so that the session at the identity provider outlives its process. */
  readonly cookies: Secret | undefined;
}

/** What a sign-in brought, of which OneFlex has not said yet whose it is: until then it is used for nothing. */
export interface UnverifiedSignIn {
  readonly chain: ChainId;
  readonly tokens: KeptTokens;
  /** The person agreed that it replaces the account that is kept. */
  readonly replaceAccount: boolean;
}

/** The one OneFlex account of a home, its tokens sealed. */
export interface OneflexStore {
  /** Needs no key. */
  session(): Promise<OneflexSession | undefined>;
  tokens(): Promise<KeptTokens | undefined>;
  /**
   * A person signed in: replaces whatever was there, on disk when it returns. A lapse ends with it, and what was
   * unverified is gone. With `unverified`, the name of such a sign-in, only as long as that is there.
   */
  signIn(
    account: OneflexAccount,
    tokens: KeptTokens,
    now: number,
    unverified?: ChainId,
  ): Promise<'saved' | 'superseded'>;
  /**
   * On disk when it returns, in the place of an earlier one; nothing else changes. With `instead`, the name of that
   * one, only as long as it is there.
   */
  keepUnverified(
    tokens: KeptTokens,
    replaceAccount: boolean,
    instead?: ChainId,
  ): Promise<'saved' | 'superseded'>;
  unverified(): Promise<UnverifiedSignIn | undefined>;
  /** Unless it is another one by now. */
  dropUnverified(chain: ChainId): Promise<void>;
  /**
   * Compare-and-swap: stores renewed tokens unless the account's tokens are no longer those named by `chain`.
   * `undefined` for the refresh token or the cookies keeps the old ones. Drops the lease.
   */
  renew(chain: ChainId, tokens: KeptTokens): Promise<'saved' | 'superseded'>;
  /**
   * The person is needed: closes the session's record and drops the lease. `superseded`: the person has signed in
   * meanwhile, and nothing lapsed.
   */
  lapse(chain: ChainId, now: number): Promise<'lapsed' | 'superseded'>;
  /** False when somebody else holds it. */
  claim(chain: ChainId, owner: string, ttlMs: number): Promise<boolean>;
  release(owner: string): Promise<void>;
  /** Account, tokens, cookies, what is unverified, and the record of past sessions; nothing while somebody holds it. */
  forget(): Promise<'forgotten' | 'none' | 'held'>;
}

/** Signs in again through the session that a browser keeps, without anybody watching or typing. */
export interface SilentSignIn {
  (
    cookies: Secret | undefined,
    signal?: AbortSignal,
  ): Promise<
    | { readonly kind: 'signed-in'; readonly tokens: KeptTokens }
    /** The identity provider wants the person. */
    | { readonly kind: 'person-needed' }
    /** It could not be tried: no browser, its profile in use, no network. */
    | { readonly kind: 'unavailable'; readonly code: string }
  >;
}

export type ActivityEvent =
  | 'renewed'
  | 'renewal-failed'
  | 'verified'
  | 'verification-failed'
  | 'recovered'
  | 'superseded'
  | 'refresh-token-kept'
  | 'added'
  | 'removed'
  | 'paused'
  | 'resumed'
  | 'exchanged'
  | 'backfilled'
  | 'updated'
  | 'signed-in'
  | 'lapsed'
  | 'forgotten';

export interface Activity {
  readonly at: number;
  readonly id: IntegrationId;
  readonly name: string;
  readonly event: ActivityEvent;
  /** An error code, never free text. */
  readonly code: string | undefined;
  readonly durationMs: number | undefined;
}

export interface ActivityLog {
  record(activity: Activity): Promise<void>;
  /** Newest first. `limit`: of those that fit. */
  list(filter: ActivityFilter): Promise<readonly Activity[]>;
  /** How many were ever recorded: another number than before says that something has happened since. */
  total(): Promise<number>;
}

export interface ActivityFilter {
  readonly id?: IntegrationId;
  readonly fits?: (activity: Activity) => boolean;
  readonly limit: number;
}

// ── Secrets at rest ─────────────────────────────────────────────────────────────────────────────────────

/**
 * `ready`: the master key is at hand and opens what is stored. `locked`: there are ciphertexts, and the key is
 * out of reach for now. `missing`: there has never been a key.
 */
export type VaultState = 'ready' | 'locked' | 'missing';

export interface VaultStatus {
  readonly state: VaultState;
  /** Where the key comes from, e.g. `keychain`, `key-file`. */
  readonly keySource: string;
}

export interface VaultGate {
  status(): Promise<VaultStatus>;
  /** Throws `vault-locked`, `vault-missing` or `vault-wrong-key` unless secrets can be written and read now. */
  ensureReady(): Promise<void>;
}

// ── Files that tokens are exported to ───────────────────────────────────────────────────────────────────

/**
 * A bot's `.env` file, on this machine or another. It also holds the person's own settings, and the bot writes
 * it too; so it is only ever merged into. Errors are `env-file-*` and `env-change-refused`, and then nothing was
 * changed; see {@link EnvFileProblem}.
 */
export interface EnvFile {
  /** What is there, without changing it; a file that cannot be used is a finding, not an error. */
  inspect(settings?: readonly string[]): Promise<EnvFileState>;

  /** Sets the given keys, each to the end of the file where it has none yet. */
  merge(values: ReadonlyMap<string, Secret>, options?: EnvMergeOptions): Promise<EnvMerge>;
}

export type EnvFileState =
  | {
      readonly kind: 'present';
      /** With links followed. */
      readonly path: string;
      /** Permission bits, e.g. 0o600; without meaning on Windows, as are the owner's numbers. */
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      readonly keys: readonly string[];
      /** Values of the settings that were asked for, as far as the file has them. Never ask for a secret's. */
      readonly settings: ReadonlyMap<string, string>;
      readonly warnings: readonly EnvWarning[];
      /** Why it could not be written. */
      readonly obstacle: EnvFileProblem | undefined;
    }
  /** Its folder is there; a merge would create it. */
  | { readonly kind: 'absent'; readonly path: string; readonly obstacle: EnvFileProblem | undefined }
  | { readonly kind: 'unusable'; readonly path: string; readonly problem: EnvFileProblem };

/**
 * `reason` is an errno name (`EACCES`, `EROFS`, `ENOSPC`; `EISDIR` where Docker made a folder of a missing
 * file) or one of: `folder-missing`, `dangling-link`, `not-a-file`, `not-utf8`, `too-large`, `short-write`.
 */
export interface EnvFileProblem {
  readonly code: 'env-file-unreadable' | 'env-file-unwritable';
  readonly path: string;
  readonly reason: string;
}

export interface EnvMergeOptions {
  /**
   * Keys that keep what the file has where that is a JWT with a later `exp` than ours: the bot renews its access
   * token by itself.
   */
  readonly keepLaterJwt?: ReadonlySet<string>;
  /** Keys that stay as they are where one of those was kept: the refresh token belongs to its access token. */
  readonly keepWithIt?: ReadonlySet<string>;
  /** A person saw that keys are gone from the file (`env-file-cut`), and wants it so. */
  readonly acceptLostKeys?: boolean;
  /** Says what would change, and changes nothing. */
  readonly dryRun?: boolean;
}

export interface EnvMerge {
  readonly path: string;
  /** In the order asked for. */
  readonly changedKeys: readonly string[];
  /** See {@link EnvMergeOptions.keepLaterJwt}. */
  readonly keptKeys: readonly string[];
  /** False when the file already said all of it, and after a dry run. */
  readonly written: boolean;
  readonly warnings: readonly EnvWarning[];
}

export type EnvWarning =
  /** The last is the one that counts, and the one that was changed. */
  | { readonly kind: 'duplicate-key'; readonly key: string; readonly lines: readonly number[] }
  | { readonly kind: 'unreadable-line'; readonly line: number }
  | { readonly kind: 'byte-order-mark-removed' }
  /** Somebody took these out since the last merge. */
  | { readonly kind: 'keys-gone'; readonly keys: readonly string[] }
  /** A file that is a mount of its own, or whose owner we cannot give to a new one, was overwritten. */
  | { readonly kind: 'written-in-place' };

/** A cookie as `session.json` has it. */
export interface SessionCookie {
  readonly name: string;
  readonly value: Secret;
  readonly domain: string;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  /** Epoch milliseconds; `undefined` for one that ends with the browser. */
  readonly expiresAt: number | undefined;
}

/** The bot's optional `config/session.json`. Its errors are those of {@link EnvFile}. */
export interface SessionFile {
  /** @param takenAt when the cookies were read, epoch milliseconds. */
  write(cookies: readonly SessionCookie[], takenAt: number): Promise<void>;
}

/** The bots that tokens are exported to. */
export interface TargetStore {
  list(): Promise<readonly TargetRecord[]>;
  /** False when there is one of that name. */
  add(target: Target): Promise<boolean>;
  /** False when there is none. */
  remove(name: string): Promise<boolean>;
  /**
   * Puts `target` in the place of the one of that name. What became of that one so far is remembered as long as the
   * bot is still where it was; its file counts as out of date. `held` while somebody exports to it.
   */
  replace(name: string, target: Target): Promise<'replaced' | 'none' | 'name-taken' | 'held'>;
  savePending(name: string, pending: PendingRestart | undefined): Promise<void>;
  /** No changed keys: the file was up to date already, and only the version is new. */
  recordExport(
    name: string,
    version: string | undefined,
    at: number,
    changedKeys: readonly string[],
  ): Promise<void>;
  /** `undefined`: everything was brought. Of a failure that lasts, the time of the first is kept. */
  recordExportFailure(name: string, failure: ExportError | undefined, at: number): Promise<void>;
  recordRestart(name: string, restart: LastRestart): Promise<void>;
  /** One process at a time exports to a target; false when another one is at it. */
  claim(name: string, owner: string, ttlMs: number): Promise<boolean>;
  release(name: string, owner: string): Promise<void>;
}

/** A target's files and containers, where they are. */
export interface TargetMachine {
  readonly envFile: EnvFile;
  readonly sessionFile: SessionFile;
  readonly containers: BotContainers;
  readonly bot: BotTarget;
  /** The zone of its clock, a name or an offset; `undefined` where it is not known, or is this one. */
  timeZone(): Promise<string | undefined>;
  /** Closes the connection to another machine. */
  dispose(): Promise<void>;
}

// ── Logging ─────────────────────────────────────────────────────────────────────────────────────────────

export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}
