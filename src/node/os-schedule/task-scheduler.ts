/** A task of the Windows Task Scheduler: https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema. */
import type { Recurrence } from '../../core/schedule-interval.ts';
import type { ScheduledCommand } from './os-schedule.ts';
import { escapeXml, textsOf } from './xml.ts';

/** The name that the scripts before Jeton used: installing Jeton's takes the place of theirs. */
export const TASK_NAME = 'SlackTokenRefresh';

/**
 * Unlike what `schtasks` makes from its own options, this task also runs on batteries, makes up for a run that
 * was slept through, and has no limit on the length of its command.
 */
export function renderTask(
  { everyMinutes, offsetMinutes }: Recurrence,
  { program, args }: ScheduledCommand,
): string {
  const [hour, minute] = [Math.floor(offsetMinutes / 60), offsetMinutes % 60].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Jeton: keeps Slack tokens fresh.</Description>
  </RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <Repetition>
        <Interval>PT${everyMinutes}M</Interval>
      </Repetition>
      <StartBoundary>2026-01-01T${hour}:${minute}:00</StartBoundary>
      <Enabled>true</Enabled>
    </TimeTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT30M</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${escapeXml(program)}</Command>
      <Arguments>${escapeXml(args.map(quoteArgument).join(' '))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

/** What a registered task says: minutes between runs, and the command. */
export function readTask(xml: string): {
  readonly everyMinutes: number | undefined;
  readonly command: string;
} {
  const [interval = ''] = textsOf(xml, 'Interval');
  const words = [...textsOf(xml, 'Command'), ...textsOf(xml, 'Arguments')];
  return { everyMinutes: minutesOf(interval), command: words.join(' ') };
}

/** An ISO 8601 duration without months and seconds: `PT240M`, `PT4H`, `P1D`. */
function minutesOf(duration: string): number | undefined {
  const [, days, hours, minutes] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration) ?? [];
  const total = Number(days ?? 0) * 1440 + Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return total === 0 ? undefined : total;
}

/**
 * As the C runtime of node.exe takes a command line apart: backslashes count only before a quote.
 * https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments
 */
function quoteArgument(argument: string): string {
  if (/^[^\s"]+$/.test(argument)) return argument;
  return `"${argument.replaceAll(/(\\*)"/g, String.raw`$1$1\"`).replace(/\\+$/, '$&$&')}"`;
}
