/** When the bot books, and by whose clock: it is not restarted then. */
import type { EnvFileState, TargetMachine } from '../ports.ts';
import { scrub } from '../scrub.ts';
import type { Inspection, RestartHold } from './restart.ts';
import { holdRestart, isTimeZone } from './restart.ts';

/** The bot's own setting. */
const RESERVATION_TIME = 'RESERVATION_TIME';
const TIME_ZONE = 'TZ';
/** What to ask of the file for {@link reservationOf}. */
export const RESERVATION_SETTINGS: readonly string[] = [RESERVATION_TIME, TIME_ZONE];

const LONGEST_TIME = 40;

export interface Reservation {
  /** As it is written in the file, scrubbed; a person may have put anything there. */
  readonly time: string;
  /** `undefined` where the time is none, for which no zone is looked for. */
  readonly zone: ReservationZone | undefined;
  readonly hold: RestartHold;
}

/**
 * `container`: its TZ, which wins over that of the file (python-dotenv, override=False). `machine`: the one that the
 * bot is on. `here`: nothing else is known.
 */
export interface ReservationZone {
  readonly name: string;
  readonly from: 'container' | 'file' | 'machine' | 'here';
}

/** What has been looked at already, with {@link RESERVATION_SETTINGS}. */
export interface Seen {
  readonly file?: EnvFileState;
  readonly containers?: Inspection;
}

/** `undefined`: the bot has no time. `now` is epoch milliseconds. Docker is only asked where there is a time. */
export async function reservationOf(
  machine: TargetMachine,
  now: number,
  seen: Seen = {},
  signal?: AbortSignal,
): Promise<Reservation | undefined> {
  const file = seen.file ?? (await machine.envFile.inspect(RESERVATION_SETTINGS));
  const settings = file.kind === 'present' ? file.settings : new Map<string, string>();
  const written = settings.get(RESERVATION_TIME)?.trim() ?? '';
  if (written === '') return undefined;
  const time = scrub(written).slice(0, LONGEST_TIME);
  const hold = holdRestart(written, now);
  if (hold.kind === 'time-invalid') return { time, zone: undefined, hold };

  const containers = seen.containers ?? (await machine.containers.inspect(machine.bot, signal));
  const ofContainer = containers.kind === 'inspected' ? containers.container?.timeZone : undefined;
  const zone =
    zoneFrom('container', ofContainer) ??
    zoneFrom('file', settings.get(TIME_ZONE)) ??
    zoneFrom('machine', await machine.timeZone()) ??
    ({ name: new Intl.DateTimeFormat().resolvedOptions().timeZone, from: 'here' } as const);
  return { time, zone, hold: holdRestart(written, now, zone.from === 'here' ? undefined : zone.name) };
}

/** A leading colon says the same in POSIX; its other forms (`CET-1CEST`) are not understood. */
function zoneFrom(from: ReservationZone['from'], text: string | undefined): ReservationZone | undefined {
  const name = text?.trim().replace(/^:/, '') ?? '';
  return isTimeZone(name) ? { name, from } : undefined;
}
