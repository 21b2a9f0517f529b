import { type Alert, planAlerts, sightingOf } from '../../core/alerts.ts';
import { codeOf } from '../../core/errors.ts';
import type { Logger } from '../../core/ports.ts';
import { scrub } from '../../core/scrub.ts';
import type { IntegrationView, Snapshot } from '../../core/snapshot.ts';
import type { NoticeStore } from '../../node/database/alerts.ts';
import type { Wording } from '../../node/reports/fact.ts';
import { wordsOfAlert } from '../../shared/messages/alert-words.ts';
import type { Told } from '../application.ts';
import type { Desktop, Notice, NoticeTarget } from '../desktop.ts';

/**
 * Somebody at the desk mends a thing within minutes, and is told when it happens again; what only goes to and fro is
 * said once in this time.
 */
const QUIET_MS = 10 * 60_000;
const APP_PREFIX = 'slack-app:';

export interface NoticesOptions {
  /** `undefined` where the home is not open. */
  readonly noticeStore: () => NoticeStore | undefined;
  readonly desktop: Pick<Desktop, 'isScreenLocked' | 'notify'>;
  /** Targets that this process exports to just now: what they come to is told once that is over. */
  readonly exporting: () => readonly string[];
  readonly words: Wording;
  readonly log: Logger;
}

/**
 * Desktop notifications: once per change, by the rules of the webhook's alerts and with a memory of their own on disk.
 * While the screen is locked nothing is said, nor noted as said: what is still so is said afterwards.
 */
export class Notices {
  readonly #options: NoticesOptions;
  readonly #startedAt = Date.now();
  /** Bots whose last restart its person has watched. */
  readonly #watched = new Set<string>();
  /** When each was last told of, by `performance.now()`: a clock that is set meanwhile changes nothing. */
  readonly #toldAt = { integrations: new Map<string, number>(), bots: new Map<string, number>() };
  #attending: Promise<void> = Promise.resolve();

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** The person asked for this bot's restart, and watched it: that needs no words. Said before the export is over. */
  watched(name: string): void {
    this.#watched.add(name);
  }

  /** Says what is new in the picture. Never rejects. */
  attend(snapshot: Snapshot): Promise<void> {
    this.#attending = this.#attending.then(() => this.#attend(snapshot));
    return this.#attending;
  }

  /** Once everything that was seen has been told. */
  async toldSince(moment: number): Promise<Told> {
    await this.#attending;
    const since = (told: ReadonlyMap<string, number>): ReadonlySet<string> =>
      new Set([...told].filter(([, at]) => at >= moment).map(([name]) => name));
    const { integrations, bots } = this.#toldAt;
    return { integrations: since(integrations), bots: since(bots) };
  }

  async #attend(snapshot: Snapshot): Promise<void> {
    const { noticeStore, desktop, log } = this.#options;
    try {
      if (desktop.isScreenLocked()) return;
      await this.#sayRestarts(snapshot);
      const sighting = sightingOf(snapshot);
      const alerts = await noticeStore()?.raise((said) => planAlerts(sighting, said, Date.now(), QUIET_MS));
      for (const alert of alerts ?? []) {
        // What is well again is seen in the tray.
        if (alert.kind === 'all-well') continue;
        this.#notify(this.#noticeOf(alert, snapshot));
        this.#noteTold(alert, snapshot);
      }
    } catch (cause) {
      log.warn('notices-failed', { code: codeOf(cause) });
    }
  }

  /** Whoever carried them out: this process, a schedule, the command line. One that failed is an alert. */
  async #sayRestarts({ targets }: Snapshot): Promise<void> {
    const { noticeStore, exporting, words } = this.#options;
    const underWay = exporting();
    const settled = targets.filter(({ name }) => !underWay.includes(name));
    const seen = settled.map(({ name, lastRestart }) => ({ name, at: lastRestart?.at ?? 0 }));
    const restarted = (await noticeStore()?.noteRestarts(seen, this.#startedAt)) ?? [];
    const { t } = words.messages;
    for (const { name, lastRestart } of settled) {
      if (!restarted.includes(name) || this.#watched.delete(name)) continue;
      if (lastRestart?.failure !== undefined) continue;
      this.#notify({
        title: t('notice.restarted', { name }),
        body: t('notice.restarted.why'),
        leadsTo: { kind: 'view', view: 'bot', id: null },
      });
    }
  }

  /** One that the desktop cannot show is in the window all the same. */
  #notify(notice: Notice): void {
    try {
      this.#options.desktop.notify(notice);
    } catch (cause) {
      this.#options.log.warn('notice-not-shown', { code: codeOf(cause) });
    }
  }

  #noteTold(alert: Exclude<Alert, { readonly kind: 'all-well' }>, snapshot: Snapshot): void {
    const now = performance.now();
    const { integrations, bots } = this.#toldAt;
    if (alert.kind === 'export-failed' || alert.kind === 'restart-failed') bots.set(alert.facts.name, now);
    else for (const { id } of integrationsOf(alert, snapshot)) integrations.set(id, now);
  }

  #noticeOf(alert: Exclude<Alert, { readonly kind: 'all-well' }>, snapshot: Snapshot): Notice {
    const { title, description } = wordsOfAlert(alert, this.#options.words.messages, Date.now());
    return { title: scrub(title), body: scrub(description), leadsTo: targetOf(alert, snapshot) };
  }
}

function targetOf(alert: Exclude<Alert, { readonly kind: 'all-well' }>, snapshot: Snapshot): NoticeTarget {
  switch (alert.kind) {
    case 'needs-sign-in':
      return { kind: 'sign-in' };
    case 'export-failed':
    case 'restart-failed':
      return { kind: 'view', view: 'bot', id: null };
    case 'needs-reinstall':
    case 'app-misconfigured':
    case 'unknown-answer': {
      const [first] = integrationsOf(alert, snapshot);
      return { kind: 'view', view: 'integrations', id: first?.id ?? null };
    }
  }
}

function integrationsOf(
  { subject }: Exclude<Alert, { readonly kind: 'all-well' }>,
  { integrations }: Snapshot,
): readonly IntegrationView[] {
  return integrations.filter(
    ({ id, app }) => id === subject || (app !== undefined && subject === `${APP_PREFIX}${app}`),
  );
}
