import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { AppState, Args, Reply } from '../../../shared/ipc/bridge.ts';
import { Button } from '../../components/button.tsx';
import { CallButton } from '../../components/call-button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Facts } from '../../components/facts.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { Moment } from '../../components/moment.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { TargetForm } from '../../forms/target-form.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useWindow } from '../../window-context.ts';
import { BotTrouble } from './bot-trouble.tsx';
import { CheckReport } from './check-report.tsx';

type Target = AppState['snapshot']['targets'][number];
type Bot = AppState['bots'][number];
type Config = Reply<'listTargets'>['targets'][number];

const LOOK: Readonly<Record<Bot['health'], readonly [tone: string, icon: IconName]>> = {
  well: ['good', 'check'],
  waiting: ['warning', 'hourglass'],
  failing: ['problem', 'triangle'],
  unsupplied: ['plain', 'dashed'],
};

/** A bot: where its file is, what it was given when, and how its container does. */
export function BotCard({
  target,
  bot,
  isNew,
}: {
  readonly target: Target;
  readonly bot: Bot | undefined;
  /** Somebody has just added it, and wants to know whether it will do. */
  readonly isNew: boolean;
}) {
  const { jeton, state, t } = useWindow();
  const { name } = target;
  const [editing, setEditing] = useState<Config>();
  const [isRemoving, setRemoving] = useState(false);
  const list = useCall(jeton.listTargets);
  const check = useCall(jeton.checkTarget);
  const remove = useCall(jeton.removeTarget);
  const { run: runCheck, dismiss: dismissCheck } = check;
  // Once: the view may be left and come back to.
  const wasChecked = useRef(false);
  useEffect(() => {
    if (!isNew || wasChecked.current) return;
    wasChecked.current = true;
    void runCheck({ name });
  }, [isNew, runCheck, name]);
  const exporting = useExport(name);
  const [tone, icon] = LOOK[bot?.health ?? 'well'];
  const isBusy = exporting.isPending || state.exporting.includes(name);

  // What was found before an export is not how it is after it.
  const wasBusy = useRef(isBusy);
  useEffect(() => {
    if (wasBusy.current && !isBusy) dismissCheck();
    wasBusy.current = isBusy;
  }, [isBusy, dismissCheck]);

  const edit = async (): Promise<void> => {
    const result = await list.run();
    if (result?.ok === true) setEditing(result.value.targets.find((one) => one.name === name));
  };
  // The form stands in the place of the button that opened it.
  const wasEditing = useRef(false);
  useEffect(() => {
    if (editing === undefined && wasEditing.current) document.getElementById(`edit-${name}`)?.focus();
    wasEditing.current = editing !== undefined;
  }, [editing, name]);
  if (editing !== undefined) return <TargetForm target={editing} onClose={() => setEditing(undefined)} />;
  return (
    <article className="card" aria-label={name}>
      <header className="card-head">
        <span className="mark mark-database">
          <Icon name="bot" />
        </span>
        <h2>{name}</h2>
        <span className={`chip tone-${tone}`}>
          <Icon name={icon} />
          {t(`bot.health.${bot?.health ?? 'well'}`)}
        </span>
      </header>
      <BotTrouble
        bot={bot}
        pending={target.pending}
        isBusy={isBusy}
        onEdit={edit}
        onRetry={() => exporting.run({ restart: true })}
        onForce={() => exporting.run({ restart: true, force: true })}
        onAcceptLoss={() => exporting.run({ force: true })}
      />
      <TargetFacts target={target} />
      <div className="actions">
        {isBusy ? (
          <>
            <Button look="primary" isPending onPress={() => undefined}>
              {t('bot.exporting')}
            </Button>
            <CallButton call={() => jeton.cancelExport({ name })}>{t('action.cancel')}</CallButton>
          </>
        ) : (
          <>
            <Button look="primary" onPress={() => exporting.run({ restart: true })}>
              {t('bot.export')}
            </Button>
            <Button onPress={() => exporting.run({ restart: false })}>{t('bot.export-only')}</Button>
            <Button isPending={exporting.isTrying} onPress={exporting.tryOut}>
              {t('bot.dry-run')}
            </Button>
          </>
        )}
      </div>
      <Output name={name} isRunning={isBusy} />
      {exporting.report}
      {check.last !== undefined && (
        <CheckReport
          report={check.last}
          isPending={check.isPending}
          onAccept={(fingerprint) => check.run({ name, acceptHostKey: fingerprint })}
          onClose={dismissCheck}
        />
      )}
      <footer className="card-foot actions">
        <Button look="quiet" onPress={() => check.run({ name })} isPending={check.isPending}>
          {t('bot.check')}
        </Button>
        <Button id={`edit-${name}`} look="quiet" onPress={edit} isPending={list.isPending}>
          {t('action.edit')}
        </Button>
        <Button look="quiet" onPress={() => setRemoving(true)} isExpanded={isRemoving}>
          {t('do.remove')}
        </Button>
      </footer>
      {isRemoving && (
        <Confirm
          question={t('bot.remove.question', { name })}
          yes={t('bot.remove.yes')}
          isPending={remove.isPending}
          onNo={() => setRemoving(false)}
          onYes={() => remove.run({ name })}
        />
      )}
      {[list, check, remove].map(
        ({ state, dismiss }, index) =>
          // Three places, always in this order.
          state.kind === 'failed' && <Problem key={index} explanation={state.error} onDismiss={dismiss} />,
      )}
    </article>
  );
}

/** An export of one bot, or a look at what it would do, and what the last of them came to. */
function useExport(name: string): {
  readonly isPending: boolean;
  readonly isTrying: boolean;
  readonly run: (how: Pick<Args<'exportTargets'>, 'restart' | 'force'>) => Promise<void>;
  readonly tryOut: () => Promise<void>;
  readonly report: ReactNode;
} {
  const { jeton, t, clearOutput } = useWindow();
  const caller = useCall(jeton.exportTargets);
  const trial = useCall(jeton.exportTargets);
  const [wasTrial, setWasTrial] = useState(false);
  const run = async (how: Pick<Args<'exportTargets'>, 'restart' | 'force'>): Promise<void> => {
    setWasTrial(false);
    clearOutput(name);
    await caller.run({ names: [name], ...how });
  };
  const tryOut = async (): Promise<void> => {
    setWasTrial(true);
    await trial.run({ names: [name], dryRun: true });
  };
  const { state, dismiss } = wasTrial ? trial : caller;
  const done = state.kind === 'done' ? state.value.targets.find((one) => one.name === name) : undefined;
  const tone = { done: 'good', waiting: 'warning', failed: 'problem' } as const;
  const report =
    state.kind === 'failed' ? (
      <Problem explanation={state.error} onDismiss={dismiss} />
    ) : done === undefined ? null : (
      <section className="part" aria-label={t(wasTrial ? 'bot.report.dry' : 'bot.report')}>
        {wasTrial ? (
          <h3>
            <strong>{t('bot.report.dry')}</strong>
          </h3>
        ) : (
          <Notice tone={tone[done.outcome]} onDismiss={dismiss}>
            <p>{t(`bot.outcome.${done.outcome}`)}</p>
          </Notice>
        )}
        {done.facts.length > 0 && (
          <Facts facts={done.facts} label={t(wasTrial ? 'bot.report.dry' : 'bot.report')} />
        )}
      </section>
    );
  return { isPending: caller.isPending, isTrying: trial.isPending, run, tryOut, report };
}

/** What a restart that took place may have ended in. All else kept it from taking place. */
const FELL: ReadonlySet<string> = new Set(['exited', 'unhealthy']);

/**
 * Not since when it runs: the picture holds the start before the last restart, and whether the container has run on
 * since only a look at it can say; that is what the check tells.
 */
function TargetFacts({ target }: { readonly target: Target }) {
  const { t, times } = useWindow();
  const { file, host, lastExport, lastRestart, restart } = target;
  return (
    <dl className="ids card-facts">
      <dt>{t('bot.file')}</dt>
      <dd>
        <code>{host === undefined ? file : t('bot.file.on', { file, host })}</code>
      </dd>
      <dt>{t('bot.keys')}</dt>
      <dd>
        {lastExport === undefined ? (
          t('bot.keys.never')
        ) : (
          <>
            <Moment at={lastExport.at}>{times.relative(lastExport.at)}</Moment>{' '}
            {lastExport.changedKeys.map((key) => (
              <code key={key} className="tag">
                {key}
              </code>
            ))}
          </>
        )}
      </dd>
      <dt>{t('bot.restart')}</dt>
      <dd>
        {lastRestart === undefined ? (
          t('bot.restart.never')
        ) : (
          <Moment at={lastRestart.at}>
            {lastRestart.failure === undefined
              ? times.both(lastRestart.at)
              : FELL.has(lastRestart.failure)
                ? t('bot.restart.fell', { when: times.both(lastRestart.at) })
                : t('bot.restart.not-done', { time: times.absolute(lastRestart.at) })}
          </Moment>
        )}
      </dd>
      <dt>{t('bot.policy')}</dt>
      <dd>{t(`bot.policy.${restart}`)}</dd>
    </dl>
  );
}

/** What compose says, as it says it; the newest in sight. */
function Output({ name, isRunning }: { readonly name: string; readonly isRunning: boolean }) {
  const { output, t } = useWindow();
  const lines = output.get(name) ?? [];
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [lines.length]);
  if (lines.length === 0) return null;
  return (
    <div
      ref={box}
      className="output"
      role="log"
      aria-busy={isRunning}
      aria-label={t('bot.output', { name })}
      tabIndex={0}
    >
      <pre>{lines.join('\n')}</pre>
    </div>
  );
}
