/** How the webhook that alerts go to is tried, and told of. */
import type { Delivery } from '../core/alerts.ts';
import { JetonError } from '../core/errors.ts';
import type { AlertChannel } from '../node/database/alerts.ts';
import type { WebhookAddress } from '../node/webhook.ts';
import { reasonFor } from '../shared/messages/words.ts';
import { VERSION } from './compose.ts';
import type { Context } from './context.ts';

/** Throws `webhook-gone` or `webhook-unreachable`. */
export async function sendTestMessage(address: WebhookAddress, context: Context): Promise<void> {
  const { output, env } = context;
  const { t } = context.messages;
  output.progress(t('alerts.testing'));
  const { createHttp } = await import('../node/http.ts');
  const { postToWebhook } = await import('../node/webhook.ts');
  const http = createHttp({ version: VERSION, env });
  try {
    requireDelivered(
      await postToWebhook(http, address, {
        title: t('alert.test'),
        description: t('alert.test.why'),
        tone: 'well',
        at: Date.now(),
        number: undefined,
      }),
      address,
    );
  } finally {
    http.dispose();
    output.progress('');
  }
}

function requireDelivered(delivery: Delivery, { host }: WebhookAddress): void {
  if (delivery.kind === 'gone') throw new JetonError('webhook-gone', { host });
  if (delivery.kind === 'failed') {
    throw new JetonError('webhook-unreachable', { host, reason: delivery.code });
  }
}

/** Where alerts go, and what waits; one line each. */
export function channelLines(
  channel: AlertChannel | undefined,
  { messages, times }: Pick<Context, 'messages' | 'times'>,
): string[] {
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
