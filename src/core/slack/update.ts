import { JetonError } from '../errors.ts';
import type { IntegrationId, SlackIntegration } from '../integration.ts';
import type { CredentialChange, LocalIntegrations } from '../ports.ts';
import { requireNew, tryOut } from './add.ts';
import type { RefreshPorts } from './refresh.ts';

/**
 * Gives an integration of Jeton's own other credentials, once Slack has accepted them; it keeps its id and name. As
 * with {@link addIntegration} only spending proves them, so a candidate is rotated beside the row, under the rotation's
 * own guarantees: the write that brings its pair moves it into the row. Until then, and if Slack refuses, the row keeps
 * the chain that it has. A candidate in doubt stays, and the next run finds out.
 */
export async function updateIntegration(
  local: LocalIntegrations,
  ports: RefreshPorts,
  row: SlackIntegration,
  change: CredentialChange,
): Promise<'updated' | 'in-doubt'> {
  const { id, name } = row;
  const { refreshToken } = change;
  const chain = refreshToken === undefined ? row.chain : await requireNew(refreshToken, ports, id);
  if (chain === undefined) throw new JetonError('integration-incomplete', { id, missing: 'refresh_token' });

  await ports.vault.ensureReady();
  const candidate = await local.propose(id, change);
  if (candidate === undefined) throw new JetonError('integration-not-found', { id });
  const remembered = (await ports.health.all()).get(id);
  try {
    await tryOut(candidate, chain, local, ports);
  } catch (error) {
    // Of one chain with the candidate, the row took part in a failure that was not its own.
    if (remembered === undefined) await ports.health.remove(id);
    else await ports.health.save(remembered);
    throw error;
  }
  if ((await local.list()).some((listed) => listed.id === candidate)) return 'in-doubt';

  await inheritHealth(id, candidate, ports);
  const at = ports.clock.now();
  await ports.activity.record({ at, id, name, event: 'updated', code: undefined, durationMs: undefined });
  return 'updated';
}

/** When it was renewed, and is to be verified. */
async function inheritHealth(
  id: IntegrationId,
  candidate: IntegrationId,
  { health }: RefreshPorts,
): Promise<void> {
  const learnt = (await health.all()).get(candidate);
  if (learnt === undefined) return;
  await health.save({ ...learnt, id });
  await health.remove(candidate);
}
