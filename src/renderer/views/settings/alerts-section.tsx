import { useEffect, useState } from 'react';
import { Button, SubmitButton } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { CheckBox, Field, Select } from '../../components/field.tsx';
import { Form, useDraft } from '../../components/form.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { Panel } from '../../components/panel.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useWindow } from '../../window-context.ts';

export function AlertsSection() {
  const { jeton, state, t } = useWindow();
  const alerts = useCall(jeton.getAlerts);
  const test = useCall(jeton.testAlert);
  const turnOff = useCall(jeton.turnAlertsOff);
  const [open, setOpen] = useState<'webhook' | 'off'>();
  const { run: ask } = alerts;
  useEffect(() => void ask(), [ask, state.snapshot.revision, state.language]);

  const now = alerts.last;
  if (now === undefined) {
    return alerts.state.kind === 'failed' ? <Problem explanation={alerts.state.error} /> : null;
  }
  const format = now.format === 'slack' ? 'Slack' : 'Discord';
  return (
    <div className="setting">
      <p>{now.state === 'on' ? t('alerts.on', { format }) : t(`alerts.${now.state}`)}</p>
      {now.waiting > 0 && (
        <Notice tone="warning" isNews={false}>
          <p>{t('alerts.waiting', { count: now.waiting })}</p>
          {now.problem !== null && <p className="quiet">{now.problem}</p>}
        </Notice>
      )}
      <div className="actions">
        {now.state === 'on' && (
          <Button onPress={() => test.run()} isPending={test.isPending}>
            {t('alerts.test')}
          </Button>
        )}
        <Button
          onPress={() => setOpen(open === 'webhook' ? undefined : 'webhook')}
          isExpanded={open === 'webhook'}
        >
          {t(now.state === 'on' ? 'alerts.change' : 'alerts.url')}
        </Button>
        {now.state !== 'off' && (
          <Button look="danger" onPress={() => setOpen('off')} isExpanded={open === 'off'}>
            {t('alerts.turn-off')}
          </Button>
        )}
      </div>
      {open === 'off' && (
        <Confirm
          question={t('alerts.turn-off.question')}
          yes={t('alerts.turn-off.yes')}
          isPending={turnOff.isPending}
          onNo={() => setOpen(undefined)}
          onYes={async () => {
            const result = await turnOff.run();
            if (result?.ok !== true) return;
            setOpen(undefined);
            await ask();
          }}
        />
      )}
      {open === 'webhook' && (
        <Panel look="inline" label={t('alerts.url')} onClose={() => setOpen(undefined)}>
          <WebhookForm onSaved={ask} />
        </Panel>
      )}
      {test.state.kind === 'done' && (
        <Notice tone="good" onDismiss={test.dismiss}>
          <p>{t('alerts.tested')}</p>
        </Notice>
      )}
      {test.state.kind === 'failed' && <Problem explanation={test.state.error} onDismiss={test.dismiss} />}
      {turnOff.state.kind === 'failed' && (
        <Problem explanation={turnOff.state.error} onDismiss={turnOff.dismiss} />
      )}
    </div>
  );
}

function WebhookForm({ onSaved }: { readonly onSaved: () => unknown }) {
  const { jeton, t } = useWindow();
  const set = useCall(jeton.setWebhook);
  const [isTried, setTried] = useState(true);
  const [format, setFormat] = useState<'auto' | 'discord' | 'slack'>('auto');
  const draft = useDraft({ url: '' }, ({ url }) => ({
    // Which hosts and paths will do, and that http is for this machine, the main process knows.
    url: /^https?:\/\/\S+$/.test(url.trim())
      ? undefined
      : t(url.trim() === '' ? 'field.required' : 'alerts.url.invalid'),
  }));
  return (
    <Form
      label={t('alerts.url')}
      onSend={async () => {
        const values = draft.check();
        if (values === undefined || set.isPending) return;
        // Whoever has this URL can write to the channel.
        draft.clear();
        const result = await set.run({
          url: values.url.trim(),
          ...(format !== 'auto' && { format }),
          test: isTried,
        });
        if (result?.ok === true) onSaved();
      }}
    >
      <Field
        kind="secret"
        label={t('alerts.url')}
        hint={t('alerts.url.hint')}
        value={draft.values.url}
        problem={draft.problems.url}
        onChange={(value) => draft.set('url', value)}
      />
      <Select
        label={t('alerts.format')}
        value={format}
        options={[
          ['auto', t('alerts.format.auto')],
          ['discord', 'Discord'],
          ['slack', 'Slack'],
        ]}
        onChange={setFormat}
      />
      <CheckBox label={t('alerts.test-first')} isOn={isTried} onChange={setTried} />
      {set.state.kind === 'failed' && <Problem explanation={set.state.error} onDismiss={set.dismiss} />}
      {set.state.kind === 'done' && (
        <Notice tone="good" onDismiss={set.dismiss}>
          <p>{t(isTried ? 'alerts.was-set' : 'alerts.was-saved')}</p>
        </Notice>
      )}
      <div className="actions">
        <SubmitButton isPending={set.isPending}>{t(isTried ? 'alerts.set' : 'alerts.save')}</SubmitButton>
      </div>
    </Form>
  );
}
