import { Segments } from '../../components/field.tsx';
import { Problem } from '../../components/notice.tsx';
import { useCall } from '../../hooks/use-call.ts';
import { useWindow } from '../../window-context.ts';

export function StartAtLoginRow() {
  const { jeton, state, t } = useWindow();
  const set = useCall(jeton.setStartAtLogin);
  const { startAtLogin } = state;
  return (
    <div className="setting">
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
          onChange={(next) => set.run({ on: next === 'on' })}
        />
      </div>
      {startAtLogin === 'unknown' && <p className="field-note">{t('setting.start-at-login.unknown')}</p>}
      {set.state.kind === 'failed' && <Problem explanation={set.state.error} onDismiss={set.dismiss} />}
    </div>
  );
}
