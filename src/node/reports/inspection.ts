/** What there is in the application's database, and whether it is one of Slack integrations. */
import { JetonError } from '../../core/errors.ts';
import type { SlackIntegration } from '../../core/integration.ts';
import { shownName } from '../../core/scrub.ts';
import type { Messages } from '../../shared/messages/messages.ts';
import { explain, namesOfFields } from '../../shared/messages/words.ts';
import type { DatabaseInspection } from '../postgres/application-database.ts';
import { type Fact, goodFact, problemFact, warningFact } from './fact.ts';

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

/** The server, its tables, and how many rows there are; what single rows lack is in {@link lackOf}. */
export function inspectionFacts(inspection: DatabaseInspection, messages: Messages): readonly Fact[] {
  const { t } = messages;
  const { serverVersion, tables, rows } = inspection;
  const problem = problemOf(inspection);
  const label = t('doctor.database');
  return [
    goodFact(label, t('database.server', { version: serverVersion })),
    ...tables.map(({ name, found }) =>
      found
        ? goodFact(label, t('database.table-found', { name }))
        : ({ label, text: t('database.table-missing', { name }), tone: 'problem', remedy: null } as const),
    ),
    problem === undefined
      ? goodFact(label, summary(rows.length, rows.filter(isLacking).length, messages))
      : problemFact(label, explain(problem, messages)),
  ];
}

/** The rows that lack something, one fact each. */
export function lackingFacts({ rows }: DatabaseInspection, messages: Messages): readonly Fact[] {
  const { t } = messages;
  const lacking = rows.filter(isLacking);
  return [
    ...lacking.map((row) =>
      warningFact(
        `${shownName(row.name)} (${row.id})`,
        `${t('column.missing')}: ${namesOfFields(lackOf(row), messages)}`,
      ),
    ),
    ...(lacking.some(isUndated) ? [warningFact(t('doctor.database'), t('database.expiry-lacking'))] : []),
  ];
}

function summary(rows: number, lacking: number, { t }: Messages): string {
  const lack = lacking === 0 ? t('database.rows-complete') : t('database.rows-lacking', { count: lacking });
  return rows === 0 ? t('database.rows', { count: 0 }) : `${t('database.rows', { count: rows })}, ${lack}`;
}

export function isLacking(row: SlackIntegration): boolean {
  return lackOf(row).length > 0;
}

export function lackOf(row: SlackIntegration): readonly string[] {
  if (row.defect !== undefined) return [row.defect];
  return isUndated(row) ? [...row.missing, 'token_expiry'] : row.missing;
}

/** Nobody wrote down when its access token dies, or not in a form that is known. It is renewed all the same. */
export function isUndated({ defect, expiresAt }: SlackIntegration): boolean {
  return defect === undefined && expiresAt === undefined;
}
