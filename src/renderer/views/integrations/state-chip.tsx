import { Icon, type IconName } from '../../components/icon.tsx';
import { useWindow } from '../../window-context.ts';
import type { StateKind } from '../../standing.ts';

const LOOK: Readonly<Record<StateKind, readonly [tone: string, icon: IconName]>> = {
  fresh: ['good', 'check'],
  due: ['accent', 'clock'],
  renewing: ['accent', 'renew'],
  'in-doubt': ['warning', 'question'],
  retrying: ['warning', 'hourglass'],
  'needs-sign-in': ['problem', 'person'],
  'needs-reinstall': ['problem', 'triangle'],
  misconfigured: ['problem', 'dashed'],
  paused: ['plain', 'pause'],
};

/** The state by colour, word and shape: any one of them is enough. */
export function StateChip({ kind }: { readonly kind: StateKind }) {
  const { t } = useWindow();
  const [tone, icon] = LOOK[kind];
  return (
    <span className={`chip tone-${tone}`}>
      <Icon name={icon} />
      {t(`state.${kind}`)}
    </span>
  );
}
