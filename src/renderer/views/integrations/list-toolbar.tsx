import { useEffect, useRef } from 'react';
import { Select } from '../../components/field.tsx';
import { Icon } from '../../components/icon.tsx';
import { useWindow } from '../../window-context.ts';
import { type Arrangement, GROUPS, ORDERS } from './arrange.ts';

interface ListToolbarProps {
  readonly arrangement: Arrangement;
  readonly onArrange: (arrangement: Arrangement) => void;
  readonly shown: number;
  readonly total: number;
}

export function ListToolbar({ arrangement, onArrange, shown, total }: ListToolbarProps) {
  const { t } = useWindow();
  return (
    <div className="toolbar" role="search" aria-label={t('list.filter')}>
      <FilterField
        label={t('list.filter')}
        hint={t('list.filter.hint')}
        text={arrangement.text}
        onText={(text) => onArrange({ ...arrangement, text })}
      />
      <Select
        isLabelHidden
        label={t('list.show')}
        value={arrangement.group}
        options={GROUPS.map((group) => [group, t(`list.show.${group}`)])}
        onChange={(group) => onArrange({ ...arrangement, group })}
      />
      <Select
        isLabelHidden
        label={t('list.sort')}
        value={arrangement.order}
        options={ORDERS.map((order) => [order, t(`list.sort.${order}`)])}
        onChange={(order) => onArrange({ ...arrangement, order })}
      />
      <p className="toolbar-count quiet numbers" role="status">
        {shown === total ? t('list.count', { count: total }) : t('list.count-of', { shown, total })}
      </p>
    </div>
  );
}

/** `/` leads to it from wherever nothing is typed; Escape empties it. */
export function FilterField({
  label,
  hint,
  text,
  onText,
}: {
  readonly label: string;
  readonly hint: string;
  readonly text: string;
  readonly onText: (text: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTypedInto(event.target))
        return;
      event.preventDefault();
      input.current?.focus();
    };
    window.addEventListener('keydown', focus);
    return () => window.removeEventListener('keydown', focus);
  }, []);
  return (
    <div className="filter">
      <Icon name="search" />
      <input
        ref={input}
        className="input"
        type="text"
        role="searchbox"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={hint}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => onText(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onText('')}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
  );
}

function isTypedInto(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select') !== null;
}
