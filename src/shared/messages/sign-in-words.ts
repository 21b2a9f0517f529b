/** How a sign-in or a renewal that came to nothing is told. */
import type { OneflexRenewal } from '../../core/oneflex/renew.ts';
import { ONEFLEX_ID } from '../../core/oneflex/session.ts';
import type { SignInFailure } from '../../core/oneflex/sign-in-browser.ts';
import type { Messages } from './messages.ts';
import type { Explanation } from './words.ts';
import { explainFailure, explainSituation } from './words.ts';

export function explainSignInFailure(
  outcome: SignInFailure,
  timeoutMs: number,
  messages: Messages,
): Explanation {
  switch (outcome.kind) {
    case 'no-browser':
      return explainSignIn('no-browser', messages, { browsers: outcome.lookedFor.join(', ') });
    case 'launch-failed':
      return explainSignIn('launch-failed', messages, {}, outcome.reason);
    case 'timed-out':
      return explainSignIn('timed-out', messages, { seconds: timeoutMs / 1_000 });
    case 'unreachable': {
      const { host, code } = outcome;
      const variant = code.startsWith('ERR_CERT_') ? 'certificate' : '';
      return explainSignIn('unreachable', messages, { host, code }, variant);
    }
    case 'no-display':
    case 'no-sandbox':
    case 'closed-by-person':
    case 'person-needed':
    case 'profile-in-use':
      return explainSignIn(outcome.kind, messages);
  }
}

export type Unrenewed = Exclude<OneflexRenewal, { readonly kind: 'renewed' | 'unchanged' }>;

export function explainUnrenewed(renewal: Unrenewed, messages: Messages): Explanation {
  switch (renewal.kind) {
    case 'person-needed':
      return renewal.error.code === 'session-lapsed'
        ? explainSignIn('person-needed', messages)
        : explainFailure(renewal.error, ONEFLEX_ID, messages);
    case 'skipped':
      return renewal.why === 'no-account'
        ? explainSituation('oneflex-not-signed-in', {}, messages)
        : explainSignIn('held', messages);
    case 'failed': {
      const { code } = renewal.error;
      return code === 'launch-failed' || code === 'profile-in-use'
        ? explainSignIn(code, messages)
        : explainFailure(renewal.error, ONEFLEX_ID, messages);
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

/** What this machine's clock is off by, as OneFlex's showed: see core's `clockLead`. Milliseconds. */
export function clockWords(leadMs: number, { t }: Messages): string | undefined {
  const minutes = Math.round(Math.abs(leadMs) / 60_000);
  if (leadMs === 0) return undefined;
  return t(leadMs > 0 ? 'oneflex.clock.ahead' : 'oneflex.clock.behind', { minutes });
}
