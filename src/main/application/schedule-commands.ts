import { JetonError } from '../../core/errors.ts';
import { formatInterval, parseInterval } from '../../core/schedule-interval.ts';
import type { RefreshReport } from '../../core/slack/refresh.ts';
import { outcomeOf } from '../../core/slack/report-outcome.ts';
import { lastRun } from '../../node/last-run.ts';
import {
  findCommandLine,
  installSchedule,
  removeSchedule,
  requestHere,
} from '../../node/os-schedule/install-schedule.ts';
import { openOsSchedule, type SchedulePlan } from '../../node/os-schedule/os-schedule.ts';
import { warningWords } from '../../node/reports/schedule-words.ts';
import { ensureVault } from '../../node/vault/ensure-vault.ts';
import type { Commands } from '../application.ts';
import { replyTo } from './slack-commands.ts';
import type { Surroundings } from './surroundings.ts';

type ScheduleCommands = Pick<Commands, 'getSchedule' | 'installSchedule' | 'removeSchedule'>;

export function scheduleCommands({
  folder,
  env,
  settingsFile,
  words,
  changed,
  use,
  stop,
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

    async installSchedule({ everyMinutes: asked, test = false, dryRun = false }) {
      const everyMinutes = parseInterval(formatInterval(asked));
      const commandLine = findCommandLine(env);
      if (commandLine === undefined) throw new JetonError('schedule-needs-command-line');
      const request = requestHere(everyMinutes, commandLine, { home: folder, env });
      const worded = (warnings: SchedulePlan['warnings']): string[] =>
        warnings.map((warning) => warningWords(warning, words.messages));
      if (dryRun) {
        const { where, entry, change, warnings } = await openOsSchedule().plan(request);
        return {
          installed: false,
          warnings: worded(warnings),
          test: null,
          plan: { where, entry: entry.trimEnd(), change },
        };
      }
      const trial = test ? await tryOut() : undefined;
      const report = trial === undefined ? null : replyTo(trial, undefined, words);
      // What only a person can mend does not keep the rest from being renewed.
      if (trial !== undefined && outcomeOf(trial) === 'failed') {
        return { installed: false, warnings: [], test: report, plan: null };
      }
      const { warnings } = await installSchedule(openOsSchedule(), request, home);
      changed();
      return {
        installed: true,
        warnings: worded(warnings),
        test: report,
        plan: null,
      };
    },

    async removeSchedule() {
      await removeSchedule(openOsSchedule(), home);
      changed();
      return null;
    },
  };

  /** What the schedule is going to do. Throws what keeps a source from being read. */
  async function tryOut(): Promise<RefreshReport> {
    const report = await use(async ({ engine, home: { vault } }) => {
      if ((await engine.snapshot()).integrations.length > 0) await ensureVault(vault);
      return engine.refresh({ asked: true, signal: stop.stopping });
    });
    const [unread] = report.unreachable;
    if (unread !== undefined && outcomeOf(report) === 'unread') {
      throw new JetonError(unread.code, unread.details);
    }
    return report;
  }
}
