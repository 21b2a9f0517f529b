import { existsSync } from 'node:fs';
import { openOsSchedule } from '../../node/os-schedule/os-schedule.ts';
import { homePaths } from '../../node/paths.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export async function run({ output, messages, settingsFile, home }: Context): Promise<ExitCode> {
  const removed = await openOsSchedule().remove();
  if (existsSync(homePaths(home).settings)) settingsFile.set('schedule.everyMinutes', 'null');
  output.result({ removed }, [messages.t(removed ? 'schedule.removed' : 'schedule.was-not-installed')]);
  return EXIT.ok;
}
