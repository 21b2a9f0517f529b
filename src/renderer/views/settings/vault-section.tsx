import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { UnlockForm } from '../../forms/unlock-form.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useWindow } from '../../window-context.ts';

export function VaultSection() {
  const { jeton, state, t, messages } = useWindow();
  const init = useCall(jeton.initVault);
  const exportKey = useCall(jeton.exportRecoveryKey);
  const [isUnlocking, setUnlocking] = useState(false);
  const { vault } = state.snapshot;
  const source = messages.find(`vault.source.${vault.keySource}`) ?? vault.keySource;
  const path = exportKey.state.kind === 'done' ? exportKey.state.value.path : null;
  return (
    <div className="setting">
      <p>
        {t(`vault.${vault.state}`)}{' '}
        {vault.keySource !== '' && <span className="quiet">{t('vault.key-source', { source })}</span>}
      </p>
      <div className="actions">
        {vault.state === 'missing' && (
          <Button onPress={() => init.run()} isPending={init.isPending}>
            {t('vault.init')}
          </Button>
        )}
        {vault.state === 'ready' && (
          <Button onPress={() => exportKey.run()} isPending={exportKey.isPending}>
            {t('vault.export')}
          </Button>
        )}
        <Button onPress={() => setUnlocking(!isUnlocking)} isExpanded={isUnlocking}>
          {t('vault-locked.unlock')}
        </Button>
      </div>
      {vault.state === 'ready' && <p className="field-note">{t('vault.export.hint')}</p>}
      {path !== null && (
        <Notice tone="good" onDismiss={exportKey.dismiss}>
          <p>{t('vault.exported', { path })}</p>
        </Notice>
      )}
      {isUnlocking && (
        <Panel look="inline" label={t('vault-locked.unlock')} onClose={() => setUnlocking(false)}>
          <UnlockForm />
        </Panel>
      )}
      {init.state.kind === 'failed' && <Problem explanation={init.state.error} onDismiss={init.dismiss} />}
      {exportKey.state.kind === 'failed' && (
        <Problem explanation={exportKey.state.error} onDismiss={exportKey.dismiss} />
      )}
    </div>
  );
}
