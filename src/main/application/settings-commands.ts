import { pauseUntil } from '../../core/pause.ts';
import type { PauseStore } from '../../node/database/pause.ts';
import { prepareHome } from '../../node/paths.ts';
import type { SettingValue } from '../../node/settings-file.ts';
import type { Commands } from '../application.ts';
import type { Surroundings } from './surroundings.ts';

type SettingsCommands = Pick<
  Commands,
  'listSettings' | 'setSetting' | 'pauseAll' | 'resumeAll' | 'setStartAtLogin'
>;

export function settingsCommands(
  { folder, settingsFile, desktop, use, changed, lookSoon }: Surroundings,
  /** What was written holds from now on. */
  onWritten: () => Promise<void>,
  /** What the background has begun to renew is not waited for. */
  onPaused: () => void,
): SettingsCommands {
  const savePause = (pause: Parameters<PauseStore['save']>[0]): Promise<void> =>
    use(({ home }) => home.pauseStore.save(pause));
  return {
    listSettings: async () => ({ settings: [...settingsFile.list()] }),

    async setSetting({ key, value }) {
      const previous = settingsFile.get(key);
      prepareHome(folder);
      settingsFile.set(key, textOf(value));
      await onWritten();
      changed();
      return { previous };
    },

    async pauseAll({ until }) {
      await savePause(pauseUntil(until, Date.now()));
      onPaused();
      return null;
    },

    async resumeAll() {
      await savePause(undefined);
      lookSoon();
      return null;
    },

    async setStartAtLogin({ on }) {
      try {
        await desktop.setStartAtLogin(on);
      } finally {
        // What the system refused may have changed something as well.
        changed();
      }
      return null;
    },
  };
}

/** As settings.json's file takes it: JSON, or a text that is none. */
function textOf(value: SettingValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
