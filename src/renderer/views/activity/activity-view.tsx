import { useWindow } from '../../window-context.ts';

export function ActivityView() {
  const { t } = useWindow();
  return (
    <div className="view">
      <div className="view-inner view-narrow">
        <h1>{t('activity.title')}</h1>
      </div>
    </div>
  );
}
