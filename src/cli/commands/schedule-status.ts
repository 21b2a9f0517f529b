import { openOsSchedule } from '../../node/os-schedule/os-schedule.ts';
import { saysItIsScheduled } from '../../node/os-schedule/schedule-request.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type LastRun, lastRun } from '../../node/last-run.ts';
import { isoOrNull } from '../present.ts';
import { intervalWords } from '../../node/reports/schedule-words.ts';

export async function run(context: Context): Promise<ExitCode> {
  const { output, messages, home } = context;
  const { t } = messages;
  const status = await openOsSchedule().status();
  const last = lastRun(home, 'scheduled');
  const runs = {
    lastRunAt: isoOrNull(last?.endedAt),
    lastExitCode: last?.exitCode ?? null,
    lastRefreshAt: isoOrNull(lastRun(home, 'any')?.endedAt),
  };

  if (!status.installed) {
    output.result({ installed: false, ...runs }, [
      t('schedule.status.not-installed'),
      t('schedule.status.how'),
      ...(last === undefined ? [] : [lastRunLine(last, context)]),
    ]);
    return EXIT.ok;
  }
  const { where, everyMinutes, command } = status;
  const interval = intervalWords(everyMinutes, messages);
  output.result({ installed: true, where, everyMinutes: everyMinutes ?? null, command, ...runs }, [
    t('schedule.status.installed', { interval, where }),
    ...(saysItIsScheduled(command) ? [lastRunLine(last, context)] : earlierEntryLines(context)),
    output.colour('dim', command),
  ]);
  return EXIT.ok;
}

function lastRunLine(last: LastRun | undefined, { messages: { t }, times }: Context): string {
  if (last === undefined) return t('schedule.last-run', { when: t('time.never') });
  const { endedAt, exitCode } = last;
  const when = times.both(endedAt);
  return exitCode === EXIT.ok
    ? t('schedule.last-run', { when })
    : t('schedule.last-run.failed', { when, exitCode });
}

/** Its runs cannot be told from anybody's. */
function earlierEntryLines({ home, messages: { t }, times }: Context): string[] {
  const last = lastRun(home, 'any');
  const when = last === undefined ? t('time.never') : times.both(last.endedAt);
  return [t('schedule.earlier', { when }), t('schedule.earlier.remedy')];
}
