/**
 * A value that must not reach a log, a message or a snapshot: a token, a client secret, a connection URL.
 * Printing, interpolating or serialising one yields `[secret]`. Only adapters (src/node, the shells) call
 * {@link reveal}, at the moment the value leaves the process; test/architecture.test.ts checks that.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value;
  }

  /** Slack's prefixes are public and say what a token is: `xoxe-`, `xoxe.xoxb-`, `xoxb-`… */
  startsWith(prefix: string): boolean {
    return this.#value.startsWith(prefix);
  }

  /** The text without this value in it: for what other programs print. */
  hideIn(text: string): string {
    return this.#value === '' ? text : text.replaceAll(this.#value, '[secret]');
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}

/** Wraps a non-blank string; blank and absent values are one thing: "there is none". */
export function secretOrNone(value: unknown): Secret | undefined {
  return typeof value === 'string' && value.trim() !== '' ? new Secret(value.trim()) : undefined;
}
