import { type Alert, planAlerts, sightingOf } from '../../core/alerts.ts';
import { codeOf } from '../../core/errors.ts';
import type { ExportResult } from '../../core/export/export.ts';
import type { Logger } from '../../core/ports.ts';
import { scrub } from '../../core/scrub.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import type { NoticeStore } from '../../node/database/alerts.ts';
import type { Wording } from '../../node/reports/fact.ts';
import { wordsOfAlert } from '../../shared/messages/alert-words.ts';
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
  readonly words: Wording;
  readonly log: Logger;
}

/**
 * Desktop notifications: once per change, by the rules of the webhook's alerts and with a memory of their own on disk.
 * While the screen is locked nothing is said, nor noted as said: what is still so is said afterwards.
 */
export class Notices {
  readonly #options: NoticesOptions;
  /** Restarts of bots that nobody has been told of, by bot. */
  readonly #restarted = new Map<string, Notice>();
  #attending: Promise<void> = Promise.resolve();

  constructor(options: NoticesOptions) {
    this.#options = options;
  }

  /** A bot was restarted while its person was not watching. */
  restarted({ name, restart }: ExportResult): void {
    if (restart.outcome !== 'restarted') return;
    const { t } = this.#options.words.messages;
    this.#restarted.set(name, {
      title: t('notice.restarted', { name }),
      body: t('notice.restarted.why'),
      leadsTo: { kind: 'view', view: 'bot', id: null },
    });
    this.#sayRestarts();
  }

  /** Says what is new in the picture. Never rejects. */
  attend(snapshot: Snapshot): Promise<void> {
    this.#attending = this.#attending.then(() => this.#attend(snapshot));
    return this.#attending;
  }

  async #attend(snapshot: Snapshot): Promise<void> {
    const { noticeStore, desktop, log } = this.#options;
    try {
      if (desktop.isScreenLocked()) return;
      this.#sayRestarts();
      const sighting = sightingOf(snapshot);
      const alerts = await noticeStore()?.raise((said) => planAlerts(sighting, said, Date.now(), QUIET_MS));
      for (const alert of alerts ?? []) {
        // What is well again is seen in the tray.
        if (alert.kind !== 'all-well') this.#notify(this.#noticeOf(alert, snapshot));
      }
    } catch (cause) {
      log.warn('notices-failed', { code: codeOf(cause) });
    }
  }

  #sayRestarts(): void {
    const { desktop } = this.#options;
    if (desktop.isScreenLocked()) return;
    for (const notice of this.#restarted.values()) this.#notify(notice);
    this.#restarted.clear();
  }

  /** One that the desktop cannot show is in the window all the same. */
  #notify(notice: Notice): void {
    try {
      this.#options.desktop.notify(notice);
    } catch (cause) {
      this.#options.log.warn('notice-not-shown', { code: codeOf(cause) });
    }
  }

  #noticeOf(alert: Exclude<Alert, { readonly kind: 'all-well' }>, snapshot: Snapshot): Notice {
    const { title, description } = wordsOfAlert(alert, this.#options.words.messages, Date.now());
    return { title: scrub(title), body: scrub(description), leadsTo: targetOf(alert, snapshot) };
  }
}

function targetOf(
  { kind, subject }: Exclude<Alert, { readonly kind: 'all-well' }>,
  { integrations }: Snapshot,
): NoticeTarget {
  switch (kind) {
    case 'needs-sign-in':
      return { kind: 'sign-in' };
    case 'export-failed':
    case 'restart-failed':
      return { kind: 'view', view: 'bot', id: null };
    case 'needs-reinstall':
    case 'app-misconfigured':
    case 'unknown-answer': {
      const about = integrations.find(
        ({ id, app }) => id === subject || (app !== undefined && subject === `${APP_PREFIX}${app}`),
      );
      return { kind: 'view', view: 'integrations', id: about?.id ?? null };
    }
  }
}
