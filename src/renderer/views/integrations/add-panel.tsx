import type { Reply } from '../../../shared/ipc/bridge.ts';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Icon, type IconName } from '../../components/icon.tsx';
import { Panel } from '../../components/panel.tsx';
import { AddSlackForm } from '../../forms/add-slack-form.tsx';
import { DatabaseForm } from '../../forms/database-form.tsx';
import { SignInPanel } from '../../forms/sign-in-panel.tsx';
import { useWindow } from '../../window-context.ts';

const CHOICES = ['oneflex', 'database', 'slack'] as const;
type Choice = (typeof CHOICES)[number];

const ICONS: Readonly<Record<Choice, IconName>> = { oneflex: 'desk', database: 'database', slack: 'hash' };

/** The three things that can be kept fresh, each one form long. Where nothing is there yet, the way to begin. */
export function AddPanel({
  onBegin,
  onClose,
  onAdded,
}: {
  /** Something was chosen, and may be half filled in. */
  readonly onBegin: () => void;
  readonly onClose: (() => void) | undefined;
  readonly onAdded: (name: string, outcome: Reply<'addSlack'>['outcome']) => void;
}) {
  const { state, t } = useWindow();
  const [choice, setChoice] = useState<Choice>();
  // One that was begun from the tray: the other ways to sign in are here.
  const shown = choice ?? (state.signingIn ? 'oneflex' : undefined);
  const choose = (chosen: Choice | undefined): void => {
    setChoice(chosen);
    onBegin();
  };
  return (
    <Panel look="add" label={t('add.title')} onClose={onClose} takesFocus={false}>
      {onClose !== undefined && (
        <div className="panel-head">
          <h2>{t('add.title')}</h2>
          <Button look="quiet" onPress={onClose}>
            {t('action.close')}
          </Button>
        </div>
      )}
      <ul className="choices" aria-label={t('add.choices')}>
        {CHOICES.map((one) => (
          <li key={one}>
            <button
              type="button"
              className="choice"
              aria-expanded={shown === one}
              onClick={() => choose(choice === one ? undefined : one)}
            >
              <span className={`mark mark-${one}`}>
                <Icon name={ICONS[one]} />
              </span>
              <strong>{t(`add.${one}`)}</strong>
              <span className="quiet">{t(`add.${one}.about`)}</span>
            </button>
          </li>
        ))}
      </ul>
      {shown === 'oneflex' && <SignInPanel onLeave={() => choose('oneflex')} />}
      {shown === 'database' && (
        <div className="panel">
          <DatabaseForm />
        </div>
      )}
      {shown === 'slack' && (
        <div className="panel">
          <AddSlackForm onAdded={onAdded} />
        </div>
      )}
    </Panel>
  );
}
