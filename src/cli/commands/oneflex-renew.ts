import { JetonError } from '../../core/errors.ts';
import { oneflexTargets } from '../../core/export/find-target.ts';
import { ensureVault, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { exportNow } from '../export-report.ts';
import { isoOrNull } from '../present.ts';
import { refusalOfRenewal } from '../sign-in-report.ts';
import { stopOnSignals } from '../stop.ts';

/** Climbs the whole ladder, and brings what it finds to the bots as the daemon does. */
export async function run(context: Context): Promise<ExitCode> {
  const { output, messages, times } = context;
  const { t } = messages;
  const stop = stopOnSignals(() => output.progress(t('refresh.stopping')));
  try {
    return await withEngine(context, { claims: true, stop }, async (composition) => {
      const { engine, home } = composition;
      if ((await home.oneflexStore.session()) === undefined) throw new JetonError('oneflex-not-signed-in');
      await ensureVault(home.vault, context);
      output.progress(t('oneflex.renewing'));
      const renewal = await engine.renewOneflex({ force: true, signal: stop.stopping });
      if (stop.stopping.aborted) throw new JetonError('cancelled');
      if (renewal.kind !== 'renewed' && renewal.kind !== 'unchanged') {
        const { explanation, exitCode } = refusalOfRenewal(renewal, messages);
        output.error(explanation);
        return exitCode;
      }

      const names = await oneflexTargets(home.targetStore);
      const exported =
        names.length === 0
          ? undefined
          : await exportNow(composition, { names, trigger: 'background', signal: stop.stopping }, context);
      const by = renewal.kind === 'renewed' ? renewal.by : undefined;
      const document = {
        by: by ?? null,
        expiresAt: isoOrNull(renewal.expiresAt),
        targets: exported?.document ?? [],
      };
      output.result(document, [
        ...(by === undefined ? [] : [`${output.colour('green', '✓')} ${t(`oneflex.renewed.${by}`)}`]),
        t('oneflex.status.token', { when: times.both(renewal.expiresAt) }),
        ...(exported === undefined ? [] : ['', ...exported.lines]),
      ]);
      return exported?.exitCode ?? EXIT.ok;
    });
  } finally {
    stop.dispose();
  }
}
