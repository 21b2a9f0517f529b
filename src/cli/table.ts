export interface Column {
  readonly heading: string;
  /** The column gives way when the table does not fit: its cells are cut. */
  readonly flexible?: boolean;
}

const GAP = 2;
const SHORTEST_FLEXIBLE = 8;

/**
 * An aligned table, as lines. Cells may hold colour. A line of `notes` follows its row, indented. Where the
 * width does not suffice, flexible columns are cut and nothing else.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly { readonly cells: readonly string[]; readonly notes?: readonly string[] }[],
  options: { readonly width: number; readonly heading: (text: string) => string },
): string[] {
  const widths = columns.map((column, index) =>
    Math.max(widthOf(column.heading), ...rows.map(({ cells }) => widthOf(cells[index] ?? ''))),
  );
  const excess = widths.reduce((sum, width) => sum + width + GAP, -GAP) - options.width;
  const flexible = columns.findIndex((column) => column.flexible);
  const natural = widths[flexible];
  if (excess > 0 && natural !== undefined) widths[flexible] = Math.max(SHORTEST_FLEXIBLE, natural - excess);

  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, index) => pad(cut(cell, widths[index] ?? 0), widths[index] ?? 0))
      .join(' '.repeat(GAP))
      .trimEnd();
  return [
    options.heading(line(columns.map((column) => column.heading))),
    ...rows.flatMap(({ cells, notes = [] }) => [line(cells), ...notes]),
  ];
}

/** Columns that a terminal needs for it: colour needs none, East Asian wide characters and emoji two each. */
export function widthOf(text: string): number {
  const plain = text.replaceAll(COLOUR, '');
  if (NARROW.test(plain)) return plain.length;
  return graphemesOf(plain).reduce((width, grapheme) => width + (WIDE.test(grapheme) ? 2 : 1), 0);
}

const COLOUR = /\p{Cc}\[[\d;]*m/gu;
/** Latin, punctuation and the symbols that Jeton itself draws: no need for the segmenter, which is slow to load. */
const NARROW = /^[\u0020-\u02ff\u2010-\u27bf]*$/;
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/u;

function graphemesOf(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}

/**
 * Breaks at spaces; later lines begin below the first one's text, after a mark such as `→ ` if there is one. A word
 * longer than the width stays whole.
 */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = [];
  const hanging = /^[→✗✓] /.test(text.replaceAll(COLOUR, '')) ? '  ' : '';
  let line = '';
  const begin = (): string => (lines.length === 0 ? indent : indent + hanging);
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(begin()) + widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(begin() + line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, begin() + line];
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** Only plain text is cut: what has colour is short. */
function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  for (const grapheme of graphemesOf(text)) {
    if (widthOf(kept + grapheme) > width - 1) break;
    kept += grapheme;
  }
  return `${kept.trimEnd()}…`;
}
