/**
 * The one contract between the window and the main process, which checks both directions against it: what a page
 * sends is unknown until a schema has accepted it, and only what a schema knows is sent to a page. Secrets cross
 * inwards, from a form; nothing that comes out has room for one. Times are epoch milliseconds.
 */
import * as z from 'zod/mini';
import { targetSchema } from '../../core/export/target.ts';
import { integrationIdSchema } from '../../core/integration-schema.ts';
import type { Call, Event } from './channels.ts';
import { integrationViewSchema, restOfSnapshotSchema, snapshotSchema } from './snapshot-schema.ts';

const nothing = z.strictObject({});
const done = z.null();
/** No form of Jeton's needs more. */
const text = z.string().check(z.maxLength(4_000));
const filled = text.check(z.minLength(1));
/** A cookie alone may be of 4,096 bytes, its name included (RFC 6265, 6.1), and what is pasted may have it in quotes. */
const token = z.string().check(z.minLength(1), z.maxLength(16_000));
const name = filled.check(z.maxLength(200));
const id = integrationIdSchema;
const moment = z.nullable(z.number());

/** What happened and the one thing to do about it, in the person's language. */
const explanation = z.strictObject({ code: z.string(), message: z.string(), remedy: z.string() });
/** One line of a report. */
const fact = z.strictObject({
  label: z.string(),
  text: z.string(),
  tone: z.enum(['plain', 'good', 'warning', 'problem']),
  remedy: z.nullable(z.string()),
});
const facts = z.array(fact);

const refreshReport = z.strictObject({
  renewed: z.number(),
  unchanged: z.number(),
  failed: z.number(),
  /** Failed earlier, and not asked about again yet. */
  waiting: z.number(),
  /** Paused, incomplete, or at by somebody else. */
  skipped: z.number(),
  /** Stopped before their turn came. */
  left: z.number(),
  results: z.array(
    z.strictObject({
      id,
      name: z.string(),
      outcome: z.enum(['renewed', 'unchanged', 'would-renew', 'failed', 'waiting', 'skipped']),
      error: z.nullable(explanation),
      /** Until when it waits, or why it was left alone. */
      note: z.nullable(z.string()),
    }),
  ),
});

const signInResult = z.discriminatedUnion('kind', [
  /** `note`: that this machine's clock is off. */
  z.strictObject({ kind: z.literal('signed-in'), account: z.string(), note: z.nullable(z.string()) }),
  /** Asks whether to replace the account that is kept; nothing was stored. */
  z.strictObject({ kind: z.literal('other-account'), account: z.string(), kept: z.string() }),
  z.strictObject({ kind: z.literal('ended'), explanation }),
]);

const databaseReport = z.strictObject({ facts, usable: z.boolean() });

const setting = z.strictObject({
  key: z.string(),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
  from: z.enum(['default', 'file', 'environment']),
});

const activity = z.strictObject({
  at: z.number(),
  id,
  name: z.string(),
  event: z.string(),
  /** In words. */
  what: z.string(),
  tone: z.enum(['plain', 'good', 'warning', 'problem']),
});

/** What the person can do about an integration; the first of what its row offers. */
const action = z.enum(['renew', 'sign-in', 'update', 'backfill', 'exchange', 'reinstall', 'resume', 'none']);

/** What is said of an integration beside the snapshot's view of it. */
const row = z.strictObject({
  id,
  action,
  /** Why it is not fresh, or what went wrong last. */
  failure: z.nullable(explanation),
});

/** The picture of everything, words included: tray and window show it as it is. */
const appState = z.strictObject({
  /** Which one it is; counted since the application's start. */
  edition: z.number(),
  snapshot: snapshotSchema,
  /** The one sentence on top; the tray's tooltip as well. */
  sentence: z.string(),
  /** The tray's icon. */
  overall: z.enum(['fresh', 'needs-you', 'failing', 'paused']),
  /** Beside each of the snapshot's integrations, in its order. */
  rows: z.array(row),
  /** Beside each of the snapshot's targets, in its order. */
  bots: z.array(
    z.strictObject({
      name: z.string(),
      health: z.enum(['well', 'waiting', 'failing', 'unsupplied']),
      failure: z.nullable(explanation),
    }),
  ),
  /** Why the application's database cannot be read, where one is connected. */
  databaseProblem: z.nullable(explanation),
  /** Why nothing can be shown or done at all: the home, its database or its settings cannot be used. */
  trouble: z.nullable(explanation),
  /** Why the vault does not open. */
  vaultProblem: z.nullable(explanation),
  /** Why settings.json is not followed any more; the last good settings hold. */
  settingsProblem: z.nullable(explanation),
  language: z.enum(['en', 'fr']),
  /** BCP 47. */
  locale: z.string(),
  theme: z.enum(['system', 'light', 'dark']),
  version: z.string(),
  platform: z.enum(['darwin', 'linux', 'win32', 'other']),
  homeFolder: z.string(),
  /** `until` is null where only the person ends it. */
  paused: z.nullable(z.strictObject({ until: moment })),
  signingIn: z.boolean(),
  /** Where; null where nobody is signing in. */
  signingInWith: z.nullable(z.enum(['window', 'own'])),
  /** Names of the targets that are exported to now. */
  exporting: z.array(z.string()),
  /** How far what a person asked to be renewed has come; null where there is nothing to tell of. */
  renewing: z.nullable(z.strictObject({ done: z.number(), total: z.number(), isStopping: z.boolean() })),
  startAtLogin: z.enum(['on', 'off', 'unknown']),
});

/**
 * What makes one edition of the picture of another: of hundreds of integrations most are as they were. Whoever has not
 * the edition that it follows asks for the state.
 */
const stateChange = z.strictObject({
  follows: z.number(),
  edition: z.number(),
  rest: z.extend(z.omit(appState, { edition: true, rows: true }), { snapshot: restOfSnapshotSchema }),
  /** Those that are other than before, or new, with what is said beside them. */
  rows: z.array(z.strictObject({ view: integrationViewSchema, row })),
  /** All there are, in their order; null where these are the same as before. */
  order: z.nullable(z.array(id)),
});

const VIEWS = ['integrations', 'activity', 'bot', 'settings', 'about'] as const;

interface Exchange {
  readonly args: z.ZodMiniType;
  readonly reply: z.ZodMiniType;
}

export const CONTRACT = {
  getState: { args: nothing, reply: appState },
  /** Opens again what could not be opened, or used: home, vault, database. */
  retry: { args: nothing, reply: done },
  /** What can be done about a jeton.db that cannot be opened. */
  examineStore: {
    args: nothing,
    reply: z.strictObject({
      file: z.string(),
      state: z.enum(['absent', 'sound', 'damaged', 'newer', 'other']),
      /** The newest that can take its place, and what would be lost by that, in words. */
      backup: z.nullable(z.strictObject({ file: z.string(), writtenAt: moment, loss: z.array(z.string()) })),
    }),
  },
  /** Puts the newest sound backup in its place. Answers where the former file is kept. */
  restoreStore: { args: nothing, reply: z.strictObject({ keptAt: z.nullable(z.string()) }) },
  /** Begins anew. */
  setStoreAside: { args: nothing, reply: z.strictObject({ keptAt: z.string() }) },

  refresh: {
    args: z.strictObject({
      ids: z.optional(z.array(id)),
      force: z.optional(z.boolean()),
      /** Only says what would be renewed. */
      dryRun: z.optional(z.boolean()),
    }),
    reply: refreshReport,
  },
  /** Of all that a person asked for: what has not begun is left, what is under way comes to its end. */
  cancelRefresh: { args: nothing, reply: done },
  addSlack: {
    args: z.strictObject({
      name,
      clientId: filled,
      clientSecret: filled,
      refreshToken: token,
      accessToken: z.optional(token),
    }),
    /** `in-doubt`: Slack's answer was lost; the next run finds out. */
    reply: z.strictObject({ id, outcome: z.enum(['added', 'in-doubt']) }),
  },
  updateSlack: {
    args: z.strictObject({
      id,
      clientId: z.optional(filled),
      clientSecret: z.optional(filled),
      refreshToken: z.optional(token),
    }),
    /** `in-doubt`: Slack's answer was lost; the next run finds out. */
    reply: z.strictObject({ outcome: z.enum(['updated', 'in-doubt']) }),
  },
  removeIntegration: { args: z.strictObject({ id }), reply: done },
  pauseIntegration: { args: z.strictObject({ id }), reply: done },
  resumeIntegration: { args: z.strictObject({ id }), reply: done },
  exchange: { args: z.strictObject({ id }), reply: refreshReport },
  backfill: {
    args: z.strictObject({ clientId: filled, clientSecret: filled, dryRun: z.boolean() }),
    reply: z.strictObject({
      rows: z.array(
        z.strictObject({
          id,
          name: z.string(),
          outcome: z.enum(['filled', 'would-fill', 'complete', 'unusable']),
          /** In words. */
          fields: z.string(),
        }),
      ),
    }),
  },

  signIn: {
    /** `preferred`: what the settings say; the others are a choice, and are kept as one. */
    args: z.strictObject({
      browser: z.enum(['window', 'own', 'preferred']),
      replaceAccount: z.optional(z.boolean()),
    }),
    reply: signInResult,
  },
  cancelSignIn: { args: nothing, reply: done },
  pasteTokens: {
    args: z.strictObject({
      accessToken: token,
      refreshToken: z.optional(token),
      replaceAccount: z.optional(z.boolean()),
    }),
    reply: signInResult,
  },
  renewOneflex: {
    args: nothing,
    reply: z.strictObject({ renewed: z.boolean(), explanation: z.nullable(explanation) }),
  },
  verifyOneflex: { args: nothing, reply: z.strictObject({ account: z.string() }) },
  forgetOneflex: { args: nothing, reply: z.strictObject({ forgotten: z.boolean() }) },

  /** Without a URL: the one that is connected. */
  tryDatabase: { args: z.strictObject({ url: z.optional(filled) }), reply: databaseReport },
  connectDatabase: { args: z.strictObject({ url: filled }), reply: databaseReport },
  disconnectDatabase: {
    args: nothing,
    /** `held`: that a variable of the environment goes on connecting one. */
    reply: z.strictObject({ disconnected: z.boolean(), held: z.nullable(explanation) }),
  },

  listTargets: { args: nothing, reply: z.strictObject({ targets: z.array(targetSchema) }) },
  saveTarget: {
    args: z.strictObject({
      target: targetSchema,
      /** The name it had, where it is there already. */
      replaces: z.optional(name),
    }),
    reply: done,
  },
  removeTarget: { args: z.strictObject({ name }), reply: done },
  checkTarget: {
    args: z.strictObject({
      name,
      /** The fingerprint that a person has compared. */
      acceptHostKey: z.optional(filled),
    }),
    reply: z.strictObject({
      facts,
      /** Of a machine that is not known yet: to be compared, and accepted. */
      hostKey: z.nullable(z.strictObject({ host: z.string(), fingerprint: z.string() })),
    }),
  },
  exportTargets: {
    args: z.strictObject({
      names: z.optional(z.array(name)),
      restart: z.optional(z.boolean()),
      force: z.optional(z.boolean()),
      dryRun: z.optional(z.boolean()),
    }),
    reply: z.strictObject({
      targets: z.array(
        z.strictObject({ name: z.string(), outcome: z.enum(['done', 'waiting', 'failed']), facts }),
      ),
    }),
  },
  /** Of one bot; others that are exported to go on. */
  cancelExport: { args: z.strictObject({ name }), reply: done },
  chooseFolder: { args: nothing, reply: z.strictObject({ path: z.nullable(z.string()) }) },

  getAlerts: {
    args: nothing,
    reply: z.strictObject({
      state: z.enum(['on', 'off', 'gone']),
      format: z.nullable(z.enum(['discord', 'slack'])),
      /** Messages that could not be delivered yet. */
      waiting: z.number(),
      /** Why, in words. */
      problem: z.nullable(z.string()),
    }),
  },
  setWebhook: {
    args: z.strictObject({
      url: filled,
      /** Where the host does not say it. */
      format: z.optional(z.enum(['discord', 'slack'])),
      test: z.boolean(),
    }),
    reply: done,
  },
  testAlert: { args: nothing, reply: done },
  turnAlertsOff: { args: nothing, reply: done },

  initVault: { args: nothing, reply: done },
  unlockVault: { args: z.strictObject({ recoveryKey: filled }), reply: done },
  /** The main process asks where to; the key goes to the file, and not to the window. */
  exportRecoveryKey: { args: nothing, reply: z.strictObject({ path: z.nullable(z.string()) }) },

  getSchedule: {
    args: nothing,
    reply: z.strictObject({
      installed: z.boolean(),
      everyMinutes: z.nullable(z.number()),
      where: z.nullable(z.string()),
      lastRunAt: moment,
      lastRunFailed: z.boolean(),
    }),
  },
  installSchedule: {
    args: z.strictObject({
      everyMinutes: z.int().check(z.gte(1), z.lte(43_200)),
      /** Renews first what is due, and installs nothing where that fails. */
      test: z.optional(z.boolean()),
      /** Only says what would be installed. */
      dryRun: z.optional(z.boolean()),
    }),
    reply: z.strictObject({
      installed: z.boolean(),
      warnings: z.array(z.string()),
      test: z.nullable(refreshReport),
      /** Of a dry run. */
      plan: z.nullable(
        z.strictObject({ where: z.string(), entry: z.string(), change: z.enum(['add', 'replace', 'none']) }),
      ),
    }),
  },
  removeSchedule: { args: nothing, reply: done },

  listSettings: { args: nothing, reply: z.strictObject({ settings: z.array(setting) }) },
  setSetting: {
    args: z.strictObject({ key: name, value: setting.shape.value }),
    /** What it was, for an undo. */
    reply: z.strictObject({ previous: setting.shape.value }),
  },
  pauseAll: { args: z.strictObject({ until: z.enum(['an-hour', 'tomorrow', 'resumed']) }), reply: done },
  resumeAll: { args: nothing, reply: done },
  setStartAtLogin: { args: z.strictObject({ on: z.boolean() }), reply: done },

  listActivity: {
    args: z.strictObject({
      id: z.optional(id),
      limit: z.int().check(z.gte(1), z.lte(10_000)),
      /** Words that are all in what the person sees of an entry, or in its id. */
      text: z.optional(z.string().check(z.maxLength(200))),
      /** What went wrong, alone. */
      problems: z.optional(z.boolean()),
      /** The mark of an earlier answer to the same question: while it is the same, there are no entries in the new one. */
      known: z.optional(z.number()),
    }),
    reply: z.strictObject({ entries: z.array(activity), mark: z.number() }),
  },
  readLogs: {
    args: z.strictObject({ count: z.int().check(z.gte(1), z.lte(10_000)) }),
    reply: z.strictObject({ lines: z.array(z.string()) }),
  },
  /** Answers the newest lines as of when it begins: what `logLines` tells from then on comes after these. */
  followLogs: {
    args: z.strictObject({ count: z.optional(z.int().check(z.gte(1), z.lte(10_000))) }),
    reply: z.strictObject({ lines: z.array(z.string()) }),
  },
  unfollowLogs: { args: nothing, reply: done },
  examine: { args: nothing, reply: z.strictObject({ facts }) },
  /** Of Jeton and of what it is packed with. */
  readLicences: {
    args: nothing,
    reply: z.strictObject({ licences: z.array(z.strictObject({ name: z.string(), text: z.string() })) }),
  },
  copyText: { args: z.strictObject({ text: z.string().check(z.maxLength(200_000)) }), reply: done },
  openFolder: { args: z.strictObject({ folder: z.enum(['home', 'logs']) }), reply: done },
  openLink: { args: z.strictObject({ link: z.enum(['slack-apps', 'get-docker']) }), reply: done },
} satisfies Record<Call, Exchange>;

export const EVENT_CONTRACT = {
  stateChanged: stateChange,
  /** What compose prints while a bot restarts, scrubbed. */
  exportLine: z.strictObject({ name: z.string(), line: z.string() }),
  logLines: z.strictObject({ lines: z.array(z.string()) }),
  /** A notification or the tray leads to it. */
  viewRequested: z.strictObject({ view: z.enum(VIEWS), id: z.nullable(id) }),
} satisfies Record<Event, z.ZodMiniType>;
