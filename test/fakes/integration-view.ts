import type { IntegrationView } from '../../src/core/snapshot.ts';

/** One in a list, of which nothing is known but what is given. */
export function integrationView(
  known: Pick<IntegrationView, 'id' | 'name' | 'state'> & Partial<IntegrationView>,
): IntegrationView {
  return {
    kind: 'slack',
    source: 'local',
    app: undefined,
    expiresAt: undefined,
    worksUntil: undefined,
    lastRenewedAt: undefined,
    nextRunAt: undefined,
    sessionEndsAt: undefined,
    lastError: undefined,
    ...known,
  };
}
