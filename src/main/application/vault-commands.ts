import { JetonError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { ensureVault } from '../../node/vault/ensure-vault.ts';
import { chooseHeadlessKey } from '../../node/vault/headless-key.ts';
import { writeNewFile } from '../../node/write-new-file.ts';
import type { Commands } from '../application.ts';
import type { Surroundings } from './surroundings.ts';

type VaultCommands = Pick<Commands, 'initVault' | 'unlockVault' | 'exportRecoveryKey'>;

export function vaultCommands({ env, desktop, use, lookSoon }: Surroundings): VaultCommands {
  return {
    initVault: () =>
      use(async ({ home }) => {
        if ((await home.vault.status()).state !== 'missing') throw new JetonError('vault-exists');
        await ensureVault(home.vault);
        return null;
      }),

    async unlockVault({ recoveryKey }) {
      const key = new Secret(recoveryKey.trim());
      await use(async ({ home }) => {
        // The keychain is not asked while another source is set: what keeps that one from working is the trouble.
        if (chooseHeadlessKey(env) !== undefined) await home.vault.ensureReady();
        else await home.vault.unlock(key);
      });
      lookSoon();
      return null;
    },

    async exportRecoveryKey() {
      const key = await use(({ home }) => home.vault.exportRecoveryKey());
      // The home is not held while the person takes their time.
      const path = await desktop.chooseNewFile(suggestedName(new Date()));
      if (path === undefined) return { path: null };
      // The dialog offers to replace a file, but no yes brings another vault's recovery key back.
      writeNewFile(path, key);
      return { path };
    },
  };
}

/** One that is not there yet, so that nobody is asked whether to replace it. */
function suggestedName(now: Date): string {
  const [date, time] = [
    [now.getFullYear(), now.getMonth() + 1, now.getDate()],
    [now.getHours(), now.getMinutes(), now.getSeconds()],
  ].map((parts) => parts.map((part) => String(part).padStart(2, '0')));
  return `jeton-recovery-key-${date?.join('-')}-${time?.join('')}.txt`;
}
