import { JetonError } from '../errors.ts';
import type { Snapshot } from '../snapshot.ts';
import type { Target } from './target.ts';

/**
 * What a target's schema cannot know: that its folder is one by itself, on the machine that it is on, and that the
 * integrations it is to get tokens of are there. Throws `target-invalid`, `integration-not-found`, or what keeps an
 * integration's source from being read.
 */
export function requireTarget(
  { dir, ssh, mappings }: Target,
  { integrations, sources }: Pick<Snapshot, 'integrations' | 'sources'>,
): void {
  // Another machine's folder cannot be relative to where somebody is on this one.
  const isAbsolute = ssh === undefined ? /^([/\\]|[A-Za-z]:)/.test(dir) : dir.startsWith('/');
  if (!isAbsolute) throw new JetonError('target-invalid', { option: 'dir', part: 'dir' });
  for (const { source } of mappings) {
    if (!source.startsWith('slack:')) continue;
    const id = source.slice('slack:'.length);
    if (integrations.some((view) => view.id === id && view.kind === 'slack')) continue;
    const unread = sources.find(({ kind, state }) => state === 'unreachable' && id.startsWith(`${kind}:`));
    if (unread?.code !== undefined) throw new JetonError(unread.code, unread.details);
    throw new JetonError('integration-not-found', { id });
  }
}
