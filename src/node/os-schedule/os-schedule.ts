import { homedir } from 'node:os';
import type { Recurrence } from '../../core/schedule-interval.ts';
import { CrontabSchedule } from './crontab-schedule.ts';
import { LaunchdSchedule } from './launchd-schedule.ts';
import { runSchedulerCommand } from './scheduler-command.ts';
import { TaskSchedulerSchedule } from './task-scheduler-schedule.ts';

/** What the operating system's own scheduler is asked to run. */
export interface ScheduleRequest {
  readonly recurrence: Recurrence;
  readonly command: ScheduledCommand;
  readonly warnings: readonly ScheduleWarning[];
}

export interface ScheduledCommand {
  /** Absolute: cron has a bare PATH. */
  readonly program: string;
  readonly args: readonly string[];
  /** Paths only, never a secret: anybody who is this user can read it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What a person should know before relying on the schedule. */
export type ScheduleWarning =
  /** A scheduled run will not see this variable of the present environment. */
  | { readonly code: 'variable-not-carried'; readonly name: string }
  /** The keychain answers only while the user is signed in to the desktop. */
  | { readonly code: 'keychain-needs-session' }
  /** The key is in the keychain as far as one can see, and no session bus to reach it is there. */
  | { readonly code: 'keychain-unreachable' }
  /** Tokens live for 12 hours: between runs this far apart they expire. */
  | { readonly code: 'longer-than-a-token' };

export interface SchedulePlan {
  /** A file, or the name of the thing: `crontab`, a task's name. */
  readonly where: string;
  /** The entry, verbatim. */
  readonly entry: string;
  readonly change: 'add' | 'replace' | 'none';
  readonly warnings: readonly ScheduleWarning[];
}

export type ScheduleStatus =
  | { readonly installed: false }
  | {
      readonly installed: true;
      readonly where: string;
      /** `undefined` where somebody changed the entry to an interval of their own. */
      readonly everyMinutes: number | undefined;
      readonly command: string;
    };

/**
 * One entry of Jeton's in the scheduler that the operating system has for this user. Every method throws
 * `schedule-unavailable` (`program`, `reason`, `message`) where that scheduler is missing, refuses, or holds
 * something that Jeton does not dare to change; nothing is changed then.
 */
export interface OsSchedule {
  /** What {@link install} would do. Changes nothing. */
  plan(request: ScheduleRequest): Promise<SchedulePlan>;
  /** Puts the entry there, in place of an earlier one. */
  install(request: ScheduleRequest): Promise<SchedulePlan>;
  status(): Promise<ScheduleStatus>;
  /** False where there was nothing to remove. */
  remove(): Promise<boolean>;
}

export function openOsSchedule(platform: NodeJS.Platform = process.platform): OsSchedule {
  switch (platform) {
    case 'darwin':
      return new LaunchdSchedule({
        run: runSchedulerCommand,
        homedir: homedir(),
        uid: process.getuid?.() ?? 0,
      });
    case 'win32':
      return new TaskSchedulerSchedule({ run: runSchedulerCommand });
    default:
      return new CrontabSchedule({ run: runSchedulerCommand });
  }
}
