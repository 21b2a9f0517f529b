import type { AppState } from '../../shared/ipc/bridge.ts';
import { STANDING_OF } from '../standing.ts';
import type { IconName } from './icon.tsx';
import type { Tone } from './notice.tsx';

/** How the whole is, in colour and shape. */
export const OVERALL_LOOK: Readonly<
  Record<AppState['overall'], { readonly tone: Tone; readonly icon: IconName }>
> = {
  fresh: { tone: 'good', icon: 'check' },
  'needs-you': { tone: 'problem', icon: 'person' },
  failing: { tone: 'warning', icon: 'triangle' },
  paused: { tone: 'plain', icon: 'pause' },
};

/** How many of each wait for the person. */
export function countNeedingYou({ snapshot, bots }: AppState): {
  readonly integrations: number;
  readonly bots: number;
} {
  return {
    integrations: snapshot.integrations.filter(({ state }) => STANDING_OF[state.kind] === 'needs-you').length,
    bots: bots.filter(({ health }) => health === 'failing').length,
  };
}
