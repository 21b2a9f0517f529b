import { useWindow } from '../../window-context.ts';

export function SettingsView() {
  const { t } = useWindow();
  return (
    <div className="view">
      <div className="view-inner view-narrow">
        <h1>{t('settings.title')}</h1>
      </div>
    </div>
  );
}
