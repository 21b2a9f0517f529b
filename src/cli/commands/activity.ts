import { activityWords } from '../../shared/messages/activity-words.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { findIntegration, idOption } from '../integration-argument.ts';
import { linesWanted } from '../lines-option.ts';
import { nameCell } from '../present.ts';
import { renderTable } from '../table.ts';

export function run(context: Context, options: unknown): Promise<ExitCode> {
  const { output, messages, times } = context;
  const { t } = messages;
  const limit = linesWanted(options, t);
  const { id: given } = idOption.parse(options);
  return withEngine(context, {}, async ({ engine, home }) => {
    const id = given === undefined ? undefined : findIntegration(given, await engine.snapshot(), context).id;
    const entries = await home.activity.list({ limit, ...(id !== undefined && { id }) });
    const document = entries.map((entry) => ({
      at: new Date(entry.at).toISOString(),
      id: entry.id,
      name: entry.name,
      event: entry.event,
      code: entry.code ?? null,
      durationMs: entry.durationMs ?? null,
    }));
    const columns = [
      { heading: t('column.when') },
      { heading: t('column.id') },
      { heading: t('column.name'), flexible: true },
      { heading: t('column.event') },
    ];
    const rows = entries.map((entry) => ({
      cells: [times.absolute(entry.at), entry.id, nameCell(entry.name), activityWords(entry, messages)],
    }));
    const heading = (text: string): string => output.colour('dim', text);
    const table = renderTable(columns, rows, { width: output.width, heading });
    output.result({ activity: document }, rows.length === 0 ? [t('activity.empty')] : table);
    return EXIT.ok;
  });
}
