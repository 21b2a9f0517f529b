/** One line of the table that `npm run bench` prints. `bound` is what the figure must not exceed (or reach). */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly bound: string;
  /** `undefined`: it could not be measured here. */
  readonly holds: boolean | undefined;
}

export function atMost(what: string, value: number, bound: number, unit: string, note = ''): Figure {
  return {
    what,
    measured: `${format(value)} ${unit}${note}`,
    bound: `≤ ${bound} ${unit}`,
    holds: value <= bound,
  };
}

export function atLeast(what: string, value: number, bound: number, unit: string, note = ''): Figure {
  return {
    what,
    measured: `${format(value)} ${unit}${note}`,
    bound: `≥ ${bound} ${unit}`,
    holds: value >= bound,
  };
}

export function notMeasured(what: string, bound: string, why: string): Figure {
  return { what, measured: `not measured: ${why}`, bound, holds: undefined };
}

export function printTable(figures: readonly Figure[]): void {
  const rows = figures.map(({ what, measured, bound, holds }) => [markOf(holds), what, measured, bound]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) console.log(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

function markOf(holds: boolean | undefined): string {
  if (holds === undefined) return '–';
  return holds ? '✓' : '✗';
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The value that `share` of them do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN;
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
