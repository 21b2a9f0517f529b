import { openOsSchedule } from '../../node/os-schedule/os-schedule.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isoOrNull } from '../present.ts';
import { intervalWords, lastRun } from '../schedule-words.ts';

export async function run(context: Context): Promise<ExitCode> {
  const { output, messages, times, home } = context;
  const { t } = messages;
  const status = await openOsSchedule().status();
  const last = lastRun(home);
  const when = last === undefined ? t('time.never') : times.both(last.endedAt);
  const lastRunLine = t('schedule.last-run', { when });
  const lastRunFields = { lastRunAt: isoOrNull(last?.endedAt), lastExitCode: last?.exitCode ?? null };

  if (!status.installed) {
    output.result({ installed: false, ...lastRunFields }, [
      t('schedule.status.not-installed'),
      t('schedule.status.how'),
      ...(last === undefined ? [] : [lastRunLine]),
    ]);
    return EXIT.ok;
  }
  const { where, everyMinutes, command } = status;
  const interval = intervalWords(everyMinutes, messages);
  output.result({ installed: true, where, everyMinutes: everyMinutes ?? null, command, ...lastRunFields }, [
    t('schedule.status.installed', { interval, where }),
    lastRunLine,
    output.colour('dim', command),
  ]);
  return EXIT.ok;
}
