import { setTimeout as after } from 'node:timers/promises';
import type * as Keytar from 'keytar';

const SERVICE = 'jeton';
const TIMEOUT_MS = 5000;

/**
 * What the operating system's keychain said. `none` is also its answer for an entry in a locked keyring, so it
 * never means that there is no such entry. `unavailable`: no keychain service here, or none that answers.
 */
export type KeychainAnswer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'none' }
  | { readonly kind: 'unavailable'; readonly reason: 'no-service' | 'no-answer'; readonly cause?: unknown };

/** No method rejects. Each answers within 5 seconds. */
export interface Keychain {
  read(account: string): Promise<KeychainAnswer<string>>;
  write(account: string, value: string): Promise<KeychainAnswer<true>>;
  remove(account: string): Promise<KeychainAnswer<true>>;
}

/** The keychain of the person who runs Jeton, through keytar, which is loaded when it is first asked. */
export function systemKeychain(): Keychain {
  // keytar blocks a thread of libuv's pool (four in all) until the service answers. A service that hangs must
  // not take one more with every question: while an entry is being read, everybody waits for that answer.
  const reading = new Map<string, Promise<string | null>>();

  function readOnce(account: string): Promise<string | null> {
    let answer = reading.get(account);
    if (answer === undefined) {
      answer = keytar()
        .then(({ getPassword }) => getPassword(SERVICE, account))
        .finally(() => reading.delete(account));
      reading.set(account, answer);
    }
    return answer;
  }

  return {
    async read(account) {
      const answer = await within(readOnce(account));
      if (answer.kind !== 'answer') return answer;
      return answer.value === null ? { kind: 'none' } : { kind: 'answer', value: answer.value };
    },
    write(account, value) {
      return within(
        keytar()
          .then(({ setPassword }) => setPassword(SERVICE, account, value))
          .then(() => true),
      );
    },
    remove(account) {
      return within(
        keytar()
          .then(({ deletePassword }) => deletePassword(SERVICE, account))
          .then(() => true),
      );
    },
  };
}

async function keytar(): Promise<typeof Keytar> {
  const { default: module } = await import('keytar');
  return module;
}

async function within<T>(question: Promise<T>): Promise<KeychainAnswer<T>> {
  const settled = new AbortController();
  const answer = question.then(
    (value): KeychainAnswer<T> => ({ kind: 'answer', value }),
    (cause: unknown): KeychainAnswer<T> => ({ kind: 'unavailable', reason: 'no-service', cause }),
  );
  const timeout = after(TIMEOUT_MS, undefined, { signal: settled.signal }).then((): KeychainAnswer<T> => ({
    kind: 'unavailable',
    reason: 'no-answer',
  }));
  // The loser of the race rejects when it is aborted.
  timeout.catch(() => undefined);
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    settled.abort();
  }
}
