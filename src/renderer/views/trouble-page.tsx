import { useEffect, useState } from 'react';
import { Button } from '../components/button.tsx';
import { CallButton } from '../components/call-button.tsx';
import { Confirm } from '../components/confirm.tsx';
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
          <CallButton call={() => jeton.openFolder({ folder: 'home' })}>{t('about.open-home')}</CallButton>
        </div>
        {retry.state.kind === 'failed' && <Problem explanation={retry.state.error} />}
        {state.trouble.code === 'store-corrupt' && <DamagedStore />}
      </div>
    </div>
  );
}

/** A backup in its place, or an empty one; each says first what is lost, and keeps what is there. */
function DamagedStore() {
  const { jeton, t } = useWindow();
  const { run: examine, state: examined } = useCall(jeton.examineStore);
  const restore = useCall(jeton.restoreStore);
  const setAside = useCall(jeton.setStoreAside);
  const [asked, setAsked] = useState<'restore' | 'begin-anew'>();
  useEffect(() => void examine(), [examine]);
  const backup = examined.kind === 'done' ? examined.value.backup : null;
  return (
    <>
      <div className="actions">
        {backup !== null && (
          <Button onPress={() => setAsked('restore')} isExpanded={asked === 'restore'}>
            {t('store.restore')}
          </Button>
        )}
        <Button onPress={() => setAsked('begin-anew')} isExpanded={asked === 'begin-anew'}>
          {t('store.begin-anew')}
        </Button>
      </div>
      {asked === 'restore' && backup !== null && (
        <Confirm
          question={backup.loss.join(' ')}
          yes={t('store.restore.yes')}
          onYes={() => restore.run()}
          onNo={() => setAsked(undefined)}
          isPending={restore.isPending}
        />
      )}
      {asked === 'begin-anew' && (
        <Confirm
          question={t('store.begin-anew.question')}
          yes={t('store.begin-anew.yes')}
          onYes={() => setAside.run()}
          onNo={() => setAsked(undefined)}
          isPending={setAside.isPending}
        />
      )}
      {[examined, restore.state, setAside.state].map(
        (call, index) => call.kind === 'failed' && <Problem key={index} explanation={call.error} />,
      )}
    </>
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
