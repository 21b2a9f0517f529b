import { removeSchedule } from '../../node/os-schedule/install-schedule.ts';
import { openOsSchedule } from '../../node/os-schedule/os-schedule.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';

export async function run({ output, messages, settingsFile, home }: Context): Promise<ExitCode> {
  const removed = await removeSchedule(openOsSchedule(), { home, settingsFile });
  output.result({ removed }, [messages.t(removed ? 'schedule.removed' : 'schedule.was-not-installed')]);
  return EXIT.ok;
}
