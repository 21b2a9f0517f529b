import { Select } from '../../components/field.tsx';
import { FilterField } from '../../components/filter-field.tsx';
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
