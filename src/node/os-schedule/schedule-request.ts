import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { spread } from '../../core/schedule-interval.ts';
import type { ScheduledCommand, ScheduleRequest, ScheduleWarning } from './os-schedule.ts';
import { unavailable } from './scheduler-command.ts';

/** Marks the entry's own runs; an option, for Task Scheduler has no place for variables. */
const SCHEDULED = '--scheduled';

const LONGEST_SAFE_MINUTES = 11 * 60;

/** Where a secret or a certificate is, not what it is. */
const CARRIED_PATHS = ['JETON_MASTER_KEY_FILE', 'JETON_PASSPHRASE_FILE', 'NODE_EXTRA_CA_CERTS'] as const;

/** What changes how a run goes, and is or may hold a secret, or means nothing outside this session. */
const NOT_CARRIED = [
  'JETON_MASTER_KEY',
  'DATABASE_URL',
  'DB_NAME',
  'JETON_SLACK_API_URL',
  'JETON_ONEFLEX_URL',
  'CREDENTIALS_DIRECTORY',
  'HTTPS_PROXY',
  'HTTP_PROXY',
  'NO_PROXY',
  'https_proxy',
  'http_proxy',
  'no_proxy',
];

export interface ScheduleOptions {
  /** From `parseInterval`. */
  readonly everyMinutes: number;
  /** Absolute path of the Node that runs this process. */
  readonly program: string;
  /** Absolute path of the command line's entry file. */
  readonly script: string;
  readonly home: string;
  readonly host: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** The address of the session bus that outlives this terminal, where there is one. */
  readonly sessionBus: string | undefined;
}

/**
 * `jeton slack refresh` as the operating system's scheduler will run it: everything absolute, with the paths
 * (and nothing but paths) of this environment that it needs. Throws `schedule-unavailable` for a path that no
 * scheduler's file can hold.
 */
export function scheduleRequest(options: ScheduleOptions): ScheduleRequest {
  const command = scheduledCommand(options);
  for (const part of [command.program, ...command.args, ...Object.values(command.environment)]) {
    // A line break would begin a line of its own in a crontab.
    if (/\p{Cc}/u.test(part)) throw unavailable('', 'path-unsupported', JSON.stringify(part));
  }
  return {
    recurrence: spread(options.everyMinutes, `${options.host}:${options.home}`),
    command,
    warnings: warningsFor(options, command),
  };
}

function scheduledCommand({
  program,
  script,
  home,
  env,
  cwd,
  platform,
  sessionBus,
}: ScheduleOptions): ScheduledCommand {
  const refresh = ['slack', 'refresh', SCHEDULED];
  // Task Scheduler has no place for variables; a task sees those of the user's account.
  if (platform === 'win32') {
    return { program, args: [script, '--home', home, ...refresh], environment: {} };
  }
  const paths = CARRIED_PATHS.flatMap((name) => {
    const path = env[name] ?? '';
    return path === '' ? [] : [[name, posix.resolve(cwd, path)]];
  });
  const bus = sessionBus === undefined || hasKeyPath(env) ? [] : [['DBUS_SESSION_BUS_ADDRESS', sessionBus]];
  return {
    program,
    args: [script, ...refresh],
    environment: Object.fromEntries([['JETON_HOME', home], ...paths, ...bus]),
  };
}

function warningsFor(
  { everyMinutes, env, platform, sessionBus }: ScheduleOptions,
  { environment }: ScheduledCommand,
): ScheduleWarning[] {
  const warnings: ScheduleWarning[] = [...CARRIED_PATHS, ...NOT_CARRIED]
    .filter((name) => (env[name] ?? '') !== '' && !(name in environment))
    .map((name) => ({ code: 'variable-not-carried', name }));
  // launchd and Task Scheduler run inside the user's session, where the keychain is.
  if (platform !== 'win32' && platform !== 'darwin' && !hasKeyPath(env)) {
    warnings.push({ code: sessionBus === undefined ? 'keychain-unreachable' : 'keychain-needs-session' });
  }
  if (everyMinutes > LONGEST_SAFE_MINUTES) warnings.push({ code: 'longer-than-a-token' });
  return warnings;
}

function hasKeyPath(env: ScheduleOptions['env']): boolean {
  return ['JETON_MASTER_KEY_FILE', 'JETON_PASSPHRASE_FILE'].some((name) => (env[name] ?? '') !== '');
}

/** False for an entry that an earlier version installed: its runs look like anybody's. */
export function saysItIsScheduled(command: string): boolean {
  return command.includes(` slack refresh ${SCHEDULED}`);
}

/** The session bus of systemd's user manager: it is there as long as the user is signed in (or lingers). */
export function sessionBusOf(uid: number | undefined): string | undefined {
  const socket = `/run/user/${uid}/bus`;
  return uid !== undefined && existsSync(socket) ? `unix:path=${socket}` : undefined;
}
