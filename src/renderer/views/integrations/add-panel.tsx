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
  const { t } = useWindow();
  const [choice, setChoice] = useState<Choice>();
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
              aria-expanded={choice === one}
              onClick={() => {
                setChoice(choice === one ? undefined : one);
                onBegin();
              }}
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
      {choice === 'oneflex' && <SignInPanel />}
      {choice === 'database' && (
        <div className="panel">
          <DatabaseForm />
        </div>
      )}
      {choice === 'slack' && (
        <div className="panel">
          <AddSlackForm onAdded={onAdded} />
        </div>
      )}
    </Panel>
  );
}
