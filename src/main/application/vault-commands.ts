import { JetonError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { ensureVault } from '../../node/vault/ensure-vault.ts';
import { chooseHeadlessKey } from '../../node/vault/headless-key.ts';
import { writeNewFile } from '../../node/write-new-file.ts';
import type { Commands } from '../application.ts';
import type { Surroundings } from './surroundings.ts';

type VaultCommands = Pick<Commands, 'initVault' | 'unlockVault' | 'exportRecoveryKey'>;

const SUGGESTED_NAME = 'jeton-recovery-key.txt';

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
      const path = await desktop.chooseNewFile(SUGGESTED_NAME);
      if (path === undefined) return { path: null };
      writeNewFile(path, key);
      return { path };
    },
  };
}
