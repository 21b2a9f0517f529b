/** What keeps everything, or much, from working for as long as it lasts; each with its way out. */
import { useState } from 'react';
import { UnlockForm } from '../forms/unlock-form.tsx';
import { useCall } from '../hooks/use-call.ts';
import { useWindow } from '../window-context.ts';
import { Button } from './button.tsx';
import { CallButton } from './call-button.tsx';
import { Icon } from './icon.tsx';
import { Problem } from './notice.tsx';
import { Panel } from './panel.tsx';

export function VaultLockedState() {
  const { jeton, state, t } = useWindow();
  const retry = useCall(jeton.retry);
  const [isUnlocking, setUnlocking] = useState(false);
  if (state.snapshot.vault.state !== 'locked') return null;
  return (
    <section className="standing tone-problem" aria-label={t('vault-locked.title')}>
      <Icon name="lock" />
      <div className="standing-body">
        <h2>{t('vault-locked.title')}</h2>
        {state.vaultProblem !== null && (
          <>
            <p>{state.vaultProblem.message}</p>
            <p className="quiet">{state.vaultProblem.remedy}</p>
          </>
        )}
        <div className="actions">
          <Button
            look={isUnlocking ? 'plain' : 'primary'}
            onPress={() => retry.run()}
            isPending={retry.isPending}
          >
            {t('action.retry')}
          </Button>
          <Button onPress={() => setUnlocking(!isUnlocking)} isExpanded={isUnlocking}>
            {t('vault-locked.unlock')}
          </Button>
        </div>
        {retry.state.kind === 'failed' && (
          <Problem explanation={retry.state.error} onDismiss={retry.dismiss} />
        )}
        {isUnlocking && (
          <Panel look="inline" label={t('vault-locked.unlock')} onClose={() => setUnlocking(false)}>
            <UnlockForm />
          </Panel>
        )}
      </div>
    </section>
  );
}

export function SettingsBrokenState() {
  const { jeton, state, t } = useWindow();
  const retry = useCall(jeton.retry);
  if (state.settingsProblem === null) return null;
  return (
    <section className="standing tone-warning" aria-label={t('settings-broken.title')}>
      <Icon name="sliders" />
      <div className="standing-body">
        <h2>{t('settings-broken.title')}</h2>
        <p>{state.settingsProblem.message}</p>
        <p className="quiet">{state.settingsProblem.remedy}</p>
        <div className="actions">
          <Button onPress={() => retry.run()} isPending={retry.isPending}>
            {t('action.retry')}
          </Button>
          <CallButton call={() => jeton.openFolder({ folder: 'home' })}>{t('about.open-home')}</CallButton>
        </div>
        {retry.state.kind === 'failed' && (
          <Problem explanation={retry.state.error} onDismiss={retry.dismiss} />
        )}
      </div>
    </section>
  );
}

export function DatabaseDownState() {
  const { jeton, state, t, goTo } = useWindow();
  const retry = useCall(jeton.retry);
  if (state.databaseProblem === null) return null;
  return (
    <section className="standing tone-warning" aria-label={t('database-down.title')}>
      <Icon name="database" />
      <div className="standing-body">
        <h2>{t('database-down.title')}</h2>
        <p>{state.databaseProblem.message}</p>
        <p className="quiet">{state.databaseProblem.remedy}</p>
        <div className="actions">
          <Button onPress={() => retry.run()} isPending={retry.isPending}>
            {t('action.retry')}
          </Button>
          <Button onPress={() => goTo('settings', { kind: 'settings-group', group: 'database' })}>
            {t('database-down.settings')}
          </Button>
        </div>
        {retry.state.kind === 'failed' && (
          <Problem explanation={retry.state.error} onDismiss={retry.dismiss} />
        )}
      </div>
    </section>
  );
}

export function PausedState() {
  const { jeton, state, t, times } = useWindow();
  const resume = useCall(jeton.resumeAll);
  if (state.paused === null) return null;
  const { until } = state.paused;
  return (
    <section className="standing tone-plain" aria-label={t('overall.paused')}>
      <Icon name="pause" />
      <div className="standing-body standing-line">
        <p>{until === null ? t('paused.open-ended') : t('paused.until', { time: times.absolute(until) })}</p>
        <Button look="primary" onPress={() => resume.run()} isPending={resume.isPending}>
          {t('paused.resume')}
        </Button>
        {resume.state.kind === 'failed' && (
          <Problem explanation={resume.state.error} onDismiss={resume.dismiss} />
        )}
      </div>
    </section>
  );
}
