import { useEffect, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { CheckBox, Select } from '../../components/field.tsx';
import { Moment } from '../../components/moment.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { every } from '../../../shared/messages/times.ts';
import { useWindow } from '../../window-context.ts';
import { RefreshReport } from '../integrations/refresh-report.tsx';
import type { Reply } from '../../../shared/ipc/bridge.ts';
import { INTERVALS } from './intervals.ts';

/** Minutes. */
const USUAL = 4 * 60;

/** The system's own scheduler, for the time in which the application does not run. */
export function ScheduleSection() {
  const { jeton, t, times } = useWindow();
  const schedule = useCall(jeton.getSchedule);
  const install = useCall(jeton.installSchedule);
  const remove = useCall(jeton.removeSchedule);
  const look = useCall(jeton.installSchedule);
  const [chosen, setChosen] = useState<number>();
  const [isTried, setTried] = useState(false);
  const { run: ask } = schedule;
  useEffect(() => void ask(), [ask]);

  const now = schedule.last;
  if (now === undefined) {
    return schedule.state.kind === 'failed' ? <Problem explanation={schedule.state.error} /> : null;
  }
  const everyMinutes = chosen ?? now.everyMinutes ?? USUAL;
  const intervals = [...new Set([...INTERVALS, everyMinutes])].sort((a, b) => a - b);
  const interval = now.everyMinutes === null ? t('schedule.own') : every(now.everyMinutes, { t });
  const { lastRunAt } = now;
  return (
    <div className="setting">
      <p className="quiet">{t('schedule.about')}</p>
      <p>
        {now.installed ? t('schedule.installed', { interval }) : t('schedule.not-installed')}{' '}
        {lastRunAt !== null && (
          <Moment at={lastRunAt}>
            {t(now.lastRunFailed ? 'schedule.last-run.failed' : 'schedule.last-run', {
              when: times.both(lastRunAt),
            })}
          </Moment>
        )}
      </p>
      {now.where !== null && (
        <p className="field-note selectable">{t('schedule.where', { where: now.where })}</p>
      )}
      <div className="actions schedule-choice">
        <Select
          isLabelHidden
          label={t('schedule.every')}
          value={String(everyMinutes)}
          options={intervals.map((minutes) => [String(minutes), every(minutes, { t })])}
          onChange={(minutes) => {
            setChosen(Number(minutes));
            look.dismiss();
          }}
        />
        <Button
          isPending={install.isPending}
          onPress={async () => {
            const result = await install.run({ everyMinutes, test: isTried });
            remove.dismiss();
            look.dismiss();
            if (result?.ok === true) await ask();
          }}
        >
          {t(now.installed ? 'schedule.change' : 'schedule.install')}
        </Button>
        <Button isPending={look.isPending} onPress={() => look.run({ everyMinutes, dryRun: true })}>
          {t('schedule.show')}
        </Button>
        {now.installed && (
          <Button
            look="danger"
            isPending={remove.isPending}
            onPress={async () => {
              const result = await remove.run();
              install.dismiss();
              look.dismiss();
              if (result?.ok === true) await ask();
            }}
          >
            {t('schedule.remove')}
          </Button>
        )}
      </div>
      <CheckBox label={t('schedule.try-first')} isOn={isTried} onChange={setTried} />
      {look.state.kind === 'done' && look.state.value.plan !== null && (
        <Planned plan={look.state.value.plan} warnings={look.state.value.warnings} onDismiss={look.dismiss} />
      )}
      {look.state.kind === 'failed' && <Problem explanation={look.state.error} onDismiss={look.dismiss} />}
      {install.state.kind === 'done' && install.state.value.test !== null && (
        <RefreshReport report={install.state.value.test} onDismiss={install.dismiss} />
      )}
      {install.state.kind === 'done' && (
        <Notice
          tone={
            install.state.value.installed && install.state.value.warnings.length === 0 ? 'good' : 'warning'
          }
          onDismiss={install.dismiss}
        >
          <p>{t(install.state.value.installed ? 'schedule.was-installed' : 'schedule.was-not-installed')}</p>
          {install.state.value.warnings.map((warning) => (
            <p key={warning} className="quiet">
              {warning}
            </p>
          ))}
        </Notice>
      )}
      {remove.state.kind === 'done' && (
        <Notice tone="good" onDismiss={remove.dismiss}>
          <p>{t('schedule.was-removed')}</p>
        </Notice>
      )}
      {install.state.kind === 'failed' && (
        <Problem explanation={install.state.error} onDismiss={install.dismiss} />
      )}
      {remove.state.kind === 'failed' && (
        <Problem explanation={remove.state.error} onDismiss={remove.dismiss} />
      )}
    </div>
  );
}

/** The entry as the system would get it, and what is to be known before. */
function Planned({
  plan: { where, entry, change },
  warnings,
  onDismiss,
}: {
  readonly plan: NonNullable<Reply<'installSchedule'>['plan']>;
  readonly warnings: readonly string[];
  readonly onDismiss: () => void;
}) {
  const { t } = useWindow();
  return (
    <>
      <Notice tone={warnings.length === 0 ? 'plain' : 'warning'} onDismiss={onDismiss}>
        <p>{t(`schedule.would.${change}`, { where })}</p>
        {warnings.map((warning) => (
          <p key={warning} className="quiet">
            {warning}
          </p>
        ))}
      </Notice>
      <div className="output" role="group" aria-label={t('schedule.entry')} tabIndex={0}>
        <pre>{entry}</pre>
      </div>
    </>
  );
}
