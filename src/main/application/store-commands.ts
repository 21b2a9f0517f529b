import { JetonError } from '../../core/errors.ts';
import {
  lossOf,
  restoreStore,
  setStoreAside,
  type StoreFile,
  storeFilesIn,
} from '../../node/database/recovery.ts';
import { lossWords } from '../../node/reports/store-loss.ts';
import type { Commands } from '../application.ts';
import type { Surroundings } from './surroundings.ts';

type StoreCommands = Pick<Commands, 'examineStore' | 'restoreStore' | 'setStoreAside'>;

/**
 * What a person can do about a jeton.db that cannot be opened. While it is open, here or in another process, each of
 * them throws `store-in-use`; one that this Jeton has open and cannot read any more it lets go of first. Which backup
 * takes its place is decided here, not by the page that asks.
 */
export function storeCommands(
  { folder, words, log }: Surroundings,
  openAgain: () => Promise<unknown>,
): StoreCommands {
  const newestBackup = (): StoreFile | undefined =>
    storeFilesIn(folder).backups.find(({ state }) => state === 'sound');
  return {
    async examineStore() {
      const { store } = storeFilesIn(folder);
      const backup = newestBackup();
      return {
        file: store.file,
        state: store.state,
        backup:
          backup === undefined
            ? null
            : {
                file: backup.file,
                writtenAt: backup.writtenAt ?? null,
                loss: lossWords(lossOf(folder, backup.file), words),
              },
      };
    },
    async restoreStore() {
      const backup = newestBackup();
      if (backup === undefined) {
        throw new JetonError('store-backup-missing', { file: storeFilesIn(folder).store.file });
      }
      await openAgain();
      const keptAt = restoreStore(folder, backup.file);
      log.warn('store-restored');
      await openAgain();
      return { keptAt: keptAt ?? null };
    },
    async setStoreAside() {
      await openAgain();
      const keptAt = setStoreAside(folder);
      log.warn('store-set-aside');
      await openAgain();
      return { keptAt };
    },
  };
}
