/** How a sign-in or a renewal that came to nothing is told, and what the command ends with. */
import type { SignInFailure } from '../core/oneflex/sign-in-browser.ts';
import type { Messages } from '../shared/messages/messages.ts';
import type { Unrenewed } from '../shared/messages/sign-in-words.ts';
import { clockWords, explainSignInFailure, explainUnrenewed } from '../shared/messages/sign-in-words.ts';
import type { Explanation } from '../shared/messages/words.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

export interface Refusal {
  readonly explanation: Explanation;
  readonly exitCode: ExitCode;
}

const EXIT_CODE_OF_SIGN_IN: Readonly<Record<SignInFailure['kind'], ExitCode>> = {
  'no-browser': EXIT.machine,
  'no-display': EXIT.machine,
  'no-sandbox': EXIT.machine,
  'launch-failed': EXIT.machine,
  'timed-out': EXIT.personNeeded,
  unreachable: EXIT.failed,
  'closed-by-person': EXIT.personNeeded,
  'person-needed': EXIT.personNeeded,
  'profile-in-use': EXIT.personNeeded,
};

export function refusalOfSignIn(outcome: SignInFailure, timeoutMs: number, messages: Messages): Refusal {
  return {
    explanation: explainSignInFailure(outcome, timeoutMs, messages),
    exitCode: EXIT_CODE_OF_SIGN_IN[outcome.kind],
  };
}

/** What else may go wrong by this machine's clock is not Jeton's to put right. */
export function noteClock(leadMs: number, { messages, output }: Context): void {
  const words = clockWords(leadMs, messages);
  if (words !== undefined) output.note(words);
}

export function refusalOfRenewal(renewal: Unrenewed, messages: Messages): Refusal {
  return { explanation: explainUnrenewed(renewal, messages), exitCode: exitCodeOfUnrenewed(renewal) };
}

function exitCodeOfUnrenewed(renewal: Unrenewed): ExitCode {
  switch (renewal.kind) {
    case 'person-needed':
      return EXIT.personNeeded;
    case 'skipped':
      return renewal.why === 'no-account' ? EXIT.personNeeded : EXIT.failed;
    case 'failed': {
      const { code } = renewal.error;
      return code === 'launch-failed' || code === 'profile-in-use' ? EXIT_CODE_OF_SIGN_IN[code] : EXIT.failed;
    }
  }
}
