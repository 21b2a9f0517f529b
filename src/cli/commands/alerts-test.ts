import { JetonError } from '../../core/errors.ts';
import { savedWebhook } from '../../node/webhook.ts';
import { formatName, sendTestMessage } from '../alert-channel.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export function run(context: Context): Promise<ExitCode> {
  const { output, messages } = context;
  return withEngine(context, {}, async ({ home, log }) => {
    const { alertStore } = home;
    const address = await savedWebhook(home);
    const { host, format } = address;
    try {
      await sendTestMessage(address, context);
    } catch (thrown) {
      const isGone = thrown instanceof JetonError && thrown.code === 'webhook-gone';
      if (isGone && (await alertStore.markGone())) log.error('webhook-gone');
      throw thrown;
    }
    // It works again after all.
    if (alertStore.channel()?.goneAt !== undefined) await alertStore.start(format);
    output.result({ delivered: true, host, format }, [
      messages.t('alerts.tested', { host, format: formatName(format) }),
    ]);
    return EXIT.ok;
  });
}
