/** What the window may be shown: each a world as the main process would have it. Words are the real ones. */
import { actionFor } from '../../../src/core/action.ts';
import type { IntegrationState } from '../../../src/core/integration.ts';
import { overallOf } from '../../../src/core/overall.ts';
import { healthOf } from '../../../src/core/target-health.ts';
import { headlineOf, type IntegrationView, type TargetView } from '../../../src/core/snapshot.ts';
import type { AppState, Reply } from '../../../src/shared/ipc/bridge.ts';
import { createMessages, type Messages } from '../../../src/shared/messages/messages.ts';
import { en } from '../../../src/shared/messages/en.ts';
import { fr } from '../../../src/shared/messages/fr.ts';
import { enInApplication } from '../../../src/shared/messages/application/en.ts';
import { frInApplication } from '../../../src/shared/messages/application/fr.ts';
import { explainRestartReason } from '../../../src/shared/messages/restart-words.ts';
import { createTimes } from '../../../src/shared/messages/times.ts';
import { explainFailure, explainSituation, sentenceOf } from '../../../src/shared/messages/words.ts';

export const SCENARIOS = [
  'empty',
  'fresh',
  'needs-sign-in',
  'slack-revoked',
  'retrying',
  'mixed',
  'vault-locked',
  'database-down',
  'docker-missing',
  'file-cut',
  'restart-pending',
  'restart-held',
  'many',
  'paused',
  'trouble',
  'settings-broken',
] as const;
export type Scenario = (typeof SCENARIOS)[number];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What the main process holds, and the pictures are made of. */
export interface World {
  readonly now: number;
  readonly integrations: readonly IntegrationView[];
  readonly targets: readonly TargetView[];
  readonly configs: Reply<'listTargets'>['targets'];
  readonly vault: AppState['snapshot']['vault'];
  readonly sources: AppState['snapshot']['sources'];
  readonly language: AppState['language'];
  readonly theme: AppState['theme'];
  readonly paused: AppState['paused'];
  readonly isInTrouble: boolean;
  readonly hasBrokenSettings: boolean;
  readonly signingIn: AppState['signingInWith'];
  readonly exporting: readonly string[];
  readonly renewing: AppState['renewing'];
  readonly startAtLogin: AppState['startAtLogin'];
  readonly revision: number;
}

export function slack(
  now: number,
  id: IntegrationView['id'],
  name: string,
  state: IntegrationState = { kind: 'fresh' },
  more: Partial<IntegrationView> = {},
): IntegrationView {
  const lastRenewedAt = now - 12 * MINUTE;
  const expiresAt = lastRenewedAt + 12 * HOUR;
  return {
    id,
    kind: 'slack',
    name,
    source: id.startsWith('app:') ? 'app' : 'local',
    app: 'f0e4c2f76c58916ec258f246851bea091d14d4247a2fc3e18694461b1816e13b',
    state,
    expiresAt,
    worksUntil: expiresAt > now ? expiresAt : undefined,
    lastRenewedAt,
    nextRunAt: now + 6 * HOUR,
    sessionEndsAt: undefined,
    lastError: undefined,
    ...more,
  };
}

export function oneflex(now: number, more: Partial<IntegrationView> = {}): IntegrationView {
  return {
    id: 'oneflex:1',
    kind: 'oneflex',
    name: 'OneFlex (Camille Moreau)',
    source: 'local',
    app: undefined,
    state: { kind: 'fresh' },
    expiresAt: now + 11 * MINUTE,
    worksUntil: now + 11 * MINUTE,
    lastRenewedAt: now - 4 * MINUTE,
    nextRunAt: now + 8 * MINUTE,
    sessionEndsAt: now + 42 * HOUR,
    lastError: undefined,
    ...more,
  };
}

const CONFIG: World['configs'][number] = {
  name: 'oneflex-bot',
  dir: '/srv/oneflex-bot',
  envFile: 'config/.env',
  composeFiles: [],
  sudo: false,
  sessionJson: false,
  mappings: [
    { key: 'ONEFLEX_TOKEN', source: 'oneflex:access' },
    { key: 'ONEFLEX_REFRESH_TOKEN', source: 'oneflex:refresh' },
  ],
  restart: 'on-reconnect',
};

export function bot(now: number, more: Partial<TargetView> = {}): TargetView {
  return {
    name: 'oneflex-bot',
    file: '/srv/oneflex-bot/config/.env',
    host: undefined,
    restart: 'on-reconnect',
    pending: undefined,
    lastExport: { at: now - 4 * MINUTE, changedKeys: ['ONEFLEX_TOKEN', 'ONEFLEX_REFRESH_TOKEN'] },
    exportFailure: undefined,
    lastRestart: { at: now - 26 * HOUR, failure: undefined, startedAt: '2026-11-26T08:00:00Z' },
    ...more,
  };
}

/** A world in a scenario; `now` is epoch milliseconds. */
export function worldOf(scenario: Scenario, now: number, language: AppState['language']): World {
  const fresh: World = {
    now,
    integrations: [
      oneflex(now),
      slack(now, 'app:12', 'Support desk'),
      slack(
        now,
        'app:15',
        'Release announcements',
        { kind: 'fresh' },
        {
          lastRenewedAt: now - 5 * HOUR,
          expiresAt: now + 7 * HOUR,
        },
      ),
      slack(now, 'local:1', 'Team Lyon standup'),
      slack(
        now,
        'local:2',
        'Facilities',
        { kind: 'renewing' },
        {
          lastRenewedAt: now - 6 * HOUR,
          expiresAt: now + 6 * HOUR,
        },
      ),
    ],
    targets: [bot(now)],
    configs: [CONFIG],
    vault: { state: 'ready', keySource: 'keychain' },
    sources: [
      { kind: 'local', state: 'connected', code: undefined },
      { kind: 'app', state: 'connected', code: undefined },
    ],
    language,
    theme: 'system',
    paused: null,
    isInTrouble: false,
    hasBrokenSettings: false,
    signingIn: null,
    exporting: [],
    renewing: null,
    startAtLogin: 'off',
    revision: 1,
  };
  const withOne = (view: IntegrationView): World => ({
    ...fresh,
    integrations: fresh.integrations.map((one) => (one.id === view.id ? view : one)),
  });
  const lapsed = oneflex(now, {
    state: { kind: 'needs-sign-in' },
    expiresAt: now - 20 * MINUTE,
    worksUntil: undefined,
    sessionEndsAt: undefined,
    nextRunAt: undefined,
    lastRenewedAt: now - 35 * MINUTE,
    lastError: { code: 'session-ended', class: 'chain-dead', at: now - 20 * MINUTE },
  });
  const revoked = slack(
    now,
    'local:1',
    'Team Lyon standup',
    { kind: 'needs-reinstall', worksUntil: now + 90 * MINUTE },
    {
      expiresAt: now + 90 * MINUTE,
      lastRenewedAt: now - 10.5 * HOUR,
      nextRunAt: undefined,
      lastError: { code: 'token_revoked', class: 'chain-dead', at: now - 3 * HOUR },
    },
  );
  const retrying = slack(
    now,
    'app:12',
    'Support desk',
    { kind: 'retrying', until: now + 9 * MINUTE },
    {
      lastRenewedAt: now - 7 * HOUR,
      expiresAt: now + 5 * HOUR,
      nextRunAt: now + 9 * MINUTE,
      lastError: { code: 'ratelimited', class: 'transient', at: now - 2 * MINUTE },
    },
  );
  switch (scenario) {
    case 'empty':
      return {
        ...fresh,
        integrations: [],
        targets: [],
        configs: [],
        vault: { state: 'missing', keySource: 'keychain' },
        sources: [
          { kind: 'local', state: 'connected', code: undefined },
          { kind: 'app', state: 'not-connected', code: undefined },
        ],
      };
    case 'fresh':
      return { ...fresh, integrations: fresh.integrations.slice(0, 4) };
    case 'needs-sign-in':
      return withOne(lapsed);
    case 'slack-revoked':
      return withOne(revoked);
    case 'retrying':
      return withOne(retrying);
    case 'mixed':
      return {
        ...fresh,
        integrations: [
          lapsed,
          revoked,
          slack(
            now,
            'app:21',
            'Old importer',
            { kind: 'misconfigured' },
            {
              expiresAt: undefined,
              worksUntil: undefined,
              lastRenewedAt: undefined,
              nextRunAt: undefined,
              lastError: {
                code: 'fields-missing',
                class: 'misconfigured',
                at: now,
                fields: ['client_id', 'client_secret'],
              },
            },
          ),
          slack(
            now,
            'app:22',
            'Legacy notifier',
            { kind: 'misconfigured' },
            {
              expiresAt: undefined,
              worksUntil: undefined,
              lastRenewedAt: undefined,
              nextRunAt: undefined,
              lastError: { code: 'long-lived-token', class: 'misconfigured', at: now },
            },
          ),
          retrying,
          slack(
            now,
            'app:17',
            'Incident bridge',
            { kind: 'in-doubt' },
            {
              lastError: { code: 'timeout', class: 'in-doubt', at: now - MINUTE },
            },
          ),
          ...fresh.integrations.filter(({ id }) => id === 'app:15' || id === 'local:2'),
          slack(
            now,
            'local:5',
            'Due any minute',
            { kind: 'due' },
            {
              lastRenewedAt: now - 6.2 * HOUR,
              expiresAt: now + 5.8 * HOUR,
              nextRunAt: now,
            },
          ),
          slack(now, 'local:6', 'Sandbox workspace', { kind: 'paused' }, { nextRunAt: undefined }),
        ],
      };
    case 'vault-locked':
      return { ...fresh, vault: { state: 'locked', keySource: 'keychain' } };
    case 'database-down':
      return {
        ...fresh,
        integrations: fresh.integrations.filter(({ source }) => source === 'local'),
        sources: [
          { kind: 'local', state: 'connected', code: undefined },
          {
            kind: 'app',
            state: 'unreachable',
            code: 'database-unreachable',
            details: { host: 'db.example.org:5432', reason: 'ECONNREFUSED' },
          },
        ],
      };
    case 'docker-missing':
      return {
        ...fresh,
        targets: [
          bot(now, {
            pending: {
              since: now - 5 * MINUTE,
              heldUntil: undefined,
              reason: 'docker-missing',
              retryAt: now + 10 * MINUTE,
              startedAt: undefined,
            },
          }),
        ],
      };
    case 'file-cut':
      return {
        ...fresh,
        targets: [
          bot(now, {
            exportFailure: {
              at: now - 2 * MINUTE,
              code: 'env-file-cut',
              details: {
                path: '/srv/oneflex-bot/config/.env',
                keys: 'RESERVATION_TIME',
                backup: '/srv/oneflex-bot/config/.env.bak',
              },
            },
          }),
        ],
      };
    case 'restart-pending':
      return {
        ...fresh,
        targets: [
          bot(now, {
            pending: {
              since: now - 5 * MINUTE,
              heldUntil: undefined,
              reason: 'daemon-down',
              retryAt: now + 10 * MINUTE,
              startedAt: undefined,
            },
          }),
        ],
      };
    case 'restart-held':
      return {
        ...fresh,
        targets: [
          bot(now, {
            pending: {
              since: now - 2 * MINUTE,
              heldUntil: now + 8 * MINUTE,
              reason: undefined,
              retryAt: undefined,
              startedAt: undefined,
            },
          }),
        ],
      };
    case 'many':
      return { ...fresh, integrations: Array.from({ length: 500 }, (_, index) => oneOfMany(now, index)) };
    case 'paused':
      return { ...fresh, paused: { until: now + 54 * MINUTE } };
    case 'trouble':
      return { ...fresh, integrations: [], targets: [], configs: [], isInTrouble: true };
    case 'settings-broken':
      return { ...fresh, hasBrokenSettings: true };
  }
}

function oneOfMany(now: number, index: number): IntegrationView {
  const id = `app:${1_000 + index}` as const;
  const name = `Workspace ${String(index + 1).padStart(3, '0')}`;
  if (index % 50 === 7) {
    return slack(
      now,
      id,
      name,
      { kind: 'needs-reinstall', worksUntil: undefined },
      {
        lastError: { code: 'token_revoked', class: 'chain-dead', at: now - HOUR },
        expiresAt: now - HOUR,
        worksUntil: undefined,
      },
    );
  }
  const lastRenewedAt = now - (index % 350) * MINUTE;
  return slack(now, id, name, { kind: 'fresh' }, { lastRenewedAt, expiresAt: lastRenewedAt + 12 * HOUR });
}

export function mainMessages(language: AppState['language']): Messages {
  return language === 'fr'
    ? createMessages<typeof en>({ ...fr, ...frInApplication }, 'fr', 'fr-FR')
    : createMessages<typeof en>({ ...en, ...enInApplication }, 'en', 'en-GB');
}

/** The picture of a world, as the main process makes it. */
export function stateOf(world: World): AppState {
  const messages = mainMessages(world.language);
  const { integrations, targets, vault, sources, now, isInTrouble } = world;
  const headline =
    world.paused === null
      ? headlineOf(integrations, vault, sources, targets)
      : ({ kind: 'all-paused' } as const);
  const app = sources.find(({ kind }) => kind === 'app');
  const situation = (code: string, details: Readonly<Record<string, string | number>>) =>
    explainSituation(code, details, messages);
  return {
    edition: world.revision,
    snapshot: { revision: world.revision, headline, vault, sources, integrations, targets },
    sentence: isInTrouble
      ? situation('store-corrupt', { file: 'jeton.db', backup: 'jeton.db.1' }).message
      : sentenceOf(headline, null, messages, createTimes(messages, now)),
    overall: isInTrouble ? 'needs-you' : overallOf(headline, { isPaused: world.paused !== null }),
    rows: integrations.map((view) => ({
      id: view.id,
      action: actionFor(view),
      failure:
        view.lastError === undefined || view.state.kind === 'paused'
          ? null
          : explainFailure(view.lastError, view.id, messages),
    })),
    bots: targets.map((target) => ({
      name: target.name,
      health: healthOf(target),
      failure:
        target.exportFailure !== undefined
          ? situation(target.exportFailure.code, target.exportFailure.details)
          : target.pending?.reason === undefined
            ? null
            : explainRestartReason(target.pending.reason, messages),
    })),
    databaseProblem: app?.state === 'unreachable' ? situation(app.code ?? '', app.details ?? {}) : null,
    settingsProblem: world.hasBrokenSettings
      ? situation('settings-invalid', {
          problem: 'not-json',
          path: 'settings.json',
          line: 3,
          key: '',
          expected: 'JSON {…}',
        })
      : null,
    trouble: isInTrouble ? situation('store-corrupt', { file: 'jeton.db', backup: 'jeton.db.1' }) : null,
    vaultProblem:
      vault.state === 'locked'
        ? situation('vault-locked', {
            source: 'keychain',
            reason: messages.find('reason.locked-or-removed') ?? '',
          })
        : null,
    language: world.language,
    locale: world.language === 'fr' ? 'fr-FR' : 'en-GB',
    theme: world.theme,
    version: '0.1.0',
    platform: 'linux',
    homeFolder: '/home/camille/.config/Jeton',
    paused: world.paused,
    signingIn: world.signingIn !== null,
    signingInWith: world.signingIn,
    exporting: [...world.exporting],
    renewing: world.renewing,
    startAtLogin: world.startAtLogin,
  };
}

/** A week of renewals, some nights asleep, and one failure. */
export function activityOf(world: World): Reply<'listActivity'>['entries'] {
  const messages = mainMessages(world.language);
  const words = (event: string): string => messages.find(`activity.${event}`) ?? event;
  const entries = world.integrations.slice(0, 12).flatMap(({ id, name, kind, state }) => {
    const step = kind === 'oneflex' ? 3 * HOUR : 6 * HOUR;
    const times = Array.from(
      { length: Math.floor((7 * DAY) / step) },
      (_, index) => world.now - 10 * MINUTE - index * step,
    );
    return times
      .filter((at) => new Date(at).getDay() % 6 !== 0 || new Date(at).getHours() > 9)
      .map((at, index) => {
        const failed = state.kind !== 'fresh' && index < 2;
        const event = failed ? 'renewal-failed' : 'renewed';
        const what = failed
          ? `${words(event)}${world.language === 'fr' ? '\u00a0' : ''}: ${messages.find('slack.code.token_revoked') ?? ''}`
          : words(event);
        return { at, id, name, event, what, tone: failed ? ('problem' as const) : ('good' as const) };
      });
  });
  return entries.sort((a, b) => b.at - a.at);
}
