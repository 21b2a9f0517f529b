import { formatName, testSavedWebhook } from '../../node/reports/alert-channel.ts';
import { VERSION, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export function run(context: Context): Promise<ExitCode> {
  const { output, messages, env } = context;
  return withEngine(context, {}, async ({ home, log }) => {
    output.progress(messages.t('alerts.testing'));
    const options = { version: VERSION, env };
    const address = await testSavedWebhook(home, options, messages, () => log.error('webhook-gone')).finally(
      () => output.progress(''),
    );
    const { host, format } = address;
    output.result({ delivered: true, host, format }, [
      messages.t('alerts.tested', { host, format: formatName(format) }),
    ]);
    return EXIT.ok;
  });
}
