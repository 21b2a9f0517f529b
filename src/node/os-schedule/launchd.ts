/** A launch agent: launchd.plist(5). */
import { occurrences, type Recurrence } from '../../core/schedule-interval.ts';
import type { ScheduledCommand } from './os-schedule.ts';
import { escapeXml, textsOf } from './xml.ts';

export const LABEL = 'jeton.schedule';

/**
 * Calendar times, not StartInterval: launchd makes up on waking for a calendar time that was slept through,
 * once, and skips an interval.
 */
export function renderLaunchAgent(
  recurrence: Recurrence,
  { program, args, environment }: ScheduledCommand,
): string {
  const times = calendarTimes(recurrence).map((time) =>
    dictionary(time, (value) => `<integer>${value}</integer>`),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
<key>Label</key>
${string(LABEL)}
<key>ProgramArguments</key>
<array>
${[program, ...args].map(string).join('\n')}
</array>
<key>EnvironmentVariables</key>
${dictionary(environment, string)}
<key>StartCalendarInterval</key>
<array>
${times.join('\n')}
</array>
<key>ProcessType</key>
${string('Background')}
</dict>
</plist>
`;
}

/** What an agent of Jeton's says: minutes between runs, and the command. */
export function readLaunchAgent(plist: string): {
  readonly everyMinutes: number | undefined;
  readonly command: string;
} {
  const section = (key: string) =>
    new RegExp(`<key>${key}</key>\\s*<array>(.*?)</array>`, 's').exec(plist)?.[1] ?? '';
  const times = section('StartCalendarInterval');
  const runs = times.match(/<dict>.*?<\/dict>/gs)?.length;
  const runsPer = times.includes('<key>Hour</key>') ? 24 * 60 : 60;
  return {
    everyMinutes: runs === undefined ? undefined : times.includes('<key>Minute</key>') ? runsPer / runs : 1,
    command: textsOf(section('ProgramArguments'), 'string').join(' '),
  };
}

function calendarTimes(recurrence: Recurrence): Record<string, number | undefined>[] {
  const { minutes = [undefined], hours = [undefined] } = occurrences(recurrence);
  return hours.flatMap((Hour) => minutes.map((Minute) => ({ Hour, Minute })));
}

/** A key without a value is left out: launchd takes that for "any". */
function dictionary<T>(
  entries: Readonly<Record<string, T | undefined>>,
  render: (value: T) => string,
): string {
  const lines = Object.entries(entries).flatMap(([key, value]) =>
    value === undefined ? [] : [`<key>${escapeXml(key)}</key>${render(value)}`],
  );
  return ['<dict>', ...lines, '</dict>'].join('\n');
}

function string(text: string): string {
  return `<string>${escapeXml(text)}</string>`;
}
