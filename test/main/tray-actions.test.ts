import { expect, test } from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import { ONEFLEX_ID } from '../../src/core/oneflex/session.ts';
import type { IntegrationView } from '../../src/core/snapshot.ts';
import type { Notice } from '../../src/main/desktop.ts';
import { TrayActions, type TrayPorts } from '../../src/main/tray-actions.ts';
import type { TrayCommand } from '../../src/main/tray-menu.ts';
import type { Reply } from '../../src/shared/ipc/bridge.ts';
import { FakeApplication } from '../fakes/fake-application.ts';
import { integrationView } from '../fakes/integration-view.ts';

type Answers = ConstructorParameters<typeof FakeApplication>[1];

/** A desktop that writes down what reached it; `said` ends when the next thing did. */
function world(answers: Answers = {}, agrees = true, unlocked: Promise<void> = Promise.resolve()) {
  const application = new FakeApplication({}, answers);
  const seen: unknown[] = [];
  let wake: () => void = () => undefined;
  const said = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  const see = (what: unknown): void => {
    seen.push(what);
    wake();
  };
  const ports: TrayPorts = {
    application,
    notify: (notice: Notice) => see({ notice }),
    whenUnlocked: () => unlocked,
    openWindow: (view) => see({ opened: view ?? 'as it was' }),
    showSignIn: () => see('sign-in shown'),
    ask: (question) => {
      see({ question });
      return Promise.resolve(agrees);
    },
    quit: () => see('quit'),
  };
  return { application, actions: new TrayActions(ports), seen, said };
}

test('each command of the menu becomes one of the application’s', () => {
  const { application, actions } = world();
  actions.run({ kind: 'renew', ids: 'all' });
  actions.run({ kind: 'renew', ids: ['local:1'] });
  actions.run({ kind: 'resume', id: 'local:1' });
  actions.run({ kind: 'export', bot: 'desk' });
  actions.run({ kind: 'pause-all', until: 'tomorrow' });
  actions.run({ kind: 'resume-all' });
  actions.run({ kind: 'start-at-login', on: true });
  actions.run({ kind: 'cancel-sign-in' });
  actions.run({ kind: 'stop-renewing' });
  expect(application.calls).toEqual([
    { call: 'refresh', args: {} },
    { call: 'refresh', args: { force: true, ids: ['local:1'] } },
    { call: 'resumeIntegration', args: { id: 'local:1' } },
    { call: 'exportTargets', args: { names: ['desk'], restart: true } },
    { call: 'pauseAll', args: { until: 'tomorrow' } },
    { call: 'resumeAll', args: {} },
    { call: 'setStartAtLogin', args: { on: true } },
    { call: 'cancelSignIn', args: {} },
    { call: 'cancelRefresh', args: {} },
  ]);
});

test('what goes wrong is said once, in words, with the remedy', async () => {
  const { actions, seen, said } = world({
    refresh: () => Promise.reject(new JetonError('store-busy', { file: 'jeton.db' })),
  });
  const told = said();
  actions.run({ kind: 'renew', ids: 'all' });
  await told;
  expect(seen).toMatchObject([
    { notice: { body: 'jeton.db is kept busy by another process. Try again in a moment.' } },
  ]);
});

test('another account is asked about before it replaces the one that is kept', async () => {
  const { application, actions, seen, said } = world({
    signIn: ({ replaceAccount }) =>
      Promise.resolve(
        replaceAccount === true
          ? { kind: 'ended', explanation: { code: 'timed-out', message: 'Too slow.', remedy: 'Again.' } }
          : { kind: 'other-account', account: 'Ada', kept: 'Grace' },
      ),
  });
  const asked = said();
  actions.run({ kind: 'sign-in' });
  await asked;
  await said();
  expect(application.calls.map(({ args }) => args)).toEqual([
    { browser: 'preferred' },
    { browser: 'preferred', replaceAccount: true },
  ]);
  expect(seen).toMatchObject([
    { question: { message: 'You signed in as Ada; Jeton keeps the tokens of Grace.', no: 'Keep Grace' } },
    { notice: { body: 'Too slow. Again.' } },
  ]);
});

test('an account that is not to be replaced is let go', async () => {
  const { application, actions, said } = world(
    { signIn: () => Promise.resolve({ kind: 'other-account', account: 'Ada', kept: 'Grace' }) },
    false,
  );
  const asked = said();
  actions.run({ kind: 'sign-in' });
  await asked;
  await new Promise((resolve) => setImmediate(resolve));
  expect(application.calls.map(({ call }) => call)).toEqual(['signIn', 'cancelSignIn']);
});

test('a window that the person closed needs no words', async () => {
  let answered: Promise<unknown> = Promise.resolve();
  const { actions, seen } = world({
    signIn: () => {
      const explanation = { code: 'closed-by-person', message: 'Closed.', remedy: '' };
      const ended = Promise.resolve({ kind: 'ended', explanation } as const);
      answered = ended;
      return ended;
    },
  });
  actions.run({ kind: 'sign-in' });
  await answered;
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen).toEqual([]);
});

const explanation = {
  code: 'invalid_refresh_token',
  message: 'It was revoked.',
  remedy: 'Install it again.',
};
type Refreshed = Reply<'refresh'>['results'][number];
const failing = (number: number): Refreshed => ({
  id: `local:${number}`,
  name: `Team ${number}`,
  outcome: 'failed',
  error: explanation,
  note: null,
});
const fresh: Refreshed = { id: 'local:9', name: 'Ops', outcome: 'unchanged', error: null, note: null };
const reportOf = (results: readonly Refreshed[]): Reply<'refresh'> => {
  const count = (outcome: Refreshed['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  return {
    renewed: count('renewed'),
    unchanged: count('unchanged'),
    failed: count('failed'),
    waiting: count('waiting'),
    skipped: count('skipped'),
    left: results.filter(({ error }) => error?.code === 'cancelled').length,
    results: [...results],
  };
};

/** What is said of an answer, once the actions have had the time. */
async function saidOf(
  command: TrayCommand,
  answers: Answers,
  prepare: (application: FakeApplication) => void = () => undefined,
): Promise<readonly unknown[]> {
  const { application, actions, seen } = world(answers);
  prepare(application);
  actions.run(command);
  await new Promise((resolve) => setImmediate(resolve));
  return seen;
}

test('what an answer says that could not be renewed is told in one notification, with the remedy', async () => {
  const refresh = (...results: readonly Refreshed[]) => ({
    refresh: () => Promise.resolve(reportOf(results)),
  });
  expect(await saidOf({ kind: 'renew', ids: ['local:1'] }, refresh(failing(1)))).toEqual([
    {
      notice: {
        title: 'That did not work',
        body: 'Team 1: It was revoked. Install it again.',
        leadsTo: { kind: 'view', view: 'integrations', id: 'local:1' },
      },
    },
  ]);
  const many = [1, 2, 3, 4, 5].map(failing);
  expect(await saidOf({ kind: 'renew', ids: 'all' }, refresh(...many, fresh))).toEqual([
    {
      notice: {
        title: 'That did not work',
        body: [
          ...[1, 2, 3].map((number) => `Team ${number}: It was revoked. Install it again.`),
          '2 more…',
        ].join('\n'),
        leadsTo: { kind: 'view', view: 'integrations', id: null },
      },
    },
  ]);
});

test('that nothing was due is told with what is known, and what was renewed is not', async () => {
  const answered = (...results: readonly Refreshed[]) =>
    saidOf({ kind: 'renew', ids: 'all' }, { refresh: () => Promise.resolve(reportOf(results)) });
  expect(await answered(fresh, { ...fresh, outcome: 'skipped' })).toMatchObject([
    { notice: { title: 'Nothing was due', body: 'Nothing to keep fresh yet.' } },
  ]);
  expect(await answered(fresh, { ...fresh, outcome: 'renewed' })).toEqual([]);
  // Whoever stopped it knows.
  const left = { ...failing(1), outcome: 'skipped', error: { ...explanation, code: 'cancelled' } } as const;
  expect(await answered(fresh, left)).toEqual([]);
});

test('what has to wait is told as that, until when, and what to do', async () => {
  const waits = { ...failing(1), outcome: 'waiting', note: 'The next try is at 10:00.' } as const;
  const answers = { refresh: () => Promise.resolve(reportOf([waits])) };
  expect(await saidOf({ kind: 'renew', ids: 'all' }, answers)).toMatchObject([
    {
      notice: {
        title: 'That has to wait',
        body: 'Team 1: It was revoked. The next try is at 10:00. Install it again.',
      },
    },
  ]);
  const held = { ...fresh, outcome: 'skipped', note: 'Another Jeton is at it.' } as const;
  expect(
    await saidOf({ kind: 'renew', ids: ['local:9'] }, { refresh: () => Promise.resolve(reportOf([held])) }),
  ).toMatchObject([{ notice: { body: 'Ops: Another Jeton is at it.' } }]);
});

test('what was left alone is told to whoever asked for it, and not to whoever asked for all', async () => {
  const answers = {
    refresh: () =>
      Promise.resolve(
        reportOf([
          { ...failing(1), outcome: 'skipped' },
          { ...fresh, outcome: 'renewed' },
        ]),
      ),
  };
  expect(await saidOf({ kind: 'renew', ids: ['local:1'] }, answers)).toMatchObject([
    { notice: { title: 'That did not work' } },
  ]);
  expect(await saidOf({ kind: 'renew', ids: 'all' }, answers)).toEqual([]);
});

test('a database that cannot be read is told to whoever wanted all renewed', async () => {
  const answers = { refresh: () => Promise.resolve(reportOf([fresh])) };
  const unread = (application: FakeApplication): void => {
    application.state = {
      ...application.state,
      databaseProblem: { ...explanation, message: 'No database.' },
    };
  };
  expect(await saidOf({ kind: 'renew', ids: 'all' }, answers, unread)).toMatchObject([
    { notice: { title: 'That did not work', body: 'No database. Install it again.' } },
  ]);
});

test('what a notification of its own has told meanwhile is not told again', async () => {
  const answers: Answers = {
    refresh: () => Promise.resolve(reportOf([failing(1), failing(2)])),
    exportTargets: () => Promise.resolve({ targets: [{ name: 'desk', outcome: 'failed', facts: [] }] }),
  };
  const told = (application: FakeApplication): void => void (application.toldOf = ['local:1', 'desk']);
  expect(await saidOf({ kind: 'renew', ids: 'all' }, answers, told)).toMatchObject([
    { notice: { body: 'Team 2: It was revoked. Install it again.' } },
  ]);
  expect(await saidOf({ kind: 'export', bot: 'desk' }, answers, told)).toEqual([]);
});

test('what an export could not do, or left for later, is told with the remedy', async () => {
  const fact = { label: 'Restart', text: 'It runs.', tone: 'good', remedy: null } as const;
  const answered = (
    outcome: 'done' | 'waiting' | 'failed',
    facts: Reply<'exportTargets'>['targets'][number]['facts'],
  ) =>
    saidOf(
      { kind: 'export', bot: 'desk' },
      { exportTargets: () => Promise.resolve({ targets: [{ name: 'desk', outcome, facts }] }) },
    );
  const problem = { ...fact, text: 'Docker does not answer.', tone: 'problem', remedy: 'Start it.' } as const;
  const held = { ...fact, text: 'Held until noon.', tone: 'warning', remedy: 'It can be done now.' } as const;
  const leadsTo = { kind: 'view', view: 'bot', id: null };
  expect(await answered('failed', [fact, held, problem])).toEqual([
    { notice: { title: 'That did not work', body: 'desk: Docker does not answer. Start it.', leadsTo } },
  ]);
  expect(await answered('waiting', [fact, held])).toEqual([
    { notice: { title: 'That has to wait', body: 'desk: Held until noon. It can be done now.', leadsTo } },
  ]);
  expect(await answered('done', [fact])).toEqual([]);
});

test('that the machine’s clock is off is told to whoever signed in from the tray', async () => {
  const answers: Answers = {
    signIn: () => Promise.resolve({ kind: 'signed-in', account: 'Ada', note: 'The clock is 20 min ahead.' }),
  };
  expect(await saidOf({ kind: 'sign-in' }, answers)).toMatchObject([
    { notice: { title: 'Signed in as Ada', body: 'The clock is 20 min ahead.' } },
  ]);
});

test('a second wish to sign in shows the window of the first', () => {
  const { application, actions, seen } = world();
  application.state = { ...application.state, signingIn: true, signingInWith: 'window' };
  actions.follow({ kind: 'sign-in' });
  expect(seen).toEqual(['sign-in shown']);
  expect(application.calls).toEqual([]);
});

test('a second wish to sign in while one’s own browser is waited for leads to the window, which says so', () => {
  const { application, actions, seen } = world();
  application.state = { ...application.state, signingIn: true, signingInWith: 'own' };
  actions.follow({ kind: 'sign-in' });
  expect(seen).toEqual([{ opened: { view: 'integrations', id: null } }]);
  expect(application.calls).toEqual([]);
});

test('a notification leads where it says', () => {
  const { actions, seen } = world();
  actions.follow({ kind: 'view', view: 'bot', id: null });
  actions.run({ kind: 'open' });
  actions.run({ kind: 'quit' });
  expect(seen).toEqual([{ opened: { view: 'bot', id: null } }, { opened: 'as it was' }, 'quit']);
});

/** OneFlex, as it is in the list. */
function withOneflex(application: FakeApplication, state: IntegrationView['state']): void {
  const { snapshot } = application.state;
  const view = integrationView({ id: ONEFLEX_ID, kind: 'oneflex', name: 'OneFlex (Ada)', state });
  application.state = {
    ...application.state,
    snapshot: { ...snapshot, integrations: [view] },
    rows: [{ id: ONEFLEX_ID, action: 'none', failure: null }],
  };
}

test('a notification about what is well again signs nobody in', () => {
  const { application, actions, seen } = world();
  withOneflex(application, { kind: 'fresh' });
  actions.follow({ kind: 'sign-in' });
  expect(seen).toEqual([{ opened: { view: 'integrations', id: ONEFLEX_ID } }]);
  expect(application.calls).toEqual([]);
});

test('who does not get along in the sign-in window goes on in their own browser, or pastes', async () => {
  const explanation = { code: 'no-browser', message: 'No browser.', remedy: 'Install one.' };
  const { application, actions, seen, said } = world({
    signIn: () => Promise.resolve({ kind: 'ended', explanation }),
  });
  withOneflex(application, { kind: 'needs-sign-in' });
  const told = said();
  actions.run({ kind: 'sign-in-elsewhere' });
  await told;
  expect(application.calls).toEqual([{ call: 'signIn', args: { browser: 'own' } }]);
  expect(seen).toMatchObject([{ notice: { leadsTo: { view: 'integrations', id: ONEFLEX_ID } } }]);
  actions.run({ kind: 'paste-tokens' });
  expect(seen.at(-1)).toEqual({ opened: { view: 'integrations', id: ONEFLEX_ID } });
});

test('nothing is said, or asked, of a locked screen; afterwards it is, without what was told by then', async () => {
  const unlocking = Promise.withResolvers<void>();
  const error = { code: 'timeout', message: 'No answer.', remedy: 'Later.' };
  const row = { id: 'local:1', name: 'Ops', outcome: 'failed', error, note: null } as const;
  const explanation = { code: 'timed-out', message: 'Too slow.', remedy: 'Again.' };
  const { application, actions, seen, said } = world(
    {
      refresh: () =>
        Promise.resolve({
          renewed: 0,
          unchanged: 0,
          failed: 1,
          waiting: 0,
          skipped: 0,
          left: 0,
          results: [row],
        }),
      signIn: () => Promise.resolve({ kind: 'ended', explanation }),
    },
    true,
    unlocking.promise,
  );
  actions.run({ kind: 'renew', ids: ['local:1'] });
  actions.run({ kind: 'sign-in' });
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(seen).toEqual([]);

  // Who tells of changes has told of this one as soon as somebody is there.
  application.toldOf = ['local:1'];
  const told = said();
  unlocking.resolve();
  await told;
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(seen).toMatchObject([{ notice: { body: 'Too slow. Again.' } }]);
});

/** What is said after unlocking of what went wrong before, and `mend` changed since. */
async function saidAfterUnlocking(
  command: TrayCommand | { readonly kind: 'blocked'; readonly host: string },
  answers: Answers,
  mend: (application: FakeApplication, at: number) => void,
): Promise<readonly unknown[]> {
  const unlocking = Promise.withResolvers<void>();
  const { application, actions, seen } = world(answers, true, unlocking.promise);
  if (command.kind === 'blocked') actions.sayBlocked(command.host);
  else actions.run(command);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(seen).toEqual([]);
  mend(application, Date.now());
  unlocking.resolve();
  await new Promise((resolve) => setTimeout(resolve, 20));
  return seen;
}

const wellSince = (application: FakeApplication, ...views: readonly IntegrationView[]): void => {
  const { snapshot } = application.state;
  application.state = { ...application.state, snapshot: { ...snapshot, integrations: views } };
};
const nothing = (): void => undefined;

test('what was renewed while the screen was locked is not said to have failed', async () => {
  const answers = { refresh: () => Promise.resolve(reportOf([failing(1), failing(2)])) };
  const command = { kind: 'renew', ids: ['local:1', 'local:2'] } as const;
  const view = (number: number, lastRenewedAt: number): IntegrationView =>
    integrationView({
      id: `local:${number}`,
      name: `Team ${number}`,
      state: { kind: 'fresh' },
      lastRenewedAt,
    });
  expect(
    await saidAfterUnlocking(command, answers, (application, at) => {
      wellSince(application, view(1, at), view(2, at - 60_000));
    }),
  ).toMatchObject([{ notice: { body: 'Team 2: It was revoked. Install it again.' } }]);
  expect(
    await saidAfterUnlocking(command, answers, (application, at) => {
      wellSince(application, view(1, at), view(2, at));
    }),
  ).toEqual([]);
});

test('a bot that was served while the screen was locked is not said to have failed', async () => {
  const answers: Answers = {
    exportTargets: () => Promise.resolve({ targets: [{ name: 'desk', outcome: 'failed', facts: [] }] }),
  };
  const command = { kind: 'export', bot: 'desk' } as const;
  const served =
    (health: 'well' | 'failing') =>
    (application: FakeApplication, at: number): void => {
      const { snapshot } = application.state;
      const target = {
        name: 'desk',
        file: '.env',
        host: undefined,
        restart: 'never',
        pending: undefined,
        lastExport: { at, changedKeys: [] },
        exportFailure: undefined,
        lastRestart: undefined,
      } as const;
      application.state = {
        ...application.state,
        bots: [{ name: 'desk', health, failure: null }],
        snapshot: { ...snapshot, targets: [target] },
      };
    };
  expect(await saidAfterUnlocking(command, answers, served('failing'))).toMatchObject([
    { notice: { title: 'That did not work' } },
  ]);
  expect(await saidAfterUnlocking(command, answers, served('well'))).toEqual([]);
});

test('of a sign-in that somebody has made since the screen was locked, nothing that kept it from coming off is said', async () => {
  const explanation = { code: 'timed-out', message: 'Too slow.', remedy: 'Again.' };
  const signedIn = (application: FakeApplication, at: number): void =>
    wellSince(
      application,
      integrationView({ id: ONEFLEX_ID, name: 'OneFlex', state: { kind: 'fresh' }, lastRenewedAt: at }),
    );
  const ended: Answers = { signIn: () => Promise.resolve({ kind: 'ended', explanation }) };
  const refused: Answers = { signIn: () => Promise.reject(new JetonError('store-busy', { file: 'x' })) };
  for (const answers of [ended, refused]) {
    expect(await saidAfterUnlocking({ kind: 'sign-in' }, answers, nothing)).toHaveLength(1);
    expect(await saidAfterUnlocking({ kind: 'sign-in' }, answers, signedIn)).toEqual([]);
  }
  const blocked = { kind: 'blocked', host: 'foreign.test' } as const;
  expect(await saidAfterUnlocking(blocked, {}, nothing)).toMatchObject([
    { notice: { title: 'Blocked: foreign.test', leadsTo: { view: 'settings' } } },
  ]);
  expect(await saidAfterUnlocking(blocked, {}, signedIn)).toEqual([]);
});
