import { useLayoutEffect } from 'react';
import type { Args } from '../../shared/ipc/bridge.ts';
import { Button, SubmitButton } from '../components/button.tsx';
import { CallButton } from '../components/call-button.tsx';
import { Field } from '../components/field.tsx';
import { Form, useDraft } from '../components/form.tsx';
import { Notice, Problem } from '../components/notice.tsx';
import { Panel } from '../components/panel.tsx';
import { useCall } from '../hooks/use-call.ts';
import { useWindow } from '../window-context.ts';
import { problemOfRefreshToken } from './add-slack-form.tsx';

const EMPTY = { refreshToken: '', clientId: '', clientSecret: '' };

/** New tokens or credentials for an integration of Jeton's own. */
export function UpdateSlackForm({
  id,
  onClose,
  onRefusal,
}: {
  readonly id: Args<'updateSlack'>['id'];
  readonly onClose: () => void;
  /** Whether it says what is wrong: then nothing else need say so. */
  readonly onRefusal: (isRefused: boolean) => void;
}) {
  const { jeton, t } = useWindow();
  const update = useCall(jeton.updateSlack);
  const draft = useDraft(EMPTY, (values) => ({
    refreshToken: Object.values(values).every((value) => value.trim() === '')
      ? t('update.empty')
      : values.refreshToken.trim() === ''
        ? undefined
        : problemOfRefreshToken(values.refreshToken, t),
  }));
  const { values, problems, set } = draft;
  const saysWhatIsWrong =
    update.state.kind === 'failed' ||
    (update.state.kind === 'done' && update.state.value.outcome === 'in-doubt');
  // Before anybody sees both.
  useLayoutEffect(() => {
    onRefusal(saysWhatIsWrong);
    return () => onRefusal(false);
  }, [saysWhatIsWrong, onRefusal]);
  return (
    <Panel label={t('update.title')} onClose={onClose}>
      <Form
        label={t('update.title')}
        onSend={async () => {
          const checked = draft.check();
          if (checked === undefined || update.isPending) return;
          const given = Object.entries(checked).flatMap(([field, value]) =>
            value.trim() === '' ? [] : [[field, value.trim()] as const],
          );
          const result = await update.run({ id, ...Object.fromEntries(given) });
          // Until it is stored it stays: of half of it sent again Slack would say something else.
          if (result?.ok === true) draft.clear();
        }}
      >
        <h2>{t('update.title')}</h2>
        <p className="quiet">{t('update.hint')}</p>
        <Field
          kind="secret"
          isOptional
          label={t('slack.refresh-token')}
          hint={t('slack.refresh-token.hint')}
          value={values.refreshToken}
          problem={problems.refreshToken}
          onChange={(value) => set('refreshToken', value)}
        />
        <div className="form-pair">
          <Field
            isOptional
            label={t('slack.client-id')}
            value={values.clientId}
            onChange={(value) => set('clientId', value)}
          />
          <Field
            kind="secret"
            isOptional
            label={t('slack.client-secret')}
            value={values.clientSecret}
            onChange={(value) => set('clientSecret', value)}
          />
        </div>
        {update.state.kind === 'failed' && (
          <Problem explanation={update.state.error} onDismiss={update.dismiss} />
        )}
        {update.state.kind === 'done' && (
          <Notice tone={update.state.value.outcome === 'updated' ? 'good' : 'warning'}>
            <p>{t(`update.${update.state.value.outcome}`)}</p>
          </Notice>
        )}
        <div className="actions">
          <SubmitButton isPending={update.isPending}>{t('update.save')}</SubmitButton>
          <CallButton call={() => jeton.openLink({ link: 'slack-apps' })}>
            {t('action.slack-apps')}
          </CallButton>
          <Button look="quiet" onPress={onClose}>
            {t('action.close')}
          </Button>
        </div>
      </Form>
    </Panel>
  );
}
