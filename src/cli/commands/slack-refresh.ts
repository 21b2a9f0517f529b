import * as z from 'zod/mini';
import type { Pause } from '../../core/pause.ts';
import type { RefreshReport } from '../../core/slack/refresh.ts';
import { ensureVault, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, exitCodeFor, type ExitCode } from '../exit-codes.ts';
import { findIds } from '../integration-argument.ts';
import { rememberRun } from '../../node/last-run.ts';
import { pauseWords } from '../../shared/messages/words.ts';
import { exitCodeOf, reportDocument, reportLines } from '../refresh-report.ts';
import { stopOnSignals } from '../stop.ts';

const refreshOptions = z.object({
  force: z._default(z.boolean(), false),
  dryRun: z._default(z.boolean(), false),
  id: z.optional(z.array(z.string())),
  /** The schedule's own entry says so of itself. */
  scheduled: z._default(z.boolean(), false),
});

const MINUTE_MS = 60_000;
const NOTHING_DONE: RefreshReport = { renewed: 0, unchanged: 0, failed: 0, results: [], unreachable: [] };

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const parsed = refreshOptions.parse(options);
  const { report, pause, exitCode } = await refreshOnce(context, parsed).catch((thrown: unknown) => {
    if (parsed.scheduled) rememberRun(context.home, exitCodeFor(thrown), true);
    throw thrown;
  });
  const { output, messages, times } = context;
  if (pause !== null) {
    output.result(reportDocument(report, context), [pauseWords(pause, messages, times)]);
    return exitCode;
  }
  // A table of many rows takes a while, and --json has no place for it.
  output.result(reportDocument(report, context), output.json ? [] : reportLines(report, context));
  return exitCode;
}

export async function refreshOnce(
  context: Context,
  { force, dryRun, id, scheduled }: z.output<typeof refreshOptions>,
): Promise<{
  readonly report: RefreshReport;
  /** Why nothing was looked at. */
  readonly pause: Pause | null;
  readonly exitCode: ExitCode;
}> {
  const { output, messages, settings } = context;
  const { everyMinutes } = settings.schedule;
  const stop = stopOnSignals(() => output.progress(messages.t('refresh.stopping')));
  try {
    return await withEngine(
      context,
      { claims: !dryRun, looksOnly: dryRun, stop },
      async ({ engine, home }) => {
        // A person who asks means now; the schedule waits.
        const pause = scheduled ? home.pauseStore.standing(Date.now()) : null;
        if (pause !== null) {
          rememberRun(context.home, EXIT.ok, scheduled);
          return { report: NOTHING_DONE, pause, exitCode: EXIT.ok };
        }
        const ids = id === undefined ? undefined : findIds(id, await engine.snapshot(), context);
        // Where the vault has its key, the run itself asks for it, and reads every row: once is enough.
        if (!dryRun && (await home.vault.status()).state === 'missing') {
          const { integrations } = await engine.snapshot();
          if (integrations.length > 0) await ensureVault(home.vault, context);
        }
        if (!dryRun) output.progress(messages.t('refresh.progress'));
        const report = await engine.refresh({
          force,
          asked: !scheduled,
          dryRun,
          ...(ids !== undefined && { ids }),
          nextRunInMs: everyMinutes === null ? undefined : everyMinutes * MINUTE_MS,
          signal: stop.stopping,
        });
        const exitCode = exitCodeOf(report);
        if (!dryRun) rememberRun(context.home, exitCode, scheduled);
        return { report, pause, exitCode };
      },
    );
  } finally {
    stop.dispose();
  }
}
