import { realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { parseInterval } from '../../core/schedule-interval.ts';
import type { SchedulePlan } from '../../node/os-schedule/os-schedule.ts';
import { openOsSchedule } from '../../node/os-schedule/os-schedule.ts';
import { scheduleRequest, sessionBusOf } from '../../node/os-schedule/schedule-request.ts';
import { prepareHome } from '../../node/paths.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { reportDocument, reportLines } from '../refresh-report.ts';
import { intervalWords, warningWords } from '../schedule-words.ts';
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
  const request = requestFor(everyMinutes, context);

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

  prepareHome(home);
  // What cannot be remembered is not installed: every run plans with it.
  const before = settingsFile.read().schedule.everyMinutes;
  settingsFile.set('schedule.everyMinutes', String(everyMinutes));
  const plan = await schedule.install(request).catch((cause: unknown) => {
    settingsFile.set('schedule.everyMinutes', String(before));
    throw cause;
  });
  const interval = intervalWords(everyMinutes, messages);
  output.result({ installed: true, everyMinutes, ...documentOf(plan), ...trialDocument }, [
    ...trialLines,
    messages.t(plan.change === 'none' ? 'schedule.unchanged' : 'schedule.installed', { interval }),
    ...warningsOf(plan, context),
  ]);
  return EXIT.ok;
}

function requestFor(everyMinutes: number, { home, env }: Context) {
  return scheduleRequest({
    everyMinutes,
    program: process.execPath,
    script: realpathSync(process.argv[1] ?? ''),
    home,
    host: hostname(),
    env,
    cwd: process.cwd(),
    platform: process.platform,
    sessionBus: sessionBusOf(process.getuid?.()),
  });
}

function documentOf({ where, entry, change, warnings }: SchedulePlan) {
  return { where, entry, change, warnings };
}

function warningsOf({ warnings }: SchedulePlan, { messages, output }: Context): string[] {
  return warnings.map((warning) => `${output.colour('yellow', '!')} ${warningWords(warning, messages)}`);
}
