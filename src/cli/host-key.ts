import type { Target } from '../core/export/target.ts';
import type { Context } from './context.ts';

/**
 * As `admitHostKey`, which it throws as: by the key that `accepted` names by its fingerprint, or to which a person
 * says yes. A key that changed is never asked about.
 */
export async function ensureHostKey(
  target: Target,
  accepted: string | undefined,
  { home, input, messages: { t }, output }: Context,
): Promise<void> {
  if (target.ssh === undefined) return;
  const { admitHostKey } = await import('../node/admit-host-key.ts');
  await admitHostKey(target, home, async ({ host, fingerprint, known }) => {
    if (accepted !== undefined) return accepted === fingerprint;
    if (known !== undefined || !input.isTerminal) return false;
    output.progress('');
    return input.confirm(t('target.host-key', { host, fingerprint }));
  });
}
