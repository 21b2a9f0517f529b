import { fstatSync, readFileSync } from 'node:fs';
import { JetonError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import { secretOrNone } from '../core/secret.ts';
import { errnoOf } from '../node/paths.ts';
import type { Messages } from '../shared/messages/messages.ts';
import { UsageError } from './usage-error.ts';

/** Where one secret may come from, in this order: file or stdin, environment, a question. Never argv. */
export interface SecretRequest {
  readonly label: string;
  /** The option that names a file, for the remedy. */
  readonly option: string;
  /** What was given to it: a path, or `-`. */
  readonly file: string | undefined;
  /** The environment variable that may hold it. */
  readonly variable: string;
  /** Asked for in vain, it is not there; without this, that is an error. */
  readonly optional?: boolean;
}

/** What commands ask the person, or whoever speaks in their stead. */
export class Input {
  readonly #t: Messages['t'];
  readonly #env: NodeJS.ProcessEnv;
  #lines: Promise<string[]> | undefined;

  constructor({ t }: Messages, env: NodeJS.ProcessEnv) {
    this.#t = t;
    this.#env = env;
  }

  /** Somebody is there to answer. */
  get isTerminal(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY;
  }

  /** Something was redirected into stdin: a file or a pipe, not /dev/null or a closed descriptor. */
  get isPiped(): boolean {
    try {
      const stat = fstatSync(0);
      return stat.isFIFO() || stat.isFile() || stat.isSocket();
    } catch {
      return false;
    }
  }

  async secret(request: SecretRequest & { readonly optional: true }): Promise<Secret | undefined>;
  async secret(request: SecretRequest): Promise<Secret>;
  async secret(request: SecretRequest): Promise<Secret | undefined> {
    const { label, option, file, variable, optional = false } = request;
    const given =
      file === undefined ? this.#env[variable] : file === '-' ? await this.nextLine() : readText(file);
    const text = given ?? (this.isTerminal ? await this.ask(label, { hidden: true }) : undefined);
    const secret = secretOrNone(text);
    if (secret !== undefined || optional) return secret;
    if (text !== undefined) throw this.#empty(label, option, variable);
    throw new UsageError(
      this.#t('usage.input-needed', { label }),
      this.#t('usage.input-needed.remedy', { option: `${option} F|-`, variable }),
    );
  }

  /** Something that is no secret and can be given as an option. */
  async text(label: string, option: string, given: string | undefined): Promise<string> {
    const text = (given ?? (this.isTerminal ? await this.ask(label, { hidden: false }) : undefined))?.trim();
    if (text !== undefined && text !== '') return text;
    const remedy = this.#t('usage.input-needed.option-remedy', { option });
    throw new UsageError(this.#t('usage.input-needed', { label }), remedy);
  }

  async confirm(question: string): Promise<boolean> {
    const answer = await prompt(this.#t('ask.yes-or-no', { question }), { hidden: false });
    return this.#t('ask.yes-letters').split(' ').includes(answer.trim().toLowerCase());
  }

  ask(label: string, { hidden }: { readonly hidden: boolean }): Promise<string> {
    return prompt(this.#t(hidden ? 'ask.not-shown' : 'ask.plain', { label }), { hidden });
  }

  /** The next line of stdin: several secrets may come through it, one a line. */
  async nextLine(): Promise<string> {
    this.#lines ??= readStdin();
    return (await this.#lines).shift() ?? '';
  }

  #empty(label: string, option: string, variable: string): UsageError {
    return new UsageError(
      this.#t('usage.empty-secret', { label }),
      this.#t('usage.input-needed.remedy', { option: `${option} F|-`, variable }),
    );
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new JetonError('file-unreadable', { path, reason: errnoOf(cause) }, { cause });
  }
}

async function readStdin(): Promise<string[]> {
  if (process.stdin.isTTY) return [await prompt('', { hidden: true })];
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += String(chunk);
  return text.split(/\r?\n/);
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';

/** What was pasted behind the answer to one question belongs to the next. */
let typedAhead = '';

/**
 * Asks on stderr, for stdout belongs to the result. `hidden`: nothing of the answer appears, not even its length.
 * Rejects with `cancelled` on Ctrl-C and Ctrl-D.
 */
function prompt(question: string, { hidden }: { readonly hidden: boolean }): Promise<string> {
  const { stdin, stderr } = process;
  // Before the question: whoever answers at once must not see it echoed.
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stderr.write(question);
  return new Promise((resolve, reject) => {
    let answer = '';
    const finish = (settle: () => void): void => {
      stdin.off('data', onData);
      stdin.setRawMode(false);
      stdin.pause();
      stderr.write('\n');
      settle();
    };
    const rub = (count: number): void => {
      if (!hidden) stderr.write('\b \b'.repeat(count));
    };
    const onData = (typed: string): void => {
      // An arrow key, say: nothing of the answer.
      if (typed.startsWith('\u001b')) return;
      for (const [index, character] of Array.from(typed).entries()) {
        if (character === '\r' || character === '\n') {
          typedAhead = Array.from(typed)
            .slice(index + 1)
            .join('');
          return finish(() => resolve(answer));
        }
        if (character === CTRL_C || character === CTRL_D) {
          return finish(() => reject(new JetonError('cancelled')));
        }
        if (character === '\u007f' || character === '\b') {
          if (answer !== '') rub(1);
          answer = Array.from(answer).slice(0, -1).join('');
        } else if (character === CTRL_U) {
          rub(Array.from(answer).length);
          answer = '';
        } else if (character >= ' ') {
          answer += character;
          if (!hidden) stderr.write(character);
        }
      }
    };
    stdin.on('data', onData);
    stdin.resume();
    const ahead = typedAhead;
    typedAhead = '';
    if (ahead !== '') onData(ahead);
  });
}
