import { JetonError } from '../core/errors.ts';
import type { SlackIntegration } from '../core/integration.ts';
import type { DatabaseInspection } from '../node/postgres/application-database.ts';
import { namesOfFields } from '../shared/messages/words.ts';
import type { Context } from './context.ts';
import { nameCell } from './present.ts';
import { renderTable } from './table.ts';

/** Throws `database-tables-missing`, naming them. */
export function requireTables({ tables }: DatabaseInspection): void {
  const missing = tables.filter(({ found }) => !found).map(({ name }) => name);
  if (missing.length > 0) throw new JetonError('database-tables-missing', { table: missing.join(', ') });
}

export function inspectionDocument({ serverVersion, tables, configType, rows }: DatabaseInspection) {
  return {
    serverVersion,
    tables,
    configType: configType ?? null,
    slackRows: rows.length,
    lacking: rows.filter(isLacking).map(({ id, name, ...row }) => ({ id, name, missing: lackOf(row) })),
  };
}

export function inspectionLines(inspection: DatabaseInspection, { messages, output }: Context): string[] {
  const { t } = messages;
  const { serverVersion, tables, rows } = inspection;
  const lacking = rows.filter(isLacking);
  const columns = [
    { heading: t('column.id') },
    { heading: t('column.name'), flexible: true },
    { heading: t('column.missing') },
  ];
  const cells = lacking.map((row) => ({
    cells: [row.id, nameCell(row.name), namesOfFields(lackOf(row), messages)],
  }));
  const heading = (text: string): string => output.colour('dim', text);
  const isComplete = tables.every(({ found }) => found);
  return [
    `${output.colour('green', '✓')} ${t('database.server', { version: serverVersion })}`,
    ...tables.map(({ name, found }) =>
      found
        ? `${output.colour('green', '✓')} ${t('database.table-found', { name })}`
        : `${output.colour('red', '✗')} ${t('database.table-missing', { name })}`,
    ),
    ...(isComplete ? [`${output.colour('green', '✓')} ${summary(rows.length, lacking.length, t)}`] : []),
    ...(lacking.length > 0 ? ['', ...renderTable(columns, cells, { width: output.width, heading })] : []),
  ];
}

function summary(rows: number, lacking: number, t: Context['messages']['t']): string {
  const lack = lacking === 0 ? t('database.rows-complete') : t('database.rows-lacking', { count: lacking });
  return rows === 0 ? t('database.rows', { count: 0 }) : `${t('database.rows', { count: rows })}, ${lack}`;
}

function isLacking(row: SlackIntegration): boolean {
  return lackOf(row).length > 0;
}

function lackOf({ defect, missing }: Pick<SlackIntegration, 'defect' | 'missing'>): readonly string[] {
  return defect === undefined ? missing : [defect];
}
