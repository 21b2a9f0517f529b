import type { Secret } from './secret.ts';

/** `local:N` is a row of jeton.db; `app:ROWID` is a row of the application's own database; OneFlex is `oneflex:1`. */
export type SourceKind = 'local' | 'app';
export type IntegrationId = `${SourceKind | 'oneflex'}:${string}`;

export function integrationId(source: SourceKind, rowId: string | number): IntegrationId {
  return `${source}:${rowId}`;
}

export function rowIdOf(id: IntegrationId): string {
  return id.slice(id.indexOf(':') + 1);
}

/** What a row needs before its chain can be renewed. Names are those of the application's `config`. */
export type CredentialField = 'access_token' | 'refresh_token' | 'client_id' | 'client_secret';

/** A row whose `config` cannot be used at all. Such a row is reported and never rewritten. */
export type RowDefect = 'config-missing' | 'config-broken';

/**
 * The name of a chain: the hex SHA-256 of its current refresh token or, for a long-lived token that was never
 * exchanged, of that token. Every rotation changes it, so it is also the row's version: what we know about a
 * row holds while its chain is the one we knew.
 */
export type ChainId = string;

/** The name of a Slack app: the hex SHA-256 of its client id, which stays out of logs and snapshots. */
export type AppId = string;

/** A claim somebody holds, or held when they died, on a row. Times are epoch milliseconds. */
export interface LeaseMark {
  readonly owner: string;
  readonly chain: ChainId;
  readonly until: number;
  /**
   * `held`: its owner may be sending the refresh token now. `abandoned`: it ran out, its owner is dead, or
   * the owner left it on purpose; either way the refresh token may have been sent without the answer kept.
   */
  readonly standing: 'held' | 'abandoned';
}

/** A row as its source lists it: everything needed to decide and to show, and no secret. */
export interface SlackIntegration {
  readonly id: IntegrationId;
  readonly name: string;
  /** The source's own switch. Jeton's pause is in {@link Health}. */
  readonly enabled: boolean;
  readonly defect: RowDefect | undefined;
  readonly missing: readonly CredentialField[];
  /** `undefined` where the row has no client id. */
  readonly app: AppId | undefined;
  readonly chain: ChainId | undefined;
  readonly tokenKind: 'rotating' | 'long-lived' | 'unknown';
  /** When the access token dies, epoch milliseconds; `undefined` where nobody wrote it down. */
  readonly expiresAt: number | undefined;
  readonly lease: LeaseMark | undefined;
}

export interface SlackCredentials {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** `undefined` only for a long-lived token that was never exchanged. */
  readonly refreshToken: Secret | undefined;
  readonly accessToken: Secret | undefined;
}

/** What a successful rotation leaves in our hands. */
export interface TokenPair {
  readonly accessToken: Secret;
  readonly refreshToken: Secret;
  /** Epoch milliseconds; `undefined` when the reply did not say. */
  readonly expiresAt: number | undefined;
}

/**
 * What Jeton remembers about a row, for both sources, in its own database. `chain` says which refresh token
 * the memory is about: once the row holds another one (a reinstall, another machine), the memory of failures
 * is void.
 */
export interface Health {
  readonly id: IntegrationId;
  readonly chain: ChainId | undefined;
  readonly condition: Condition;
  /** Consecutive failures, reset by success. */
  readonly attempts: number;
  /** Not before this moment, epoch milliseconds. */
  readonly retryAt: number | undefined;
  readonly lastRenewedAt: number | undefined;
  /** When the access token is to be verified next. */
  readonly verifyAt: number | undefined;
  /** Learnt from auth.test where the row itself does not say. Epoch milliseconds. */
  readonly learntExpiresAt: number | undefined;
  readonly lastError: IntegrationError | undefined;
  readonly paused: boolean;
}

export type Condition = 'ok' | 'in-doubt' | 'retrying' | 'dead' | 'misconfigured' | 'environment';

export interface IntegrationError {
  /** A Slack error code (`invalid_refresh_token`) or one of ours (`timeout`, `fields-missing`). Never free text. */
  readonly code: string;
  readonly class: FailureClass;
  readonly at: number;
  /** What is missing, when that is the error: the row's own, and not the app's. */
  readonly fields?: readonly CredentialField[];
}

/** The classes of docs/ARCHITECTURE.md's table of Slack errors. */
export type FailureClass =
  | 'chain-dead'
  | 'misconfigured'
  | 'transient'
  | 'in-doubt'
  | 'environment'
  | 'unknown'
  | 'internal';

/**
 * The state of an integration. One at a time, derived (never stored) from the row, the lease on it and what
 * we remember:
 *
 *                      half-life reached              lease taken
 *          fresh ────────────────────────▶ due ────────────────────▶ renewing
 *            ▲                              ▲  ▲                      │ │ │ │
 *            │ pair stored                  │  └── retryAt reached ── retrying ◀─┘ │ │  transient, environment
 *            ├──────────────────────────────┼─────────────────────────────────────┘ │
 *            │ retried first, same token    │                                        │  answer lost
 *            └───────────────────────── in-doubt ◀───────────────────────────────────┘
 *
 *          needs-reinstall   the chain is dead; the access token still works until `worksUntil`
 *          misconfigured     the app's credentials, or the row itself, lack something only a person has
 *          needs-sign-in     an interactive session lapsed (OneFlex)
 *          paused            a person said so, here or in the application
 *
 * A row leaves the last four when a person changes what it holds (its chain changes) or resumes it.
 */
export type IntegrationState =
  | { readonly kind: 'fresh' }
  | { readonly kind: 'due' }
  | { readonly kind: 'renewing' }
  | { readonly kind: 'in-doubt' }
  | { readonly kind: 'retrying'; readonly until: number }
  | { readonly kind: 'needs-sign-in' }
  | { readonly kind: 'needs-reinstall'; readonly worksUntil: number | undefined }
  | { readonly kind: 'misconfigured' }
  | { readonly kind: 'paused' };
