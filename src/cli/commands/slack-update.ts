import { z } from 'zod';
import type { CredentialChange } from '../../core/ports.ts';
import { ensureVault, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findIntegration, givenId } from '../integration-argument.ts';
import { isoOrNull, nameCell } from '../present.ts';
import { stopOnSignals } from '../stop.ts';
import { UsageError } from '../usage-error.ts';

const updateOptions = z.object({
  clientId: z.string().trim().optional(),
  clientSecretFile: z.string().optional(),
  refreshTokenFile: z.string().optional(),
});

export async function run(context: Context, options: unknown, argument: unknown[]): Promise<ExitCode> {
  const { output, messages, times } = context;
  const { t } = messages;
  const given = givenId(options, argument, context);
  const change = await ask(context, updateOptions.parse(options));
  const stop = stopOnSignals(() => output.progress(t('refresh.stopping')));
  try {
    return await withEngine(context, { claims: true, stop }, async ({ engine, home }) => {
      const { id, name } = findIntegration(given, await engine.snapshot(), context);
      await ensureVault(home.vault, context);
      output.progress(t('add.checking'));
      const outcome = await engine.update(id, change);
      const updated = (await engine.snapshot()).integrations.find((view) => view.id === id);
      const until = updated?.worksUntil;
      const shown = { id, name: nameCell(name) };
      output.result({ id, name, outcome, expiresAt: isoOrNull(updated?.expiresAt) }, [
        t(`update.${outcome}`, shown),
        ...(until === undefined || outcome !== 'updated'
          ? []
          : [t('add.until', { time: times.absolute(until), relative: times.relative(until) })]),
      ]);
      return outcome === 'updated' ? EXIT.ok : EXIT.failed;
    });
  } finally {
    stop.dispose();
  }
}

/** In this order, which is also that of the lines of stdin: client secret, refresh token. */
async function ask(
  { input, messages: { t } }: Context,
  { clientId, clientSecretFile, refreshTokenFile }: z.output<typeof updateOptions>,
): Promise<CredentialChange> {
  if (clientId === '') {
    throw new UsageError(
      t('usage.missing-value', { name: '--client-id' }),
      t('usage.see-help', { command: 'jeton slack update' }),
    );
  }
  const clientSecret = await input.secret({
    label: t('ask.client-secret.or-keep'),
    option: '--client-secret-file',
    file: clientSecretFile,
    variable: 'JETON_SLACK_CLIENT_SECRET',
    optional: true,
  });
  const refreshToken = await input.secret({
    label: t('ask.refresh-token.or-keep'),
    option: '--refresh-token-file',
    file: refreshTokenFile,
    variable: 'JETON_SLACK_REFRESH_TOKEN',
    optional: true,
  });
  if (clientId === undefined && clientSecret === undefined && refreshToken === undefined) {
    const way = { option: '--refresh-token-file F|-', variable: 'JETON_SLACK_REFRESH_TOKEN' };
    throw new UsageError(t('update.nothing'), t('usage.input-needed.remedy', way));
  }
  return { clientId, clientSecret, refreshToken };
}
