/** How a sign-in or a renewal that came to nothing is told. */
import type { OneflexRenewal } from '../core/oneflex/renew.ts';
import { ONEFLEX_ID } from '../core/oneflex/session.ts';
import type { SignInFailure } from '../core/oneflex/sign-in-browser.ts';
import type { Messages } from '../shared/messages/messages.ts';
import type { Explanation } from '../shared/messages/words.ts';
import { explainFailure, explainSituation } from '../shared/messages/words.ts';
import type { Context } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

export interface Refusal {
  readonly explanation: Explanation;
  readonly exitCode: ExitCode;
}

export function refusalOfSignIn(outcome: SignInFailure, timeoutMs: number, messages: Messages): Refusal {
  switch (outcome.kind) {
    case 'no-browser': {
      const browsers = outcome.lookedFor.join(', ');
      return { explanation: explainSignIn('no-browser', messages, { browsers }), exitCode: EXIT.machine };
    }
    case 'no-display':
      return { explanation: explainSignIn('no-display', messages), exitCode: EXIT.machine };
    case 'launch-failed': {
      const explanation = explainSignIn('launch-failed', messages, {}, outcome.reason);
      return { explanation, exitCode: EXIT.machine };
    }
    case 'timed-out': {
      const seconds = timeoutMs / 1_000;
      return { explanation: explainSignIn('timed-out', messages, { seconds }), exitCode: EXIT.personNeeded };
    }
    case 'unreachable':
      return { explanation: explainSignIn('unreachable', messages), exitCode: EXIT.failed };
    case 'closed-by-person':
    case 'person-needed':
    case 'profile-in-use':
      return { explanation: explainSignIn(outcome.kind, messages), exitCode: EXIT.personNeeded };
  }
}

/** What else may go wrong by this machine's clock is not Jeton's to put right. */
export function noteClock(leadMs: number, { messages, output }: Context): void {
  const minutes = Math.round(Math.abs(leadMs) / 60_000);
  if (leadMs !== 0)
    output.note(messages.t(leadMs > 0 ? 'oneflex.clock.ahead' : 'oneflex.clock.behind', { minutes }));
}

type Unrenewed = Exclude<OneflexRenewal, { readonly kind: 'renewed' | 'unchanged' }>;

export function refusalOfRenewal(renewal: Unrenewed, messages: Messages): Refusal {
  switch (renewal.kind) {
    case 'person-needed': {
      const { error } = renewal;
      const explanation =
        error.code === 'session-lapsed'
          ? explainSignIn('person-needed', messages)
          : explainFailure(error, ONEFLEX_ID, messages);
      return { explanation, exitCode: EXIT.personNeeded };
    }
    case 'skipped':
      return renewal.why === 'no-account'
        ? {
            explanation: explainSituation('oneflex-not-signed-in', {}, messages),
            exitCode: EXIT.personNeeded,
          }
        : { explanation: explainSignIn('held', messages), exitCode: EXIT.failed };
    case 'failed': {
      const { code } = renewal.error;
      if (code === 'launch-failed') {
        return { explanation: explainSignIn(code, messages), exitCode: EXIT.machine };
      }
      if (code === 'profile-in-use') {
        return { explanation: explainSignIn(code, messages), exitCode: EXIT.personNeeded };
      }
      return { explanation: explainFailure(renewal.error, ONEFLEX_ID, messages), exitCode: EXIT.failed };
    }
  }
}

export function explainSignIn(
  code: SignInFailure['kind'] | 'held' | 'other-account',
  { find }: Messages,
  values: Readonly<Record<string, string | number>> = {},
  variant = '',
): Explanation {
  const words = (key: string): string =>
    find(`${key}.${code}.${variant}`, values) ?? find(`${key}.${code}`, values) ?? code;
  return { code, message: words('sign-in'), remedy: words('sign-in.fix') };
}
