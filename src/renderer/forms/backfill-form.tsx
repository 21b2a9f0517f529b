import { useRef } from 'react';
import { Button, SubmitButton } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Form, useDraft } from '../components/form.tsx';
import { Problem } from '../components/notice.tsx';
import { Panel } from '../components/panel.tsx';
import { useCall } from '../hooks/use-call.ts';
import { useWindow } from '../window-context.ts';

const EMPTY = { clientId: '', clientSecret: '' };

/** Fills in what rows of the application's database lack; shows first what that would be. */
export function BackfillForm({ onClose }: { readonly onClose: () => void }) {
  const { jeton, t } = useWindow();
  const backfill = useCall(jeton.backfill);
  const isTrial = useRef(true);
  const draft = useDraft(EMPTY, (values) => ({
    clientId: values.clientId.trim() === '' ? t('field.required') : undefined,
    clientSecret: values.clientSecret.trim() === '' ? t('field.required') : undefined,
  }));
  const { values, problems, set } = draft;
  const send = async (dryRun: boolean): Promise<void> => {
    const checked = draft.check();
    if (checked === undefined || backfill.isPending) return;
    isTrial.current = dryRun;
    if (!dryRun) draft.clear();
    const { clientId, clientSecret } = checked;
    await backfill.run({ clientId: clientId.trim(), clientSecret: clientSecret.trim(), dryRun });
  };
  /** What was tried was something else. */
  const change = (key: keyof typeof EMPTY, value: string): void => {
    backfill.dismiss();
    set(key, value);
  };
  const rows = backfill.state.kind === 'done' ? backfill.state.value.rows : undefined;
  const canFill = isTrial.current && rows?.some(({ outcome }) => outcome === 'would-fill') === true;
  return (
    <Panel label={t('backfill.title')} onClose={onClose}>
      <Form label={t('backfill.title')} onSend={() => send(!canFill)}>
        <h2>{t('backfill.title')}</h2>
        <p className="quiet">{t('backfill.hint')}</p>
        <div className="form-pair">
          <Field
            label={t('slack.client-id')}
            value={values.clientId}
            problem={problems.clientId}
            isReadOnly={backfill.isPending}
            onChange={(value) => change('clientId', value)}
          />
          <Field
            kind="secret"
            label={t('slack.client-secret')}
            value={values.clientSecret}
            problem={problems.clientSecret}
            isReadOnly={backfill.isPending}
            onChange={(value) => change('clientSecret', value)}
          />
        </div>
        {backfill.state.kind === 'failed' && (
          <Problem explanation={backfill.state.error} onDismiss={backfill.dismiss} />
        )}
        {rows !== undefined && (
          <div role="status">
            {rows.length === 0 ? (
              <p>{t('backfill.none')}</p>
            ) : (
              <ul className="facts" aria-label={t('backfill.rows')}>
                {rows.map(({ id, name, outcome, fields }) => (
                  <li key={id} className="outcome">
                    <strong>{name}</strong> <code>{id}</code>
                    <span className="quiet">
                      {t(`backfill.${outcome}`)}
                      {fields !== '' && ` · ${fields}`}
                    </span>
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
        <div className="actions">
          {/* One button throughout: it keeps the focus of whoever pressed it. */}
          <SubmitButton isPending={backfill.isPending}>
            {t(canFill ? 'backfill.fill' : 'backfill.try')}
          </SubmitButton>
          <Button look="quiet" onPress={onClose}>
            {t('action.close')}
          </Button>
        </div>
      </Form>
    </Panel>
  );
}
