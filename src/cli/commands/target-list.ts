import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { targetDocument, targetTable } from '../target-report.ts';

export function run(context: Context): Promise<ExitCode> {
  const { output, messages } = context;
  return withEngine(context, {}, async ({ engine, home }) => {
    const { targets } = await engine.snapshot();
    const records = await home.targetStore.list();
    const document = targets.map((view) => {
      const mappings = records.find(({ target }) => target.name === view.name)?.target.mappings ?? [];
      return { ...targetDocument(view, context), keys: mappings };
    });
    const lines = targets.length === 0 ? [messages.t('target.none')] : targetTable(targets, context);
    output.result({ targets: document }, lines);
    return EXIT.ok;
  });
}
