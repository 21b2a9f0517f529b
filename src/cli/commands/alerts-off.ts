import { removeWebhook } from '../../node/webhook.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export function run(context: Context): Promise<ExitCode> {
  const { output, messages } = context;
  return withEngine(context, {}, async ({ home }) => {
    const removed = await removeWebhook(home);
    output.result({ removed }, [messages.t(removed ? 'alerts.removed' : 'error.webhook-not-set')]);
    return EXIT.ok;
  });
}
