// date, T or space, time, fraction of any length (Python writes microseconds), offset or none
const iso =
  /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?: ?([Zz]|[+-]\d{2}(?::?\d{2})?))?$/;

/**
 * Reads an application's `token_expiry`: ISO 8601 as Python's `isoformat()` writes it. Without an offset it is
 * this machine's local time, as the application means it. Answers epoch milliseconds, or `undefined` for what
 * is not such a time.
 */
export function parseExpiry(text: string): number | undefined {
  const match = iso.exec(text.trim());
  if (match === null) return undefined;
  const [, date, minutes, seconds = '00', fraction = '', offset = ''] = match;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const at = Date.parse(`${date}T${minutes}:${seconds}.${milliseconds}${isoOffset(offset)}`);
  return Number.isNaN(at) ? undefined : at;
}

/**
 * Writes epoch milliseconds as local time with its offset: unambiguous, and still right for a reader that
 * looks at the digits only, as the application's old scripts wrote them. No `Z`: Python's `fromisoformat`
 * refuses it before 3.11.
 */
export function formatExpiry(at: number): string {
  const offset = -new Date(at).getTimezoneOffset();
  const local = new Date(at + offset * 60_000).toISOString().slice(0, -1);
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
}

function isoOffset(offset: string): string {
  if (offset === '' || offset.toUpperCase() === 'Z') return offset.toUpperCase();
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
