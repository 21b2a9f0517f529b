import { z } from 'zod';
import { JetonError } from '../../core/errors.ts';
import type { BackfilledRow } from '../../core/slack/backfill.ts';
import { namesOfFields } from '../../shared/messages/words.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { nameCell } from '../present.ts';
import { renderTable } from '../table.ts';

const backfillOptions = z.object({
  clientId: z.string().optional(),
  clientSecretFile: z.string().optional(),
  dryRun: z.boolean().default(false),
});

const SUMMARY = ['filled', 'would-fill', 'complete', 'unusable'] as const;

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { input, output, messages } = context;
  const { t } = messages;
  const { clientId: givenClientId, clientSecretFile, dryRun } = backfillOptions.parse(options);
  const clientId = await input.text(t('ask.client-id'), '--client-id', givenClientId);
  const clientSecret = await input.secret({
    label: t('ask.client-secret'),
    option: '--client-secret-file',
    file: clientSecretFile,
    variable: 'JETON_SLACK_CLIENT_SECRET',
  });
  return withEngine(context, { looksOnly: dryRun }, async ({ engine }) => {
    // Said before anything is filled in: half a backfill is what nobody asked for.
    const unread = (await engine.snapshot()).sources.find(({ state }) => state === 'unreachable');
    if (unread?.code !== undefined) throw new JetonError(unread.code, unread.details);
    const rows = await engine.backfill({ clientId, clientSecret, dryRun });
    output.result({ rows }, linesFor(rows, context));
    return EXIT.ok;
  });
}

function linesFor(rows: readonly BackfilledRow[], { messages, output }: Context): string[] {
  const { t } = messages;
  const shown = rows.filter(({ outcome }) => outcome !== 'complete');
  if (shown.length === 0) return [t('backfill.nothing')];
  const counts = SUMMARY.flatMap((outcome) => {
    const count = rows.filter((row) => row.outcome === outcome).length;
    return count === 0 ? [] : [t(`backfill.${outcome}`, { count })];
  });
  const columns = [
    { heading: t('column.outcome') },
    { heading: t('column.id') },
    { heading: t('column.name'), flexible: true },
    { heading: t('column.fields') },
  ];
  const cells = shown.map(({ id, name, filled, outcome }) => ({
    cells: [t(`backfill.outcome.${outcome}`), id, nameCell(name), namesOfFields(filled, messages)],
  }));
  const heading = (text: string): string => output.colour('dim', text);
  return [
    output.colour('bold', `${counts.join(', ')}.`),
    '',
    ...renderTable(columns, cells, { width: output.width, heading }),
  ];
}
