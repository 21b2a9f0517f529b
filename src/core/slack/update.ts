import { JetonError } from '../errors.ts';
import type { IntegrationId, SlackIntegration } from '../integration.ts';
import type { CredentialChange, LocalIntegrations } from '../ports.ts';
import { memoryOf } from '../schedule.ts';
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
  if (change.refreshToken !== undefined) await requireNew(change.refreshToken, ports, id);

  await ports.vault.ensureReady();
  const candidate = await local.propose(id, change);
  if (candidate === undefined) throw new JetonError('integration-not-found', { id });
  const remembered = (await ports.health.all()).get(id);
  try {
    await tryOut(candidate, local, ports);
  } catch (error) {
    // Of one chain with the candidate, the row took part in a failure that was not its own.
    if (remembered === undefined) await ports.health.remove(id);
    else await ports.health.save(remembered);
    throw error;
  }
  if ((await local.list()).some((listed) => listed.id === candidate)) return 'in-doubt';

  await inheritHealth(row, candidate, ports);
  const at = ports.clock.now();
  await ports.activity.record({ at, id, name, event: 'updated', code: undefined, durationMs: undefined });
  return 'updated';
}

/** When it was renewed and is to be verified; a pause was about the row. */
async function inheritHealth(
  row: SlackIntegration,
  candidate: IntegrationId,
  { health }: RefreshPorts,
): Promise<void> {
  const remembered = await health.all();
  const learnt = remembered.get(candidate);
  if (learnt === undefined) return;
  const { paused } = memoryOf(row, remembered.get(row.id));
  await health.save({ ...learnt, id: row.id, paused });
  await health.remove(candidate);
}
