import { expect, test } from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import type { Notice } from '../../src/main/desktop.ts';
import { TrayActions, type TrayPorts } from '../../src/main/tray-actions.ts';
import { FakeApplication } from '../fakes/fake-application.ts';

type Answers = ConstructorParameters<typeof FakeApplication>[1];

/** A desktop that writes down what reached it; `said` ends when the next thing did. */
function world(answers: Answers = {}, agrees = true) {
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
  expect(application.calls).toEqual([
    { call: 'refresh', args: {} },
    { call: 'refresh', args: { force: true, ids: ['local:1'] } },
    { call: 'resumeIntegration', args: { id: 'local:1' } },
    { call: 'exportTargets', args: { names: ['desk'], restart: true } },
    { call: 'pauseAll', args: { until: 'tomorrow' } },
    { call: 'resumeAll', args: {} },
    { call: 'setStartAtLogin', args: { on: true } },
    { call: 'cancelSignIn', args: {} },
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
