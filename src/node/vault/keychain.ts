import { setTimeout as after } from 'node:timers/promises';
import type * as Keytar from 'keytar';

const SERVICE = 'jeton';
const TIMEOUT_MS = 5000;

/**
 * What the operating system's keychain said. `none` is also its answer for an entry in a locked keyring, so it
 * never means that there is no such entry. `unavailable`: there is no such service here, or none that answers; a
 * locked keyring that is to take something says the same. `service-gone`: it answered this process before. Even when
 * it runs again this process does not reach it: libsecret keeps the session it opened with the one before, and keytar
 * has no call for a new one (measured with gnome-keyring 42). `screen-locked`: it was not asked.
 */
export type KeychainAnswer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'unavailable';
      readonly reason: 'no-service' | 'service-gone' | 'no-answer' | 'screen-locked';
      readonly cause?: unknown;
    };

/** No method rejects. Each answers within 5 seconds. */
export interface Keychain {
  read(account: string): Promise<KeychainAnswer<string>>;
  write(account: string, value: string): Promise<KeychainAnswer<true>>;
  remove(account: string): Promise<KeychainAnswer<true>>;
}

/** Questions of this process that keytar has not come back from. */
let unanswered = 0;

/**
 * Ends the process at once, with its exit code, if a question to the keychain is still unanswered: a desktop that
 * waits for a person to unlock the keyring, a service that hangs. Node joins its threads when it ends, so even
 * `process.exit` would stay until the answer comes. Does nothing otherwise; call it last.
 */
export function leaveUnanswered(): void {
  if (unanswered === 0) return;
  const code = Number(process.exitCode ?? 0);
  // Replacing the process is the one way to go that waits for no thread and keeps the exit code.
  if (process.platform !== 'win32') process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`]);
  process.kill(process.pid, 'SIGKILL');
}

/** The keychain of the person who runs Jeton, through keytar, which is loaded when it is first asked. */
export function systemKeychain(): Keychain {
  // keytar blocks a thread of libuv's pool (four in all) until the service answers. A service that hangs must
  // not take one more with every question: while an entry is being read, everybody waits for that answer.
  const reading = new Map<string, Promise<string | null>>();
  let hasAnswered = false;

  function readOnce(account: string): Promise<string | null> {
    let answer = reading.get(account);
    if (answer === undefined) {
      answer = ask(({ getPassword }) => getPassword(SERVICE, account)).finally(() => reading.delete(account));
      reading.set(account, answer);
    }
    return answer;
  }

  return {
    async read(account) {
      const answer = await within(readOnce(account));
      if (answer.kind === 'unavailable' && answer.reason === 'no-service' && hasAnswered) {
        return { ...answer, reason: 'service-gone' };
      }
      if (answer.kind !== 'answer') return answer;
      hasAnswered = true;
      return answer.value === null ? { kind: 'none' } : { kind: 'answer', value: answer.value };
    },
    write: (account, value) =>
      within(ask(({ setPassword }) => setPassword(SERVICE, account, value)).then(() => true)),
    remove: (account) =>
      within(ask(({ deletePassword }) => deletePassword(SERVICE, account)).then(() => true)),
  };
}

/** Not asked while nobody could answer: of a locked keyring each question may become a prompt on the screen. */
export function askedOnlyWhile(isSomebodyThere: () => boolean, keychain: Keychain): Keychain {
  const unasked = { kind: 'unavailable', reason: 'screen-locked' } as const;
  return {
    read: async (account) => (isSomebodyThere() ? keychain.read(account) : unasked),
    write: async (account, value) => (isSomebodyThere() ? keychain.write(account, value) : unasked),
    remove: async (account) => (isSomebodyThere() ? keychain.remove(account) : unasked),
  };
}

async function ask<T>(question: (keytar: typeof Keytar) => Promise<T>): Promise<T> {
  const { default: keytar } = await import('keytar');
  unanswered += 1;
  try {
    return await question(keytar);
  } finally {
    unanswered -= 1;
  }
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
