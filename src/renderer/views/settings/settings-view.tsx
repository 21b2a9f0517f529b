import { useEffect, useRef, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Problem } from '../../components/notice.tsx';
import { SettingsBrokenState, VaultLockedState } from '../../components/standing-states.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { focusOn } from '../../focus.ts';
import { useWindow } from '../../window-context.ts';
import { AlertsSection } from './alerts-section.tsx';
import { DatabaseSection } from './database-section.tsx';
import { GROUPS, groupOf, HIDDEN, type Setting } from './known-settings.ts';
import { ScheduleSection } from './schedule-section.tsx';
import { SettingRow } from './setting-row.tsx';
import { StartAtLoginRow } from './start-at-login-row.tsx';
import { VaultSection } from './vault-section.tsx';

/** Everything that can be chosen; saved at once. */
export function SettingsView() {
  const { jeton, state, t, way } = useWindow();
  const list = useCall(jeton.listSettings);
  const root = useRef<HTMLDivElement>(null);
  const { run } = list;
  /** What takes more than a value does not wait for a file that cannot be read. */
  const [isAnswered, setAnswered] = useState(false);
  // Somebody may have changed the file, or the command line.
  useEffect(() => void run().then(() => setAnswered(true)), [run, state]);

  const { place } = way;
  useEffect(() => {
    if (place?.kind !== 'settings-group' || !isAnswered) return;
    const group = root.current?.querySelector<HTMLElement>(`[data-group="${place.group}"]`);
    focusOn(group);
    group?.scrollIntoView();
  }, [place, isAnswered]);

  const settings = list.last?.settings.filter(({ key }) => !HIDDEN.has(key)) ?? [];
  const rowsOf = (group: (typeof GROUPS)[number]): readonly Setting[] =>
    settings.filter(({ key }) => groupOf(key) === group);
  return (
    <div className="view" ref={root}>
      <div className="view-inner view-narrow">
        <header className="view-head">
          <h1>{t('settings.title')}</h1>
        </header>
        <VaultLockedState />
        <SettingsBrokenState />
        {list.state.kind === 'failed' && state.settingsProblem === null && (
          <Problem explanation={list.state.error}>
            <Button onPress={run}>{t('action.retry')}</Button>
          </Problem>
        )}
        {isAnswered &&
          GROUPS.map((group) => {
            const rows = rowsOf(group);
            const hasMore = group === 'general' || group in SECTIONS;
            if (rows.length === 0 && !hasMore) return null;
            return (
              <section
                key={group}
                className="settings-group"
                data-group={group}
                aria-label={t(`settings.group.${group}`)}
              >
                <h2>{t(`settings.group.${group}`)}</h2>
                <div className="settings-rows">
                  {isSection(group) && SECTIONS[group]}
                  {rows.map((setting) => (
                    <SettingRow key={setting.key} setting={setting} onChanged={run} />
                  ))}
                  {group === 'general' && <StartAtLoginRow />}
                </div>
              </section>
            );
          })}
      </div>
    </div>
  );
}

/** What takes more than a value. */
const SECTIONS = {
  database: <DatabaseSection />,
  alerts: <AlertsSection />,
  vault: <VaultSection />,
  schedule: <ScheduleSection />,
};

function isSection(group: string): group is keyof typeof SECTIONS {
  return group in SECTIONS;
}
