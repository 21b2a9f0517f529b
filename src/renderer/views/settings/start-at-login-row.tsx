import { useRef, useState } from 'react';
import { Segments } from '../../components/field.tsx';
import { Problem } from '../../components/notice.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useWindow } from '../../window-context.ts';
import { SavedLine } from './saved-line.tsx';

type Choice = 'on' | 'off';

export function StartAtLoginRow() {
  const { jeton, state, t } = useWindow();
  const set = useCall(jeton.setStartAtLogin);
  const [change, setChange] = useState<'saved' | 'undone'>('saved');
  const [previous, setPrevious] = useState<Choice>();
  const row = useRef<HTMLDivElement>(null);
  const { startAtLogin } = state;
  const choose = (next: Choice, as: 'saved' | 'undone'): unknown => {
    if (next === startAtLogin || set.isPending) return undefined;
    setChange(as);
    setPrevious(startAtLogin === 'unknown' ? undefined : startAtLogin);
    return set.run({ on: next === 'on' });
  };
  const undo = (before: Choice): void => {
    // The button goes with what it does; whoever used the keys stays where they are.
    row.current?.querySelector<HTMLElement>('button')?.focus();
    choose(before, 'undone');
  };
  return (
    <div className="setting" ref={row}>
      <div className="setting-line">
        <span className="field-label" aria-hidden="true">
          {t('setting.start-at-login')}
        </span>
        <Segments
          label={t('setting.start-at-login')}
          value={startAtLogin === 'unknown' ? undefined : startAtLogin}
          options={[
            ['on', t('setting.start-at-login.on')],
            ['off', t('setting.start-at-login.off')],
          ]}
          onChange={(next) => choose(next, 'saved')}
        />
      </div>
      {startAtLogin === 'unknown' && <p className="field-note">{t('setting.start-at-login.unknown')}</p>}
      {set.state.kind === 'failed' && <Problem explanation={set.state.error} onDismiss={set.dismiss} />}
      {set.state.kind === 'done' && (
        <SavedLine change={change} onUndo={previous === undefined ? undefined : () => undo(previous)} />
      )}
    </div>
  );
}
