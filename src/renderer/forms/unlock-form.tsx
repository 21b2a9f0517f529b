import { SubmitButton } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Form, useDraft } from '../components/form.tsx';
import { Notice, Problem } from '../components/notice.tsx';
import { useCall } from '../hooks/use-call.ts';
import { useWindow } from '../window-context.ts';

/** Gives the keychain its key back, from the recovery key that somebody exported once. */
export function UnlockForm() {
  const { jeton, t } = useWindow();
  const unlock = useCall(jeton.unlockVault);
  const draft = useDraft({ key: '' }, ({ key }) => ({
    key: key.trim() === '' ? t('field.required') : undefined,
  }));
  return (
    <Form
      label={t('vault-locked.unlock')}
      onSend={async () => {
        const values = draft.check();
        if (values === undefined || unlock.isPending) return;
        draft.clear();
        await unlock.run({ recoveryKey: values.key.trim() });
      }}
    >
      <Field
        kind="secret"
        label={t('vault.unlock.key')}
        value={draft.values.key}
        problem={draft.problems.key}
        onChange={(value) => draft.set('key', value)}
      />
      {unlock.state.kind === 'failed' && (
        <Problem explanation={unlock.state.error} onDismiss={unlock.dismiss} />
      )}
      {unlock.state.kind === 'done' && (
        <Notice tone="good">
          <p>{t('vault.unlocked')}</p>
        </Notice>
      )}
      <div className="actions">
        <SubmitButton isPending={unlock.isPending}>{t('vault.unlock')}</SubmitButton>
      </div>
    </Form>
  );
}
