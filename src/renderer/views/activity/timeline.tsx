import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type { Reply } from '../../../shared/ipc/bridge.ts';
import type { Explanation } from '../../../shared/messages/words.ts';
import { Button } from '../../components/button.tsx';
import { Segments } from '../../components/field.tsx';
import { FilterField } from '../../components/filter-field.tsx';
import { Icon } from '../../components/icon.tsx';
import { Moment } from '../../components/moment.tsx';
import { ICON_OF_TONE, Problem } from '../../components/notice.tsx';
import { useListInSight } from '../../hooks/use-list-in-sight.ts';
import { useSettled } from '../../hooks/use-settled.ts';
import { useWindow } from '../../window-context.ts';

type Entry = Reply<'listActivity'>['entries'][number];

const PAGE = 100;
const MOST = 10_000;
/** What the contract lets through. */
const MOST_TEXT = 200;
const DAY_MS = 86_400_000;
const ENTRY_HEIGHT = 29;

interface Answered {
  readonly question: string;
  readonly limit: number;
  readonly mark: number;
  readonly entries: readonly Entry[];
}

/** Newest first, by day. What fits is sought among all there is, not among what is shown. */
export function Timeline({ scroller }: { readonly scroller: RefObject<HTMLDivElement | null> }) {
  const { jeton, state, t } = useWindow();
  const [limit, setLimit] = useState(PAGE);
  const [answered, setAnswered] = useState<Answered>();
  const [problem, setProblem] = useState<Explanation>();
  const [text, setText] = useState('');
  const [show, setShow] = useState<'all' | 'problems'>('all');
  const wanted = useSettled(text).trim().slice(0, MOST_TEXT);

  // Whatever is written to it changes the picture, too; most of what changes the picture is not written to it.
  const { revision } = state.snapshot;
  const latest = useRef<Answered>(undefined);
  useEffect(() => {
    let isWanted = true;
    const asked = {
      limit,
      ...(wanted !== '' && { text: wanted }),
      ...(show === 'problems' && { problems: true }),
    };
    // Entries are in words of the language they were asked for in.
    const question = JSON.stringify([asked, state.language]);
    const before = latest.current?.question === question ? latest.current : undefined;
    const ask = async (): Promise<void> => {
      const answer = await jeton.listActivity({
        ...asked,
        ...(before !== undefined && { known: before.mark }),
      });
      if (!isWanted) return;
      setProblem(answer.ok ? undefined : answer.error);
      if (!answer.ok || answer.value.mark === before?.mark) return;
      latest.current = { question, limit, ...answer.value };
      setAnswered(latest.current);
    };
    void ask();
    return () => {
      isWanted = false;
    };
  }, [jeton, limit, wanted, show, state.language, revision]);

  const entries = answered?.entries;
  const isFiltered = text !== '' || show !== 'all';
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
      {problem !== undefined && <Problem explanation={problem} />}
      {entries?.length === 0 && (
        <p className="nothing">{t(isFiltered ? 'activity.none' : 'activity.empty')}</p>
      )}
      {entries !== undefined && entries.length > 0 && <Entries entries={entries} scroller={scroller} />}
      {answered !== undefined && answered.entries.length === answered.limit && answered.limit < MOST && (
        <div className="actions">
          <Button
            isPending={answered.limit < limit}
            onPress={() => setLimit(Math.min(MOST, answered.limit * 4))}
          >
            {t('activity.more')}
          </Button>
        </div>
      )}
    </>
  );
}

/** Only what is in sight is in the page, and the entry that has the focus. */
function Entries({
  entries,
  scroller,
}: {
  readonly entries: readonly Entry[];
  readonly scroller: RefObject<HTMLDivElement | null>;
}) {
  const { state, t, messages, now } = useWindow();
  const [focused, setFocused] = useState<string>();
  const keys = useMemo(() => keysOf(entries), [entries]);
  const { list, virtualizer, listStyle, itemProps } = useListInSight<HTMLOListElement>({
    count: entries.length,
    scroller,
    height: ENTRY_HEIGHT,
    keyOf: (index) => keys[index] ?? index,
    kept: () => (focused === undefined ? [] : [keys.indexOf(focused)]),
    overscan: 10,
  });

  const known = useMemo(() => new Set(state.snapshot.integrations.map(({ id }) => id)), [state]);
  const [longDay, clock] = useMemo(
    () => [
      new Intl.DateTimeFormat(messages.locale, { weekday: 'long', day: 'numeric', month: 'long' }),
      new Intl.DateTimeFormat(messages.locale, { hour: '2-digit', minute: '2-digit' }),
    ],
    [messages],
  );
  const nameOf = (at: number): string =>
    dayOf(at) === dayOf(now)
      ? t('activity.today')
      : dayOf(at) === dayOf(now - DAY_MS)
        ? t('activity.yesterday')
        : longDay.format(at);
  return (
    <ol ref={list} className="timeline" aria-label={t('activity.timeline')} style={listStyle}>
      {virtualizer.getVirtualItems().map((item) => {
        const { index, key } = item;
        const entry = entries[index];
        if (entry === undefined) return null;
        const before = entries[index - 1];
        return (
          <li
            key={key}
            {...itemProps(item)}
            className="timeline-item"
            onFocus={() => setFocused(keys[index])}
          >
            {(before === undefined || dayOf(before.at) !== dayOf(entry.at)) && (
              <h2 className="timeline-date">{nameOf(entry.at)}</h2>
            )}
            <OneEntry entry={entry} time={clock.format(entry.at)} isKnown={known.has(entry.id)} />
          </li>
        );
      })}
    </ol>
  );
}

function OneEntry({
  entry: { at, id, name, what, tone },
  time,
  isKnown,
}: {
  readonly entry: Entry;
  readonly time: string;
  /** There is a row to lead to. */
  readonly isKnown: boolean;
}) {
  const { t, goTo } = useWindow();
  return (
    <div className={`timeline-entry tone-${tone}`}>
      <span className="timeline-time quiet">
        <Moment at={at}>{time}</Moment>
      </span>
      <span className="timeline-mark">
        <Icon name={ICON_OF_TONE[tone]} />
        {tone !== 'plain' && <span className="visually-hidden">{t(`fact.${tone}`)}</span>}
      </span>
      <span className="timeline-what">
        {isKnown ? (
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
    </div>
  );
}

/** By what each is told from the others; the same while newer ones come above it. */
function keysOf(entries: readonly Entry[]): readonly string[] {
  const seen = new Map<string, number>();
  return entries
    .toReversed()
    .map(({ at, id, event }) => {
      const key = `${at} ${id} ${event}`;
      const twins = seen.get(key) ?? 0;
      seen.set(key, twins + 1);
      return twins === 0 ? key : `${key} ${twins}`;
    })
    .toReversed();
}

/** In the person's zone. */
function dayOf(at: number): string {
  return new Date(at).toDateString();
}
