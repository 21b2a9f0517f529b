import { Button } from '../../components/button.tsx';
import { useWindow } from '../../window-context.ts';

/** That a setting was saved, with a way back; or that it was put back. */
export function SavedLine({
  change,
  onUndo,
}: {
  readonly change: 'saved' | 'undone';
  /** Where what it was before is known. */
  readonly onUndo: (() => void) | undefined;
}) {
  const { t } = useWindow();
  return (
    <p className="setting-saved" role="status">
      <span className="toned tone-good">{t(`settings.${change}`)}</span>
      {change === 'saved' && onUndo !== undefined && (
        <Button look="quiet" onPress={onUndo}>
          {t('action.undo')}
        </Button>
      )}
    </p>
  );
}
