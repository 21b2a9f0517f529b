/** What is said when, over the real store; the webhook is scripted and time is virtual. */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type {
  Alert,
  AlertMessage,
  AlertPlan,
  AlertSubject,
  Alerted,
  AlertStore,
  Delivery,
  Sighting,
} from '../../src/core/alerts.ts';
import { Alerts, planAlerts, sightingOf } from '../../src/core/alerts.ts';
import { Engine } from '../../src/core/engine.ts';
import type { ErrorCode, ErrorDetails } from '../../src/core/errors.ts';
import { JetonError } from '../../src/core/errors.ts';
import type { SlackFailure } from '../../src/core/slack/reply.ts';
import type { IntegrationView, Snapshot, TargetView } from '../../src/core/snapshot.ts';
import type { AlertSettings } from '../../src/node/database/alerts.ts';
import { createAlertStore } from '../../src/node/database/alerts.ts';
import { MemoryLocalIntegrations } from '../fakes/memory-source.ts';
import { VirtualTime } from '../fakes/virtual-time.ts';
import { silent, World } from '../support/engine-world.ts';
import { openTestStore } from '../support/open-stores.ts';
import { temporaryHome } from '../support/temporary-home.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

type Kind = AlertSubject['kind'];

function seen(kinds: Readonly<Record<string, Kind>>, hidden = ''): Omit<Sighting, 'revision'> {
  const subjects = Object.entries(kinds).map(([subject, kind]) => ({
    subject,
    kind,
    facts: { name: subject.toUpperCase() },
  }));
  return { subjects, isHidden: (subject) => subject.startsWith(hidden) && hidden !== '' };
}

function told(plan: AlertPlan): string[] {
  return plan.alerts.map((alert) =>
    alert.kind === 'all-well' ? alert.kind : `${alert.subject} ${alert.kind}`,
  );
}

/** One look after another, each an hour after the one before unless it says otherwise. */
class Looks {
  alerted: readonly Alerted[] = [];
  #now = Date.UTC(2026, 2, 10);
  #revision = 0;

  at(kinds: Readonly<Record<string, Kind>>, { hours = 1, hidden = '' } = {}): string[] {
    this.#now += hours * HOUR;
    this.#revision += 1;
    const plan = planAlerts({ ...seen(kinds, hidden), revision: this.#revision }, this.alerted, this.#now);
    this.alerted = plan.alerted;
    return told(plan);
  }
}

describe('what is said', () => {
  let look: Looks;
  beforeEach(() => (look = new Looks()));

  test('is one message for each change, and one when all is well', () => {
    expect(look.at({ a: 'well', b: 'well' })).toEqual([]);
    expect(look.at({ a: 'needs-reinstall', b: 'well' })).toEqual(['a needs-reinstall']);
    expect(look.at({ a: 'needs-reinstall', b: 'well' }, { hours: 48 })).toEqual([]);
    expect(look.at({ a: 'needs-reinstall', b: 'needs-sign-in' })).toEqual(['b needs-sign-in']);
    expect(look.at({ a: 'well', b: 'needs-sign-in' })).toEqual([]);
    expect(look.at({ a: 'well', b: 'well' })).toEqual(['all-well']);
    expect(look.at({ a: 'well', b: 'well' })).toEqual([]);
  });

  test('is nothing while something is between two states', () => {
    expect(look.at({ a: 'unsettled' })).toEqual([]);
    expect(look.at({ a: 'needs-reinstall' })).toEqual(['a needs-reinstall']);
    expect(look.at({ a: 'unsettled' })).toEqual([]);
    expect(look.at({ a: 'needs-reinstall' }, { hours: 12 })).toEqual([]);
    expect(look.at({ a: 'well' })).toEqual(['all-well']);
  });

  test('is nothing about what a person leaves alone, or has removed', () => {
    expect(look.at({ a: 'left-alone' })).toEqual([]);
    expect(look.at({ a: 'needs-reinstall', b: 'needs-reinstall' })).toHaveLength(2);
    expect(look.at({ a: 'left-alone' })).toEqual([]);
    expect(look.at({ a: 'left-alone' })).toEqual([]);
  });

  test('is that all is well when what was not repaired was paused', () => {
    look.at({ a: 'needs-reinstall', b: 'needs-reinstall' });
    expect(look.at({ a: 'well', b: 'needs-reinstall' })).toEqual([]);
    expect(look.at({ a: 'well', b: 'left-alone' })).toEqual(['all-well']);
  });

  test('is not that all is well about what cannot be seen', () => {
    look.at({ 'local:1': 'needs-reinstall', 'app:1': 'needs-reinstall' });
    expect(look.at({ 'local:1': 'well' }, { hidden: 'app:' })).toEqual([]);
    expect(look.at({ 'local:1': 'well', 'app:1': 'needs-reinstall' }, { hours: 12 })).toEqual([]);
    expect(look.at({ 'local:1': 'well', 'app:1': 'well' })).toEqual(['all-well']);
  });

  test('is the same of one subject at most every six hours, and then if it is still so', () => {
    expect(look.at({ a: 'needs-sign-in' })).toEqual(['a needs-sign-in']);
    expect(look.at({ a: 'well' })).toEqual(['all-well']);
    expect(look.at({ a: 'needs-sign-in' })).toEqual([]);
    expect(look.at({ a: 'well' })).toEqual([]);
    expect(look.at({ a: 'needs-sign-in' })).toEqual([]);
    expect(look.at({ a: 'needs-sign-in' }, { hours: 2 })).toEqual(['a needs-sign-in']);
    expect(look.at({ a: 'well' })).toEqual(['all-well']);
  });

  test('is not that all is well while a trouble is only not repeated', () => {
    look.at({ a: 'needs-sign-in', b: 'needs-reinstall' });
    expect(look.at({ a: 'well', b: 'needs-reinstall' })).toEqual([]);
    expect(look.at({ a: 'needs-sign-in', b: 'well' })).toEqual([]);
    expect(look.at({ a: 'well', b: 'well' })).toEqual(['all-well']);
  });

  test('is each kind of trouble of one subject', () => {
    expect(look.at({ a: 'needs-reinstall' })).toEqual(['a needs-reinstall']);
    expect(look.at({ a: 'restart-failed' })).toEqual(['a restart-failed']);
    expect(look.at({ a: 'well' })).toEqual(['all-well']);
  });

  test('is nothing by a picture that is older than the last one that counted', () => {
    const newer = planAlerts({ ...seen({ a: 'needs-reinstall' }), revision: 5 }, [], 0);
    const older = planAlerts({ ...seen({ a: 'well' }), revision: 4 }, newer.alerted, 0);
    expect(older).toEqual({ alerts: [], alerted: newer.alerted });
    expect(told(planAlerts({ ...seen({ a: 'well' }), revision: 5 }, newer.alerted, 0))).toEqual(['all-well']);
  });

  test('is said again after a clock was set back', () => {
    const { alerted } = planAlerts({ ...seen({ a: 'needs-sign-in' }), revision: 1 }, [], 100 * HOUR);
    const well = planAlerts({ ...seen({ a: 'well' }), revision: 2 }, alerted, 1 * HOUR);
    const again = planAlerts({ ...seen({ a: 'needs-sign-in' }), revision: 3 }, well.alerted, 2 * HOUR);
    expect(told(again)).toEqual(['a needs-sign-in']);
  });

  test('keeps its promises whatever happens', () => {
    const kind = fc.constantFrom<Kind>(
      'needs-reinstall',
      'needs-sign-in',
      'well',
      'well',
      'unsettled',
      'left-alone',
    );
    const kinds = fc.dictionary(fc.constantFrom('a', 'b', 'c'), kind);
    fc.assert(
      fc.property(fc.array(fc.tuple(kinds, fc.integer({ min: 0, max: 400 })), { maxLength: 40 }), (steps) => {
        let now = 0;
        let alerted: readonly Alerted[] = [];
        let revision = 0;
        let saidSinceAllWell = 0;
        const lastSaid = new Map<string, number>();
        for (const [picture, minutes] of steps) {
          now += minutes * MINUTE;
          revision += 1;
          const sighting = { ...seen(picture), revision };
          const plan = planAlerts(sighting, alerted, now);
          expect(planAlerts(sighting, plan.alerted, now).alerts).toEqual([]);
          const troubles = Object.entries(picture).filter(([, is]) => is.startsWith('needs-'));
          for (const what of told(plan)) {
            if (what === 'all-well') {
              expect(troubles).toEqual([]);
              expect(saidSinceAllWell).toBeGreaterThan(0);
              saidSinceAllWell = 0;
              continue;
            }
            expect(now - (lastSaid.get(what) ?? -Infinity)).toBeGreaterThanOrEqual(6 * HOUR);
            lastSaid.set(what, now);
            saidSinceAllWell += 1;
          }
          // Nobody is left in the dark: what is wrong now was said, at the latest six hours ago or since it began.
          for (const [subject, is] of troubles) {
            const row = plan.alerted.find((one) => one.subject === subject && one.kind === is);
            expect(row?.standing === 'open' || now - (row?.at ?? -Infinity) < 6 * HOUR).toBe(true);
          }
          ({ alerted } = plan);
        }
      }),
    );
  });
});

const view: IntegrationView = {
  id: 'local:1',
  kind: 'slack',
  name: 'Ops xoxe-1-test-refresh-7',
  source: 'local',
  app: undefined,
  state: { kind: 'needs-reinstall', worksUntil: 5 },
  expiresAt: 5,
  worksUntil: 5,
  lastRenewedAt: undefined,
  nextRunAt: undefined,
  sessionEndsAt: undefined,
  lastError: { code: 'token_revoked', class: 'chain-dead', at: 1 },
};

const bot: TargetView = {
  name: 'nas',
  file: '/bot/config/.env',
  host: undefined,
  restart: 'always',
  pending: undefined,
  lastExport: undefined,
  exportFailure: undefined,
  lastRestart: undefined,
};

const failed = { at: 1, failure: 'unhealthy', startedAt: undefined };
const pending = {
  since: 1,
  heldUntil: undefined,
  reason: undefined,
  retryAt: undefined,
  startedAt: undefined,
};

function snapshotOf(integrations: readonly IntegrationView[], targets: readonly TargetView[] = []): Snapshot {
  return {
    revision: 1,
    headline: { kind: 'empty' },
    vault: { state: 'ready', keySource: 'test' },
    sources: [{ kind: 'app', state: 'unreachable', code: 'database-unreachable' }],
    integrations,
    targets,
  };
}

describe('what is seen in a snapshot', () => {
  test.each([
    [{ kind: 'needs-reinstall', worksUntil: 5 } as const, 'needs-reinstall'],
    [{ kind: 'needs-sign-in' } as const, 'needs-sign-in'],
    [{ kind: 'fresh' } as const, 'well'],
    [{ kind: 'paused' } as const, 'left-alone'],
    [{ kind: 'due' } as const, 'unsettled'],
    [{ kind: 'renewing' } as const, 'unsettled'],
    [{ kind: 'retrying', until: 9 } as const, 'unsettled'],
    [{ kind: 'in-doubt' } as const, 'unsettled'],
    [{ kind: 'misconfigured' } as const, 'unsettled'],
  ])('an integration that is %o: %s', (state, kind) => {
    expect(sightingOf(snapshotOf([{ ...view, state }])).subjects).toEqual([
      // A name is somebody else's text.
      { subject: 'local:1', kind, facts: { name: 'Ops [secret]', worksUntil: 5, code: 'token_revoked' } },
    ]);
  });

  test.each([
    [{}, 'well', undefined],
    [{ lastRestart: { ...failed, failure: undefined } }, 'well', undefined],
    [{ lastRestart: failed }, 'restart-failed', 'unhealthy'],
    [{ pending: { ...pending, reason: 'daemon-down' } }, 'restart-failed', 'daemon-down'],
    [{ pending: { ...pending, heldUntil: 9 } }, 'unsettled', undefined],
    [{ lastRestart: { ...failed, failure: 'cancelled' } }, 'unsettled', 'cancelled'],
  ])('a bot with %o: %s', (change, kind, code) => {
    expect(sightingOf(snapshotOf([], [{ ...bot, ...change }])).subjects).toEqual([
      { subject: 'export:nas', kind: 'well', facts: { name: 'nas' } },
      { subject: 'target:nas', kind, facts: { name: 'nas', code } },
    ]);
  });

  test.each<[ErrorCode, Kind, ErrorDetails?]>([
    ['env-file-unwritable', 'export-failed'],
    ['ssh-unreachable', 'export-failed'],
    ['oneflex-not-signed-in', 'unsettled'],
    ['vault-locked', 'unsettled'],
    ['integration-not-found', 'unsettled', { id: 'local:1' }],
    ['integration-not-found', 'export-failed', { id: 'app:1' }],
  ])('a file that is not brought up to date (%s): %s', (code, kind, details = { path: '/bot/.env' }) => {
    const exportFailure = { code, details, at: 1 };
    expect(sightingOf(snapshotOf([], [{ ...bot, exportFailure }])).subjects).toEqual([
      { subject: 'export:nas', kind, facts: { name: 'nas', code, details } },
      { subject: 'target:nas', kind: 'well', facts: { name: 'nas' } },
    ]);
  });

  describe('of an app that Slack refuses', () => {
    const refusal = { code: 'bad_client_secret', class: 'misconfigured', at: 1 } as const;
    const stranger = { code: 'brand_new_code', class: 'unknown', at: 1 } as const;
    const misconfigured = { kind: 'misconfigured' } as const;
    const retrying = { kind: 'retrying', until: 9 } as const;
    const appOf = (views: readonly Partial<IntegrationView>[], sources: Snapshot['sources'] = []) => {
      const all = views.map((change, index) => ({
        ...view,
        id: `local:${index}` as const,
        app: 'app-1',
        lastError: undefined,
        state: { kind: 'fresh' } as const,
        ...change,
      }));
      return sightingOf({ ...snapshotOf(all), sources }).subjects.filter(({ subject }) =>
        subject.startsWith('slack-app:'),
      );
    };

    test('one alert for all its rows, with how long the first still works', () => {
      expect(
        appOf([
          {},
          { state: misconfigured, lastError: refusal, worksUntil: 9 },
          { state: misconfigured, lastError: refusal, worksUntil: 7 },
          { state: misconfigured, lastError: refusal, worksUntil: 7, app: 'app-2' },
        ]),
      ).toEqual([
        {
          subject: 'slack-app:app-1',
          kind: 'app-misconfigured',
          facts: { name: 'Ops [secret]', worksUntil: 7, code: 'bad_client_secret', count: 2 },
        },
        expect.objectContaining({ subject: 'slack-app:app-2', kind: 'app-misconfigured' }),
      ]);
    });

    test.each<[string, readonly Partial<IntegrationView>[], AlertSubject['kind']]>([
      ['an answer nobody knows', [{ state: retrying, lastError: stranger }, {}], 'unknown-answer'],
      ['that answer, asked again now', [{ state: { kind: 'renewing' }, lastError: stranger }], 'unsettled'],
      [
        'both',
        [
          { state: retrying, lastError: stranger },
          { state: misconfigured, lastError: refusal },
        ],
        'app-misconfigured',
      ],
      [
        'a row that lacks a field',
        [{ state: misconfigured, lastError: { ...refusal, fields: [] } }],
        'unsettled',
      ],
      ['a row that is paused', [{}, { state: { kind: 'paused' }, lastError: refusal }], 'well'],
      ['nothing wrong', [{}, {}], 'well'],
    ])('%s', (_, views, kind) => {
      expect(appOf(views)).toMatchObject([{ subject: 'slack-app:app-1', kind }]);
    });

    test('is not well while rows of it may be out of sight', () => {
      const unread = [{ kind: 'app', state: 'unreachable', code: 'database-unreachable' }] as const;
      expect(appOf([{}], unread)).toMatchObject([{ kind: 'unsettled' }]);
      expect(sightingOf(snapshotOf([])).isHidden('slack-app:app-1')).toBe(true);
    });
  });

  test('a source that cannot be read hides its rows, and no others', () => {
    const { isHidden } = sightingOf(snapshotOf([]));
    expect(['app:1', 'local:1', 'oneflex:1', 'target:app'].filter(isHidden)).toEqual(['app:1']);
  });
});

describe('alerts', () => {
  let time: VirtualTime;
  let store: AlertStore & AlertSettings;
  let sent: AlertMessage[];
  let reply: () => Promise<Delivery>;
  let logged: string[];
  let picture: Map<IntegrationView['id'], IntegrationView['state']>;
  let revision: number;
  const delivered = async (): Promise<Delivery> => ({ kind: 'delivered' });
  const fails = (code = 'http-500', retryAfterMs?: number) => {
    return async (): Promise<Delivery> => ({ kind: 'failed', code, retryAfterMs });
  };

  beforeEach(async () => {
    time = new VirtualTime(Date.UTC(2026, 2, 10, 9));
    sent = [];
    reply = delivered;
    logged = [];
    picture = new Map([['local:1', { kind: 'fresh' }]]);
    revision = 0;
    const opened = await openTestStore(temporaryHome());
    store = createAlertStore({ store: opened.store, clock: time, isDead: (owner) => owner === 'dead' });
    await store.start('slack');
  });

  function start(owner = 'this-process'): Alerts {
    const log = (event: string): void => void logged.push(event);
    return new Alerts({
      store,
      webhook: {
        send: async (message) => {
          sent.push(message);
          return reply();
        },
      },
      words: (alert: Alert) => ({
        title: alert.kind === 'all-well' ? alert.kind : `${alert.subject} ${alert.kind}`,
        description: 'do this',
      }),
      clock: time,
      random: { next: () => 1 },
      log: { ...silent, warn: log, error: log },
      owner,
    });
  }

  const look = async (): Promise<Snapshot> => {
    revision += 1;
    const views: IntegrationView[] = [];
    for (const [id, state] of picture) views.push({ ...view, id, name: id, state });
    return { ...snapshotOf(views), revision, sources: [] };
  };

  const titles = (): string[] => sent.map(({ title }) => title);
  const lapse = (): void => void picture.set('local:1', { kind: 'needs-sign-in' });
  const mend = (): void => void picture.set('local:1', { kind: 'fresh' });

  test('are raised and delivered once', async () => {
    const alerts = start();
    await alerts.attend(look);
    lapse();
    await alerts.attend(look);
    await alerts.attend(look);
    await time.advance(MINUTE);
    mend();
    await alerts.attend(look);
    await alerts.attend(look);
    expect(sent).toEqual([
      {
        title: 'local:1 needs-sign-in',
        description: 'do this',
        tone: 'trouble',
        at: Date.UTC(2026, 2, 10, 9),
        number: 1,
      },
      { title: 'all-well', description: 'do this', tone: 'well', at: Date.UTC(2026, 2, 10, 9, 1), number: 2 },
    ]);
    expect(store.channel()).toMatchObject({ waiting: 0 });
  });

  test('go nowhere until somebody listens, who is then told what is wrong', async () => {
    await store.stop();
    lapse();
    const alerts = start();
    await alerts.attend(look);
    expect(revision).toBe(0);
    await store.start('discord');
    await alerts.attend(look);
    expect(titles()).toEqual(['local:1 needs-sign-in']);
  });

  test('wait longer from one failure to the next, in their order, and expire after a day', async () => {
    lapse();
    reply = fails();
    const alerts = start();
    const tries: number[] = [];
    const begin = time.now();
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const before = sent.length;
      if (minute === 5) mend();
      await alerts.attend(look);
      if (sent.length > before) tries.push((time.now() - begin) / MINUTE);
      await time.advance(MINUTE);
    }
    // 30 s, then doubled, up to 15 minutes; looked at each minute.
    expect(tries.slice(0, 7)).toEqual([0, 1, 2, 4, 8, 16, 31]);
    expect(new Set(titles())).toEqual(new Set(['local:1 needs-sign-in']));
    expect(store.channel()).toMatchObject({ waiting: 2, lastError: 'http-500' });

    reply = delivered;
    sent = [];
    await time.advance(MINUTE);
    await alerts.attend(look);
    expect(titles()).toEqual(['all-well']);
    expect(logged).toContain('alerts-expired');
  });

  test('come before long when the network is back', async () => {
    lapse();
    reply = fails('ENETUNREACH');
    const alerts = start();
    await alerts.attend(look);
    reply = delivered;
    await alerts.attend(look);
    expect(sent).toHaveLength(1);
    await time.advance(30_000);
    await alerts.attend(look);
    expect(sent.map(({ number }) => number)).toEqual([1, 1]);
  });

  test('respect how long the receiver asks to wait', async () => {
    lapse();
    reply = fails('http-429', 10 * MINUTE);
    const alerts = start();
    await alerts.attend(look);
    reply = delivered;
    await time.advance(10 * MINUTE - 1);
    await alerts.attend(look);
    expect(sent).toHaveLength(1);
    await time.advance(1);
    await alerts.attend(look);
    expect(sent).toHaveLength(2);
  });

  test('stop for good when the webhook is gone, and that is logged once', async () => {
    lapse();
    reply = async () => ({ kind: 'gone' });
    const alerts = start();
    for (let round = 0; round < 3; round += 1) await alerts.attend(look);
    await start('another').attend(look);
    expect(sent).toHaveLength(1);
    expect(logged).toEqual(['webhook-gone']);
    expect(store.channel()).toMatchObject({ goneAt: time.now(), waiting: 0 });
  });

  test('for a webhook that was replaced meanwhile do not silence the new one', async () => {
    lapse();
    reply = async () => {
      await store.start('discord');
      return { kind: 'gone' };
    };
    const alerts = start();
    await alerts.attend(look);
    reply = delivered;
    await alerts.attend(look);
    expect(titles()).toEqual(['local:1 needs-sign-in', 'local:1 needs-sign-in']);
    expect(store.channel()).toMatchObject({ format: 'discord', goneAt: undefined });
  });

  test('are scrubbed whatever their words say', async () => {
    lapse();
    const alerts = new Alerts({
      store,
      webhook: { send: async (message) => (sent.push(message), { kind: 'delivered' }) },
      words: () => ({ title: 'xoxe-1-test-refresh-7', description: 'password=test-secret-1 is wrong' }),
      clock: time,
      random: { next: () => 1 },
      log: silent,
      owner: 'this-process',
    });
    await alerts.attend(look);
    expect(sent).toMatchObject([{ title: '[secret]', description: 'password=[secret] is wrong' }]);
  });

  test.each([
    ['the vault is locked', () => Promise.reject(new JetonError('vault-locked')), 'vault-locked'],
    ['the webhook adapter has a bug', () => Promise.reject(new TypeError('no')), 'TypeError'],
  ])('are kept, and nobody is bothered, when %s', async (_, reject, code) => {
    lapse();
    reply = reject;
    const alerts = start();
    await alerts.attend(look);
    expect(store.channel()).toMatchObject({ waiting: 1, lastError: code });
    reply = delivered;
    await time.advance(MINUTE);
    await alerts.attend(look);
    expect(store.channel()).toMatchObject({ waiting: 0 });
  });

  test('throw into nobody when nothing can be seen, and say so once', async () => {
    const alerts = start();
    const blind = (): Promise<Snapshot> => Promise.reject(new JetonError('store-busy'));
    await alerts.attend(blind);
    await alerts.attend(blind);
    expect(logged).toEqual(['alerts-failed']);
    lapse();
    await alerts.attend(look);
    expect(titles()).toEqual(['local:1 needs-sign-in']);
  });

  test('that a dead process was sending go out at once; those of a living one after its claim', async () => {
    lapse();
    reply = () => new Promise<never>(() => undefined);
    void start('dead').attend(look);
    await expect.poll(() => sent.map(({ number }) => number)).toEqual([1]);
    void start('hangs').attend(look);
    await expect.poll(() => sent.map(({ number }) => number)).toEqual([1, 1]);

    reply = delivered;
    await start('third').attend(look);
    expect(sent).toHaveLength(2);
    await time.advance(MINUTE);
    await start('third').attend(look);
    expect(sent.map(({ number }) => number)).toEqual([1, 1, 1]);
  });

  test('bind nobody by moments of a clock that was ahead', async () => {
    time.setWallClock(365 * 24 * HOUR);
    lapse();
    reply = fails();
    await start().attend(look);
    time.setWallClock(-365 * 24 * HOUR);
    reply = delivered;
    await start().attend(look);
    expect(sent).toHaveLength(2);
  });

  test('end with the command: nothing is begun after its time, and what is under way comes to its end', async () => {
    lapse();
    picture.set('local:2', { kind: 'needs-sign-in' });
    const patience = new AbortController();
    reply = async () => {
      patience.abort();
      return { kind: 'delivered' };
    };
    await start().attend(look, patience.signal);
    expect(titles()).toEqual(['local:1 needs-sign-in']);
    expect(store.channel()).toMatchObject({ waiting: 1 });
  });

  test('are one for an app that Slack refuses, whichever way, and one when it takes it again', async () => {
    const world = new World();
    const rows = ['one', 'two', 'three'];
    for (const name of rows) {
      const expiresAt = world.time.now() + 5 * HOUR;
      world.rows.app.add({ ...world.slack.issue(name), name, expiresAt, clientId: '123.456' });
    }
    const { sources, ...ports } = world.startProcess();
    const local = new MemoryLocalIntegrations({ clock: world.time, rows: world.rows.local });
    const engine = new Engine({ ...ports, local, application: sources[1], alerts: start() });
    const round = async (failure?: SlackFailure): Promise<void> => {
      if (failure) world.slack.failNext(...rows.map(() => ({ kind: 'fails', failure }) as const));
      await engine.keepFresh();
      await engine.sendAlerts();
      for (const elapsed of [world.time, time]) await elapsed.advance(HOUR + MINUTE);
    };

    await round({ class: 'misconfigured', code: 'bad_client_secret' });
    await round({ class: 'misconfigured', code: 'bad_client_secret' });
    expect(titles()).toEqual([expect.stringMatching(/^slack-app:\w{64} app-misconfigured$/)]);
    await round({ class: 'unknown', code: 'brand_new_code' });
    await round({ class: 'unknown', code: 'brand_new_code' });
    expect(titles().slice(1)).toEqual([expect.stringMatching(/^slack-app:\w{64} unknown-answer$/)]);
    await round();
    expect(titles().slice(2)).toEqual(['all-well']);
  });

  test('never keep a renewal waiting', async () => {
    const world = new World();
    const revoked = world.rows.app.add({ ...world.slack.issue('one'), expiresAt: world.time.now() });
    world.slack.revoke('one');
    const { sources, ...ports } = world.startProcess();
    const hanging: string[] = [];
    const alerts = new Alerts({
      store,
      webhook: {
        send: ({ title }) => {
          hanging.push(title);
          return new Promise<never>(() => undefined);
        },
      },
      words: ({ kind }) => ({ title: kind, description: '' }),
      clock: time,
      random: { next: () => 1 },
      log: silent,
      owner: 'this-process',
    });
    const local = new MemoryLocalIntegrations({ clock: world.time, rows: world.rows.local });
    const engine = new Engine({ ...ports, local, application: sources[1], alerts });

    const { slack } = await engine.keepFresh();
    expect(slack.results).toMatchObject([{ id: revoked, outcome: 'failed' }]);
    await expect.poll(() => hanging).toEqual(['needs-reinstall']);
    world.rows.local.add({ ...world.slack.issue('two'), expiresAt: world.time.now() });
    expect(await engine.keepFresh()).toMatchObject({ slack: { renewed: 1 } });
    expect(hanging).toHaveLength(1);
  });
});
