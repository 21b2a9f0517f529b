import { JetonError } from '../errors.ts';
import type { IntegrationId } from '../integration.ts';
import type { LocalIntegrations, NewIntegration } from '../ports.ts';
import type { RefreshPorts, RefreshReport } from './refresh.ts';
import { refresh } from './refresh.ts';

/**
 * Adds an integration to Jeton's own database, once Slack has accepted it. The only proof of a refresh token is
 * to spend it, and what is spent must already be safe: so the row is written, rotated at once under the rotation's
 * own guarantees, and taken back if Slack refuses it or cannot be asked. A row in doubt stays: its token may be
 * spent, and the next run finds out.
 */
export async function addIntegration(
  local: LocalIntegrations,
  ports: RefreshPorts,
  integration: NewIntegration,
): Promise<{ readonly id: IntegrationId; readonly report: RefreshReport }> {
  const { refreshToken } = integration.credentials;
  if (refreshToken === undefined || !refreshToken.startsWith('xoxe-'))
    throw new JetonError('not-a-refresh-token');
  const chain = ports.fingerprint(refreshToken);
  for (const source of ports.sources) {
    const twin = (await source.list()).find((row) => row.chain === chain);
    if (twin !== undefined) throw new JetonError('integration-exists', { id: twin.id, name: twin.name });
  }

  await ports.vault.ensureReady();
  const id = await local.add(integration);
  const report = await refresh(ports, { ids: [id], force: true });
  const error = report.results.find((result) => result.id === id)?.error;
  if (error !== undefined && error.class !== 'in-doubt' && error.class !== 'internal') {
    await local.remove(id);
    await ports.health.remove(id);
    const unreachable = error.class === 'transient';
    throw new JetonError(unreachable ? 'slack-unreachable' : 'slack-rejected', { reason: error.code });
  }
  const at = ports.clock.now();
  const { name } = integration;
  await ports.activity.record({ at, id, name, event: 'added', code: undefined, durationMs: undefined });
  return { id, report };
}
