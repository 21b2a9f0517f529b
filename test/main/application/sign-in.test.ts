import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../../src/core/secret.ts';
import { storeFile } from '../../../src/node/database/open.ts';
import { FakeSignInWindow, signedInWith } from '../../fakes/fake-desktop.ts';
import type { WorldlineOptions } from '../../simulators/worldline.ts';
import { createApplicationWorld } from '../../support/application-world.ts';
import { withPrivateDocker } from '../../support/private-docker.ts';

async function setScene(worldline: WorldlineOptions = {}) {
  const world = await createApplicationWorld({}, worldline);
  const running = await world.start();
  const window = world.desktop.signInWindow;
  /** Somebody signs in in the window that opens. */
  const signInAs = async (account = world.worldline.employee, replaceAccount = false) => {
    const reply = running.call('signIn', { browser: 'window', replaceAccount });
    await window.opened();
    window.end(signedInWith(world.worldline.issue(account)));
    return reply;
  };
  return { world, running, window, signInAs };
}

describe('signing in', () => {
  test('brings the tokens to the bots as soon as it is done, which a person asked for', async () => {
    const { world, running, signInAs } = await setScene();
    const bot = world.newBot();
    await running.call('saveTarget', { target: bot.target });
    await signInAs();
    const state = await running.until(({ snapshot }) => snapshot.targets[0]?.lastExport !== undefined);
    expect(state.bots).toEqual([{ name: 'bot', health: 'well', failure: null }]);
    expect(readFileSync(bot.file, 'utf8')).toMatch(/ONEFLEX_TOKEN=.+/);
    await running.until(({ exporting }) => exporting.length === 0);
  });

  test('restarts the bot by its policy, shows what compose says, and tells of it', async () => {
    withPrivateDocker();
    const { world, running, signInAs } = await setScene();
    const { target } = world.newBot();
    await running.call('saveTarget', { target: { ...target, restart: 'on-reconnect' } });
    const said = running.untilEvent('exportLine', ({ name }) => name === 'bot');
    await signInAs();
    expect(await said).toEqual({ name: 'bot', line: 'Container oneflex-bot  Restarting' });
    await running.until(({ exporting }) => exporting.includes('bot'));
    const state = await running.until(({ snapshot }) => snapshot.targets[0]?.lastRestart !== undefined);
    expect(state.bots).toEqual([{ name: 'bot', health: 'well', failure: null }]);
    await world.desktop.noticed(1);
    expect(world.desktop.notices).toEqual([
      {
        title: 'The bot bot was restarted',
        body: 'It has its new tokens and is running.',
        leadsTo: { kind: 'view', view: 'bot', id: null },
      },
    ]);

    // Whoever watches the window sees it there.
    running.application.showing(true);
    await running.until(({ exporting }) => exporting.length === 0);
    const { targets } = await running.call('exportTargets', { names: ['bot'], restart: true });
    expect(targets).toMatchObject([{ outcome: 'done', facts: [{}, { label: 'Restart', tone: 'good' }] }]);
    // Looks once more: what there was to tell is told by then.
    await running.application.toldSince(0);
    expect(world.desktop.notices).toHaveLength(1);
  });

  test('says that this machine’s clock is off, which nobody else would', async () => {
    const { signInAs } = await setScene({ now: () => Date.now() - 20 * 60_000 });
    expect(await signInAs()).toMatchObject({
      kind: 'signed-in',
      note: expect.stringContaining('20 min ahead of OneFlex’s'),
    });
  });

  test('waits five minutes for the person, with what the sign-in before left', async () => {
    const { running, window, signInAs } = await setScene();
    await signInAs();
    await signInAs();
    const [first, second] = window.attempts;
    expect(first).toMatchObject({ silent: false, timeoutMs: 300_000, keptCookies: undefined });
    expect(second?.keptCookies).toBeDefined();
    const reply = running.call('signIn', { browser: 'window' });
    await window.opened();
    window.end({ kind: 'timed-out' });
    expect(await reply).toEqual({
      kind: 'ended',
      explanation: {
        code: 'timed-out',
        message: 'Nobody signed in within 300 s.',
        remedy: 'Start again when it suits you.',
      },
    });
  });

  test('happens once at a time', async () => {
    const { running, window, world } = await setScene();
    const first = running.call('signIn', { browser: 'window' });
    await window.opened();
    expect(await running.call('signIn', { browser: 'window' })).toEqual({
      kind: 'ended',
      explanation: {
        code: 'profile-in-use',
        message: 'A sign-in is under way already.',
        remedy: 'Finish there or close it, then try again.',
      },
    });
    expect(window.attempts).toHaveLength(1);
    window.end(signedInWith(world.worldline.issue(world.worldline.employee)));
    expect(await first).toMatchObject({ kind: 'signed-in' });
  });

  test('in the person’s own browser is the way out of the window', async () => {
    const { running, window, world } = await setScene();
    world.env['DISPLAY'] = ':7';
    await running.call('setSetting', { key: 'oneflex.browser', value: '/no/such/browser' });
    const first = running.refusalOf('signIn', { browser: 'window' });
    await window.opened();
    const second = running.call('signIn', { browser: 'own' });
    expect(await first).toMatchObject({ code: 'cancelled' });
    expect(window.isOpen).toBe(false);
    expect(await second).toMatchObject({ kind: 'ended', explanation: { code: 'no-browser' } });
    expect(world.settingsFile.get('oneflex.signInWith')).toBe('window');
  });

  test('without a choice is where the settings say, and changes them not', async () => {
    const { running, window, world } = await setScene();
    world.env['DISPLAY'] = ':7';
    await running.call('setSetting', { key: 'oneflex.browser', value: '/no/such/browser' });
    await running.call('setSetting', { key: 'oneflex.signInWith', value: 'own' });
    expect(await running.call('signIn', { browser: 'preferred' })).toMatchObject({
      kind: 'ended',
      explanation: { code: 'no-browser' },
    });
    expect(window.attempts).toEqual([]);

    await running.call('setSetting', { key: 'oneflex.signInWith', value: 'window' });
    const reply = running.call('signIn', { browser: 'preferred' });
    await window.opened();
    expect(running.application.state).toMatchObject({ signingIn: true, signingInWith: 'window' });
    await running.call('setSetting', { key: 'oneflex.signInWith', value: 'own' });
    window.end(signedInWith(world.worldline.issue(world.worldline.employee)));
    expect(await reply).toMatchObject({ kind: 'signed-in' });
    expect(world.settingsFile.get('oneflex.signInWith')).toBe('own');
  });

  test('in a browser that the person chose is how it is done from then on', async () => {
    const { running, world, signInAs } = await setScene();
    await running.call('setSetting', { key: 'oneflex.signInWith', value: 'own' });
    await signInAs();
    expect(world.settingsFile.get('oneflex.signInWith')).toBe('window');
  });

  test('without a choice does not end one that is under way elsewhere', async () => {
    const { running, window } = await setScene();
    await running.call('setSetting', { key: 'oneflex.signInWith', value: 'own' });
    const first = running.call('signIn', { browser: 'window' });
    await window.opened();
    expect(await running.call('signIn', { browser: 'preferred' })).toMatchObject({
      explanation: { code: 'profile-in-use' },
    });
    expect(window.isOpen).toBe(true);
    window.end({ kind: 'closed-by-person' });
    await first;
  });

  test('as somebody else that replaces the account changes no setting that nobody chose', async () => {
    const { running, window, world, signInAs } = await setScene();
    await signInAs();
    const reply = running.call('signIn', { browser: 'preferred' });
    await window.opened();
    window.end(signedInWith(world.worldline.issue(world.worldline.colleague)));
    expect(await reply).toMatchObject({ kind: 'other-account' });
    await running.call('setSetting', { key: 'oneflex.signInWith', value: 'own' });
    expect(await running.call('signIn', { browser: 'preferred', replaceAccount: true })).toMatchObject({
      kind: 'signed-in',
    });
    expect(window.attempts).toHaveLength(2);
    expect(world.settingsFile.get('oneflex.signInWith')).toBe('own');
  });

  test('is left by who pastes tokens, and what comes of it then is nothing', async () => {
    const { running, window, world } = await setScene();
    const first = running.refusalOf('signIn', { browser: 'window' });
    await window.opened();
    const tokens = world.worldline.issue(world.worldline.employee);
    const pasted = await running.call('pasteTokens', tokens);
    expect(window.isOpen).toBe(false);
    expect(await first).toMatchObject({ code: 'cancelled' });
    expect(pasted).toMatchObject({ kind: 'signed-in', account: 'Camille Testeur' });
  });

  test('begins anew in the same place while the one before, which was cancelled, still ends', async () => {
    const { running, window, world } = await setScene();
    const first = running.refusalOf('signIn', { browser: 'window' });
    await window.opened();
    const cancelled = running.call('cancelSignIn');
    const second = running.call('signIn', { browser: 'window' });
    expect(await first).toMatchObject({ code: 'cancelled' });
    await cancelled;
    await window.opened();
    window.end(signedInWith(world.worldline.issue(world.worldline.employee)));
    expect(await second).toMatchObject({ kind: 'signed-in' });
  });

  test('is one at a time also for two that both leave the window at once', async () => {
    const { running, window, world } = await setScene();
    world.env['DISPLAY'] = ':7';
    await running.call('setSetting', { key: 'oneflex.browser', value: '/no/such/browser' });
    const first = running.refusalOf('signIn', { browser: 'window' });
    await window.opened();
    const others = [running.call('signIn', { browser: 'own' }), running.call('signIn', { browser: 'own' })];
    expect(await first).toMatchObject({ code: 'cancelled' });
    expect(await Promise.all(others)).toMatchObject([
      { kind: 'ended', explanation: { code: 'no-browser' } },
      { kind: 'ended', explanation: { code: 'profile-in-use' } },
    ]);
  });

  test('as somebody else that is cancelled while it is looked at leaves no question, and nothing of them', async () => {
    const { world, running, window, signInAs } = await setScene();
    await signInAs();
    const refusal = running.refusalOf('signIn', { browser: 'window' });
    await window.opened();
    window.end(signedInWith(world.worldline.issue(world.worldline.colleague)));
    await running.call('cancelSignIn');
    expect(await refusal).toMatchObject({ code: 'cancelled' });
    expect(window.hasProfile).toBe(false);
    const next = running.call('signIn', { browser: 'window', replaceAccount: true });
    await window.opened();
    window.end({ kind: 'closed-by-person' });
    expect(await next).toMatchObject({ kind: 'ended' });
    expect(await running.call('verifyOneflex')).toMatchObject({ account: 'Camille Testeur' });
  });

  test('as somebody else asks first, and then needs no second sign-in', async () => {
    const { world, running, window, signInAs } = await setScene();
    const { colleague } = world.worldline;
    await signInAs();
    expect(await signInAs(colleague)).toEqual({
      kind: 'other-account',
      account: 'Dominique Essai',
      kept: 'Camille Testeur',
    });
    expect(await running.call('verifyOneflex')).toEqual({ account: 'Camille Testeur' });

    expect(await running.call('signIn', { browser: 'window', replaceAccount: true })).toEqual({
      kind: 'signed-in',
      account: 'Dominique Essai',
      note: null,
    });
    expect(window.attempts).toHaveLength(2);
    expect(await running.call('verifyOneflex')).toEqual({ account: 'Dominique Essai' });
  });

  test('as somebody else leaves nothing of them once that is declined', async () => {
    const { world, running, window, signInAs } = await setScene();
    await signInAs();
    await signInAs(world.worldline.colleague);
    expect(window.hasProfile).toBe(true);
    await running.call('cancelSignIn');
    expect(window.hasProfile).toBe(false);
    // An answer that comes after that is no leave for whoever signs in next.
    expect(await signInAs(world.worldline.colleague, true)).toMatchObject({ kind: 'other-account' });
    expect(window.attempts).toHaveLength(3);
    expect(await running.call('verifyOneflex')).toMatchObject({ account: 'Camille Testeur' });
  });

  test('leaves nothing in the window once another process has forgotten the account', async () => {
    const { world, running, window, signInAs } = await setScene();
    await signInAs();
    expect(window.hasProfile).toBe(true);
    await running.until(({ rows }) => rows.length === 1);
    const elsewhere = await world.elsewhere();
    expect(await elsewhere.oneflexStore.forget()).toBe('forgotten');
    await running.until(({ rows }) => rows.length === 0);
    await expect.poll(() => window.hasProfile).toBe(false);
  });

  test('leaves nothing in the window once another process has replaced the account by another', async () => {
    const { world, running, window, signInAs } = await setScene();
    await signInAs();
    await running.until(({ rows }) => rows.length === 1);
    const elsewhere = await world.elsewhere();
    const { accessToken } = world.worldline.issue(world.worldline.colleague);
    const tokens = { accessToken: new Secret(accessToken), refreshToken: undefined, cookies: undefined };
    const account = { id: '2', email: '', fullName: 'Dominique Essai' };
    const now = Date.now();
    await elsewhere.oneflexStore.signIn(account, { ...tokens, expiresAt: now + 900_000 }, now);
    await running.until(({ snapshot }) => snapshot.integrations[0]?.name === 'OneFlex (Dominique Essai)');
    await expect.poll(() => window.hasProfile).toBe(false);
  });

  test.each([
    { how: 'cancelled', act: 'cancelSignIn' },
    // Which itself waits for the end of the sign-in.
    { how: 'ended by forgetting', act: 'forgetOneflex' },
  ] as const)(
    'of somebody forgotten meanwhile, that is $how, leaves nothing in the window',
    async ({ act }) => {
      const { world, running, window, signInAs } = await setScene();
      await signInAs();
      await running.until(({ rows }) => rows.length === 1);
      const refusal = running.refusalOf('signIn', { browser: 'window' });
      await window.opened();
      await (await world.elsewhere()).oneflexStore.forget();
      await running.until(({ rows }) => rows.length === 0);
      expect(window.hasProfile).toBe(true);
      await running.call(act);
      expect(await refusal).toMatchObject({ code: 'cancelled' });
      await expect.poll(() => window.hasProfile).toBe(false);
    },
  );

  test('as somebody else that no disk takes can be agreed to again', async () => {
    const { world, running, window, signInAs } = await setScene();
    await signInAs();
    expect(await signInAs(world.worldline.colleague)).toMatchObject({ kind: 'other-account' });
    const agreed = { browser: 'window', replaceAccount: true } as const;
    const other = new Database(storeFile(world.folder));
    onTestFinished(() => void other.close());
    other.exec('BEGIN IMMEDIATE');
    expect(await running.refusalOf('signIn', agreed)).toMatchObject({ code: 'store-busy' });
    other.exec('ROLLBACK');
    expect(await running.call('signIn', agreed)).toMatchObject({
      kind: 'signed-in',
      account: 'Dominique Essai',
    });
    expect(window.attempts).toHaveLength(2);
  });

  test.each([
    { how: 'another account is declined', act: 'cancelSignIn' },
    { how: 'the account is forgotten', act: 'forgetOneflex' },
  ] as const)('that begins while $how waits until what the window keeps is gone', async ({ act }) => {
    const { world, running, window, signInAs } = await setScene();
    await signInAs();
    await signInAs(world.worldline.colleague);
    const clearing = Promise.withResolvers<void>();
    window.clearing = clearing.promise;
    const acted = running.call(act);
    const next = running.call('signIn', { browser: 'window' });
    // Time enough to begin, and to be ended by the other.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(window.isOpen).toBe(false);
    clearing.resolve();
    await acted;
    await window.opened();
    expect(window.hasProfile).toBe(true);
    window.end(signedInWith(world.worldline.issue(world.worldline.employee)));
    expect(await next).toMatchObject({ kind: 'signed-in', account: 'Camille Testeur' });
  });

  test('refuses pasted tokens of which OneFlex knows nothing, with what to do', async () => {
    const { world, running } = await setScene();
    const { accessToken } = world.worldline.issue(world.worldline.employee);
    world.worldline.expireTokens('access');
    expect(await running.call('pasteTokens', { accessToken })).toMatchObject({
      kind: 'ended',
      explanation: { code: 'oneflex-not-accepted', remedy: expect.stringContaining('15 minutes') },
    });
    const other = world.worldline.issue(world.worldline.colleague);
    const own = world.worldline.issue(world.worldline.employee);
    await running.call('pasteTokens', own);
    expect(await running.call('pasteTokens', other)).toMatchObject({ kind: 'other-account' });
    expect(await running.call('pasteTokens', { ...other, replaceAccount: true })).toMatchObject({
      kind: 'signed-in',
      account: 'Dominique Essai',
    });
  });

  test('is renewed through a hidden window, or through the browser that the person used last', async () => {
    const { running, window, signInAs } = await setScene();
    await signInAs();
    expect(await running.call('renewOneflex')).toMatchObject({
      renewed: false,
      explanation: { code: 'person-needed', remedy: 'Sign in again.' },
    });
    expect(window.attempts.map(({ silent }) => silent)).toEqual([false, true]);
    const lapsed = await running.until(({ rows }) => rows[0]?.action === 'sign-in');
    expect(lapsed).toMatchObject({ overall: 'needs-you', sentence: 'OneFlex (Camille Testeur) needs you.' });
    // Nobody can renew it together with the rest.
    const foreseen = await running.call('refresh', { dryRun: true, force: true });
    expect(foreseen.results).toMatchObject([{ id: 'oneflex:1', outcome: 'skipped', error: null }]);

    await running.call('setSetting', { key: 'oneflex.browser', value: '/no/such/browser' });
    await running.call('setSetting', { key: 'oneflex.signInWith', value: 'own' });
    await running.call('retry');
    expect(await running.call('renewOneflex')).toMatchObject({ renewed: false });
    expect(window.attempts).toHaveLength(2);
  });

  test('is tried again at once together with the rest, although it waits for its next try', async () => {
    const { world, running, window, signInAs } = await setScene();
    await signInAs();
    window.silently = { kind: 'timed-out' };
    expect(await running.call('renewOneflex')).toMatchObject({ renewed: false });
    await running.until(({ snapshot }) => snapshot.integrations[0]?.state.kind === 'retrying');
    window.silently = signedInWith(world.worldline.issue(world.worldline.employee));
    expect(await running.call('refresh')).toMatchObject({
      renewed: 1,
      failed: 0,
      results: [{ id: 'oneflex:1', outcome: 'renewed' }],
    });
  });

  test('the fake window answers one that nobody opened', () => {
    expect(() => new FakeSignInWindow().end({ kind: 'timed-out' })).toThrow('no window');
  });
});
