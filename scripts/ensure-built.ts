/**
 * Builds what its sources are newer than: all of it, or the targets that are named (`cli`). Says nothing on stdout.
 */
import { build, isStale, type Target, TARGETS } from './build-targets.ts';

export function ensureBuilt(...names: readonly Target['name'][]): void {
  const wanted = TARGETS.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const target of wanted.filter(isStale)) build(target);
}

if (import.meta.main) {
  const named = new Set(process.argv.slice(2));
  ensureBuilt(...TARGETS.map(({ name }) => name).filter((name) => named.has(name)));
}
