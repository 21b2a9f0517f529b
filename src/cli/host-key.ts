import { JetonError } from '../core/errors.ts';
import type { Target } from '../core/export/target.ts';
import type { Context } from './context.ts';

/**
 * Lets Jeton know the machine of a target by its host key: one that it knows already, that `accepted` names by its
 * fingerprint, or to which a person says yes. A key that changed is never asked about. Throws
 * `ssh-host-key-unknown`, `ssh-host-key-changed`, or why the machine cannot be reached.
 */
export async function ensureHostKey(
  { ssh }: Target,
  accepted: string | undefined,
  { home, input, messages: { t }, output }: Context,
): Promise<void> {
  if (ssh === undefined) return;
  const { hostKeyOf } = await import('../node/ssh.ts');
  const { pinHostKey, pinnedHostKey, sshFolder } = await import('../node/ssh-host-key.ts');
  const key = await hostKeyOf({ ssh, home });
  const known = await pinnedHostKey(await sshFolder(home), key.name);
  const { fingerprint } = key;
  if (known?.fingerprint === fingerprint) return;
  const host = ssh.destination;
  const isAccepted = async (): Promise<boolean> => {
    if (accepted !== undefined) return accepted === fingerprint;
    if (known !== undefined || !input.isTerminal) return false;
    output.progress('');
    return input.confirm(t('target.host-key', { host, fingerprint }));
  };
  if (await isAccepted()) return pinHostKey(home, key);
  throw known === undefined
    ? new JetonError('ssh-host-key-unknown', { host, fingerprint })
    : new JetonError('ssh-host-key-changed', { host, fingerprint, known: known.fingerprint });
}
