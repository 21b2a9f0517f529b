import type { Reply } from '../../../shared/ipc/bridge.ts';
import { Notice } from '../../components/notice.tsx';
import { useWindow } from '../../window-context.ts';

/** What came of renewing everything that was due. */
export function RefreshReport({
  report,
  onDismiss,
}: {
  readonly report: Reply<'refresh'>;
  readonly onDismiss: () => void;
}) {
  const { t } = useWindow();
  const said = (['renewed', 'unchanged', 'failed', 'left'] as const)
    .filter((outcome) => report[outcome] > 0)
    .map((outcome) => t(`report.${outcome}`, { count: report[outcome] }));
  const foreseen = report.results.filter(({ outcome }) => outcome === 'would-renew');
  if (foreseen.length > 0) said.unshift(t('report.would-renew', { count: foreseen.length }));
  // What was left is no trouble of its own.
  const failures = report.results.filter(({ error }) => error !== null && error.code !== 'cancelled');
  return (
    <Notice tone={report.failed > 0 ? 'warning' : 'good'} onDismiss={onDismiss}>
      <p>{said.length === 0 ? t('report.nothing') : said.join(' · ')}</p>
      {foreseen.length > 0 && <p className="quiet">{foreseen.map(({ name }) => name).join(', ')}</p>}
      {failures.slice(0, 3).map(({ id, name, error }) => (
        <p key={id} className="quiet">
          {name}: {error?.message}
        </p>
      ))}
    </Notice>
  );
}
