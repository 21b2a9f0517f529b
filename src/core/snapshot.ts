/**
 * The one picture of everything that every shell renders: tray menu, window, notifications, `jeton status`.
 * Holds no secret, and no words: those are chosen at the edge from shared/messages.
 */
import type {
  AppId,
  Health,
  IntegrationError,
  IntegrationId,
  IntegrationState,
  SlackIntegration,
  SourceKind,
} from './integration.ts';
import type { ErrorCode, ErrorDetails } from './errors.ts';
import type { VaultStatus } from './ports.ts';
import type { PendingRestart, Target, TargetRecord } from './export/target.ts';
import { isWithoutSource } from './export/target.ts';
import type { OneflexSession } from './oneflex/session.ts';
import { expectedEndOf, lapseOf, ONEFLEX_ID, oneflexStateOf, planForOneflex } from './oneflex/session.ts';
import { expiryOf, isRenewable, memoryOf, planFor, stateOf } from './schedule.ts';

export interface Snapshot {
  /** Grows with each change of the picture; two snapshots of one process with equal revisions are equal. */
  readonly revision: number;
  readonly headline: Headline;
  readonly vault: VaultStatus;
  readonly sources: readonly SourceStatus[];
  readonly integrations: readonly IntegrationView[];
  /** The bots that tokens are exported to. */
  readonly targets: readonly TargetView[];
}

export interface TargetView {
  readonly name: string;
  /** The file, as it was configured. */
  readonly file: string;
  /** The machine it is on, when it is another one. */
  readonly host: string | undefined;
  readonly restart: Target['restart'];
  /** A restart that is owed. */
  readonly pending: PendingRestart | undefined;
  readonly lastExport: TargetRecord['lastExport'];
  readonly exportFailure: TargetRecord['exportFailure'];
  readonly lastRestart: TargetRecord['lastRestart'];
}

export interface IntegrationView {
  readonly id: IntegrationId;
  readonly kind: 'slack' | 'oneflex';
  readonly name: string;
  readonly source: SourceKind;
  readonly app: AppId | undefined;
  readonly state: IntegrationState;
  readonly expiresAt: number | undefined;
  /** Until when what the integration holds is of use, whatever happens: the access token's end. */
  readonly worksUntil: number | undefined;
  readonly lastRenewedAt: number | undefined;
  readonly nextRunAt: number | undefined;
  /** When the person will probably have to sign in again; only for what needs that. */
  readonly sessionEndsAt: number | undefined;
  readonly lastError: IntegrationError | undefined;
}

export interface SourceStatus {
  readonly kind: SourceKind;
  readonly state: 'connected' | 'not-connected' | 'unreachable';
  /** Why it is unreachable. */
  readonly code: ErrorCode | undefined;
  /** What its words need. */
  readonly details?: ErrorDetails;
}

/** What the one sentence on top says. The first that applies, from worst to best. */
export type Headline =
  | { readonly kind: 'vault-locked' }
  | { readonly kind: 'database-unreachable' }
  | { readonly kind: 'database-without-slack' }
  | { readonly kind: 'person-needed'; readonly count: number; readonly name: string }
  | { readonly kind: 'failing'; readonly count: number; readonly name: string }
  /** Its file did not get what it should have. */
  | { readonly kind: 'export-failing'; readonly name: string }
  | { readonly kind: 'bot-failing'; readonly name: string }
  /** Its restart did not come off, and is tried again. */
  | { readonly kind: 'bot-waiting'; readonly name: string }
  | { readonly kind: 'renewing'; readonly count: number }
  | { readonly kind: 'due'; readonly count: number; readonly name: string }
  | { readonly kind: 'all-paused' }
  | {
      readonly kind: 'all-fresh';
      readonly count: number;
      readonly nextRunAt: number | undefined;
      /** When the person will probably have to sign in again. */
      readonly sessionEndsAt: number | undefined;
    }
  | { readonly kind: 'empty' };

export function viewOf(row: SlackIntegration, remembered: Health | undefined, now: number): IntegrationView {
  const health = memoryOf(row, remembered);
  const state = stateOf(row, remembered, now);
  const expiresAt = expiryOf(row, remembered);
  return {
    id: row.id,
    kind: 'slack',
    name: row.name,
    source: row.id.startsWith('app:') ? 'app' : 'local',
    app: row.app,
    state,
    expiresAt,
    worksUntil: expiresAt !== undefined && expiresAt > now ? expiresAt : undefined,
    lastRenewedAt: health.lastRenewedAt,
    nextRunAt: nextRunOf(row, remembered, now),
    sessionEndsAt: undefined,
    lastError: incompletenessOf(row, now) ?? health.lastError,
  };
}

export function oneflexViewOf(
  session: OneflexSession,
  remembered: Health | undefined,
  now: number,
): IntegrationView {
  const health = memoryOf({ id: ONEFLEX_ID, chain: session.chain }, remembered);
  const plan = planForOneflex(session, remembered, now);
  const { lapsedAt, expiresAt } = session;
  return {
    id: ONEFLEX_ID,
    kind: 'oneflex',
    name: `OneFlex (${session.account.fullName})`,
    source: 'local',
    app: undefined,
    state: oneflexStateOf(session, remembered, now),
    expiresAt,
    worksUntil: expiresAt > now ? expiresAt : undefined,
    lastRenewedAt: health.lastRenewedAt,
    nextRunAt: plan.action === 'wait' ? plan.until : plan.action === 'renew' ? now : undefined,
    sessionEndsAt: expectedEndOf(session, now),
    lastError: lapsedAt === undefined ? health.lastError : lapseOf(lapsedAt, health),
  };
}

export function targetViewOf({ target, ...past }: TargetRecord): TargetView {
  const { name, dir, envFile, ssh, restart } = target;
  const { pending, lastExport, exportFailure, lastRestart } = past;
  const file = /^([/\\]|[A-Za-z]:)/.test(envFile) ? envFile : `${dir}/${envFile}`;
  return { name, file, host: ssh?.destination, restart, pending, lastExport, exportFailure, lastRestart };
}

/** What keeps a row from being renewed at all, whatever Slack would say. */
export function incompletenessOf(row: SlackIntegration, now: number): IntegrationError | undefined {
  const error = (code: string): IntegrationError => ({
    code,
    class: 'misconfigured',
    at: now,
    fields: row.missing,
  });
  if (row.defect !== undefined) return error(row.defect);
  if (row.tokenKind === 'long-lived') return error('long-lived-token');
  return isRenewable(row) ? undefined : error('fields-missing');
}

export function headlineOf(
  views: readonly IntegrationView[],
  vault: VaultStatus,
  sources: readonly SourceStatus[],
  targets: readonly TargetView[] = [],
): Headline {
  const inState = (...kinds: IntegrationState['kind'][]): readonly IntegrationView[] =>
    views.filter((view) => kinds.includes(view.state.kind));

  if (vault.state === 'locked') return { kind: 'vault-locked' };
  const unread = sources.filter((source) => source.state === 'unreachable');
  if (unread.length > 0) {
    const isOther = unread.every(({ code }) => code === 'database-without-slack');
    return { kind: isOther ? 'database-without-slack' : 'database-unreachable' };
  }
  const counted = <K extends 'person-needed' | 'failing' | 'due'>(
    kind: K,
    group: readonly IntegrationView[],
  ): { readonly kind: K; readonly count: number; readonly name: string } | undefined => {
    const [first] = group;
    return first && { kind, count: group.length, name: first.name };
  };
  const trouble =
    counted('person-needed', views.filter(isPersonNeeded)) ?? counted('failing', views.filter(isFailing));
  if (trouble !== undefined) return trouble;
  const unservedBot = targets.find(
    ({ exportFailure }) => exportFailure !== undefined && !isWithoutSource(exportFailure),
  );
  if (unservedBot !== undefined) return { kind: 'export-failing', name: unservedBot.name };
  const waitingBot = targets.find(({ pending }) => pending?.reason !== undefined);
  const failingBot = targets.find(
    ({ pending, lastRestart }) => pending === undefined && lastRestart?.failure !== undefined,
  );
  if (failingBot !== undefined) return { kind: 'bot-failing', name: failingBot.name };
  if (waitingBot !== undefined) return { kind: 'bot-waiting', name: waitingBot.name };
  const renewing = inState('renewing').length;
  const due = counted('due', inState('due'));
  if (due !== undefined && renewing === 0) return due;
  if (renewing > 0) return { kind: 'renewing', count: renewing };
  if (views.length === 0) return { kind: 'empty' };
  const fresh = inState('fresh');
  if (fresh.length === 0) return { kind: 'all-paused' };
  return {
    kind: 'all-fresh',
    count: fresh.length,
    nextRunAt: earliest(fresh.map((view) => view.nextRunAt)),
    sessionEndsAt: earliest(fresh.map((view) => view.sessionEndsAt)),
  };
}

export function isPersonNeeded({ state }: IntegrationView): boolean {
  return ['needs-reinstall', 'needs-sign-in', 'misconfigured'].includes(state.kind);
}

export function isFailing({ state }: IntegrationView): boolean {
  return ['retrying', 'in-doubt'].includes(state.kind);
}

/** Of a home in which nothing was ever kept. */
export function emptySnapshot(): Snapshot {
  const vault = { state: 'missing', keySource: 'keychain' } as const;
  const sources = [
    { kind: 'local', state: 'connected', code: undefined },
    { kind: 'app', state: 'not-connected', code: undefined },
  ] as const;
  return {
    revision: 0,
    headline: headlineOf([], vault, sources),
    vault,
    sources,
    integrations: [],
    targets: [],
  };
}

export function earliest(moments: Iterable<number | undefined>): number | undefined {
  let first: number | undefined;
  for (const moment of moments) {
    if (moment !== undefined && (first === undefined || moment < first)) first = moment;
  }
  return first;
}

function nextRunOf(row: SlackIntegration, health: Health | undefined, now: number): number | undefined {
  const plan = planFor(row, health, { now });
  if (plan.action === 'wait') return plan.until;
  return plan.action === 'none' ? undefined : now;
}
