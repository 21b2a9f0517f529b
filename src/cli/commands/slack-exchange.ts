import { ensureVault, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { findIntegration, givenId } from '../integration-argument.ts';
import { nameCell } from '../present.ts';
import { exitCodeOf, reportDocument, reportLines } from '../refresh-report.ts';
import { stopOnSignals } from '../stop.ts';

export async function run(context: Context, options: unknown, argument: unknown[]): Promise<ExitCode> {
  const { output, messages } = context;
  const given = givenId(options, argument, context);
  const stop = stopOnSignals(() => output.progress(messages.t('refresh.stopping')));
  try {
    return await withEngine(context, { claims: true, stop }, async ({ engine, home }) => {
      const { id, name } = findIntegration(given, await engine.snapshot(), context);
      await ensureVault(home.vault, context);
      output.progress(messages.t('refresh.progress'));
      const report = await engine.exchange(id);
      const isDone = report.renewed > 0;
      output.result(
        reportDocument(report, context),
        isDone ? [messages.t('exchange.done', { id, name: nameCell(name) })] : reportLines(report, context),
      );
      return exitCodeOf(report);
    });
  } finally {
    stop.dispose();
  }
}
