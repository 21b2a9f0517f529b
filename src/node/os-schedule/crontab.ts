/**
 * The text of a user's crontab: crontab(5) of Debian's cron, whose rules the others share. Texts here are
 * bytes, one to a character (latin1), so that what is not ours goes back exactly as it came.
 */
import { CRON_INTERVALS, occurrences, type Recurrence } from '../../core/schedule-interval.ts';
import type { ScheduledCommand } from './os-schedule.ts';

const BEGIN = '# >>> jeton schedule >>> (from "jeton schedule install"; remove with "jeton schedule remove")';
const END = '# <<< jeton schedule <<<';

/** Both marks where they are expected, or neither; anything else is a person's to repair. */
export type Block =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly before: string; readonly block: string; readonly after: string }
  | { readonly kind: 'damaged'; readonly line: number };

export function findBlock(crontab: string): Block {
  const lines = crontab.split(/(?<=\n)/);
  const marks = lines.flatMap((line, index) => (isMark(line) ? [{ index, mark: line.trimEnd() }] : []));
  const [begin, end, surplus] = marks;
  if (begin === undefined) return { kind: 'none' };
  if (begin.mark !== BEGIN || end?.mark !== END || surplus !== undefined) {
    return { kind: 'damaged', line: (surplus ?? begin).index + 1 };
  }
  return {
    kind: 'found',
    before: lines.slice(0, begin.index).join(''),
    block: lines.slice(begin.index, end.index + 1).join(''),
    after: lines.slice(end.index + 1).join(''),
  };
}

/** The block, ready to be put between other lines. */
export function renderBlock(recurrence: Recurrence, command: ScheduledCommand): string {
  const line = `${cronFields(recurrence)} ${renderCommand(command)}`;
  return Buffer.from(`${BEGIN}\n${line}\n${END}\n`, 'utf8').toString('latin1');
}

/** The crontab with `block` in place of an earlier one, or at its end. Not for a damaged one. */
export function withBlock(crontab: string, block: string): string {
  const found = findBlock(crontab);
  if (found.kind === 'found') return found.before + block + found.after;
  const lineBreak = crontab === '' || crontab.endsWith('\n') ? '' : '\n';
  return crontab + lineBreak + block;
}

/** What the line in a block says: minutes between runs where they are even, and the command as /bin/sh gets it. */
export function readBlock(block: string): {
  readonly everyMinutes: number | undefined;
  readonly command: string;
} {
  const line = Buffer.from(block, 'latin1').toString('utf8').split(/\r?\n/)[1] ?? '';
  const [, fields = '', command = ''] = /^\s*((?:\S+\s+){4}\S+)\s+(.*)$/.exec(line) ?? [];
  return { everyMinutes: everyMinutesOf(fields), command: command.replaceAll(String.raw`\%`, '%') };
}

export function cronFields(recurrence: Recurrence): string {
  const { minutes, hours } = occurrences(recurrence);
  return `${cronField(minutes, 59)} ${cronField(hours, 23)} * * *`;
}

function cronField(values: readonly number[] | undefined, last: number): string {
  const [first, second] = values ?? [];
  if (first === undefined) return '*';
  return second === undefined ? `${first}` : `${first}-${last}/${second - first}`;
}

function everyMinutesOf(fields: string): number | undefined {
  const [minute = 0, hour = 0] = fields.split(/\s+/).map((field) => Number.parseInt(field, 10) || 0);
  return CRON_INTERVALS.find(
    (everyMinutes) =>
      cronFields({ everyMinutes, offsetMinutes: (hour * 60 + minute) % everyMinutes }) === fields,
  );
}

/**
 * Through env(1), so that whatever SHELL the crontab sets need not know `NAME=value command`. Nobody waits for
 * the report; what goes wrong is on stderr, which cron mails.
 */
function renderCommand({ program, args, environment }: ScheduledCommand): string {
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const words = ['/usr/bin/env', ...variables, program, ...args].map(quote);
  // An unescaped % ends the command, even between quotes.
  return `${words.join(' ')} >/dev/null`.replaceAll('%', String.raw`\%`);
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function isMark(line: string): boolean {
  const text = line.trimEnd();
  return text === BEGIN || text === END;
}
