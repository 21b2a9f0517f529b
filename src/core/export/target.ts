import * as z from 'zod/mini';
import type { ErrorCode, ErrorDetails } from '../errors.ts';
import type { IntegrationId } from '../integration.ts';

/** Where an exported value comes from. */
export type TokenSource = 'oneflex:access' | 'oneflex:refresh' | `slack:${IntegrationId}`;

const tokenSource = z.custom<TokenSource>(
  (value) => typeof value === 'string' && /^(oneflex:(access|refresh)|slack:(local|app):\S+)$/.test(value),
);

/** POSIX names of environment variables. */
const key = z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/));

const text = z.string().check(z.minLength(1));

/** What the public bot reads (github.com/Kiwi41/oneflex-bot). */
const DEFAULT_MAPPINGS = [
  { key: 'ONEFLEX_TOKEN', source: 'oneflex:access' },
  { key: 'ONEFLEX_REFRESH_TOKEN', source: 'oneflex:refresh' },
] as const;

/**
 * A bot that is given tokens: its files and its container, on this machine or on one reached by ssh. What each part
 * takes is said by the messages `target.takes.*`.
 */
export const targetSchema = z.strictObject({
  name: z.string().check(z.regex(/^[A-Za-z0-9][\w.-]{0,63}$/)),
  /** Absolute, on the machine that the bot is on; compose runs there. */
  dir: text,
  /** Relative to `dir`, or absolute. */
  envFile: z._default(text, 'config/.env'),
  composeFiles: z._default(z.array(text), []),
  service: z.optional(text),
  ssh: z.optional(
    z.strictObject({
      /** `host` or `user@host`; an ssh_config alias will do. A leading dash would be an option of ssh. */
      destination: z.string().check(z.regex(/^(?!-)[^\s@-][^\s@]*(@(?!-)[^\s@]+)?$/)),
      port: z.optional(z.int().check(z.gte(1), z.lte(65_535))),
    }),
  ),
  /** Docker needs `sudo -n`. */
  sudo: z._default(z.boolean(), false),
  /** Also keep `session.json` beside the file. */
  sessionJson: z._default(z.boolean(), false),
  mappings: z._default(
    z.array(z.strictObject({ key, source: tokenSource })).check(
      z.minLength(1),
      z.refine((mappings) => new Set(mappings.map((mapping) => mapping.key)).size === mappings.length),
    ),
    [...DEFAULT_MAPPINGS],
  ),
  restart: z._default(z.enum(['on-reconnect', 'when-stopped', 'always', 'never']), 'on-reconnect'),
});

export type Target = z.infer<typeof targetSchema>;

/** A restart that is still owed: it was held, failed, or a crash came between. Times are epoch milliseconds. */
export interface PendingRestart {
  readonly since: number;
  readonly heldUntil: number | undefined;
  /** Why the last try failed. */
  readonly reason: string | undefined;
  /** Not tried again before this. */
  readonly retryAt: number | undefined;
  /**
   * The container's StartedAt, in Docker's own words, when it was last told to restart, after the file was written.
   * Another one since says that this restart took place, by no clock but Docker's.
   */
  readonly startedAt: string | undefined;
}

/** Why an export did not bring everything to the file. */
export interface ExportError {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
}

/** Codes are ours: what an older Jeton wrote may be one that this one has no words for. */
export const exportErrorSchema = z.strictObject({
  code: z.custom<ErrorCode>((value) => typeof value === 'string'),
  details: z.record(z.string(), z.union([z.string(), z.number()])),
});

/**
 * The token's source is one that only its person sets up and takes away: where it is not there, nothing fails. Rows of
 * the application's database are the application's.
 */
export function isWithoutSource({ code, details }: ExportError): boolean {
  return (
    code === 'oneflex-not-signed-in' ||
    (code === 'integration-not-found' && String(details['id']).startsWith('local:'))
  );
}

export interface LastRestart {
  /** Epoch milliseconds. */
  readonly at: number;
  /** It took place and went wrong; `undefined` when it went well. */
  readonly failure: string | undefined;
  /** As {@link PendingRestart.startedAt}: another start than this is one since the restart was asked for. */
  readonly startedAt: string | undefined;
}

/** A target, and what became of it so far. */
export interface TargetRecord {
  readonly target: Target;
  readonly pending: PendingRestart | undefined;
  /** When which keys last changed in the file. */
  readonly lastExport: { readonly at: number; readonly changedKeys: readonly string[] } | undefined;
  /** The last export, if it failed or could not bring all tokens. `at`: since when that is so. */
  readonly exportFailure: (ExportError & { readonly at: number }) | undefined;
  /** Names the tokens that the file was last brought up to; see `versionOf`. */
  readonly exportedVersion: string | undefined;
  readonly lastRestart: LastRestart | undefined;
}
