import { z } from 'zod';
import type { OneflexSession } from '../../core/oneflex/session.ts';
import { ONEFLEX_ID } from '../../core/oneflex/session.ts';
import type { IntegrationView } from '../../core/snapshot.ts';
import { explainSituation } from '../../shared/messages/words.ts';
import { withEngine } from '../compose.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { isFailing, isPersonNeeded } from '../../core/snapshot.ts';
import { failureOf, isoOrNull, nameCell, noteLines, stateCell } from '../present.ts';
import { noteClock } from '../sign-in-report.ts';

export function run(context: Context, options: unknown): Promise<ExitCode> {
  const { output, messages } = context;
  const { verify } = z.object({ verify: z.boolean().default(false) }).parse(options);
  return withEngine(context, {}, async ({ engine, home }) => {
    const session = await home.oneflexStore.session();
    const view = (await engine.snapshot()).integrations.find(({ id }) => id === ONEFLEX_ID);
    if (session === undefined || view === undefined) {
      const { message, remedy } = explainSituation('oneflex-not-signed-in', {}, messages);
      output.result({ signedIn: false }, [message, `→ ${remedy}`]);
      return EXIT.personNeeded;
    }
    const verified = verify ? await engine.verifyOneflex() : undefined;
    if (verified !== undefined) noteClock(verified.clockLeadMs, context);
    output.result(documentOf(session, view, verify, context), [
      ...linesOf(session, view, context),
      ...(verified === undefined
        ? []
        : [
            `${output.colour('green', '✓')} ${messages.t('oneflex.status.verified', { name: nameCell(verified.account.fullName) })}`,
          ]),
    ]);
    if (isPersonNeeded(view)) return EXIT.personNeeded;
    return isFailing(view) ? EXIT.failed : EXIT.ok;
  });
}

function documentOf(session: OneflexSession, view: IntegrationView, verified: boolean, context: Context) {
  const { account, signedInAt, lapsedAt } = session;
  return {
    signedIn: true,
    account: { name: account.fullName, email: account.email },
    state: view.state.kind,
    signedInAt: isoOrNull(signedInAt),
    lapsedAt: isoOrNull(lapsedAt),
    sessionEndsAt: isoOrNull(view.sessionEndsAt),
    expiresAt: isoOrNull(view.expiresAt),
    lastRenewedAt: isoOrNull(view.lastRenewedAt),
    lastError: failureOf({ id: view.id, error: view.lastError }, context) ?? null,
    verified,
  };
}

function linesOf({ account, signedInAt, lapsedAt }: OneflexSession, view: IntegrationView, context: Context) {
  const { messages, times } = context;
  const { t } = messages;
  const { expiresAt, sessionEndsAt } = view;
  const failure = failureOf({ id: view.id, error: view.lastError }, context);
  const isAlive = view.worksUntil !== undefined;
  return [
    `${stateCell(view, context)}  ${t('oneflex.status.who', { name: nameCell(account.fullName), email: nameCell(account.email) })}`,
    t('oneflex.status.since', { when: times.both(signedInAt) }),
    ...(lapsedAt === undefined ? [] : [t('oneflex.status.lapsed', { when: times.both(lapsedAt) })]),
    ...(sessionEndsAt === undefined ? [] : [t('headline.session', { when: times.absolute(sessionEndsAt) })]),
    ...(expiresAt === undefined
      ? []
      : [
          isAlive
            ? t('oneflex.status.token', { when: times.both(expiresAt) })
            : t('oneflex.status.token-expired', { when: times.relative(expiresAt) }),
        ]),
    ...(failure === undefined ? [] : noteLines(failure, context)),
  ];
}
