import { type ReactNode, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { CallButton } from '../../components/call-button.tsx';
import { Moment } from '../../components/moment.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { useWindow } from '../../window-context.ts';
import type { Row } from './arrange.ts';
import type { OnePress, Task } from './row-actions.ts';
import { RowTask } from './row-task.tsx';
import type { RowCall } from './use-row-calls.ts';
import { WeekStrip } from './week-strip.tsx';

interface RowDetailsProps {
  readonly row: Row;
  readonly id: string;
  readonly call: RowCall;
  readonly task: Task | undefined;
  readonly onPress: (action: OnePress) => void;
  readonly onTask: (task: Task | undefined) => void;
  readonly onDismiss: () => void;
}

export function RowDetails({ row, id, call, task, onPress, onTask, onDismiss }: RowDetailsProps) {
  const { t } = useWindow();
  const { view, failure } = row;
  const [isRefused, setRefused] = useState(false);
  return (
    <div className="details" id={id}>
      {call.kind === 'failed' && <Problem explanation={call.error} onDismiss={onDismiss} />}
      {call.kind === 'done' && call.value.words !== '' && (
        <Notice tone={call.value.tone} onDismiss={onDismiss}>
          <p>{call.value.words}</p>
        </Notice>
      )}
      {failure !== null && call.kind !== 'failed' && !isRefused && (
        <Problem
          explanation={failure}
          isNews={false}
          tone={view.state.kind === 'retrying' || view.state.kind === 'in-doubt' ? 'warning' : 'problem'}
        >
          <Remedy row={row} task={task} onTask={onTask} onPress={onPress} />
        </Problem>
      )}
      {task !== undefined && (
        <RowTask
          key={task}
          task={task}
          row={row}
          onHold={() => onTask(task)}
          onEnd={() => onTask(undefined)}
          onRefusal={setRefused}
        />
      )}
      <section className="details-part">
        <h2 className="details-title">{t('details.week')}</h2>
        <WeekStrip view={view} />
      </section>
      <section className="details-part">
        <h2 className="details-title">{t('details.facts')}</h2>
        <Ids row={row} />
      </section>
      <div className="actions">
        {secondaryActions(row)
          .filter((action) => failure === null || action !== row.action)
          .map((action) =>
            isOnePress(action) ? (
              <Button key={action} onPress={() => onPress(action)} isPending={call.kind === 'pending'}>
                {action === 'renew' ? t('do.renew-now') : t(`do.${action}`)}
              </Button>
            ) : (
              <Button
                key={action}
                look={action === 'remove' || action === 'forget' ? 'danger' : 'plain'}
                isExpanded={task === action}
                onPress={() => onTask(task === action ? undefined : action)}
              >
                {t(`do.${action}`)}
              </Button>
            ),
          )}
      </div>
    </div>
  );
}

/** The button that goes with the remedy, beside the one in the row. */
function Remedy({
  row,
  task,
  onTask,
  onPress,
}: Pick<RowDetailsProps, 'row' | 'task' | 'onTask' | 'onPress'>) {
  const { jeton, t } = useWindow();
  const { action, view } = row;
  if (action === 'none' || task === action) return null;
  if (action === 'renew' || action === 'resume') {
    return <Button onPress={() => onPress(action)}>{t(`do.${action}`)}</Button>;
  }
  return (
    <>
      <Button onPress={() => onTask(action)}>{t(`do.${action}`)}</Button>
      {view.state.kind === 'needs-reinstall' && action !== 'reinstall' && (
        <CallButton call={() => jeton.openLink({ link: 'slack-apps' })}>{t('action.slack-apps')}</CallButton>
      )}
    </>
  );
}

function Ids({ row: { view } }: { readonly row: Row }) {
  const { t, times } = useWindow();
  const moment = (at: number | undefined, none: 'details.unknown' | 'details.never'): ReactNode =>
    at === undefined ? t(none) : <Moment at={at}>{times.both(at)}</Moment>;
  return (
    <dl className="ids">
      <dt>{t('details.expires')}</dt>
      <dd>{moment(view.expiresAt, 'details.unknown')}</dd>
      <dt>{t('details.renewed')}</dt>
      <dd>{moment(view.lastRenewedAt, 'details.never')}</dd>
      {view.sessionEndsAt !== undefined && (
        <>
          <dt>{t('details.session')}</dt>
          <dd>{moment(view.sessionEndsAt, 'details.unknown')}</dd>
        </>
      )}
      {view.nextRunAt !== undefined && (
        <>
          <dt>{t('details.next')}</dt>
          <dd>{moment(view.nextRunAt, 'details.unknown')}</dd>
        </>
      )}
      {view.lastError !== undefined && (
        <>
          <dt>{t('details.error-at')}</dt>
          <dd>
            {moment(view.lastError.at, 'details.unknown')} <code>{view.lastError.code}</code>
          </dd>
        </>
      )}
      <dt>{t('details.source')}</dt>
      <dd>{t(`source.${view.source}`)}</dd>
      <dt>{t('details.id')}</dt>
      <dd>
        <code>{view.id}</code>
      </dd>
      {view.app !== undefined && (
        <>
          <dt>{t('details.app')}</dt>
          <dd>
            <code>{view.app.slice(0, 12)}</code>
          </dd>
        </>
      )}
    </dl>
  );
}

function isOnePress(action: OnePress | Task): action is OnePress {
  return action === 'renew' || action === 'pause' || action === 'resume' || action === 'verify';
}

function secondaryActions({ view, action }: Row): readonly (OnePress | Task)[] {
  // What is paused is renewed by nothing but its resumption.
  const isPaused = view.state.kind === 'paused';
  if (view.kind === 'oneflex') return [isPaused ? 'resume' : 'renew', 'verify', 'sign-in', 'forget'];
  const ofSource: readonly Task[] = view.source === 'local' ? ['update', 'remove'] : ['backfill'];
  const exchange: readonly Task[] = action === 'exchange' ? ['exchange'] : [];
  const ofState: readonly OnePress[] = isPaused ? ['resume'] : ['renew', 'pause'];
  return [...ofState, ...exchange, ...ofSource];
}
