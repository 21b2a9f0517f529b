import { type RefObject, useEffect, useRef, useState } from 'react';
import { useListInSight } from '../../hooks/use-list-in-sight.ts';
import { useWindow } from '../../window-context.ts';
import type { Row } from './arrange.ts';
import { IntegrationRow } from './integration-row.tsx';
import { isTask, type OnePress, press, type Task } from './row-actions.ts';
import { RowDetails } from './row-details.tsx';
import { useRowCalls } from './use-row-calls.ts';

const ROW_HEIGHT = 57;
/** So much of the top is under the toolbar, which stays there. */
const UNDER_TOOLBAR = 64;

interface Unfolded {
  readonly id: string;
  readonly task: Task | undefined;
}

/** Only what is in sight is in the page, and the row that is unfolded or has the focus. */
export function IntegrationList({
  rows,
  scroller,
}: {
  readonly rows: readonly Row[];
  readonly scroller: RefObject<HTMLDivElement | null>;
}) {
  const { jeton, state, t, way } = useWindow();
  const calls = useRowCalls();
  const [unfolded, setUnfolded] = useState<Unfolded>();
  const [focused, setFocused] = useState<string>();
  const indexOf = (id: string | undefined): number => rows.findIndex(({ view }) => view.id === id);

  const { list, virtualizer, listStyle, itemProps } = useListInSight<HTMLUListElement>({
    count: rows.length,
    scroller,
    height: ROW_HEIGHT,
    keyOf: (index) => rows[index]?.view.id ?? index,
    kept: () => [indexOf(unfolded?.id), indexOf(focused)],
    overscan: 6,
    scrollPaddingStart: UNDER_TOOLBAR,
    scrollPaddingEnd: 16,
  });

  // What is left out of the list comes back folded: nothing that was asked for before begins anew.
  const isLeftOut = unfolded !== undefined && indexOf(unfolded.id) < 0;
  useEffect(() => {
    if (isLeftOut) setUnfolded(undefined);
  }, [isLeftOut]);

  /** Whose name is to have the focus as soon as it is in the page. */
  const wanted = useRef<string>(undefined);
  const followed = useRef<typeof way>(undefined);
  useEffect(() => {
    if (way.place?.kind !== 'integration' || followed.current === way) return;
    const { id } = way.place;
    const index = indexOf(id);
    if (index < 0) return;
    followed.current = way;
    wanted.current = id;
    setUnfolded({ id, task: undefined });
    setFocused(id);
    virtualizer.scrollToIndex(index, { align: 'start' });
  });

  useEffect(() => {
    if (wanted.current === undefined) return;
    const index = indexOf(wanted.current);
    const button = list.current?.querySelector<HTMLElement>(`[data-index="${index}"] .row-name`);
    if (button === null || button === undefined) return;
    wanted.current = undefined;
    button.focus({ preventScroll: true });
  });
  const moveFocus = (to: number): void => {
    const row = rows[to];
    if (row === undefined) return;
    wanted.current = row.view.id;
    setFocused(row.view.id);
    virtualizer.scrollToIndex(to);
  };

  const act = (row: Row, action: OnePress): void => {
    const { id } = row.view;
    void calls.run(id, async () => {
      const result = await press(action, row.view, jeton, t);
      // Why it did not work is in the details; success shows in the row itself.
      // A form that is open elsewhere is not shut for that: the row itself says that it failed.
      if (!result.ok || result.value.tone === 'warning') {
        setUnfolded((before) =>
          before?.id === id || before?.task !== undefined ? before : { id, task: undefined },
        );
      }
      return result;
    });
  };

  return (
    <ul
      ref={list}
      className="list"
      aria-label={t('list.label')}
      style={listStyle}
      onKeyDown={(event) => {
        const step = { ArrowDown: 1, ArrowUp: -1, Home: -rows.length, End: rows.length }[event.key];
        if (step === undefined || !isOnRowName(event.target)) return;
        event.preventDefault();
        moveFocus(Math.min(rows.length - 1, Math.max(0, indexOf(focused) + step)));
      }}
    >
      {virtualizer.getVirtualItems().map((item) => {
        const row = rows[item.index];
        if (row === undefined) return null;
        const { id } = row.view;
        const isUnfolded = unfolded?.id === id;
        // The tray may have begun it; here is where it can be seen, and cancelled.
        const isSigningIn = row.view.kind === 'oneflex' && state.signingIn;
        const task = isSigningIn ? 'sign-in' : isUnfolded ? unfolded.task : undefined;
        return (
          <li
            key={item.key}
            {...itemProps(item)}
            className="list-item"
            onFocus={() => setFocused(id)}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || !isUnfolded) return;
              setUnfolded(undefined);
              event.currentTarget.querySelector<HTMLElement>('.row-name')?.focus();
            }}
          >
            <IntegrationRow
              row={row}
              isUnfolded={isUnfolded}
              isBegun={isUnfolded && task !== undefined}
              isPending={calls.of(id).kind === 'pending' || isSigningIn}
              detailsId={`details-${id}`}
              onToggle={() => setUnfolded(isUnfolded ? undefined : { id, task: undefined })}
              onAct={() => {
                const { action } = row;
                if (action === 'none') return;
                if (isTask(action)) setUnfolded({ id, task: action });
                else act(row, action);
              }}
            />
            {isUnfolded && (
              <RowDetails
                row={row}
                id={`details-${id}`}
                call={calls.of(id)}
                task={task}
                onPress={(action) => act(row, action)}
                onTask={(next) => setUnfolded({ id, task: next })}
                onDismiss={() => calls.dismiss(id)}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}

function isOnRowName(target: EventTarget): boolean {
  return target instanceof Element && target.matches('.row-name');
}
