import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isoOrNull, nameCell, stateCell } from '../present.ts';
import { renderTable } from '../table.ts';
import { explainSituation } from '../../shared/messages/words.ts';

export function run(context: Context): Promise<ExitCode> {
  const { messages, output } = context;
  const { t } = messages;
  return withEngine(context, {}, async ({ engine }) => {
    const { integrations: all, sources } = await engine.snapshot();
    const integrations = all.filter(({ kind }) => kind === 'slack');
    const document = integrations.map((view) => ({
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
    const table = renderTable(columns, rows, { width: output.width, heading });
    output.result({ integrations: document }, rows.length === 0 ? [t('list.empty')] : table);

    const unread = sources.find(({ state }) => state === 'unreachable');
    if (unread?.code === undefined) return EXIT.ok;
    output.note(explainSituation(unread.code, unread.details ?? {}, messages).message);
    return EXIT.configuration;
  });
}
