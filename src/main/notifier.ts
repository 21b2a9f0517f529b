import { Notification } from 'electron';
import type { Notice, NoticeTarget } from './desktop.ts';

/** So many may lie in the system's list of notifications and still lead somewhere. */
const MOST_KEPT = 20;

/**
 * Notifications of the system's, which shows them or keeps them back as the person wants it: none is urgent. Each is
 * held until it is gone, for nobody hears a click on one that was collected.
 */
export class Notifier {
  readonly #shown = new Set<Notification>();
  readonly #follow: (target: NoticeTarget) => void;

  constructor(follow: (target: NoticeTarget) => void) {
    this.#follow = follow;
  }

  show({ title, body, leadsTo }: Notice): void {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body, urgency: 'normal' });
    const forget = (): void => void this.#shown.delete(notification);
    notification.on('click', () => {
      forget();
      this.#follow(leadsTo);
    });
    // Windows puts it into its list of notifications after some seconds: there it can still be clicked.
    notification.on('close', ({ reason }) => {
      if (reason !== 'timedOut') forget();
    });
    notification.on('failed', forget);
    const [oldest] = this.#shown;
    if (oldest !== undefined && this.#shown.size >= MOST_KEPT) this.#shown.delete(oldest);
    this.#shown.add(notification);
    notification.show();
  }

  dispose(): void {
    for (const notification of this.#shown) notification.close();
    this.#shown.clear();
  }
}
