import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { CheckBox } from '../../components/field.tsx';
import { FilterField } from '../../components/filter-field.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useIsVisible } from '../../hooks/use-now.ts';
import type { Explanation } from '../../../shared/messages/words.ts';
import { useWindow } from '../../window-context.ts';

const LINE_HEIGHT = 18;
const FIRST_LINES = 1_000;
/** Older ones are in the file. */
const MOST_LINES = 5_000;
/** What the contract lets through. */
const MOST_COPIED = 200_000;

/** The newest lines of the log, scrubbed by whoever wrote them; new ones as they come, while that is wanted. */
export function LogViewer() {
  const { jeton, t } = useWindow();
  const copy = useCall(jeton.copyText);
  const openFolder = useCall(jeton.openFolder);
  /** Of what was shown when it was copied. */
  const [copied, setCopied] = useState({ count: 0, total: 0 });
  const isVisible = useIsVisible();
  const [lines, setLines] = useState<readonly string[]>();
  const [text, setText] = useState('');
  const [isFollowing, setFollowing] = useState(true);
  const scroller = useRef<HTMLDivElement>(null);

  const [problem, setProblem] = useState<Explanation>();
  const [attempt, setAttempt] = useState(0);
  const shouldFollow = isFollowing && isVisible;
  const isRead = useRef(false);
  useEffect(() => {
    let isWanted = true;
    const unsubscribe = jeton.onLogLines(({ lines: fresh }) => {
      if (shouldFollow) setLines((before = []) => [...before, ...fresh].slice(-MOST_LINES));
    });
    const begin = async (): Promise<void> => {
      // Who ceases to follow keeps what is shown, as it is.
      const read = shouldFollow
        ? await jeton.followLogs({ count: FIRST_LINES })
        : isRead.current
          ? undefined
          : await jeton.readLogs({ count: FIRST_LINES });
      // Of each request its own answer: one that comes after the next request is dropped, and none besides.
      if (!isWanted) return;
      setProblem(read?.ok === false ? read.error : undefined);
      if (read?.ok !== true) return;
      isRead.current = true;
      setLines((before = []) => caughtUp(before, read.value.lines).slice(-MOST_LINES));
    };
    void begin();
    return () => {
      isWanted = false;
      unsubscribe();
      // Refused, it is of no harm: what is told is not listened to.
      if (shouldFollow) void jeton.unfollowLogs();
    };
  }, [jeton, shouldFollow, attempt]);

  const shown = useMemo(() => {
    const wanted = text.toLowerCase();
    return lines?.filter((line) => line.toLowerCase().includes(wanted)) ?? [];
  }, [lines, text]);
  const virtualizer = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_HEIGHT,
    overscan: 20,
  });
  // As in a terminal: whoever has scrolled up reads on in peace, and is taken along again from the end.
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (isFollowing && isAtEnd.current && shown.length > 0)
      virtualizer.scrollToIndex(shown.length - 1, { align: 'end' });
  }, [isFollowing, shown, virtualizer]);

  return (
    <>
      <div className="toolbar toolbar-log">
        <FilterField label={t('log.filter')} hint={t('log.filter.hint')} text={text} onText={setText} />
        <CheckBox
          label={t('log.follow')}
          isOn={isFollowing}
          onChange={(isOn) => {
            isAtEnd.current = true;
            setFollowing(isOn);
          }}
        />
        <Button
          isPending={copy.isPending}
          onPress={() => {
            const newest = newestWithin(shown, MOST_COPIED);
            setCopied({ count: newest.length, total: shown.length });
            return copy.run({ text: newest.join('\n').slice(0, MOST_COPIED) });
          }}
        >
          {t('log.copy')}
        </Button>
        <Button onPress={() => openFolder.run({ folder: 'logs' })} isPending={openFolder.isPending}>
          {t('log.folder')}
        </Button>
      </div>
      {problem !== undefined && (
        <Problem explanation={problem}>
          <Button onPress={() => setAttempt(attempt + 1)}>{t('action.retry')}</Button>
        </Problem>
      )}
      {openFolder.state.kind === 'failed' && (
        <Problem explanation={openFolder.state.error} onDismiss={openFolder.dismiss} />
      )}
      {copy.state.kind === 'failed' && <Problem explanation={copy.state.error} onDismiss={copy.dismiss} />}
      {copy.state.kind === 'done' && (
        <Notice tone="good" onDismiss={copy.dismiss}>
          <p>{copied.count === copied.total ? t('said.copied') : t('log.copied-part', copied)}</p>
        </Notice>
      )}
      {/* Who scrolls by keys has to be able to come here. */}
      <div
        ref={scroller}
        className="log"
        role="log"
        aria-live="off"
        aria-label={t('log.label')}
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, clientHeight, scrollHeight } }) => {
          isAtEnd.current = scrollTop + clientHeight > scrollHeight - LINE_HEIGHT;
        }}
      >
        {lines !== undefined && shown.length === 0 && (
          <p className="nothing">{t(lines.length === 0 ? 'log.empty' : 'log.none')}</p>
        )}
        <div className="log-lines" style={{ blockSize: `${virtualizer.getTotalSize()}px` }}>
          {virtualizer.getVirtualItems().map(({ index, start }) => (
            <pre
              key={index}
              className={`log-line log-${levelOf(shown[index] ?? '')}`}
              style={{ transform: `translateY(${start}px)` }}
            >
              {shown[index]}
            </pre>
          ))}
        </div>
      </div>
      <p className="quiet numbers" role="status">
        {t('log.lines', { count: shown.length })}
      </p>
    </>
  );
}

/**
 * What is shown, and of the newest lines those that came after it: each once, though lines of two files may have come in
 * another order. Where nothing is in both, what is shown is older than all of them, with others between.
 */
function caughtUp(shown: readonly string[], newest: readonly string[]): readonly string[] {
  const known = new Map<string, number>();
  for (const line of shown) known.set(line, (known.get(line) ?? 0) + 1);
  const first = newest.findIndex((line) => known.has(line));
  if (first < 0) return newest;
  const missed = newest.slice(first).filter((line) => {
    const count = known.get(line) ?? 0;
    known.set(line, count - 1);
    return count <= 0;
  });
  return [...shown, ...missed];
}

/** The last lines that come to so many characters together, whole; of the very last one, more than that if need be. */
function newestWithin(lines: readonly string[], most: number): readonly string[] {
  let length = -1;
  const first = lines.findLastIndex((line) => (length += line.length + 1) > most);
  return lines.slice(Math.min(first + 1, lines.length - 1));
}

function levelOf(line: string): 'error' | 'warn' | 'plain' {
  if (/\b(ERROR|error)\b/.test(line.slice(0, 60))) return 'error';
  return /\b(WARN|warn)\b/.test(line.slice(0, 60)) ? 'warn' : 'plain';
}
