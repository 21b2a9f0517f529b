import { useEffect, useMemo, useState } from 'react';
import type { Reply, Result } from '../../../shared/ipc/bridge.ts';
import { Button } from '../../components/button.tsx';
import { Segments } from '../../components/field.tsx';
import { FilterField } from '../../components/filter-field.tsx';
import { Icon } from '../../components/icon.tsx';
import { Moment } from '../../components/moment.tsx';
import { ICON_OF_TONE, Problem } from '../../components/notice.tsx';
import { useWindow } from '../../window-context.ts';

type Entry = Reply<'listActivity'>['entries'][number];

const PAGE = 100;
const MOST = 10_000;
const DAY_MS = 86_400_000;

/** Newest first, by day. */
export function Timeline() {
  const { jeton, state, t, messages, now, goTo } = useWindow();
  const [limit, setLimit] = useState(PAGE);
  const [result, setResult] = useState<Result<Reply<'listActivity'>>>();
  const [text, setText] = useState('');
  const [show, setShow] = useState<'all' | 'problems'>('all');

  // Whatever is written to it changes the picture, too.
  const { revision } = state.snapshot;
  useEffect(() => {
    let isWanted = true;
    void jeton.listActivity({ limit }).then((answer) => isWanted && setResult(answer));
    return () => {
      isWanted = false;
    };
  }, [jeton, limit, revision]);

  const entries = useMemo(() => (result?.ok === true ? result.value.entries : []), [result]);
  const days = useMemo(
    () => byDay(entries.filter((entry) => fits(entry, text, show, messages.locale))),
    [entries, text, show, messages],
  );
  if (result === undefined) return null;
  if (!result.ok) return <Problem explanation={result.error} />;
  if (entries.length === 0) return <p className="nothing">{t('activity.empty')}</p>;

  const longDay = new Intl.DateTimeFormat(messages.locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
  const nameOf = (day: string, at: number): string =>
    day === dayOf(now)
      ? t('activity.today')
      : day === dayOf(now - DAY_MS)
        ? t('activity.yesterday')
        : longDay.format(at);
  const known = new Set(state.snapshot.integrations.map(({ id }) => id));
  const clock = new Intl.DateTimeFormat(messages.locale, { hour: '2-digit', minute: '2-digit' });
  return (
    <>
      <div className="toolbar toolbar-short">
        <FilterField
          label={t('activity.filter')}
          hint={t('activity.filter.hint')}
          text={text}
          onText={setText}
        />
        <Segments
          label={t('list.show')}
          value={show}
          options={[
            ['all', t('activity.show.all')],
            ['problems', t('activity.show.problems')],
          ]}
          onChange={setShow}
        />
      </div>
      {days.length === 0 && <p className="nothing">{t('activity.none')}</p>}
      {days.map(([day, ofDay]) => (
        <section key={day} className="timeline-day" aria-label={nameOf(day, ofDay[0]?.at ?? now)}>
          <h2 className="timeline-date">{nameOf(day, ofDay[0]?.at ?? now)}</h2>
          <ol>
            {ofDay.map(({ at, id, name, event, what, tone }) => (
              <li key={`${at} ${id} ${event}`} className={`timeline-entry tone-${tone}`}>
                <span className="timeline-time quiet">
                  <Moment at={at}>{clock.format(at)}</Moment>
                </span>
                <span className="timeline-mark">
                  <Icon name={ICON_OF_TONE[tone]} />
                  {tone !== 'plain' && <span className="visually-hidden">{t(`fact.${tone}`)}</span>}
                </span>
                <span className="timeline-what">
                  {known.has(id) ? (
                    <button
                      type="button"
                      className="link"
                      onClick={() => goTo('integrations', { kind: 'integration', id })}
                    >
                      {name}
                    </button>
                  ) : (
                    <strong>{name}</strong>
                  )}{' '}
                  {what}
                </span>
              </li>
            ))}
          </ol>
        </section>
      ))}
      {entries.length === limit && limit < MOST && (
        <div className="actions">
          <Button onPress={() => setLimit(Math.min(MOST, limit * 4))}>{t('activity.more')}</Button>
        </div>
      )}
    </>
  );
}

function fits(entry: Entry, text: string, show: 'all' | 'problems', locale: string): boolean {
  if (show === 'problems' && entry.tone !== 'problem' && entry.tone !== 'warning') return false;
  const haystack = `${entry.name} ${entry.id} ${entry.what}`.toLocaleLowerCase(locale);
  return text
    .toLocaleLowerCase(locale)
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

function byDay(entries: readonly Entry[]): readonly (readonly [day: string, entries: readonly Entry[]])[] {
  return [...Map.groupBy(entries, ({ at }) => dayOf(at))];
}

/** In the person's zone. */
function dayOf(at: number): string {
  return new Date(at).toDateString();
}
