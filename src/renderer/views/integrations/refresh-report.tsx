import { useState } from 'react';
import type { Reply } from '../../../shared/ipc/bridge.ts';
import { Button } from '../../components/button.tsx';
import { Notice } from '../../components/notice.tsx';
import { useWindow } from '../../window-context.ts';

/** Of more failures than that the others are unfolded. */
const FIRST_FAILURES = 3;

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
  return (
    <Notice tone={report.failed > 0 ? 'warning' : 'good'} onDismiss={onDismiss}>
      <p>{said.length === 0 ? t('report.nothing') : said.join(' · ')}</p>
      {foreseen.length > 0 && <p className="quiet">{foreseen.map(({ name }) => name).join(', ')}</p>}
      <Failures results={report.results} />
    </Notice>
  );
}

/** Each with what to do about it. */
function Failures({ results }: Pick<Reply<'refresh'>, 'results'>) {
  const { t } = useWindow();
  const [isWhole, setWhole] = useState(false);
  const failures = results.flatMap(({ id, name, error }) =>
    // What was left is no trouble of its own.
    error === null || error.code === 'cancelled' ? [] : [{ id, name, error }],
  );
  if (failures.length === 0) return null;
  return (
    <>
      <ul>
        {failures.slice(0, isWhole ? undefined : FIRST_FAILURES).map(({ id, name, error }) => (
          <li key={id} className="quiet">
            {t('said.of', { label: name, text: error.message })} {error.remedy}
          </li>
        ))}
      </ul>
      {failures.length > FIRST_FAILURES && (
        <div className="actions">
          <Button isExpanded={isWhole} onPress={() => setWhole(!isWhole)}>
            {isWhole ? t('report.fewer') : t('report.all-failures', { count: failures.length })}
          </Button>
        </div>
      )}
    </>
  );
}
