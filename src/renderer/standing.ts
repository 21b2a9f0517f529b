import type { AppState } from '../shared/ipc/bridge.ts';

export type StateKind = AppState['snapshot']['integrations'][number]['state']['kind'];
export type Standing = 'needs-you' | 'failing' | 'fresh' | 'paused';

/**
 * What is due, renewing or fresh is one group: a row goes through these by itself, and does not move under the
 * pointer while it does.
 */
export const STANDING_OF: Readonly<Record<StateKind, Standing>> = {
  'needs-sign-in': 'needs-you',
  'needs-reinstall': 'needs-you',
  misconfigured: 'needs-you',
  retrying: 'failing',
  'in-doubt': 'failing',
  fresh: 'fresh',
  due: 'fresh',
  renewing: 'fresh',
  paused: 'paused',
};
