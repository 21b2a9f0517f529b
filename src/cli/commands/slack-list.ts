import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { isoOrNull, nameCell, problemLines, stateCell } from '../present.ts';
import { exitCodeOfUnread, explainUnread, sourcesDocument, unreadSources } from '../sources.ts';
import { renderTable } from '../table.ts';

export function run(context: Context): Promise<ExitCode> {
  const { messages, output } = context;
  const { t } = messages;
  return withEngine(context, {}, async ({ engine }) => {
    const { integrations: all, sources } = await engine.snapshot();
    const integrations = all.filter(({ kind }) => kind === 'slack');
    const views = integrations.map((view) => ({
      id: view.id,
      kind: view.kind,
      name: view.name,
      source: view.source,
      state: view.state.kind,
      expiresAt: isoOrNull(view.expiresAt),
    }));
    const columns = [
      { heading: t('column.id') },
      { heading: t('column.name'), flexible: true },
      { heading: t('column.source') },
      { heading: `  ${t('column.state')}` },
    ];
    const rows = integrations.map((view) => ({
      cells: [view.id, nameCell(view.name), t(`source.${view.source}`), stateCell(view, context)],
    }));
    const heading = (text: string): string => output.colour('dim', text);
    const table = rows.length > 0 ? renderTable(columns, rows, { width: output.width, heading }) : [];
    const unread = unreadSources(sources);
    const problems = unread.map((source) => explainUnread(source, messages));
    const [error] = problems;
    const document = {
      ...(error && { error }),
      integrations: views,
      sources: sourcesDocument(sources, messages),
    };
    output.result(document, [
      // Nobody knows what is in a source that cannot be read.
      ...(rows.length === 0 && error === undefined ? [t('list.empty')] : table),
      ...problems.flatMap((problem) => problemLines(problem, context)),
    ]);
    return exitCodeOfUnread(unread);
  });
}
