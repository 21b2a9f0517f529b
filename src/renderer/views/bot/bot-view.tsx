import { useWindow } from '../../window-context.ts';

export function BotView() {
  const { t } = useWindow();
  return (
    <div className="view">
      <div className="view-inner view-narrow">
        <h1>{t('bot.title')}</h1>
      </div>
    </div>
  );
}
