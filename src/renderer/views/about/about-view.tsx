import { useWindow } from '../../window-context.ts';

export function AboutView() {
  const { t } = useWindow();
  return (
    <div className="view">
      <div className="view-inner view-narrow">
        <h1>{t('about.title')}</h1>
      </div>
    </div>
  );
}
