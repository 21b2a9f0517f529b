import { useEffect, useRef } from 'react';
import { useReturnOfFocus } from '../hooks/use-return-of-focus.ts';
import { useWindow } from '../window-context.ts';
import { Button } from './button.tsx';

/** Asks once more, in place, before what cannot be undone. Escape, like the first button, leaves all as it is. */
export function Confirm({
  question,
  yes,
  onYes,
  onNo,
  isPending = false,
}: {
  readonly question: string;
  readonly yes: string;
  readonly onYes: () => unknown;
  readonly onNo: () => void;
  readonly isPending?: boolean;
}) {
  const { t } = useWindow();
  const group = useRef<HTMLDivElement>(null);
  useReturnOfFocus();
  useEffect(() => group.current?.querySelector('button')?.focus(), []);
  return (
    <div
      ref={group}
      className="confirm tone-problem"
      role="group"
      aria-label={question}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onNo();
      }}
    >
      <p>{question}</p>
      <div className="actions">
        <Button onPress={onNo}>{t('action.keep')}</Button>
        <Button look="danger" onPress={onYes} isPending={isPending}>
          {yes}
        </Button>
      </div>
    </div>
  );
}
