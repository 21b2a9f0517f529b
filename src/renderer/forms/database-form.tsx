import { Button, SubmitButton } from '../components/button.tsx';
import { Facts } from '../components/facts.tsx';
import { Field } from '../components/field.tsx';
import { Form, useDraft } from '../components/form.tsx';
import { Notice, Problem } from '../components/notice.tsx';
import { useCall } from '../hooks/use-call.ts';
import { useWindow } from '../window-context.ts';

/** Connects the application's database: tried first, and kept only if it can be used. */
export function DatabaseForm({ onConnected }: { readonly onConnected?: () => void }) {
  const { jeton, t } = useWindow();
  const attempt = useCall(jeton.tryDatabase);
  const connect = useCall(jeton.connectDatabase);
  const draft = useDraft({ url: '' }, ({ url }) => ({
    url:
      url.trim() === ''
        ? t('field.required')
        : /^postgres(ql)?:\/\/\S+$/.test(url.trim())
          ? undefined
          : t('database.url.invalid'),
  }));
  const last = connect.state.kind === 'idle' ? attempt.state : connect.state;
  const isUsable = attempt.state.kind === 'done' && attempt.state.value.usable;
  const isConnected = connect.state.kind === 'done' && connect.state.value.usable;
  const send = async (): Promise<void> => {
    const values = draft.check();
    if (values === undefined || attempt.isPending || connect.isPending) return;
    const url = values.url.trim();
    if (!isUsable) {
      connect.dismiss();
      await attempt.run({ url });
      return;
    }
    // A URL has a password in it.
    draft.clear();
    const result = await connect.run({ url });
    attempt.dismiss();
    if (result?.ok === true && result.value.usable) onConnected?.();
  };
  return (
    <Form label={t('add.database')} onSend={send}>
      {!isConnected && (
        <Field
          kind="secret"
          label={t('database.url')}
          hint={t('database.url.hint')}
          value={draft.values.url}
          problem={draft.problems.url}
          // What comes back is about what was sent.
          isReadOnly={attempt.isPending}
          onChange={(value) => {
            draft.set('url', value);
            // What was tried is not what stands there now.
            attempt.dismiss();
            connect.dismiss();
          }}
        />
      )}
      {last.kind === 'failed' && (
        <Problem
          explanation={last.error}
          onDismiss={connect.state.kind === 'idle' ? attempt.dismiss : connect.dismiss}
        />
      )}
      {last.kind === 'done' && (
        <div role="status">
          <Facts facts={last.value.facts} label={t('database.report')} />
        </div>
      )}
      {isConnected ? (
        <Notice tone="good">
          <p>{t('database.connected')}</p>
        </Notice>
      ) : (
        <div className="actions">
          <SubmitButton isPending={attempt.isPending || connect.isPending}>
            {t(isUsable ? 'database.connect' : 'database.try')}
          </SubmitButton>
          {isUsable && (
            <Button onPress={attempt.dismiss} look="quiet">
              {t('action.cancel')}
            </Button>
          )}
        </div>
      )}
    </Form>
  );
}
