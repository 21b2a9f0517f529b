import { useEffect, useRef, useState } from 'react';
import type { Args, Reply, Result } from '../../shared/ipc/bridge.ts';
import { Button, SubmitButton } from '../components/button.tsx';
import { Field } from '../components/field.tsx';
import { Form, useDraft } from '../components/form.tsx';
import { Notice, Problem } from '../components/notice.tsx';
import { Panel } from '../components/panel.tsx';
import { useCall } from '../hooks/use-call.ts';
import { useWindow } from '../window-context.ts';

type Browser = Args<'signIn'>['browser'];
type SignInResult = Result<Reply<'signIn'>>;

/** Signing in to OneFlex, by any of the ways there are. `startsAtOnce` in the way that the settings name. */
export function SignInPanel({
  onClose,
  onLeave,
  startsAtOnce = false,
}: {
  readonly onClose?: (() => void) | undefined;
  /** The sign-in that is under way is left for another way, and this panel has to outlive it. */
  readonly onLeave?: (() => void) | undefined;
  readonly startsAtOnce?: boolean;
}) {
  const { jeton, state, t } = useWindow();
  const [isPasting, setPasting] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const attempt = useRef<Promise<unknown>>(undefined);
  /** How to do the last try again, replacing the account that is kept. */
  const again = useRef<(() => Promise<SignInResult | undefined>) | undefined>(undefined);
  const signIn = useCall(jeton.signIn);
  const paste = useCall(jeton.pasteTokens);
  const cancel = useCall(jeton.cancelSignIn);
  const last = paste.state.kind === 'idle' ? signIn.state : paste.state;
  const isUnderWay = state.signingIn || signIn.isPending || isLeaving;
  const isInOwnBrowser = state.signingInWith === 'own';
  const isAsked = last.kind === 'done' && last.value.kind === 'other-account';

  const begin = (chosen: Browser, replaceAccount = false): Promise<SignInResult | undefined> => {
    setPasting(false);
    paste.dismiss();
    cancel.dismiss();
    again.current = () => begin(chosen, true);
    const result = signIn.run({ browser: chosen, ...(replaceAccount && { replaceAccount }) });
    attempt.current = result;
    return result;
  };
  /** Ends the sign-in that is under way, without a word about its end: who leaves it knows. Then does what is next. */
  const leaveFor = async (next: () => unknown): Promise<void> => {
    if (isUnderWay) {
      onLeave?.();
      setLeaving(true);
      const ended = await cancel.run();
      if (ended?.ok !== false) await attempt.current;
      setLeaving(false);
      // It goes on, and says why.
      if (ended?.ok === false) return;
      dismiss();
    }
    next();
  };
  const dismiss = (): void => {
    again.current = undefined;
    signIn.dismiss();
    paste.dismiss();
    cancel.dismiss();
  };

  /** The main process lets go of the other account's tokens, and of its session. */
  const stay = (): void => {
    dismiss();
    void cancel.run();
  };

  const replace = (): void => {
    const run = again.current;
    again.current = undefined;
    void run?.();
  };

  const hasStarted = useRef(false);
  useEffect(() => {
    if (!startsAtOnce || hasStarted.current) return;
    hasStarted.current = true;
    if (!state.signingIn) void begin('preferred');
    // Once, when it is opened.
  }, []);

  return (
    <section className="panel" aria-label={t('sign-in.title')}>
      <div className="panel-head">
        <h2>{t('sign-in.title')}</h2>
        {onClose !== undefined && !isUnderWay && (
          <Button look="quiet" onPress={onClose}>
            {t('action.close')}
          </Button>
        )}
      </div>
      {isUnderWay ? (
        <Notice tone="plain" icon="person">
          <p>{t('sign-in.under-way')}</p>
        </Notice>
      ) : (
        <>
          <Outcome last={last} onReplace={replace} onStay={stay} onDismiss={dismiss} />
          <p className="quiet">{t('sign-in.hint')}</p>
        </>
      )}
      <div className="actions">
        {(!isUnderWay || isInOwnBrowser) && (
          <Button
            look={isPasting || isUnderWay || isAsked ? 'plain' : 'primary'}
            onPress={() => leaveFor(() => begin('window'))}
            isPending={isLeaving}
          >
            {t('sign-in.window')}
          </Button>
        )}
        {!isInOwnBrowser && (
          <Button onPress={() => leaveFor(() => begin('own'))} isPending={isLeaving}>
            {t('sign-in.own')}
          </Button>
        )}
        <Button
          onPress={() => leaveFor(() => setPasting(!isPasting))}
          isPending={isLeaving}
          isExpanded={isPasting && !isUnderWay}
        >
          {t('sign-in.paste')}
        </Button>
        {isUnderWay && (
          <Button onPress={() => cancel.run()} isPending={isLeaving || cancel.isPending}>
            {t('action.cancel')}
          </Button>
        )}
      </div>
      {cancel.state.kind === 'failed' && (
        <Problem explanation={cancel.state.error} onDismiss={cancel.dismiss} />
      )}
      {isPasting && !isUnderWay && (
        <Panel look="inline" label={t('sign-in.paste')} onClose={() => setPasting(false)}>
          <PasteForm
            isPending={paste.isPending}
            onSend={async (tokens) => {
              const send = (replaceAccount: boolean): Promise<SignInResult | undefined> =>
                paste.run({ ...tokens, ...(replaceAccount && { replaceAccount }) });
              const result = await send(false);
              const isQuestion = result?.ok === true && result.value.kind === 'other-account';
              // The tokens are kept for as long as the question is open, and no longer.
              again.current = isQuestion ? () => send(true) : undefined;
              if (result?.ok === true && result.value.kind === 'signed-in') setPasting(false);
            }}
          />
        </Panel>
      )}
    </section>
  );
}

function Outcome({
  last,
  onReplace,
  onStay,
  onDismiss,
}: {
  readonly last: ReturnType<typeof useCall<[], Reply<'signIn'>>>['state'];
  readonly onReplace: () => unknown;
  readonly onStay: () => void;
  readonly onDismiss: () => void;
}) {
  const { t } = useWindow();
  if (last.kind === 'failed') return <Problem explanation={last.error} onDismiss={onDismiss} />;
  if (last.kind !== 'done') return null;
  const { value } = last;
  switch (value.kind) {
    case 'signed-in':
      return (
        <Notice tone="good" onDismiss={onDismiss}>
          <p>{t('sign-in.done', { account: value.account })}</p>
          {value.note !== null && <p className="quiet">{value.note}</p>}
        </Notice>
      );
    case 'ended':
      return <Problem explanation={value.explanation} onDismiss={onDismiss} tone="warning" />;
    case 'other-account':
      return (
        <Notice tone="warning" icon="question">
          <p>{t('sign-in.other', { account: value.account, kept: value.kept })}</p>
          <div className="actions">
            <Button onPress={onReplace}>{t('sign-in.replace', { account: value.account })}</Button>
            <Button onPress={onStay}>{t('sign-in.stay', { kept: value.kept })}</Button>
          </div>
        </Notice>
      );
  }
}

function PasteForm({
  isPending,
  onSend,
}: {
  readonly isPending: boolean;
  readonly onSend: (tokens: { accessToken: string; refreshToken?: string }) => Promise<void>;
}) {
  const { t } = useWindow();
  const draft = useDraft({ access: '', refresh: '' }, ({ access }) => ({
    access: access.trim().startsWith('eyJ')
      ? undefined
      : t(access === '' ? 'field.required' : 'paste.not-access'),
  }));
  return (
    <Form
      label={t('sign-in.paste')}
      onSend={async () => {
        const values = draft.check();
        if (values === undefined || isPending) return;
        draft.clear();
        const refreshToken = values.refresh.trim();
        await onSend({ accessToken: values.access.trim(), ...(refreshToken !== '' && { refreshToken }) });
      }}
    >
      <Field
        kind="secret"
        label={t('paste.access')}
        hint={t('paste.access.hint')}
        value={draft.values.access}
        problem={draft.problems.access}
        onChange={(value) => draft.set('access', value)}
      />
      <Field
        kind="secret"
        isOptional
        label={t('paste.refresh')}
        value={draft.values.refresh}
        onChange={(value) => draft.set('refresh', value)}
      />
      <div className="actions">
        <SubmitButton isPending={isPending}>{t('paste.save')}</SubmitButton>
      </div>
    </Form>
  );
}
