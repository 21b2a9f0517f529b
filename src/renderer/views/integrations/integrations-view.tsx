import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Coin } from '../../components/coin.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { Icon } from '../../components/icon.tsx';
import { Menu } from '../../components/menu.tsx';
import { Notice, Problem } from '../../components/notice.tsx';
import { OVERALL_LOOK } from '../../components/overall.ts';
import {
  DatabaseDownState,
  PausedState,
  SettingsBrokenState,
  VaultLockedState,
} from '../../components/standing-states.tsx';
import { BackfillForm } from '../../forms/backfill-form.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useWindow } from '../../window-context.ts';
import { AddPanel } from './add-panel.tsx';
import { arrange, type Arrangement, rowsOf } from './arrange.ts';
import { IntegrationList } from './integration-list.tsx';
import { ListToolbar } from './list-toolbar.tsx';
import { RefreshReport } from './refresh-report.tsx';
import { RenewButton, Renewing } from './renewing.tsx';

/** From how many on a filter is of help. */
const MANY = 4;

/** Is everything fresh, and if not, what is to be pressed? */
export function IntegrationsView() {
  const { jeton, state, t, way, messages } = useWindow();
  const scroller = useRef<HTMLDivElement>(null);
  const [arrangement, setArrangement] = useState<Arrangement>({ text: '', group: 'all', order: 'urgency' });
  const [isAdding, setAdding] = useState(false);
  const [isCompleting, setCompleting] = useState(false);
  const [isRenewingAll, setRenewingAll] = useState(false);
  const [added, setAdded] = useState<{ readonly name: string; readonly outcome: 'added' | 'in-doubt' }>();
  const refresh = useCall(jeton.refresh);
  const stopRenewing = useCall(jeton.cancelRefresh);
  const pause = useCall(jeton.pauseAll);

  const rows = useMemo(() => rowsOf(state), [state]);
  const shown = useMemo(() => arrange(rows, arrangement, messages.locale), [rows, arrangement, messages]);
  const isEmpty = rows.length === 0;
  /** Nothing is there, and not because it cannot be read. */
  const isWelcome = isEmpty && state.databaseProblem === null && state.snapshot.vault.state !== 'locked';
  /** The first sign-in, begun from the tray. */
  const isSigningInAnew = state.signingIn && !rows.some(({ view }) => view.kind === 'oneflex');
  const hasDatabase = state.snapshot.sources.some(
    ({ kind, state }) => kind === 'app' && state === 'connected',
  );

  // Somebody was sent to one of them: no filter may hide it.
  useEffect(() => {
    if (way.place?.kind !== 'integration') return;
    setArrangement((before) => ({ ...before, text: '', group: 'all' }));
  }, [way]);

  const overall = OVERALL_LOOK[state.overall];
  return (
    <div className="view" ref={scroller}>
      <div className="view-inner">
        {isWelcome ? (
          <header className="welcome">
            <Coin />
            <h1>{state.sentence}</h1>
            <p className="lead">{t('welcome.lead')}</p>
          </header>
        ) : (
          <header className="view-head">
            <h1 className={`sentence selectable tone-${overall.tone}`}>
              <Icon name={overall.icon} />
              <span className="sentence-words" title={state.sentence}>
                {state.sentence}
              </span>
            </h1>
            <div className="actions">
              <Renewing renewing={state.renewing} />
              <RenewButton
                renewing={state.renewing}
                isPending={refresh.isPending}
                onRenew={() => refresh.run({})}
                onStop={() => stopRenewing.run()}
              />
              {state.paused === null && (
                <Menu
                  label={t('list.pause')}
                  isPending={pause.isPending}
                  items={(['an-hour', 'tomorrow', 'resumed'] as const).map((until) => ({
                    words: t(`list.pause.${until}`),
                    onChoose: () => pause.run({ until }),
                  }))}
                />
              )}
              <Menu
                label={t('list.more')}
                items={[
                  { words: t('list.would-renew'), onChoose: () => refresh.run({ dryRun: true }) },
                  { words: t('list.renew-all'), onChoose: () => setRenewingAll(true) },
                  ...(hasDatabase
                    ? [{ words: t('backfill.title'), onChoose: () => setCompleting(true) }]
                    : []),
                ]}
              />
              <Button icon="plus" onPress={() => setAdding(!isAdding)} isExpanded={isAdding}>
                {t('list.add')}
              </Button>
            </div>
          </header>
        )}

        {isRenewingAll && !isWelcome && (
          <Confirm
            question={t('list.renew-all.question')}
            yes={t('list.renew-all.yes')}
            onNo={() => setRenewingAll(false)}
            onYes={() => {
              setRenewingAll(false);
              void refresh.run({ force: true });
            }}
          />
        )}
        <VaultLockedState />
        <SettingsBrokenState />
        <DatabaseDownState />
        <PausedState />
        {refresh.state.kind === 'failed' && (
          <Problem explanation={refresh.state.error} onDismiss={refresh.dismiss} />
        )}
        {stopRenewing.state.kind === 'failed' && (
          <Problem explanation={stopRenewing.state.error} onDismiss={stopRenewing.dismiss} />
        )}
        {pause.state.kind === 'failed' && (
          <Problem explanation={pause.state.error} onDismiss={pause.dismiss} />
        )}
        {refresh.state.kind === 'done' && (
          <RefreshReport report={refresh.state.value} onDismiss={refresh.dismiss} />
        )}
        {added !== undefined && (
          <Notice tone={added.outcome === 'added' ? 'good' : 'warning'} onDismiss={() => setAdded(undefined)}>
            <p>{t(`slack.${added.outcome}`, { name: added.name })}</p>
          </Notice>
        )}

        {/* The same one while the first row comes, or goes again because Slack refused it: somebody is typing there. */}
        {(isWelcome || isAdding || isSigningInAnew) && (
          <AddPanel
            onBegin={() => setAdding(true)}
            onClose={isWelcome || isSigningInAnew ? undefined : () => setAdding(false)}
            onAdded={(name, outcome) => {
              setAdded({ name, outcome });
              setAdding(false);
            }}
          />
        )}
        {!isEmpty && (
          <>
            {isCompleting && <BackfillForm onClose={() => setCompleting(false)} />}
            {rows.length >= MANY && (
              <ListToolbar
                arrangement={arrangement}
                onArrange={setArrangement}
                shown={shown.length}
                total={rows.length}
              />
            )}
            {shown.length === 0 ? (
              <div className="nothing">
                <p>{t('list.none')}</p>
                <Button onPress={() => setArrangement({ ...arrangement, text: '', group: 'all' })}>
                  {t('list.clear')}
                </Button>
              </div>
            ) : (
              <IntegrationList rows={shown} scroller={scroller} />
            )}
          </>
        )}
      </div>
    </div>
  );
}
