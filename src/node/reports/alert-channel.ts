/** How the webhook that alerts go to is tried, and told of. */
import type { Delivery } from '../../core/alerts.ts';
import { JetonError } from '../../core/errors.ts';
import type { Messages } from '../../shared/messages/messages.ts';
import { reasonFor } from '../../shared/messages/words.ts';
import { systemClock } from '../clock.ts';
import type { AlertChannel } from '../database/alerts.ts';
import type { HttpOptions } from '../http.ts';
import type { WebhookAddress, WebhookSettings } from '../webhook.ts';
import type { Wording } from './fact.ts';

/** Throws `webhook-gone` or `webhook-unreachable`. */
export async function sendTestMessage(
  address: WebhookAddress,
  options: HttpOptions,
  { t }: Messages,
): Promise<void> {
  const { createHttp } = await import('../http.ts');
  const { postToWebhook } = await import('../webhook.ts');
  const http = createHttp(options);
  try {
    const delivery = await postToWebhook(http, address, {
      title: t('alert.test'),
      description: t('alert.test.why'),
      tone: 'well',
      at: systemClock.now(),
      number: undefined,
    });
    requireDelivered(delivery, address);
  } finally {
    http.dispose();
  }
}

/** The same to the webhook that is kept, about which that may be news. Throws `webhook-not-set`, too. */
export async function testSavedWebhook(
  settings: WebhookSettings,
  options: HttpOptions,
  messages: Messages,
  onGone: () => void,
): Promise<WebhookAddress> {
  const { alertStore } = settings;
  const { savedWebhook } = await import('../webhook.ts');
  const address = await savedWebhook(settings);
  try {
    await sendTestMessage(address, options, messages);
  } catch (thrown) {
    const isGone = thrown instanceof JetonError && thrown.code === 'webhook-gone';
    if (isGone && (await alertStore.markGone())) onGone();
    throw thrown;
  }
  // It works again after all.
  if (alertStore.channel()?.goneAt !== undefined) await alertStore.start(address.format);
  return address;
}

function requireDelivered(delivery: Delivery, { host }: WebhookAddress): void {
  if (delivery.kind === 'gone') throw new JetonError('webhook-gone', { host });
  if (delivery.kind === 'failed') {
    throw new JetonError('webhook-unreachable', { host, reason: delivery.code });
  }
}

/** Where alerts go, and what waits; one line each. */
export function channelLines(channel: AlertChannel | undefined, { messages, times }: Wording): string[] {
  const { t } = messages;
  if (channel === undefined) return [t('alerts.off')];
  const { format, goneAt, waiting: count, lastError } = channel;
  if (goneAt !== undefined) return [t('alerts.gone', { time: times.absolute(goneAt) })];
  const reason = lastError === undefined ? t('alerts.waiting.not-tried') : reasonFor(lastError, messages);
  return [
    t('alerts.on', { format: formatName(format) }),
    ...(count === 0 ? [] : [t('alerts.waiting', { count, reason })]),
  ];
}

export function formatName(format: AlertChannel['format']): string {
  return { discord: 'Discord', slack: 'Slack' }[format];
}
