import { z } from 'zod';
import { JetonError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { WEBHOOK_FORMATS } from '../../node/database/alerts.ts';
import { parseWebhookUrl, saveWebhook } from '../../node/webhook.ts';
import { formatName, sendTestMessage } from '../../node/reports/alert-channel.ts';
import { ensureVault, VERSION, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

const setOptions = z.object({
  urlFile: z.string().optional(),
  format: z.string().optional(),
  test: z.boolean(),
});

const VARIABLE = 'JETON_WEBHOOK_URL';

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { output, messages } = context;
  const { urlFile, format: shape, test } = setOptions.parse(options);
  const address = parseWebhookUrl(await askForUrl(context, urlFile), formatOf(shape));
  return withEngine(context, {}, async ({ home }) => {
    if (test) {
      output.progress(messages.t('alerts.testing'));
      const options = { version: VERSION, env: context.env };
      await sendTestMessage(address, options, messages).finally(() => output.progress(''));
    }
    await ensureVault(home.vault, context);
    await saveWebhook(home, address);
    const { host, format } = address;
    output.result({ state: 'on', format, host, tested: test }, [
      messages.t('alerts.set', { host, format: formatName(format) }),
    ]);
    return EXIT.ok;
  });
}

function askForUrl({ input, env, messages: { t } }: Context, file: string | undefined): Promise<Secret> {
  return input.secret({
    label: t('ask.webhook-url'),
    option: '--url-file',
    file: file ?? (env[VARIABLE] === undefined && input.isPiped ? '-' : undefined),
    variable: VARIABLE,
  });
}

/** Throws `usage`. */
function formatOf(text: string | undefined): (typeof WEBHOOK_FORMATS)[number] | undefined {
  const format = WEBHOOK_FORMATS.find((known) => known === text);
  if (text !== undefined && format === undefined) {
    throw new JetonError('usage', { option: '--format', value: text, expected: WEBHOOK_FORMATS.join(', ') });
  }
  return format;
}
