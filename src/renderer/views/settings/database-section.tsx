import { useEffect, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Facts } from '../../components/facts.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { Report } from '../../components/report.tsx';
import { DatabaseForm } from '../../forms/database-form.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useWindow } from '../../window-context.ts';

export function DatabaseSection() {
  const { jeton, state, t } = useWindow();
  const test = useCall(jeton.tryDatabase);
  const disconnect = useCall(jeton.disconnectDatabase);
  const [open, setOpen] = useState<'connect' | 'disconnect'>();
  const kind = state.snapshot.sources.find((source) => source.kind === 'app')?.state ?? 'not-connected';
  const isConnected = kind !== 'not-connected';
  const { dismiss: dismissTest } = test;
  // What was found was found in one that is not there any more, whoever disconnected it.
  useEffect(() => {
    if (!isConnected) dismissTest();
  }, [isConnected, dismissTest]);
  const held = disconnect.state.kind === 'done' ? disconnect.state.value.held : null;
  return (
    <div className="setting">
      <p>{t(`database.state.${kind}`)}</p>
      {state.databaseProblem !== null && (
        <Problem explanation={state.databaseProblem} isNews={false} tone="warning" />
      )}
      <div className="actions">
        {isConnected && (
          <Button onPress={() => test.run({})} isPending={test.isPending}>
            {t('database.test')}
          </Button>
        )}
        <Button
          onPress={() => setOpen(open === 'connect' ? undefined : 'connect')}
          isExpanded={open === 'connect'}
        >
          {t(isConnected ? 'database.other' : 'add.database')}
        </Button>
        {isConnected && (
          <Button look="danger" onPress={() => setOpen('disconnect')} isExpanded={open === 'disconnect'}>
            {t('database.disconnect')}
          </Button>
        )}
      </div>
      {open === 'disconnect' && (
        <Confirm
          question={t('database.disconnect.question')}
          yes={t('database.disconnect.yes')}
          isPending={disconnect.isPending}
          onNo={() => setOpen(undefined)}
          onYes={async () => {
            const result = await disconnect.run();
            if (result?.ok === true) setOpen(undefined);
          }}
        />
      )}
      {disconnect.state.kind === 'failed' && (
        <Problem explanation={disconnect.state.error} onDismiss={disconnect.dismiss} />
      )}
      {held !== null && <Problem explanation={held} onDismiss={disconnect.dismiss} tone="warning" />}
      {test.state.kind === 'failed' && <Problem explanation={test.state.error} onDismiss={dismissTest} />}
      {test.state.kind === 'done' && (
        <Report label={t('database.report')} onClose={dismissTest}>
          <Facts facts={test.state.value.facts} label={t('database.report')} />
        </Report>
      )}
      {open === 'connect' && (
        <Panel look="inline" label={t('add.database')} onClose={() => setOpen(undefined)}>
          <DatabaseForm onConnected={dismissTest} />
        </Panel>
      )}
      {disconnect.state.kind === 'done' && held === null && !isConnected && (
        <Notice tone="good" onDismiss={disconnect.dismiss}>
          <p>{t('said.done')}</p>
        </Notice>
      )}
    </div>
  );
}
