/**
 * Restarting the bot's container: what is decided, and what counts as proof. Nothing here talks to Docker;
 * node/docker.ts does, as a `BotContainers`.
 */
import type { ErrorCode, ErrorDetails } from '../errors.ts';
import { assertNever } from '../errors.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Where the bot is, for whoever talks to its Docker. Paths are of the machine that Docker runs on. */
export interface BotTarget {
  /** Absolute; compose runs there. */
  readonly dir: string;
  /** As for compose's `-f`; none: what compose finds in `dir`. */
  readonly composeFiles: readonly string[];
  readonly service: string | undefined;
  /** The file that tokens are exported to; absolute and normalised. */
  readonly envFile: string;
  /** The keys that are exported to it. */
  readonly keys: readonly string[];
}

/** A container as Docker shows it; of its environment only the names, and TZ. */
export interface Container {
  readonly id: string;
  readonly running: boolean;
  /** It ended, and Docker is about to start it again. Docker calls that running, too. */
  readonly restarting: boolean;
  /** Docker's own text (RFC 3339, nanoseconds); year 1 when it was never started. */
  readonly startedAt: string;
  readonly exitCode: number;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  /** Names of the environment variables that it was created with, whether from `env_file` or otherwise. */
  readonly variables: readonly string[];
  /** Its TZ; empty when it has none. */
  readonly timeZone: string;
  readonly mounts: readonly { readonly source: string; readonly destination: string }[];
  /** `BotTarget.dir` as compose saw it when it created the container; empty when not known. */
  readonly workingDir: string;
}

/** Why a restart cannot be had, or is not proven. Words are chosen at the edge. */
export type RestartFailure =
  | { readonly reason: 'service-unknown'; readonly service: string; readonly services: readonly string[] }
  | { readonly reason: 'service-ambiguous'; readonly services: readonly string[] }
  /** The machine that Docker is on. */
  | { readonly reason: 'unreachable'; readonly code: ErrorCode; readonly details: ErrorDetails }
  /** `message`: the tool's own words, scrubbed; may be empty. */
  | { readonly reason: CommandFailure | Disproof; readonly message: string };

type CommandFailure =
  | 'docker-missing'
  | 'sudo-refused'
  | 'permission-denied'
  | 'daemon-down'
  | 'compose-missing'
  | 'compose-file-missing'
  | 'compose-file-invalid'
  | 'no-container'
  | 'timeout'
  | 'cancelled'
  | 'failed';

/** `not-restarted`: compose said that all was well, and the container is the one that ran before. */
type Disproof = 'not-restarted' | 'exited' | 'unhealthy';

export interface RestartPlan {
  readonly action: 'restart' | 'recreate';
  readonly because:
    /** The container sees the file itself, and reads it at its start. */
    | 'file-mounted'
    /** It was created with these keys in its environment, where they win over the file. */
    | 'keys-in-environment'
    /** It does not see the file; only a new container may be given what is in it. */
    | 'file-not-mounted';
  /** Those of the target's keys that are in the container's environment. */
  readonly keys: readonly string[];
}

export type Inspection =
  | {
      readonly kind: 'inspected';
      readonly docker: {
        readonly program: string;
        readonly version: string;
        readonly serverVersion: string;
      };
      readonly compose: { readonly form: 'docker compose' | 'docker-compose'; readonly version: string };
      readonly services: readonly string[];
      readonly service: string;
      /** The first of the service's containers: a bot has one. */
      readonly container: Container | undefined;
      /** How it will come to see a change of the file. */
      readonly plan: RestartPlan | undefined;
    }
  | { readonly kind: 'failed'; readonly failure: RestartFailure };

export type RestartOutcome =
  /** Proven: see {@link judgeRestart}. */
  | { readonly kind: 'restarted'; readonly plan: RestartPlan; readonly container: Container }
  | {
      readonly kind: 'failed';
      readonly failure: RestartFailure;
      /** What was done; `undefined` when it did not come to that. */
      readonly plan: RestartPlan | undefined;
      /** The container's last 20 lines, scrubbed, where something was done. */
      readonly log: readonly string[];
    };

/**
 * The containers of one machine. What can go wrong with them is in the answer; a machine that is out of reach
 * throws.
 */
export interface BotContainers {
  /** Changes nothing. */
  inspect(target: BotTarget, signal?: AbortSignal): Promise<Inspection>;
  restart(target: BotTarget, options?: RestartOptions): Promise<RestartOutcome>;
  /**
   * Judges as {@link restart} does a container that has been started, by whomever, since its StartedAt was `since`;
   * `undefined` when it runs no other start than that. Changes nothing.
   */
  prove(target: BotTarget, since: string, signal?: AbortSignal): Promise<RestartOutcome | undefined>;
}

export interface RestartOptions {
  /** Waited for between the look at the container, whose StartedAt it is told, and the command that restarts it. */
  readonly willRestart?: ((startedAt: string) => Promise<void>) | undefined;
  /** Each line that compose prints, as it comes, scrubbed of what looks like a secret. */
  readonly onLine?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

// ── What to do ──────────────────────────────────────────────────────────────────────────────────────────

const BOT_SERVICE = 'oneflex-bot';

type ServiceChoice =
  | { readonly kind: 'chosen'; readonly service: string }
  | { readonly kind: 'failed'; readonly failure: RestartFailure };

/** The service asked for, else the public bot's, else the only one. */
export function chooseService(services: readonly string[], asked: string | undefined): ServiceChoice {
  if (asked !== undefined) {
    if (services.includes(asked)) return { kind: 'chosen', service: asked };
    return { kind: 'failed', failure: { reason: 'service-unknown', service: asked, services } };
  }
  if (services.includes(BOT_SERVICE)) return { kind: 'chosen', service: BOT_SERVICE };
  const [only] = services;
  if (only !== undefined && services.length === 1) return { kind: 'chosen', service: only };
  return { kind: 'failed', failure: { reason: 'service-ambiguous', services } };
}

/**
 * A restart keeps the environment that the container was created with, and the bot prefers that to its file
 * (python-dotenv, override=False). So the container is asked, not the compose file: what counts is what it was
 * given, by whichever version of either. A mount that is not recognised leads to a new container, which sees the
 * file in any case.
 */
export function planRestart(container: Container, target: BotTarget): RestartPlan {
  const keys = target.keys.filter((key) => container.variables.includes(key));
  if (keys.length > 0) return { action: 'recreate', because: 'keys-in-environment', keys };
  const mounted = container.mounts.some(({ source }) =>
    pathsOf(target, container).some((path) => isWithin(path, source)),
  );
  return mounted
    ? { action: 'restart', because: 'file-mounted', keys }
    : { action: 'recreate', because: 'file-not-mounted', keys };
}

/** The file's path, and the same by the name that compose had for the folder (a link, say). */
function pathsOf({ dir, envFile }: BotTarget, { workingDir }: Container): readonly string[] {
  return workingDir !== '' && isWithin(envFile, dir)
    ? [envFile, workingDir + envFile.slice(dir.length)]
    : [envFile];
}

function isWithin(path: string, folder: string): boolean {
  const [inner, outer] = [plain(path), plain(folder)];
  return outer !== '' && (inner === outer || inner.startsWith(`${outer}/`));
}

/** Docker Desktop on macOS shows the Mac's files under /host_mnt. */
function plain(path: string): string {
  return path
    .replaceAll('\\', '/')
    .replace(/^\/host_mnt(?=\/)/, '')
    .replace(/\/+$/, '');
}

// ── When ────────────────────────────────────────────────────────────────────────────────────────────────

type RestartPolicy = 'on-reconnect' | 'when-stopped' | 'always' | 'never';

/** `interactive`: a person has just signed in. `asked`: a person exports by hand. `background`: nobody is there. */
export type RestartTrigger = 'interactive' | 'asked' | 'background';

export interface RestartQuestion {
  readonly policy: RestartPolicy;
  readonly trigger: RestartTrigger;
  /** `--restart`, `--no-restart`, or neither. */
  readonly flag: boolean | undefined;
  /** The file got other values just now. */
  readonly changed: boolean;
  /** `undefined`: not known; a restart that is tried will say why. */
  readonly containerRunning: boolean | undefined;
  /** An earlier restart was held or did not come off. */
  readonly pending: boolean;
}

export interface RestartDecision {
  readonly restart: boolean;
  readonly because:
    | 'flag'
    | 'never'
    | 'nothing-changed'
    | 'stopped'
    | 'running'
    | 'state-unknown'
    | 'pending'
    | 'always'
    | 'person'
    | 'background';
}

/** A restart interrupts the bot, so it needs a reason; a flag is one, and so is a refusal. */
export function decideRestart(question: RestartQuestion): RestartDecision {
  const { policy, trigger, flag, changed, containerRunning, pending } = question;
  if (flag !== undefined) return { restart: flag, because: 'flag' };
  // What is owed under this policy was asked for by a person.
  if (policy === 'never')
    return pending ? { restart: true, because: 'pending' } : { restart: false, because: 'never' };
  if (!changed && !pending) return { restart: false, because: 'nothing-changed' };
  if (containerRunning === false) return { restart: true, because: 'stopped' };
  switch (policy) {
    case 'when-stopped':
      return containerRunning === undefined
        ? { restart: true, because: 'state-unknown' }
        : { restart: false, because: 'running' };
    case 'always':
      return { restart: true, because: 'always' };
    case 'on-reconnect':
      if (pending) return { restart: true, because: 'pending' };
      return trigger === 'background'
        ? { restart: false, because: 'background' }
        : { restart: true, because: 'person' };
    default:
      return assertNever(policy);
  }
}

const HOLD_BEFORE_MS = 10 * MINUTE_MS;
/**
 * The public bot looks at the clock once a minute and then books for a minute or two; started again before it did,
 * it waits for the next day (its `schedule_daily_booking`, with the library `schedule`).
 */
const HOLD_AFTER_MS = 5 * MINUTE_MS;

export type RestartHold =
  | { readonly kind: 'free' }
  /** Epoch milliseconds. */
  | { readonly kind: 'held'; readonly until: number }
  /** Not a time, so there is nothing to hold for: to be warned of. */
  | { readonly kind: 'time-invalid' };

/**
 * Whether the bot is about to book: from 10 minutes before `reservationTime` to 5 after it. The bot takes `HH:MM`
 * or `HH:MM:SS` a day, in its own zone (`Europe/Paris`, `+02:00`); this machine's by default. `undefined` or blank:
 * it has no time.
 */
export function holdRestart(
  reservationTime: string | undefined,
  now: number,
  timeZone?: string,
): RestartHold {
  if (reservationTime === undefined || reservationTime.trim() === '') return { kind: 'free' };
  const match = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(reservationTime.trim());
  if (match === null) return { kind: 'time-invalid' };
  const [hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const sinceMidnight = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  const wallClock = now + offsetOf(now, timeZone);
  const midnight = wallClock - (((wallClock % DAY_MS) + DAY_MS) % DAY_MS);
  for (const day of [-1, 0, 1]) {
    const at = momentOf(midnight + day * DAY_MS + sinceMidnight, timeZone);
    if (at - HOLD_BEFORE_MS <= now && now < at + HOLD_AFTER_MS) {
      return { kind: 'held', until: at + HOLD_AFTER_MS };
    }
  }
  return { kind: 'free' };
}

/** Whether {@link holdRestart} knows the zone: names of the IANA database, and offsets (`+02:00`). */
export function isTimeZone(name: string): boolean {
  try {
    return name !== '' && Number.isFinite(offsetOf(0, name));
  } catch {
    return false;
  }
}

/**
 * When a wall clock shows this, given as if it were UTC's. Of a time that there is twice the first, and of one that
 * there is not the same after the change, as Date has it.
 */
function momentOf(wallClock: number, timeZone: string | undefined): number {
  const before = offsetOf(wallClock - DAY_MS, timeZone);
  const after = offsetOf(wallClock + DAY_MS, timeZone);
  const isAfter = offsetOf(wallClock - before, timeZone) !== before;
  return isAfter && offsetOf(wallClock - after, timeZone) === after ? wallClock - after : wallClock - before;
}

/** Milliseconds that the zone's wall clock is ahead of UTC's at a moment. */
function offsetOf(moment: number, timeZone: string | undefined): number {
  if (timeZone === undefined) return -new Date(moment).getTimezoneOffset() * MINUTE_MS;
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  const name = format.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  // `GMT`, or `GMT+02:00`.
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * MINUTE_MS;
}

// ── What came of it ─────────────────────────────────────────────────────────────────────────────────────

/** For how long it has to go on running before that is believed. */
const STEADY_MS = 3_000;
/** Docker's own health check, unchanged, answers for the first time after 30 s and gives up after 90 s. */
const HEALTH_MS = 120_000;

export interface RestartEvidence {
  readonly before: Container;
  /** The service's container as it was first seen after the command had ended. */
  readonly started: Container;
  /** The same container now. */
  readonly latest: Container;
  /** Milliseconds between those two. */
  readonly elapsedMs: number;
}

/**
 * An exit code of 0 proves nothing (compose 5 gives it without any container). Proof: another StartedAt than before,
 * running from that start for 3 s at least, and healthy where there is a health check.
 */
export function judgeRestart({
  before,
  started,
  latest,
  elapsedMs,
}: RestartEvidence): 'proven' | 'not-yet' | Disproof {
  if (started.startedAt === before.startedAt) return 'not-restarted';
  // Before its health: of a container that ended, Docker says unhealthy as well.
  const isSameRun = latest.startedAt === started.startedAt;
  if (!isSameRun || !latest.running || latest.restarting) return 'exited';
  if (latest.health === 'unhealthy') return 'unhealthy';
  if (latest.health === 'starting') return elapsedMs < HEALTH_MS ? 'not-yet' : 'unhealthy';
  return elapsedMs < STEADY_MS ? 'not-yet' : 'proven';
}

/** Whether the restart is still owed. One that took place and went wrong is not: another would do the same. */
export function isRestartOwed(outcome: RestartOutcome): boolean {
  if (outcome.kind === 'restarted') return false;
  return outcome.failure.reason !== 'exited' && outcome.failure.reason !== 'unhealthy';
}

/**
 * What a failed docker or compose command complains of, by its own words: docker 20 to 29, compose 1 and 2. What
 * other programs say inside a container ("exec: permission denied") does not count.
 */
export function commandFailureOf(
  stderr: string,
): 'permission-denied' | 'daemon-down' | 'no-container' | 'failed' {
  const says = (pattern: RegExp): boolean => pattern.test(stderr);
  if (
    says(
      /permission denied.{0,40}\bdocker|connect: permission denied|PermissionError\(13|pipe.*access is denied/i,
    )
  )
    return 'permission-denied';
  if (
    says(
      /cannot connect to the docker daemon|failed to connect to the docker api|error during connect|Error while fetching server API version|docker (?:daemon|desktop) is not running/i,
    )
  )
    return 'daemon-down';
  return says(/no containers? to restart|no such container/i) ? 'no-container' : 'failed';
}

/** Why `compose config` failed: no compose file, or one (or a file that it names) that cannot be used. */
export function configFailureOf(
  stderr: string,
  { composeFiles }: Pick<BotTarget, 'composeFiles'>,
): 'compose-file-missing' | 'compose-file-invalid' {
  if (/suitable configuration file|no configuration file provided/i.test(stderr))
    return 'compose-file-missing';
  const aFileIsMissing = /no such file|cannot find the (?:file|path)/i.test(stderr);
  const isNamed = composeFiles.some((file) => stderr.includes(file.replace(/^.*[/\\]/, '')));
  return aFileIsMissing && isNamed ? 'compose-file-missing' : 'compose-file-invalid';
}
