import { realpathSync } from 'node:fs';
import { z } from 'zod';
import { parseInterval } from '../../core/schedule-interval.ts';
import { installSchedule, requestHere } from '../../node/os-schedule/install-schedule.ts';
import type { SchedulePlan } from '../../node/os-schedule/os-schedule.ts';
import { openOsSchedule } from '../../node/os-schedule/os-schedule.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { reportDocument, reportLines } from '../refresh-report.ts';
import { intervalWords, warningWords } from '../../node/reports/schedule-words.ts';
import { refreshOnce } from './slack-refresh.ts';

const installOptions = z.object({
  every: z.string().default('4h'),
  test: z.boolean().default(false),
  dryRun: z.boolean().default(false),
});

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { output, messages, settingsFile, home } = context;
  const { every, test, dryRun } = installOptions.parse(options);
  const everyMinutes = parseInterval(every);
  const schedule = openOsSchedule();
  const script = realpathSync(process.argv[1] ?? '');
  const request = requestHere(everyMinutes, { program: process.execPath, script }, context);

  if (dryRun) {
    const plan = await schedule.plan(request);
    output.result({ installed: false, everyMinutes, ...documentOf(plan) }, [
      messages.t('schedule.would-install', { interval: intervalWords(everyMinutes, messages) }),
      '',
      plan.entry.trimEnd(),
      ...warningsOf(plan, context),
    ]);
    return EXIT.ok;
  }

  const trial = test
    ? await refreshOnce(context, { force: false, dryRun: false, scheduled: false })
    : undefined;
  const trialDocument = trial && { test: reportDocument(trial.report, context) };
  const trialLines = trial === undefined ? [] : [...reportLines(trial.report, context), ''];
  // What only a person can mend does not keep the rest from being renewed.
  if (trial !== undefined && trial.exitCode !== EXIT.ok && trial.exitCode !== EXIT.personNeeded) {
    const error = trialDocument?.test.error;
    output.result({ ...(error && { error }), installed: false, everyMinutes, ...trialDocument }, [
      ...trialLines,
      messages.t('schedule.test-failed'),
    ]);
    return trial.exitCode;
  }

  const plan = await installSchedule(schedule, request, { home, settingsFile });
  const interval = intervalWords(everyMinutes, messages);
  output.result({ installed: true, everyMinutes, ...documentOf(plan), ...trialDocument }, [
    ...trialLines,
    messages.t(plan.change === 'none' ? 'schedule.unchanged' : 'schedule.installed', { interval }),
    ...warningsOf(plan, context),
  ]);
  return EXIT.ok;
}

function documentOf({ where, entry, change, warnings }: SchedulePlan) {
  return { where, entry, change, warnings };
}

function warningsOf({ warnings }: SchedulePlan, { messages, output }: Context): string[] {
  return warnings.map((warning) => `${output.colour('yellow', '!')} ${warningWords(warning, messages)}`);
}
