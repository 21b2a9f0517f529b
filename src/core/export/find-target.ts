import { JetonError } from '../errors.ts';
import type { TargetStore } from '../ports.ts';
import type { TargetRecord } from './target.ts';

/** The names of the targets that OneFlex's tokens go to. */
export async function oneflexTargets(targetStore: TargetStore): Promise<readonly string[]> {
  return (await targetStore.list())
    .filter(({ target }) => target.mappings.some(({ source }) => source.startsWith('oneflex:')))
    .map(({ target }) => target.name);
}

/** The record of a name. Throws `target-not-found`. */
export async function findTarget(targetStore: TargetStore, name: string): Promise<TargetRecord> {
  const record = (await targetStore.list()).find(({ target }) => target.name === name);
  if (record === undefined) throw new JetonError('target-not-found', { name });
  return record;
}
