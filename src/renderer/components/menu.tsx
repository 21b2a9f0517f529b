import { useEffect, useRef, useState } from 'react';
import { Button } from './button.tsx';

/** A button with a few things to choose from under it. Arrow keys move, Escape closes. */
export function Menu({
  label,
  items,
  isPending = false,
}: {
  readonly label: string;
  readonly items: readonly { readonly words: string; readonly onChoose: () => unknown }[];
  readonly isPending?: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const buttons = (): readonly HTMLElement[] => [
    ...(root.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? []),
  ];
  const close = (): void => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  useEffect(() => {
    if (isOpen) buttons()[0]?.focus();
  }, [isOpen]);
  return (
    // Keys and loss of focus come up from the buttons in it.
    <div
      ref={root}
      className="menu"
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || setOpen(false)}
      onKeyDown={(event) => {
        if (!isOpen) return;
        if (event.key === 'Escape') {
          event.stopPropagation();
          close();
          return;
        }
        const all = buttons();
        const end = { Home: 0, End: -1 }[event.key];
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (end !== undefined) all.at(end)?.focus();
        if (end !== undefined || step !== undefined) event.preventDefault();
        if (step === undefined) return;
        const at = all.findIndex((button) => button === document.activeElement);
        all[(at + step + all.length) % all.length]?.focus();
      }}
    >
      <Button opens="menu" onPress={() => setOpen(!isOpen)} isExpanded={isOpen} isPending={isPending}>
        {label}
      </Button>
      {isOpen && (
        <div className="menu-items" role="menu" aria-label={label}>
          {items.map(({ words, onChoose }) => (
            <button
              key={words}
              type="button"
              role="menuitem"
              className="menu-item"
              onClick={() => {
                close();
                onChoose();
              }}
            >
              {words}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
