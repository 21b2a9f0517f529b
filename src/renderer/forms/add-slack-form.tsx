import type { Reply } from '../../shared/ipc/bridge.ts';
import { SubmitButton } from '../components/button.tsx';
import { CallButton } from '../components/call-button.tsx';
import { Field } from '../components/field.tsx';
import { Form, useDraft } from '../components/form.tsx';
import { Notice, Problem } from '../components/notice.tsx';
import { useCall } from '../hooks/use-call.ts';
import { useWindow } from '../window-context.ts';

const EMPTY = { name: '', clientId: '', clientSecret: '', refreshToken: '', accessToken: '' };

export function AddSlackForm({
  onAdded,
}: {
  readonly onAdded?: (name: string, outcome: Reply<'addSlack'>['outcome']) => void;
}) {
  const { jeton, t } = useWindow();
  const add = useCall(jeton.addSlack);
  const needed = (value: string): string | undefined =>
    value.trim() === '' ? t('field.required') : undefined;
  const draft = useDraft(EMPTY, (values) => ({
    name: needed(values.name),
    clientId: needed(values.clientId),
    clientSecret: needed(values.clientSecret),
    refreshToken: needed(values.refreshToken) ?? problemOfRefreshToken(values.refreshToken, t),
  }));
  const { values, problems, set } = draft;
  return (
    <Form
      label={t('add.slack')}
      onSend={async () => {
        const checked = draft.check();
        if (checked === undefined || add.isPending) return;
        const name = checked.name.trim();
        const accessToken = checked.accessToken.trim();
        // What is no secret stays, for the case that Slack refuses.
        draft.clear();
        set('name', checked.name);
        set('clientId', checked.clientId);
        const result = await add.run({
          name,
          clientId: checked.clientId.trim(),
          clientSecret: checked.clientSecret.trim(),
          refreshToken: checked.refreshToken.trim(),
          ...(accessToken !== '' && { accessToken }),
        });
        if (result?.ok !== true) return;
        draft.clear();
        onAdded?.(name, result.value.outcome);
      }}
    >
      <Field
        label={t('slack.name')}
        hint={t('slack.name.hint')}
        value={values.name}
        problem={problems.name}
        onChange={(value) => set('name', value)}
      />
      <div className="form-pair">
        <Field
          label={t('slack.client-id')}
          value={values.clientId}
          problem={problems.clientId}
          onChange={(value) => set('clientId', value)}
        />
        <Field
          kind="secret"
          label={t('slack.client-secret')}
          value={values.clientSecret}
          problem={problems.clientSecret}
          onChange={(value) => set('clientSecret', value)}
        />
      </div>
      <div className="form-pair">
        <Field
          kind="secret"
          label={t('slack.refresh-token')}
          hint={t('slack.refresh-token.hint')}
          value={values.refreshToken}
          problem={problems.refreshToken}
          onChange={(value) => set('refreshToken', value)}
        />
        <Field
          kind="secret"
          isOptional
          label={t('slack.access-token')}
          value={values.accessToken}
          onChange={(value) => set('accessToken', value)}
        />
      </div>
      <p className="quiet">{t('slack.add.hint')}</p>
      {add.state.kind === 'failed' && <Problem explanation={add.state.error} onDismiss={add.dismiss} />}
      {add.state.kind === 'done' && (
        <Notice tone="good" onDismiss={add.dismiss}>
          <p>{t('said.done')}</p>
        </Notice>
      )}
      <div className="actions">
        <SubmitButton isPending={add.isPending}>{t('slack.add')}</SubmitButton>
        <CallButton call={() => jeton.openLink({ link: 'slack-apps' })}>{t('action.slack-apps')}</CallButton>
      </div>
    </Form>
  );
}

export function problemOfRefreshToken(
  token: string,
  t: ReturnType<typeof useWindow>['t'],
): string | undefined {
  return token.trim().startsWith('xoxe-') ? undefined : t('slack.not-refresh');
}
