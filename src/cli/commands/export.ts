import { z } from 'zod';
import { findTarget } from '../../core/export/find-target.ts';
import { ensureVault, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { exportNow } from '../export-report.ts';
import { stopOnSignals } from '../stop.ts';

const exportOptions = z.object({
  restart: z.boolean().optional(),
  force: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});

export async function run(context: Context, options: unknown, argument: unknown[]): Promise<ExitCode> {
  const { output, messages } = context;
  const { t } = messages;
  const { restart, force, dryRun } = exportOptions.parse(options);
  const [name] = z.tuple([z.string().optional()]).parse(argument);
  const stop = stopOnSignals(() => output.progress(t('refresh.stopping')));
  try {
    return await withEngine(context, { claims: !dryRun, stop }, async (composition) => {
      const { home } = composition;
      if (name !== undefined) await findTarget(home.targetStore, name);
      const isEmpty = (await home.targetStore.list()).length === 0;
      if (isEmpty) {
        output.result({ targets: [] }, [t('target.none')]);
        return EXIT.ok;
      }
      if (!dryRun) await ensureVault(home.vault, context);
      const names = name === undefined ? undefined : [name];
      const request = { names, trigger: 'asked', restart, force, dryRun, signal: stop.stopping } as const;
      const { document, lines, exitCode } = await exportNow(composition, request, context);
      output.result({ targets: document }, lines);
      return exitCode;
    });
  } finally {
    stop.dispose();
  }
}
