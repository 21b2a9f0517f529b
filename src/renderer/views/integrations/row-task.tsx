import { useLayoutEffect } from 'react';
import type { Result } from '../../../shared/ipc/bridge.ts';
import { CallButton } from '../../components/call-button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Problem } from '../../components/notice.tsx';
import { BackfillForm } from '../../forms/backfill-form.tsx';
import { SignInPanel } from '../../forms/sign-in-panel.tsx';
import { UpdateSlackForm } from '../../forms/update-slack-form.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useWindow } from '../../window-context.ts';
import type { Row } from './arrange.ts';
import { ofOne, type Task } from './row-actions.ts';

/** What takes more than a press, in the details of its row. */
export function RowTask({
  task,
  row,
  onHold,
  onEnd,
  onRefusal,
}: {
  readonly task: Task;
  readonly row: Row;
  /** It is no longer there only because somebody else began it. */
  readonly onHold: () => void;
  readonly onEnd: () => void;
  /** Whether it says why it was refused: then nothing else need say so. */
  readonly onRefusal: (isRefused: boolean) => void;
}) {
  const { id, name, source } = row.view;
  const { jeton, t } = useWindow();
  switch (task) {
    case 'sign-in':
      return <SignInPanel startsAtOnce onLeave={onHold} onClose={onEnd} />;
    case 'update':
      return <UpdateSlackForm id={id} onClose={onEnd} onRefusal={onRefusal} />;
    case 'backfill':
      return <BackfillForm onClose={onEnd} />;
    case 'reinstall':
      return source === 'local' ? (
        <UpdateSlackForm id={id} onClose={onEnd} onRefusal={onRefusal} />
      ) : (
        <ReinstallHint />
      );
    case 'exchange':
      return (
        <Sure
          question={t('exchange.question')}
          yes={t('exchange.yes')}
          call={async () => ofOne(id, await jeton.exchange({ id }))}
          onEnd={onEnd}
          onRefusal={onRefusal}
        />
      );
    case 'remove':
      return (
        <Sure
          question={t('remove.question', { name })}
          yes={t('remove.yes')}
          call={() => jeton.removeIntegration({ id })}
          onEnd={onEnd}
          onRefusal={onRefusal}
        />
      );
    case 'forget':
      return (
        <Sure
          question={t('forget.question')}
          yes={t('forget.yes')}
          call={jeton.forgetOneflex}
          onEnd={onEnd}
          onRefusal={onRefusal}
        />
      );
  }
}

function ReinstallHint() {
  const { jeton, t } = useWindow();
  return (
    <div className="panel">
      <p>{t('reinstall.app')}</p>
      <div className="actions">
        <CallButton call={() => jeton.openLink({ link: 'slack-apps' })}>{t('action.slack-apps')}</CallButton>
      </div>
    </div>
  );
}

function Sure({
  question,
  yes,
  call,
  onEnd,
  onRefusal,
}: {
  readonly question: string;
  readonly yes: string;
  readonly call: () => Promise<Result<unknown>>;
  readonly onEnd: () => void;
  readonly onRefusal: (isRefused: boolean) => void;
}) {
  const caller = useCall(call);
  const isRefused = caller.state.kind === 'failed';
  // Before anybody sees both.
  useLayoutEffect(() => {
    onRefusal(isRefused);
    return () => onRefusal(false);
  }, [isRefused, onRefusal]);
  // The question was answered: it is not asked again beside what came of it.
  if (caller.state.kind === 'failed') return <Problem explanation={caller.state.error} onDismiss={onEnd} />;
  return (
    <Confirm
      question={question}
      yes={yes}
      isPending={caller.isPending}
      onNo={onEnd}
      onYes={async () => {
        const result = await caller.run();
        if (result?.ok === true) onEnd();
      }}
    />
  );
}
