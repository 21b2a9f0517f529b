import { z } from 'zod';
import { JetonError } from '../../core/errors.ts';
import { oneflexTargets } from '../../core/export/find-target.ts';
import type { OneflexAccount } from '../../core/oneflex/api.ts';
import type { KeptTokens } from '../../core/ports.ts';
import type { Secret } from '../../core/secret.ts';
import { secretOrNone } from '../../core/secret.ts';
import type { RestartTrigger } from '../../core/export/restart.ts';
import { explainSignIn } from '../../shared/messages/sign-in-words.ts';
import { explain } from '../../shared/messages/words.ts';
import { pastedTokens } from '../../node/pasted-tokens.ts';
import { findBrowser } from '../../node/sso/find-browser.ts';
import { removeWindowProfile } from '../../node/sso/window-profile.ts';
import type { Stop } from '../../node/stop.ts';
import { type Composition, ensureVault, withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { exportNow } from '../export-report.ts';
import { isoOrNull, nameCell } from '../present.ts';
import { noteClock, type Refusal, refusalOfRenewal, refusalOfSignIn } from '../sign-in-report.ts';
import { stopOnSignals } from '../stop.ts';
import { UsageError } from '../usage-error.ts';

const loginOptions = z.object({
  browser: z.string().optional(),
  headless: z.boolean().default(false),
  timeout: z.string().default('300'),
  paste: z.boolean().default(false),
  export: z.boolean().default(true),
  replaceAccount: z.boolean().default(false),
});

interface LoginRequest {
  readonly context: Context;
  readonly composition: Composition;
  readonly stop: Stop;
  readonly browser: string;
  readonly timeoutMs: number;
  readonly replaceAccount: boolean;
}

interface SignedIn {
  readonly account: OneflexAccount;
  readonly expiresAt: number;
  readonly trigger: RestartTrigger;
}

export async function run(context: Context, options: unknown): Promise<ExitCode> {
  const { output, messages, settings, settingsFile } = context;
  const { t } = messages;
  const { paste, headless, replaceAccount, ...given } = loginOptions.parse(options);
  if (paste && headless) {
    const remedy = t('usage.see-help', { command: 'jeton oneflex login' });
    throw new UsageError(t('usage.one-of', { options: '--paste, --headless' }), remedy);
  }
  const timeoutMs = milliseconds(given.timeout, t('usage.positive-number'));
  const pasted = paste ? await askForTokens(context) : undefined;
  const browser = given.browser ?? settings.oneflex.browser;
  const engineContext = { ...context, settings: withBrowser(settings, browser) };
  const stop = stopOnSignals(() => output.progress(t('oneflex.login.stopping')));
  try {
    return await withEngine(engineContext, { claims: true, stop }, async (composition) => {
      await ensureVault(composition.home.vault, context);
      const request = { context, composition, stop, browser, timeoutMs, replaceAccount };
      const outcome =
        pasted !== undefined
          ? await adoptPasted(request, pasted)
          : await (headless ? signInSilently(request) : signInWithWindow(request));
      if ('explanation' in outcome) {
        output.error(outcome.explanation);
        return outcome.exitCode;
      }

      // Renewals go through the same profile, and a profile is one browser's.
      const isNewBrowser = !paste && browser !== settings.oneflex.browser;
      if (isNewBrowser) settingsFile.set('oneflex.browser', browser);
      const { account, expiresAt, trigger } = outcome;
      const names = given.export ? await oneflexTargets(composition.home.targetStore) : [];
      const exported =
        names.length === 0
          ? undefined
          : await exportNow(composition, { names, trigger, signal: stop.stopping }, context);
      output.result(
        {
          account: { name: account.fullName, email: account.email },
          expiresAt: isoOrNull(expiresAt),
          targets: exported?.document ?? [],
        },
        [
          `${output.colour('green', '✓')} ${t('oneflex.login.done', { name: nameCell(account.fullName) })}`,
          t('oneflex.status.token', { when: context.times.both(expiresAt) }),
          ...(isNewBrowser ? [t('oneflex.login.browser-kept')] : []),
          ...(exported === undefined ? [] : ['', ...exported.lines]),
        ],
      );
      return exported?.exitCode ?? EXIT.ok;
    });
  } finally {
    stop.dispose();
  }
}

async function signInWithWindow(request: LoginRequest): Promise<SignedIn | Refusal> {
  const { context, composition, stop, timeoutMs } = request;
  const { messages, output } = context;
  const kept = await composition.home.oneflexStore.tokens();
  output.progress(messages.t('oneflex.login.opening', { seconds: timeoutMs / 1_000 }));
  const outcome = await composition.home.browser.signIn({
    silent: false,
    timeoutMs,
    keptCookies: kept?.cookies,
    signal: stop.stopping,
  });
  if (outcome.kind === 'cancelled') throw new JetonError('cancelled');
  if (outcome.kind !== 'signed-in') return refusalOfSignIn(outcome, timeoutMs, messages);
  return adopt(request, outcome.tokens, 'browser');
}

/** Stores the tokens, unless they are another person's and nobody agrees to that. */
async function adopt(
  { context, composition, replaceAccount }: LoginRequest,
  tokens: KeptTokens,
  from: 'browser' | 'paste',
): Promise<SignedIn | Refusal> {
  const { input, messages, output } = context;
  const { t } = messages;
  const { engine, home } = composition;
  output.progress(t('oneflex.login.checking'));
  const before = (await home.oneflexStore.session())?.account;
  let result = await engine.signInToOneflex(tokens, { replaceAccount });
  if (result.kind === 'other-account') {
    const names = { name: nameCell(result.account.fullName), kept: nameCell(result.kept.fullName) };
    output.progress('');
    const isAccepted = input.isTerminal && (await input.confirm(t('oneflex.login.replace', names)));
    if (isAccepted) result = await engine.signInToOneflex(tokens, { replaceAccount: true });
    if (result.kind === 'other-account') {
      // The profile is the other person's now; the session that Jeton keeps comes back from the vault.
      if (from === 'browser') await home.browser.removeProfile();
      const explanation = explainSignIn('other-account', messages, names);
      return { explanation, exitCode: EXIT.personNeeded };
    }
  }
  const isAnother = before !== undefined && before.id !== result.account.id;
  if (from === 'paste' && isAnother) await home.browser.removeProfile();
  // An application that runs sees for itself that its window knows somebody else.
  if (isAnother) removeWindowProfile(context.home);
  noteClock(result.clockLeadMs, context);
  return { account: result.account, expiresAt: result.expiresAt, trigger: 'interactive' };
}

/** As {@link adopt}; of what OneFlex does not take there is nothing yet that could be renewed. */
async function adoptPasted(request: LoginRequest, tokens: KeptTokens): Promise<SignedIn | Refusal> {
  const { messages } = request.context;
  try {
    return await adopt(request, tokens, 'paste');
  } catch (cause) {
    if (!(cause instanceof JetonError) || cause.code !== 'oneflex-not-accepted') throw cause;
    const explanation = { ...explain(cause, messages), remedy: messages.t('oneflex.paste.again') };
    return { explanation, exitCode: EXIT.personNeeded };
  }
}

async function signInSilently({
  context,
  composition,
  stop,
  browser,
}: LoginRequest): Promise<SignedIn | Refusal> {
  const { env, messages, output } = context;
  const found = findBrowser(browser, { platform: process.platform, env });
  if (found.kind === 'none') {
    return refusalOfSignIn({ kind: 'no-browser', lookedFor: found.lookedFor }, 0, messages);
  }
  output.progress(messages.t('oneflex.login.silent'));
  const { engine, home } = composition;
  const renewal = await engine.renewOneflex({
    force: true,
    rungs: ['silent-sign-in'],
    signal: stop.stopping,
  });
  const session = await home.oneflexStore.session();
  if (stop.stopping.aborted) throw new JetonError('cancelled');
  if (renewal.kind !== 'renewed' && renewal.kind !== 'unchanged') return refusalOfRenewal(renewal, messages);
  if (session === undefined) throw new JetonError('oneflex-not-signed-in');
  // Nobody is there: what a restart interrupts is decided as after any renewal.
  return { account: session.account, expiresAt: renewal.expiresAt, trigger: 'background' };
}

/** Both tokens, asked for or from stdin, one a line; the second may be missing. Throws as {@link pastedTokens} does. */
async function askForTokens(context: Context): Promise<KeptTokens> {
  const { t } = context.messages;
  const label = t('ask.oneflex-access-token');
  const accessToken = await nextToken(label, context);
  if (accessToken === undefined) {
    throw new UsageError(t('usage.input-needed', { label }), t('oneflex.paste.how'));
  }
  return pastedTokens(accessToken, () => nextToken(t('ask.oneflex-refresh-token'), context));
}

async function nextToken(label: string, { input }: Context): Promise<Secret | undefined> {
  if (input.isTerminal) return secretOrNone(await input.ask(label, { hidden: true }));
  return input.isPiped ? secretOrNone(await input.nextLine()) : undefined;
}

function withBrowser(settings: Context['settings'], browser: string): Context['settings'] {
  return { ...settings, oneflex: { ...settings.oneflex, browser } };
}

function milliseconds(seconds: string, expected: string): number {
  if (/^[1-9]\d{0,4}$/.test(seconds)) return Number(seconds) * 1_000;
  throw new JetonError('usage', { option: '--timeout', value: seconds, expected });
}
