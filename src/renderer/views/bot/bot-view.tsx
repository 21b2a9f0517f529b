import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Icon } from '../../components/icon.tsx';
import { PausedState, VaultLockedState } from '../../components/standing-states.tsx';
import { TargetForm } from '../../forms/target-form.tsx';
import { useWindow } from '../../window-context.ts';
import { BotCard } from './bot-card.tsx';

/** Who is given the tokens. */
export function BotView() {
  const { state, t } = useWindow();
  const [isAdding, setAdding] = useState(false);
  const [added, setAdded] = useState<string>();
  const { targets } = state.snapshot;
  const isEmpty = targets.length === 0;
  return (
    <div className="view">
      <div className="view-inner view-narrow">
        {isEmpty && !isAdding ? (
          <header className="welcome">
            <span className="bot-empty-mark">
              <Icon name="bot" />
            </span>
            <h1>{t('bot.empty.title')}</h1>
            <p className="lead">{t('bot.empty.lead')}</p>
            <div className="actions">
              <Button look="primary" icon="plus" onPress={() => setAdding(true)}>
                {t('bot.add')}
              </Button>
            </div>
          </header>
        ) : (
          <header className="view-head">
            <h1>{t('bot.title')}</h1>
            {!isEmpty && (
              <Button icon="plus" onPress={() => setAdding(!isAdding)} isExpanded={isAdding}>
                {t('bot.add')}
              </Button>
            )}
          </header>
        )}
        <VaultLockedState />
        <PausedState />
        {isAdding && <TargetForm target={undefined} onClose={() => setAdding(false)} onSaved={setAdded} />}
        {targets.map((target, index) => (
          <BotCard key={target.name} target={target} bot={state.bots[index]} isNew={target.name === added} />
        ))}
      </div>
    </div>
  );
}
