import { scrub } from '../core/scrub.ts';
import type { Explanation } from '../shared/messages/words.ts';
import { wrap } from './table.ts';

/** ANSI codes, on and off; node:util would do, and takes a tenth of a short command to load. */
const CODES = {
  green: [32, 39],
  yellow: [33, 39],
  red: [31, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
} as const;

export type Colour = keyof typeof CODES;

/** Where a command says things. With `--json`, stdout holds one document and nothing else. */
export interface Output {
  readonly json: boolean;
  readonly isTerminal: boolean;
  /** Columns. */
  readonly width: number;
  readonly colour: (colour: Colour, text: string) => string;
  /** The result: `document` with --json, else the lines. */
  readonly result: (document: unknown, lines: readonly string[]) => void;
  /** A line as things happen, for long-running commands; nothing with --json. */
  readonly line: (text: string) => void;
  /** What is going on, on a terminal's stderr; the next one takes its place, an empty one clears it. */
  readonly progress: (text: string) => void;
  /** Something to know besides the result, on stderr. */
  readonly note: (text: string) => void;
  readonly error: (explanation: Explanation) => void;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export function createOutput({ json, env, stdout, stderr }: OutputOptions): Output {
  const isTerminal = stdout.isTTY;
  const width =
    widthFrom(stdout.columns) ?? widthFrom(stderr.columns) ?? widthFrom(Number(env['COLUMNS'])) ?? 80;
  const colours = hasColour(env, isTerminal);
  const errorColours = hasColour(env, stderr.isTTY);
  let progressShown = false;

  const paint = (wanted: boolean, colour: Colour, text: string): string => {
    const [on, off] = CODES[colour];
    return wanted ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  };
  const clear = (): void => {
    if (progressShown) stderr.write('\r\u001b[K');
    progressShown = false;
  };
  const print = (text: string): void => {
    clear();
    stdout.write(`${text}\n`);
  };
  return {
    json,
    isTerminal,
    width,
    colour: (colour, text) => paint(colours && !json, colour, text),
    result(document, lines) {
      if (json) print(JSON.stringify(document, undefined, 2));
      else if (lines.length > 0) print(lines.join('\n'));
    },
    line(text) {
      if (!json) print(text);
    },
    progress(text) {
      if (!stderr.isTTY) return;
      clear();
      if (text !== '') stderr.write(paint(errorColours, 'dim', text));
      progressShown = text !== '';
    },
    note(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    error({ code, message, remedy }) {
      clear();
      // An error may quote what somebody typed: a token where a name belongs, say.
      const explanation = { code, message: scrub(message), remedy: scrub(remedy) };
      if (json) {
        stdout.write(`${JSON.stringify({ error: explanation }, undefined, 2)}\n`);
        return;
      }
      const lines = [
        ...wrap(`${paint(errorColours, 'red', '✗')} ${explanation.message}`, width),
        ...wrap(`→ ${explanation.remedy}`, width, '  '),
      ];
      stderr.write(`${lines.join('\n')}\n`);
    },
  };
}

/** https://no-color.org and https://force-color.org: set and not empty. */
function hasColour(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (env['NO_COLOR']) return false;
  if (env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '') return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}

function widthFrom(columns: number | undefined): number | undefined {
  return columns !== undefined && columns >= 40 ? columns : undefined;
}
