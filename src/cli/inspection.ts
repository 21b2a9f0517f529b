import type { DatabaseInspection } from '../node/postgres/application-database.ts';
import { inspectionFacts, isLacking, isUndated, lackOf, problemOf } from '../node/reports/inspection.ts';
import { explain, namesOfFields } from '../shared/messages/words.ts';
import type { Context } from './context.ts';
import { nameCell, problemLines } from './present.ts';
import { renderTable, wrap } from './table.ts';

export function inspectionDocument(inspection: DatabaseInspection, { messages }: Context) {
  const { serverVersion, tables, configType, rows } = inspection;
  const problem = problemOf(inspection);
  return {
    ...(problem !== undefined && { error: explain(problem, messages) }),
    serverVersion,
    tables,
    configType: configType ?? null,
    slackRows: rows.length,
    lacking: rows.filter(isLacking).map((row) => ({ id: row.id, name: row.name, missing: lackOf(row) })),
  };
}

export function inspectionLines(inspection: DatabaseInspection, context: Context): string[] {
  const { messages, output } = context;
  const { t } = messages;
  const lacking = inspection.rows.filter(isLacking);
  const columns = [
    { heading: t('column.id') },
    { heading: t('column.name'), flexible: true },
    { heading: t('column.missing') },
  ];
  const cells = lacking.map((row) => ({
    cells: [row.id, nameCell(row.name), namesOfFields(lackOf(row), messages)],
  }));
  const heading = (text: string): string => output.colour('dim', text);
  return [
    ...inspectionFacts(inspection, messages).flatMap(({ text, tone, remedy }) => {
      if (tone === 'good') return [`${output.colour('green', '✓')} ${text}`];
      return remedy === null
        ? [`${output.colour('red', '✗')} ${text}`]
        : problemLines({ code: '', message: text, remedy }, context);
    }),
    ...(lacking.length > 0 ? ['', ...renderTable(columns, cells, { width: output.width, heading })] : []),
    ...(lacking.some(isUndated) ? ['', ...wrap(t('database.expiry-lacking'), output.width)] : []),
  ];
}
