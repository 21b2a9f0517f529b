import { JetonError } from '../core/errors.ts';
import type { Target } from '../core/export/target.ts';
import { hostKeyOf } from './ssh.ts';
import { pinHostKey, pinnedHostKey, sshFolder } from './ssh-host-key.ts';

export interface OfferedHostKey {
  readonly host: string;
  readonly fingerprint: string;
  /** Of the key that it had before. */
  readonly known: string | undefined;
}

/**
 * Lets Jeton know the machine of a target by its host key: one that it knows already, or that `isAccepted`. Throws
 * `ssh-host-key-unknown`, `ssh-host-key-changed`, or why the machine cannot be reached.
 *
 * @param home Jeton's.
 */
export async function admitHostKey(
  { ssh }: Target,
  home: string,
  isAccepted: (offered: OfferedHostKey) => Promise<boolean>,
): Promise<void> {
  if (ssh === undefined) return;
  const key = await hostKeyOf({ ssh, home });
  const known = (await pinnedHostKey(await sshFolder(home), key.name))?.fingerprint;
  const { fingerprint } = key;
  if (known === fingerprint) return;
  const host = ssh.destination;
  if (await isAccepted({ host, fingerprint, known })) return pinHostKey(home, key);
  throw known === undefined
    ? new JetonError('ssh-host-key-unknown', { host, fingerprint })
    : new JetonError('ssh-host-key-changed', { host, fingerprint, known });
}
