import { type ReactNode, useEffect, useRef } from 'react';
import { useReturnOfFocus } from '../hooks/use-return-of-focus.ts';

/** What opens in place. Escape closes it, and whoever leaves it by keys is back at what opened it. */
export function Panel({
  label,
  onClose,
  children,
  look = 'panel',
  takesFocus = true,
}: {
  readonly label: string;
  readonly onClose: (() => void) | undefined;
  readonly children: ReactNode;
  /** `inline`: within what has a frame already. */
  readonly look?: 'panel' | 'add' | 'inline';
  /** Whoever opens a form wants to type. */
  readonly takesFocus?: boolean;
}) {
  const root = useRef<HTMLElement>(null);
  const hasOpened = useRef(false);
  useReturnOfFocus();
  useEffect(() => {
    if (hasOpened.current) return;
    hasOpened.current = true;
    if (takesFocus) root.current?.querySelector<HTMLElement>('input, select, textarea')?.focus();
  }, [takesFocus]);
  return (
    <section
      ref={root}
      className={look}
      aria-label={label}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || onClose === undefined) return;
        event.stopPropagation();
        onClose();
      }}
    >
      {children}
    </section>
  );
}
