import { JetonError } from '../errors.ts';
import type { ChainId, IntegrationId, SlackIntegration } from '../integration.ts';
import type { LocalIntegrations, NewIntegration } from '../ports.ts';
import type { Secret } from '../secret.ts';
import type { RefreshPorts, RefreshReport } from './refresh.ts';
import { isTakenBack, refresh } from './refresh.ts';

/** Together longer than a lease. */
const TAKEN_ATTEMPTS = 50;
const TAKEN_WAIT_MS = 2_000;

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
  const chain = await requireNew(integration.credentials.refreshToken, ports);

  const id = await local.add(integration);
  const report = await tryOut(id, chain, local, ports);
  const at = ports.clock.now();
  const { name } = integration;
  await ports.activity.record({ at, id, name, event: 'added', code: undefined, durationMs: undefined });
  return { id, report };
}

/**
 * The chain of a token that is to be kept from now on. Throws `not-a-refresh-token`, or `integration-exists` where a
 * row has it already (`own` may have it, but not have had it), or as the vault does.
 */
export async function requireNew(
  refreshToken: Secret | undefined,
  ports: RefreshPorts,
  own?: IntegrationId,
): Promise<ChainId> {
  if (refreshToken === undefined || !refreshToken.startsWith('xoxe-'))
    throw new JetonError('not-a-refresh-token');
  const chain = ports.fingerprint(refreshToken);
  await ports.vault.ensureReady();
  const twin = await findTwin(chain, ports);
  if (twin !== undefined && !(twin.id === own && twin.chain === chain)) {
    throw new JetonError('integration-exists', { id: twin.id, name: twin.name });
  }
  return chain;
}

/**
 * Rotates a row that was just written, and takes it back with `slack-rejected` or `slack-unreachable` unless Slack
 * accepted it or its answer got lost.
 */
export async function tryOut(
  id: IntegrationId,
  chain: ChainId,
  local: LocalIntegrations,
  ports: RefreshPorts,
): Promise<RefreshReport> {
  const report = await checkBySpending(id, chain, ports);
  const error = report.results.find((result) => result.id === id)?.error;
  if (error !== undefined && isTakenBack(error.class)) {
    await local.remove(id);
    await ports.health.remove(id);
    const unreachable = error.class === 'transient';
    throw new JetonError(unreachable ? 'slack-unreachable' : 'slack-rejected', { reason: error.code });
  }
  return report;
}

/** The row that has this token, or had it before it was rotated. A source that cannot be read has no say. */
async function findTwin(chain: ChainId, ports: RefreshPorts): Promise<SlackIntegration | undefined> {
  const successor = await ports.journal.findBySpent(chain);
  for (const source of ports.sources) {
    const rows = await source.list().catch((cause: unknown) => {
      if (cause instanceof JetonError) return [];
      throw cause;
    });
    const twin = rows.find((row) => row.chain === chain || successor?.ids.includes(row.id) === true);
    if (twin !== undefined) return twin;
  }
  return undefined;
}

/** Another process of this home may have claimed the new row first; then its rotation is the check. */
async function checkBySpending(
  id: IntegrationId,
  chain: ChainId,
  ports: RefreshPorts,
): Promise<RefreshReport> {
  for (let attempt = 1; ; attempt += 1) {
    const report = await refresh(ports, { ids: [id], force: true, isTrial: true });
    const result = report.results.find((candidate) => candidate.id === id);
    const isTaken = result?.outcome === 'skipped' && result.error === undefined;
    if (!isTaken || attempt === TAKEN_ATTEMPTS) return report;
    await ports.timer.sleep(TAKEN_WAIT_MS);
    const rows = (await Promise.all(ports.sources.map((source) => source.list().catch(() => [])))).flat();
    if (rows.find((row) => row.id === id)?.chain !== chain) return report;
  }
}
