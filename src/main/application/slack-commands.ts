import { JetonError } from '../../core/errors.ts';
import type { IntegrationId } from '../../core/integration.ts';
import type { OneflexRenewal } from '../../core/oneflex/renew.ts';
import { ONEFLEX_ID } from '../../core/oneflex/session.ts';
import { shownName } from '../../core/scrub.ts';
import { Secret, secretOrNone } from '../../core/secret.ts';
import type { RefreshReport } from '../../core/slack/refresh.ts';
import type { IntegrationView } from '../../core/snapshot.ts';
import { ensureVault } from '../../node/vault/ensure-vault.ts';
import type { Wording } from '../../node/reports/fact.ts';
import type { Reply } from '../../shared/ipc/bridge.ts';
import type { Messages } from '../../shared/messages/messages.ts';
import { whyNotTried } from '../../shared/messages/renewal-words.ts';
import { explainUnrenewed } from '../../shared/messages/sign-in-words.ts';
import { explainFailure, namesOfFields } from '../../shared/messages/words.ts';
import type { Commands } from '../application.ts';
import { Refused } from './refused.ts';
import type { BegunRenewal, Renewals } from './renewals.ts';
import type { Open, Surroundings } from './surroundings.ts';

type SlackCommands = Pick<
  Commands,
  | 'refresh'
  | 'cancelRefresh'
  | 'addSlack'
  | 'updateSlack'
  | 'removeIntegration'
  | 'pauseIntegration'
  | 'resumeIntegration'
  | 'exchange'
  | 'backfill'
>;

export function slackCommands(surroundings: Surroundings, renewals: Renewals): SlackCommands {
  const { use, stop, lookSoon } = surroundings;
  const messages = (): Messages => surroundings.words.messages;
  return {
    refresh: ({ ids, force = false, dryRun = false }) =>
      dryRun
        ? use((open) => foresee(open, ids, force, surroundings.words))
        : renewals.run({ ids, force }, (begun) => use((open) => renew(open, ids, force, begun))),

    async cancelRefresh() {
      renewals.stop();
      return null;
    },

    addSlack: ({ name, clientId, clientSecret, refreshToken, accessToken }) =>
      use(async ({ engine, home }) => {
        const integration = {
          name: filled(name, 'ask.name', messages()),
          credentials: {
            clientId: filled(clientId, 'ask.client-id', messages()),
            clientSecret: secret(clientSecret, 'ask.client-secret', messages()),
            refreshToken: secret(refreshToken, 'ask.refresh-token', messages()),
            accessToken: secretOrNone(accessToken),
          },
          expiresAt: undefined,
        };
        await ensureVault(home.vault);
        const id = await engine.add(integration);
        const added = (await engine.snapshot()).integrations.find((view) => view.id === id);
        const kind = added?.state.kind;
        return { id, outcome: kind === 'in-doubt' || kind === 'retrying' ? 'in-doubt' : 'added' };
      }),

    updateSlack: ({ id, clientId, clientSecret, refreshToken }) =>
      use(async ({ engine, home }) => {
        const change = {
          clientId: clientId?.trim() || undefined,
          clientSecret: secretOrNone(clientSecret),
          refreshToken: secretOrNone(refreshToken),
        };
        if (Object.values(change).every((value) => value === undefined)) {
          throw new Refused({ code: 'usage', message: messages().t('update.nothing'), remedy: '' });
        }
        await ensureVault(home.vault);
        return { outcome: await engine.update(id, change) };
      }),

    removeIntegration: ({ id }) => use(({ engine }) => engine.remove(id).then(() => null)),
    pauseIntegration: ({ id }) => use(({ engine }) => engine.pause(id).then(() => null)),
    resumeIntegration: async ({ id }) => {
      await use(({ engine }) => engine.resume(id));
      lookSoon();
      return null;
    },

    exchange: ({ id }) =>
      use(async ({ engine, home }) => {
        await ensureVault(home.vault);
        return replyTo(await engine.exchange(id), undefined, surroundings.words);
      }),

    backfill: ({ clientId, clientSecret, dryRun }) =>
      use(async ({ engine }) => {
        // Said before anything is filled in: half a backfill is what nobody asked for.
        const unread = (await engine.snapshot()).sources.find(({ state }) => state === 'unreachable');
        if (unread?.code !== undefined) throw new JetonError(unread.code, unread.details);
        const rows = await engine.backfill({
          clientId: filled(clientId, 'ask.client-id', messages()),
          clientSecret: secret(clientSecret, 'ask.client-secret', messages()),
          dryRun,
        });
        lookSoon();
        return {
          rows: rows.map(({ id, name, outcome, filled: fields }) => ({
            id,
            name: shownName(name),
            outcome,
            fields: namesOfFields(fields, messages()),
          })),
        };
      }),
  };

  async function renew(
    open: Open,
    ids: readonly IntegrationId[] | undefined,
    force: boolean,
    { signal, progressed }: BegunRenewal,
  ): Promise<Reply<'refresh'>> {
    const { integrations } = await open.engine.snapshot();
    if (integrations.length > 0) await ensureVault(open.home.vault);
    const slackIds = ids?.filter((id) => id !== ONEFLEX_ID);
    const isForSlack = slackIds === undefined || slackIds.length > 0;
    const isForOneflex = ids === undefined || ids.includes(ONEFLEX_ID);
    const account = isForOneflex ? integrations.find(({ id }) => id === ONEFLEX_ID) : undefined;
    const isOneflexDue = account !== undefined && foreseeOneflex(account, force) === 'would-renew';
    const before = isOneflexDue ? 1 : 0;
    if (!isForSlack) progressed({ done: 0, total: before });
    const report = isForSlack
      ? await open.engine.refresh({
          force,
          asked: true,
          ...(slackIds !== undefined && { ids: slackIds }),
          signal: AbortSignal.any([signal, stop.stopping]),
          onProgress: ({ done, total }) => progressed({ done, total: total + before }),
        })
      : undefined;
    requireRead(report, slackIds);
    // Once begun, only the end of Jeton breaks it off.
    const until = signal.aborted ? signal : stop.stopping;
    const oneflex = isForOneflex
      ? await renewOneflex(open, force || (await isRetrying(open)), until)
      : undefined;
    // The bots want what was renewed.
    lookSoon();
    return replyTo(report, oneflex, surroundings.words);
  }
}

/** What would be renewed now. Nobody is asked, and nothing is written. */
async function foresee(
  { engine }: Open,
  ids: readonly IntegrationId[] | undefined,
  force: boolean,
  words: Wording,
): Promise<Reply<'refresh'>> {
  const slackIds = ids?.filter((id) => id !== ONEFLEX_ID);
  const report = await engine.refresh({
    force,
    asked: true,
    dryRun: true,
    ...(slackIds !== undefined && { ids: slackIds }),
  });
  requireRead(report, slackIds);
  const reply = replyTo(report, undefined, words);
  const oneflex = (await engine.snapshot()).integrations.find(({ id }) => id === ONEFLEX_ID);
  if (oneflex === undefined || (ids !== undefined && !ids.includes(ONEFLEX_ID))) return reply;
  const outcome = foreseeOneflex(oneflex, force);
  const note = outcome === 'skipped' ? noteOfOneflex(oneflex, words.messages) : null;
  const foreseen = { id: ONEFLEX_ID, name: shownName(oneflex.name), outcome, error: null, note } as const;
  return {
    ...reply,
    unchanged: reply.unchanged + (outcome === 'unchanged' ? 1 : 0),
    skipped: reply.skipped + (outcome === 'skipped' ? 1 : 0),
    results: [foreseen, ...reply.results],
  };
}

function foreseeOneflex(
  { state: { kind } }: IntegrationView,
  force: boolean,
): 'skipped' | 'would-renew' | 'unchanged' {
  const isPossible = kind === 'fresh' || kind === 'due' || kind === 'retrying';
  if (!isPossible) return 'skipped';
  return force || kind !== 'fresh' ? 'would-renew' : 'unchanged';
}

/** As it is by now: the daemon may have renewed it while Slack took its time. */
async function isRetrying({ engine }: Open): Promise<boolean> {
  const { integrations } = await engine.snapshot();
  return integrations.some(({ id, state }) => id === ONEFLEX_ID && state.kind === 'retrying');
}

function noteOfOneflex({ state: { kind } }: IntegrationView, { t }: Messages): string | null {
  if (kind === 'paused') return t('not-tried.paused');
  if (kind === 'renewing') return t('not-tried.busy');
  return kind === 'needs-sign-in' ? t('not-tried.sign-in') : null;
}

/** One that was asked for, in a source that cannot be read. */
function requireRead(report: RefreshReport | undefined, ids: readonly IntegrationId[] | undefined): void {
  const unread = report?.unreachable.find(({ source }) => ids?.some((id) => id.startsWith(`${source}:`)));
  if (unread !== undefined) throw new JetonError(unread.code, unread.details);
}

/** `undefined` where nobody is signed in, which is only worth a word to somebody who asked for it. */
async function renewOneflex(
  { engine, home }: Open,
  force: boolean,
  signal: AbortSignal,
): Promise<{ readonly name: string; readonly renewal: OneflexRenewal } | undefined> {
  const session = await home.oneflexStore.session();
  if (session === undefined) return undefined;
  return {
    name: `OneFlex (${session.account.fullName})`,
    renewal: await engine.renewOneflex({ force, signal }),
  };
}

/** `oneflex`: where it was asked, too. */
export function replyTo(
  report: RefreshReport | undefined,
  oneflex: Awaited<ReturnType<typeof renewOneflex>>,
  { messages, times }: Wording,
): Reply<'refresh'> {
  const slack = (report?.results ?? []).map((result): Reply<'refresh'>['results'][number] => {
    const { id, name, outcome, error, triedAgainAt } = result;
    return {
      id,
      name: shownName(name),
      // What is remembered of an earlier run is no failure of this one.
      outcome: triedAgainAt === undefined ? outcome : 'waiting',
      error: error === undefined ? null : explainFailure(error, id, messages),
      note: whyNotTried(result, messages, times) ?? null,
    };
  });
  const results = oneflex === undefined ? slack : [oneflexResult(oneflex, messages), ...slack];
  const count = (outcome: (typeof results)[number]['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  const left = results.filter(({ error }) => error?.code === 'cancelled').length;
  return {
    renewed: count('renewed'),
    unchanged: count('unchanged'),
    failed: count('failed'),
    waiting: count('waiting'),
    skipped: count('skipped') - left,
    left,
    results,
  };
}

function oneflexResult(
  { name, renewal }: NonNullable<Awaited<ReturnType<typeof renewOneflex>>>,
  messages: Messages,
): Reply<'refresh'>['results'][number] {
  const shown = { id: ONEFLEX_ID, name: shownName(name), note: null };
  if (renewal.kind === 'renewed' || renewal.kind === 'unchanged') {
    return { ...shown, outcome: renewal.kind, error: null };
  }
  if (renewal.kind === 'skipped') {
    const why = renewal.why === 'held' ? 'busy' : renewal.why;
    const note = why === 'no-account' ? null : messages.t(`not-tried.${why}`);
    return { ...shown, outcome: 'skipped', error: null, note };
  }
  const isLeft = renewal.kind === 'failed' && renewal.error.code === 'cancelled';
  return { ...shown, outcome: isLeft ? 'skipped' : 'failed', error: explainUnrenewed(renewal, messages) };
}

type Label = 'ask.name' | 'ask.client-id' | 'ask.client-secret' | 'ask.refresh-token';

/** Throws {@link Refused} for blanks. */
function filled(text: string, label: Label, { t }: Messages): string {
  const trimmed = text.trim();
  if (trimmed !== '') return trimmed;
  const message = t('usage.empty-secret', { label: t(label) });
  throw new Refused({ code: 'usage', message, remedy: t('remedy.usage') });
}

function secret(text: string, label: Label, messages: Messages): Secret {
  return new Secret(filled(text, label, messages));
}
