import { z } from 'zod';
import { ensureVault, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isoOrNull, nameCell } from '../present.ts';
import { stopOnSignals } from '../stop.ts';

const addOptions = z.object({
  name: z.string().optional(),
  clientId: z.string().optional(),
  clientSecretFile: z.string().optional(),
  refreshTokenFile: z.string().optional(),
  accessTokenFile: z.string().optional(),
});

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { output, messages, times } = context;
  const { t } = messages;
  const integration = await ask(context, addOptions.parse(options));
  const stop = stopOnSignals(() => output.progress(t('refresh.stopping')));
  try {
    return await withEngine(context, { claims: true, stop }, async ({ engine, home }) => {
      await ensureVault(home.vault, context);
      output.progress(t('add.checking'));
      const id = await engine.add(integration);
      const { integrations } = await engine.snapshot();
      const added = integrations.find((view) => view.id === id);
      const name = nameCell(integration.name);
      const until = added?.worksUntil;
      const isInDoubt = added?.state.kind === 'in-doubt' || added?.state.kind === 'retrying';
      output.result({ id, name: integration.name, expiresAt: isoOrNull(added?.expiresAt) }, [
        isInDoubt ? t('add.in-doubt', { name, id }) : t('add.added', { name, id }),
        ...(until === undefined || isInDoubt
          ? []
          : [t('add.until', { time: times.absolute(until), relative: times.relative(until) })]),
      ]);
      return isInDoubt ? EXIT.failed : EXIT.ok;
    });
  } finally {
    stop.dispose();
  }
}

/** In this order, which is also that of the lines of stdin: client secret, refresh token, access token. */
async function ask({ input, messages: { t } }: Context, options: z.output<typeof addOptions>) {
  const name = await input.text(t('ask.name'), '--name', options.name);
  const clientId = await input.text(t('ask.client-id'), '--client-id', options.clientId);
  const clientSecret = await input.secret({
    label: t('ask.client-secret'),
    option: '--client-secret-file',
    file: options.clientSecretFile,
    variable: 'JETON_SLACK_CLIENT_SECRET',
  });
  const refreshToken = await input.secret({
    label: t('ask.refresh-token'),
    option: '--refresh-token-file',
    file: options.refreshTokenFile,
    variable: 'JETON_SLACK_REFRESH_TOKEN',
  });
  const accessToken = await input.secret({
    label: t('ask.access-token'),
    option: '--access-token-file',
    file: options.accessTokenFile,
    variable: 'JETON_SLACK_ACCESS_TOKEN',
    optional: true,
  });
  return { name, credentials: { clientId, clientSecret, refreshToken, accessToken }, expiresAt: undefined };
}
