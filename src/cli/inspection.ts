import { JetonError } from '../core/errors.ts';
import type { SlackIntegration } from '../core/integration.ts';
import type { DatabaseInspection } from '../node/postgres/application-database.ts';
import { explain, namesOfFields } from '../shared/messages/words.ts';
import type { Context } from './context.ts';
import { nameCell, problemLines } from './present.ts';
import { renderTable, wrap } from './table.ts';

/** Why this is no database of Slack integrations: `database-tables-missing`, naming them, or `database-without-slack`. */
export function problemOf({ tables, hasSlack }: DatabaseInspection): JetonError | undefined {
  const missing = tables.filter(({ found }) => !found).map(({ name }) => name);
  if (missing.length > 0) return new JetonError('database-tables-missing', { table: missing.join(', ') });
  const [integrations] = tables;
  if (hasSlack === true || integrations === undefined) return undefined;
  return new JetonError('database-without-slack', { table: integrations.name });
}

/** Throws {@link problemOf} it. */
export function requireSlack(inspection: DatabaseInspection): void {
  const problem = problemOf(inspection);
  if (problem !== undefined) throw problem;
}

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
  const problem = problemOf(inspection);
  return [
    `${output.colour('green', '✓')} ${t('database.server', { version: serverVersion })}`,
    ...tables.map(({ name, found }) =>
      found
        ? `${output.colour('green', '✓')} ${t('database.table-found', { name })}`
        : `${output.colour('red', '✗')} ${t('database.table-missing', { name })}`,
    ),
    ...(problem === undefined
      ? [`${output.colour('green', '✓')} ${summary(rows.length, lacking.length, t)}`]
      : problemLines(explain(problem, messages), context)),
    ...(lacking.length > 0 ? ['', ...renderTable(columns, cells, { width: output.width, heading })] : []),
    ...(lacking.some(isUndated) ? ['', ...wrap(t('database.expiry-lacking'), output.width)] : []),
  ];
}

function summary(rows: number, lacking: number, t: Context['messages']['t']): string {
  const lack = lacking === 0 ? t('database.rows-complete') : t('database.rows-lacking', { count: lacking });
  return rows === 0 ? t('database.rows', { count: 0 }) : `${t('database.rows', { count: rows })}, ${lack}`;
}

function isLacking(row: SlackIntegration): boolean {
  return lackOf(row).length > 0;
}

function lackOf(row: SlackIntegration): readonly string[] {
  if (row.defect !== undefined) return [row.defect];
  return isUndated(row) ? [...row.missing, 'token_expiry'] : row.missing;
}

/** Nobody wrote down when its access token dies, or not in a form that is known. It is renewed all the same. */
function isUndated({ defect, expiresAt }: SlackIntegration): boolean {
  return defect === undefined && expiresAt === undefined;
}
