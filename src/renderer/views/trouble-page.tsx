import { Button } from '../components/button.tsx';
import { Icon } from '../components/icon.tsx';
import { Problem } from '../components/notice.tsx';
import { useCall } from '../hooks/use-call.ts';
import type { Explanation } from '../../shared/messages/words.ts';
import { useWindow, type WindowContext } from '../window-context.ts';

/** In the place of every view that needs what cannot be opened. */
export function TroublePage() {
  const { jeton, state, t, goTo } = useWindow();
  const retry = useCall(jeton.retry);
  if (state.trouble === null) return null;
  return (
    <div className="view">
      <div className="full-page tone-problem">
        <Icon name="triangle" />
        <h1>{t('trouble.title')}</h1>
        <p>{state.trouble.message}</p>
        <p className="quiet">{state.trouble.remedy}</p>
        <div className="actions">
          <Button look="primary" onPress={() => retry.run()} isPending={retry.isPending}>
            {t('action.retry')}
          </Button>
          <Button onPress={() => goTo('activity', { kind: 'log' })}>{t('trouble.log')}</Button>
          <Button onPress={() => jeton.openFolder({ folder: 'home' })}>{t('about.open-home')}</Button>
        </div>
        {retry.state.kind === 'failed' && <Problem explanation={retry.state.error} />}
      </div>
    </div>
  );
}

/** Not even the picture itself came. */
export function NoStatePage({
  error,
  t,
  onRetry,
}: {
  readonly error: Explanation;
  readonly t: WindowContext['t'];
  readonly onRetry: () => unknown;
}) {
  return (
    <main className="view">
      <div className="full-page tone-problem">
        <Icon name="triangle" />
        <h1>{t('trouble.title')}</h1>
        <p>{error.message}</p>
        <p className="quiet">{error.remedy}</p>
        <Button look="primary" onPress={onRetry}>
          {t('action.retry')}
        </Button>
      </div>
    </main>
  );
}
