import { useEffect, useState } from 'react';
import type { Reply } from '../../../shared/ipc/bridge.ts';
import type { Explanation } from '../../../shared/messages/words.ts';
import { Button } from '../../components/button.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { Problem } from '../../components/notice.tsx';
import { useWindow } from '../../window-context.ts';
import type { Row } from './arrange.ts';
import { type Day, type Slot, weekOf } from './week.ts';

/** OneFlex is renewed each quarter of an hour: a week of that. */
const MOST_ENTRIES = 1_000;

const ICON_OF: Readonly<Record<Slot, IconName>> = {
  renewed: 'check',
  failed: 'cross',
  slept: 'moon',
  ahead: 'dot',
};

/** Seven days in quarters: renewed, failed, or nothing because all slept. */
export function WeekStrip({ view: { id, lastRenewedAt, lastError } }: { readonly view: Row['view'] }) {
  const { jeton, t, now, messages } = useWindow();
  const [entries, setEntries] = useState<Reply<'listActivity'>['entries']>();
  const [problem, setProblem] = useState<Explanation>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isWanted = true;
    void jeton.listActivity({ id, limit: MOST_ENTRIES }).then((result) => {
      if (!isWanted) return;
      if (result.ok) setEntries(result.value.entries);
      setProblem(result.ok ? undefined : result.error);
    });
    return () => {
      isWanted = false;
    };
  }, [jeton, id, lastRenewedAt, lastError?.at, attempt]);

  // What was read before is not true any more: something happened since.
  if (problem !== undefined) {
    return (
      <Problem explanation={problem}>
        <Button onPress={() => setAttempt(attempt + 1)}>{t('action.retry')}</Button>
      </Problem>
    );
  }
  if (entries === undefined) return <p className="week week-unread quiet">{t('week.reading')}</p>;

  const weekdays = t('time.weekdays').split(' ');
  const longDay = new Intl.DateTimeFormat(messages.locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
  const wordsFor = ({ renewed, failed }: Day): string => {
    const ofRenewed = t('week.renewed', { count: renewed });
    const ofFailed = t('week.failed', { count: failed });
    if (renewed > 0 && failed > 0) return t('week.both', { renewed: ofRenewed, failed: ofFailed });
    return failed > 0 ? ofFailed : renewed > 0 ? ofRenewed : t('week.slept');
  };
  return (
    <ol className="week" aria-label={t('details.week')}>
      {weekOf(entries, now).map((day) => {
        const words = t('week.day', { day: longDay.format(day.at), what: wordsFor(day) });
        return (
          <li key={day.at} className="week-day" title={words}>
            <span className="visually-hidden">{words}</span>
            <span className="week-slots" aria-hidden="true">
              {day.slots.map((slot, index) => (
                <span key={index} className={`week-slot week-${slot}`}>
                  <Icon name={ICON_OF[slot]} />
                </span>
              ))}
            </span>
            <span className="week-name" aria-hidden="true">
              {weekdays[new Date(day.at).getDay()]}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
