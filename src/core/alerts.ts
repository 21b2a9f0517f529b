/**
 * Alerts: a person hears of each trouble once, and once that all is well again. What is said is decided by
 * {@link planAlerts} from one picture and from what was said before; an alert then waits in an outbox on disk until
 * the webhook has taken it, so that neither a crash nor a dead network loses one.
 */
import type { ErrorDetails } from './errors.ts';
import { codeOf } from './errors.ts';
import { isWithoutSource } from './export/target.ts';
import type { AppId } from './integration.ts';
import type { Clock, Logger, Random } from './ports.ts';
import { backoffMs } from './schedule.ts';
import { scrub } from './scrub.ts';
import { earliest, type IntegrationView, type Snapshot, type TargetView } from './snapshot.ts';

const HOUR_MS = 3_600_000;

/** Of one subject in one kind of trouble, the person hears at most this often. */
const QUIET_MS = 6 * HOUR_MS;
/** What could not be delivered for so long is news no more. */
export const ALERT_EXPIRES_MS = 24 * HOUR_MS;
const APP_PREFIX = 'slack-app:';
/** One request takes at most 10 s (node/webhook.ts); a dead owner's claim ends at once. */
const CLAIM_MS = 60_000;

export type Trouble =
  | 'needs-reinstall'
  | 'needs-sign-in'
  | 'app-misconfigured'
  | 'unknown-answer'
  | 'export-failed'
  | 'restart-failed';

/** Nothing here is a secret. */
export interface AlertFacts {
  readonly name: string;
  /** Until when things still work, epoch milliseconds. */
  readonly worksUntil?: number | undefined;
  /** Why, as an error code; never free text. */
  readonly code?: string | undefined;
  /** How many integrations it is about; `name` is that of the first. */
  readonly count?: number | undefined;
  /** What the code's words need. */
  readonly details?: ErrorDetails | undefined;
}

/**
 * Something that can be in trouble, as it is now. `unsettled`: between two states (being renewed, being retried),
 * from which nothing follows. `left-alone`: a person said so.
 */
export interface AlertSubject {
  /**
   * An integration's id; `export:NAME` of a target's file, `target:NAME` of its container; `slack-app:APP` for what
   * an app's integrations have in common.
   */
  readonly subject: string;
  readonly kind: Trouble | 'well' | 'unsettled' | 'left-alone';
  readonly facts: AlertFacts;
}

export type Alert =
  | { readonly kind: Trouble; readonly subject: string; readonly facts: AlertFacts }
  | { readonly kind: 'all-well' };

/**
 * What was said of a subject. `open`: said, and still so. `recovered`: well again, which is said once nothing is
 * open. `over`: nothing more to say; kept for as long as the same may not be said again.
 */
export interface Alerted {
  readonly subject: string;
  readonly kind: Trouble;
  /** When it was said, epoch milliseconds. */
  readonly at: number;
  /** The {@link Sighting.revision} by which it came to stand as it does. */
  readonly revision: number;
  readonly standing: 'open' | 'recovered' | 'over';
}

/** One picture, for {@link planAlerts}. */
export interface Sighting {
  /** Of the snapshot. */
  readonly revision: number;
  readonly subjects: readonly AlertSubject[];
  /** True for a subject that cannot be seen just now, so that nothing follows from its absence. */
  readonly isHidden: (subject: string) => boolean;
}

export interface AlertPlan {
  readonly alerts: readonly Alert[];
  readonly alerted: readonly Alerted[];
}

// ── What to say ─────────────────────────────────────────────────────────────────────────────────────────

export function sightingOf({ revision, integrations, targets, sources }: Snapshot): Sighting {
  const unread = sources.filter(({ state }) => state === 'unreachable').map(({ kind }) => `${kind}:`);
  return {
    revision,
    subjects: [
      ...integrations.map(integrationSubject),
      ...appSubjects(integrations, unread.length > 0),
      ...targets.flatMap((target) => [exportSubject(target), targetSubject(target)]),
    ],
    // An app's integrations may be in either source.
    isHidden: (subject) =>
      [...unread, ...(unread.length > 0 ? [APP_PREFIX] : [])].some((prefix) => subject.startsWith(prefix)),
  };
}

function integrationSubject({ id, name, state, worksUntil, lastError }: IntegrationView): AlertSubject {
  const facts: AlertFacts = { name: scrub(name), worksUntil, code: lastError?.code };
  switch (state.kind) {
    case 'needs-reinstall':
    case 'needs-sign-in':
      return { subject: id, kind: state.kind, facts };
    case 'fresh':
      return { subject: id, kind: 'well', facts };
    case 'paused':
      return { subject: id, kind: 'left-alone', facts };
    default:
      return { subject: id, kind: 'unsettled', facts };
  }
}

/**
 * What Slack refuses because of the app, or with an answer that nobody knows, is said once for the app. `isPartial`:
 * some of its integrations may be out of sight.
 */
function appSubjects(integrations: readonly IntegrationView[], isPartial: boolean): AlertSubject[] {
  const apps = new Map<AppId, IntegrationView[]>();
  for (const view of integrations) {
    if (view.app === undefined || view.state.kind === 'paused') continue;
    const views = apps.get(view.app);
    if (views === undefined) apps.set(view.app, [view]);
    else views.push(view);
  }
  return [...apps].map(([app, views]) => appSubject(`${APP_PREFIX}${app}`, views, isPartial));
}

function appSubject(subject: string, views: readonly IntegrationView[], isPartial: boolean): AlertSubject {
  const inTrouble = (kind: Trouble, [first, ...others]: readonly IntegrationView[]) =>
    first && {
      subject,
      kind,
      facts: {
        name: scrub(first.name),
        worksUntil: earliest([first, ...others].map(({ worksUntil }) => worksUntil)),
        code: first.lastError?.code,
        count: 1 + others.length,
      },
    };
  const isUnsettled = isPartial || views.some((view) => integrationSubject(view).kind === 'unsettled');
  return (
    inTrouble('app-misconfigured', views.filter(isRefusedAsApp)) ??
    inTrouble('unknown-answer', views.filter(isAnsweredUnknown)) ?? {
      subject,
      kind: isUnsettled ? 'unsettled' : 'well',
      facts: { name: '' },
    }
  );
}

/** Not what the row itself lacks. */
function isRefusedAsApp({ state, lastError }: IntegrationView): boolean {
  return (
    state.kind === 'misconfigured' && lastError?.class === 'misconfigured' && lastError.fields === undefined
  );
}

function isAnsweredUnknown({ state, lastError }: IntegrationView): boolean {
  return state.kind === 'retrying' && lastError?.class === 'unknown';
}

function exportSubject({ name, exportFailure }: TargetView): AlertSubject {
  const { code, details } = exportFailure ?? {};
  // What the vault needs is said as its own; of what the person took away, the person knows.
  const isUnsettled =
    exportFailure !== undefined &&
    (isWithoutSource(exportFailure) || exportFailure.code.startsWith('vault-'));
  const kind = code === undefined ? 'well' : isUnsettled ? 'unsettled' : 'export-failed';
  return { subject: `export:${name}`, kind, facts: { name, code, details } };
}

function targetSubject({ name, pending, lastRestart }: TargetView): AlertSubject {
  const code = pending?.reason ?? lastRestart?.failure;
  const facts: AlertFacts = { name, code };
  // The person who stopped a restart knows.
  const isUnsettled = code === 'cancelled' || (code === undefined && pending !== undefined);
  const kind = isUnsettled ? 'unsettled' : code === undefined ? 'well' : 'restart-failed';
  return { subject: `target:${name}`, kind, facts };
}

/**
 * What is to be said at `now`, and what was said then. Without anything new, `alerted` comes back as it was. `quietMs`:
 * for so long the same is not said again of the same subject.
 */
export function planAlerts(
  { revision, subjects, isHidden }: Sighting,
  alerted: readonly Alerted[],
  now: number,
  quietMs: number = QUIET_MS,
): AlertPlan {
  // Another process has judged by a newer picture.
  if (alerted.some((row) => row.revision > revision)) return { alerts: [], alerted };

  const seen = new Map(subjects.map((subject) => [subject.subject, subject.kind]));
  const isQuiet = ({ at }: Alerted): boolean => now - at < quietMs && at <= now;
  const kept = alerted
    .map((row) => moved(row, standingOf(row, seen.get(row.subject), isHidden), revision))
    .filter((row) => row.standing !== 'over' || isQuiet(row));

  const known = new Map(kept.map((row) => [keyOf(row), row]));
  const troubles = subjects.flatMap(({ subject, kind, facts }) =>
    isTrouble(kind) ? [{ subject, kind, facts }] : [],
  );
  const news = troubles.filter((trouble) => {
    const row = known.get(keyOf(trouble));
    return row === undefined || (row.standing !== 'open' && !isQuiet(row));
  });
  for (const trouble of news) {
    const { subject, kind } = trouble;
    known.set(keyOf(trouble), { subject, kind, at: now, revision, standing: 'open' });
  }

  const rows = [...known.values()];
  const isAllWell =
    troubles.length === 0 &&
    rows.every(({ standing }) => standing !== 'open') &&
    rows.some(({ standing }) => standing === 'recovered');
  if (!isAllWell) return { alerts: news, alerted: rows };
  return { alerts: [{ kind: 'all-well' }], alerted: rows.map((row) => moved(row, 'over', revision)) };
}

function standingOf(
  { kind, subject, standing }: Alerted,
  now: AlertSubject['kind'] | undefined,
  isHidden: Sighting['isHidden'],
): Alerted['standing'] {
  if (standing !== 'open' || now === kind || now === 'unsettled') return standing;
  if (now === 'well') return 'recovered';
  // Removed, left alone, or in another trouble, which has its own alert.
  return now === undefined && isHidden(subject) ? 'open' : 'over';
}

function moved(row: Alerted, standing: Alerted['standing'], revision: number): Alerted {
  return row.standing === standing ? row : { ...row, standing, revision };
}

function isTrouble(kind: AlertSubject['kind']): kind is Trouble {
  return kind !== 'well' && kind !== 'unsettled' && kind !== 'left-alone';
}

function keyOf({ subject, kind }: { readonly subject: string; readonly kind: Trouble }): string {
  return `${kind} ${subject}`;
}

// ── How it is said ──────────────────────────────────────────────────────────────────────────────────────

/** What happened; and until when things still work, with the one thing to do. */
export interface AlertWords {
  readonly title: string;
  readonly description: string;
}

export interface AlertMessage extends AlertWords {
  readonly tone: 'trouble' | 'well';
  /** When it happened, epoch milliseconds. */
  readonly at: number;
  /** The same each time that one alert is sent: an answer that got lost can make it arrive twice. */
  readonly number: number | undefined;
}

/** `gone`: there is no such webhook any more. `code`: `http-500`, `timeout`, `vault-locked`… Never free text. */
export type Delivery =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly code: string; readonly retryAfterMs: number | undefined };

export interface Webhook {
  /** Throws as the vault does. */
  send(message: AlertMessage, signal: AbortSignal): Promise<Delivery>;
}

export interface WaitingAlert {
  readonly number: number;
  readonly alert: Alert;
  readonly raisedAt: number;
  /** How often it was tried in vain. */
  readonly attempts: number;
}

/** What was said, what waits to be said, and where; on disk when it returns. */
export interface AlertStore {
  /** Somebody wants to hear of alerts, and can be reached. */
  isListening(): Promise<boolean>;
  /**
   * Applies `plan` to what was said before, and puts its alerts into the outbox, in one transaction: of several
   * processes that see the same, one speaks. Answers what was raised; nothing while nobody listens.
   */
  raise(plan: (alerted: readonly Alerted[]) => AlertPlan): Promise<readonly Alert[]>;
  /**
   * The oldest alert that waits, ours for `ttlMs`; `undefined` while it is not due or another's. Alerts go out in
   * their order.
   */
  claim(owner: string, ttlMs: number): Promise<WaitingAlert | undefined>;
  delivered(number: number): Promise<void>;
  /** Gives a claim back, for after `retryAt`. */
  postpone(number: number, owner: string, retryAt: number, code: string): Promise<void>;
  /** Drops what was raised before; answers how many. */
  expire(before: number): Promise<number>;
  /** The webhook that `number` was for is gone, and the outbox with it; false when that was known. */
  silence(number: number): Promise<boolean>;
}

export interface AlertPorts {
  readonly store: AlertStore;
  readonly webhook: Webhook;
  readonly words: (alert: Alert) => AlertWords;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly owner: string;
}

/** Raises and delivers, beside everything else: never throws, and nobody needs to wait for it. */
export class Alerts {
  readonly #ports: AlertPorts;
  readonly #stop = new AbortController();
  #underWay: Promise<void> | undefined;
  #trouble: string | undefined;

  constructor(ports: AlertPorts) {
    this.#ports = ports;
  }

  /**
   * Says what is new in the picture, and what still waits. `until` ends it before the next message; one that is being
   * sent comes to its end. Does nothing of its own while an earlier call is under way.
   */
  attend(look: () => Promise<Snapshot>, until?: AbortSignal): Promise<void> {
    this.#underWay ??= this.#attend(look, until).finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  /** Ends what is under way; an alert that was being sent is sent again by the next process. */
  async dispose(): Promise<void> {
    this.#stop.abort();
    await this.#underWay;
  }

  async #attend(look: () => Promise<Snapshot>, until: AbortSignal | undefined): Promise<void> {
    const { store, log } = this.#ports;
    const isOver = (): boolean => this.#stop.signal.aborted || until?.aborted === true;
    try {
      if (isOver() || !(await store.isListening())) return;
      const sighting = sightingOf(await look());
      if (!isOver()) await this.#raise(sighting);
      while (!isOver() && (await this.#deliverNext()));
      this.#trouble = undefined;
    } catch (cause) {
      const code = codeOf(cause);
      if (code !== this.#trouble) log.error('alerts-failed', { code });
      this.#trouble = code;
    }
  }

  async #raise(sighting: Sighting): Promise<void> {
    const { store, clock, log } = this.#ports;
    for (const alert of await store.raise((alerted) => planAlerts(sighting, alerted, clock.now()))) {
      log.info('alert-raised', { kind: alert.kind, subject: 'subject' in alert ? alert.subject : undefined });
    }
    const expired = await store.expire(clock.now() - ALERT_EXPIRES_MS);
    if (expired > 0) log.warn('alerts-expired', { count: expired });
  }

  /** False when the rest has to wait. */
  async #deliverNext(): Promise<boolean> {
    const { store, webhook, clock, random, log, owner } = this.#ports;
    const waiting = await store.claim(owner, CLAIM_MS);
    if (waiting === undefined) return false;
    const { number, alert } = waiting;
    const delivery = await webhook
      .send(this.#messageFor(waiting), this.#stop.signal)
      .catch((cause: unknown) => ({ kind: 'failed', code: codeOf(cause), retryAfterMs: undefined }) as const);
    switch (delivery.kind) {
      case 'delivered':
        await store.delivered(number);
        log.info('alert-delivered', { number, kind: alert.kind });
        return true;
      case 'gone':
        if (await store.silence(number)) log.error('webhook-gone');
        return false;
      case 'failed': {
        const { code, retryAfterMs } = delivery;
        const attempts = waiting.attempts + 1;
        const wait = backoffMs('transient', attempts, retryAfterMs, random.next());
        await store.postpone(number, owner, clock.now() + wait, code);
        log.warn('alert-not-delivered', { number, code, attempts });
        return false;
      }
    }
  }

  #messageFor({ number, alert, raisedAt: at }: WaitingAlert): AlertMessage {
    const { title, description } = this.#ports.words(alert);
    const tone = alert.kind === 'all-well' ? 'well' : 'trouble';
    return { title: scrub(title), description: scrub(description), tone, at, number };
  }
}
