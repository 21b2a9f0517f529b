import { useState } from 'react';
import type { Reply } from '../../../shared/ipc/bridge.ts';
import { Button } from '../../components/button.tsx';
import { Notice, type Tone } from '../../components/notice.tsx';
import { useWindow } from '../../window-context.ts';

/** Of more failures than that the others are unfolded. */
const FIRST_FAILURES = 3;

type Result = Reply<'refresh'>['results'][number];

/** What came of renewing everything that was due. */
export function RefreshReport({
  report,
  onDismiss,
}: {
  readonly report: Reply<'refresh'>;
  readonly onDismiss: () => void;
}) {
  const { t } = useWindow();
  const said = (['renewed', 'unchanged', 'failed', 'waiting', 'skipped', 'left'] as const)
    .filter((outcome) => report[outcome] > 0)
    .map((outcome) => t(`report.${outcome}`, { count: report[outcome] }));
  const foreseen = report.results.filter(({ outcome }) => outcome === 'would-renew');
  if (foreseen.length > 0) said.unshift(t('report.would-renew', { count: foreseen.length }));
  return (
    <Notice tone={toneOf(report)} onDismiss={onDismiss}>
      <p>{said.length === 0 ? t('report.nothing') : said.join(' · ')}</p>
      {foreseen.length > 0 && <p className="quiet">{foreseen.map(({ name }) => name).join(', ')}</p>}
      <Failures results={report.results} />
      <LeftAlone results={report.results} />
    </Notice>
  );
}

function toneOf({ failed, skipped, left, results }: Reply<'refresh'>): Tone {
  if (failed > 0 || results.some(isTrouble)) return 'warning';
  return skipped > 0 || left > 0 ? 'plain' : 'good';
}

/** What was left because somebody stopped it is no trouble of its own. */
function isTrouble({ error }: Result): boolean {
  return error !== null && error.code !== 'cancelled';
}

/** Each with what to do about it. */
function Failures({ results }: Pick<Reply<'refresh'>, 'results'>) {
  const { t } = useWindow();
  const [isWhole, setWhole] = useState(false);
  const failures = results.filter(isTrouble);
  if (failures.length === 0) return null;
  return (
    <>
      <ul>
        {failures.slice(0, isWhole ? undefined : FIRST_FAILURES).map(({ id, name, error, note }) => (
          <li key={id} className="quiet">
            {t('said.of', {
              label: name,
              text: [error?.message, note, error?.remedy].filter(Boolean).join(' '),
            })}
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

/** Of those that lack nothing, why nobody was asked about them: each reason once. */
function LeftAlone({ results }: Pick<Reply<'refresh'>, 'results'>) {
  const { t } = useWindow();
  const left = results.filter((result) => result.note !== null && !isTrouble(result));
  return [...Map.groupBy(left, ({ note }) => note)].map(([note, those]) => (
    <p key={note} className="quiet">
      {t('said.of', { label: those.map(({ name }) => name).join(', '), text: note ?? '' })}
    </p>
  ));
}
