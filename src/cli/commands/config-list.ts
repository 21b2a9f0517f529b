import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { renderTable } from '../table.ts';

export async function run({ settingsFile, output, messages: { t } }: Context): Promise<ExitCode> {
  const settings = settingsFile.list();
  const columns = [
    { heading: t('column.key') },
    { heading: t('column.value'), flexible: true },
    { heading: t('column.from') },
  ];
  const rows = settings.map(({ key, value, from }) => ({
    cells: [
      key,
      String(value),
      from === 'default' ? output.colour('dim', t('from.default')) : t(`from.${from}`),
    ],
  }));
  const heading = (text: string): string => output.colour('dim', text);
  output.result({ settings }, renderTable(columns, rows, { width: output.width, heading }));
  return EXIT.ok;
}
