import { JetonError } from '../../core/errors.ts';
import { formatInterval, parseInterval } from '../../core/schedule-interval.ts';
import { lastRun } from '../../node/last-run.ts';
import {
  findCommandLine,
  installSchedule,
  removeSchedule,
  requestHere,
} from '../../node/os-schedule/install-schedule.ts';
import { openOsSchedule } from '../../node/os-schedule/os-schedule.ts';
import { warningWords } from '../../node/reports/schedule-words.ts';
import type { Commands } from '../application.ts';
import type { Surroundings } from './surroundings.ts';

type ScheduleCommands = Pick<Commands, 'getSchedule' | 'installSchedule' | 'removeSchedule'>;

export function scheduleCommands({
  folder,
  env,
  settingsFile,
  words,
  changed,
}: Surroundings): ScheduleCommands {
  const home = { home: folder, settingsFile };
  return {
    async getSchedule() {
      const status = await openOsSchedule().status();
      const last = lastRun(folder, 'scheduled');
      return {
        installed: status.installed,
        everyMinutes: status.installed ? (status.everyMinutes ?? null) : null,
        where: status.installed ? status.where : null,
        lastRunAt: last?.endedAt ?? null,
        lastRunFailed: last !== undefined && last.exitCode !== 0,
      };
    },

    async installSchedule({ everyMinutes: asked }) {
      const everyMinutes = parseInterval(formatInterval(asked));
      const commandLine = findCommandLine(env);
      if (commandLine === undefined) throw new JetonError('schedule-needs-command-line');
      const request = requestHere(everyMinutes, commandLine, { home: folder, env });
      const { warnings } = await installSchedule(openOsSchedule(), request, home);
      changed();
      return { warnings: warnings.map((warning) => warningWords(warning, words.messages)) };
    },

    async removeSchedule() {
      await removeSchedule(openOsSchedule(), home);
      changed();
      return null;
    },
  };
}
