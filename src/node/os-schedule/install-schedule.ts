import { existsSync, realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { homePaths, prepareHome } from '../paths.ts';
import type { SettingsFile } from '../settings-file.ts';
import type { OsSchedule, SchedulePlan, ScheduleRequest } from './os-schedule.ts';
import { scheduleRequest, sessionBusOf } from './schedule-request.ts';

/** What the system's scheduler starts: a Node, and the command line's entry file. */
export interface CommandLine {
  readonly program: string;
  readonly script: string;
}

/** `jeton slack refresh` in this process's surroundings. Throws as {@link scheduleRequest} does. */
export function requestHere(
  everyMinutes: number,
  { program, script }: CommandLine,
  { home, env }: { readonly home: string; readonly env: NodeJS.ProcessEnv },
): ScheduleRequest {
  return scheduleRequest({
    everyMinutes,
    program,
    script,
    home,
    host: hostname(),
    env,
    cwd: process.cwd(),
    platform: process.platform,
    sessionBus: sessionBusOf(process.getuid?.()),
  });
}

/** Installs it, and remembers the interval: every run plans with it. Throws as {@link OsSchedule} does. */
export async function installSchedule(
  schedule: OsSchedule,
  request: ScheduleRequest,
  { home, settingsFile }: { readonly home: string; readonly settingsFile: SettingsFile },
): Promise<SchedulePlan> {
  prepareHome(home);
  // What cannot be remembered is not installed.
  const before = settingsFile.read().schedule.everyMinutes;
  settingsFile.set('schedule.everyMinutes', String(request.recurrence.everyMinutes));
  return schedule.install(request).catch((cause: unknown) => {
    settingsFile.set('schedule.everyMinutes', String(before));
    throw cause;
  });
}

/** False where there was nothing to remove. */
export async function removeSchedule(
  schedule: OsSchedule,
  { home, settingsFile }: { readonly home: string; readonly settingsFile: SettingsFile },
): Promise<boolean> {
  const removed = await schedule.remove();
  if (existsSync(homePaths(home).settings)) settingsFile.set('schedule.everyMinutes', 'null');
  return removed;
}

/**
 * The command line as it was installed for this user, found as a shell would find it: for a process that cannot start
 * it itself, since a packaged application is no Node (electronjs.org/docs/latest/tutorial/fuses#runasnode).
 * `undefined` where it, or a Node for it, is not there.
 */
export function findCommandLine(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): CommandLine | undefined {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const isWindows = platform === 'win32';
  const program = folders
    .map((folder) => join(folder, isWindows ? 'node.exe' : 'node'))
    .find((path) => existsSync(path));
  // npm puts a link into a folder of the PATH; on Windows a script, beside the package itself.
  const script = folders.map((folder) => entryIn(folder, isWindows)).find((path) => path !== undefined);
  return program === undefined || script === undefined ? undefined : { program, script };
}

function entryIn(folder: string, isWindows: boolean): string | undefined {
  const path = isWindows
    ? join(folder, 'node_modules', 'jeton', 'out', 'cli', 'index.js')
    : join(folder, 'jeton');
  if (!existsSync(path)) return undefined;
  const entry = realpathSync(path);
  return entry.endsWith('.js') ? entry : undefined;
}
