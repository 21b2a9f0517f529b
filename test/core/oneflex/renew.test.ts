/** The ladder and the sign-in, over the real store; OneFlex and the browser are scripted. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { IntegrationError } from '../../../src/core/integration.ts';
import type { OneflexAccount, OneflexApi } from '../../../src/core/oneflex/api.ts';
import type { OneflexPorts } from '../../../src/core/oneflex/renew.ts';
import { keepTokensInHand, renewOneflex, TokensInHand } from '../../../src/core/oneflex/renew.ts';
import { expectedEndOf, ONEFLEX_ID, oneflexStateOf } from '../../../src/core/oneflex/session.ts';
import {
  forgetOneflex,
  judgeUnverified,
  keepUnverified,
  signInToOneflex,
  verifyOneflex,
} from '../../../src/core/oneflex/sign-in.ts';
import type { KeptTokens, SilentSignIn, Timer } from '../../../src/core/ports.ts';
import { JetonError } from '../../../src/core/errors.ts';
import { Secret } from '../../../src/core/secret.ts';
import { oneflexViewOf } from '../../../src/core/snapshot.ts';
import { createActivityLog } from '../../../src/node/database/activity.ts';
import { createHealthStore } from '../../../src/node/database/health.ts';
import { createOneflexStore } from '../../../src/node/database/oneflex.ts';
import { fingerprint } from '../../../src/node/fingerprint.ts';
import { VirtualTime } from '../../fakes/virtual-time.ts';
import { Fate, mortal, overriding, silent } from '../../support/engine-world.ts';
import { openTestStore } from '../../support/open-stores.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const alice: OneflexAccount = { id: '7', email: 'alice@example.test', fullName: 'Alice Example' };
const bob: OneflexAccount = { id: '8', email: 'bob@example.test', fullName: 'Bob Example' };

let time: VirtualTime;
let ports: OneflexPorts & { readonly timer: Timer };
let renewReply: () => Awaited<ReturnType<OneflexApi['renew']>>;
let meReply: () => Awaited<ReturnType<OneflexApi['me']>>;
let silentReply: () => Awaited<ReturnType<SilentSignIn>>;
let calls: string[];
let issued = 0;

function tokens(change: Partial<KeptTokens> = {}): KeptTokens {
  issued += 1;
  return {
    accessToken: new Secret(`test-access-${issued}`),
    expiresAt: time.now() + 15 * MINUTE,
    refreshToken: new Secret(`test-refresh-${issued}`),
    cookies: new Secret('[]'),
    ...change,
  };
}

function granted(): Awaited<ReturnType<OneflexApi['renew']>> {
  const { accessToken, expiresAt } = tokens();
  return { kind: 'granted', grant: { accessToken, expiresAt, refreshToken: undefined } };
}

beforeEach(async () => {
  time = new VirtualTime(Date.UTC(2026, 2, 10, 9));
  calls = [];
  renewReply = granted;
  meReply = () => ({ kind: 'account', account: alice, clockLeadMs: 0 });
  silentReply = () => ({ kind: 'person-needed' });
  const { store, vault } = await openTestStore(temporaryHome());
  const called = <T>(name: string, reply: () => T): T => {
    calls.push(name);
    return reply();
  };
  ports = {
    oneflex: {
      store: createOneflexStore({ store, vault, clock: time, isDead: () => false }),
      api: {
        me: async () => called('me', meReply),
        renew: async () => called('token-endpoint', renewReply),
      },
      silentSignIn: async () => called('silent', silentReply),
      inHand: new TokensInHand(),
    },
    health: createHealthStore(store),
    activity: createActivityLog(store),
    clock: time,
    timer: time,
    random: { next: () => 0.5 },
    fingerprint,
    log: silent,
    owner: 'this-process',
  };
});

async function signIn(change?: Partial<KeptTokens>): Promise<void> {
  expect(await signInToOneflex(ports, tokens(change))).toMatchObject({ kind: 'signed-in' });
  calls = [];
}

async function state(): Promise<string | undefined> {
  const session = await ports.oneflex.store.session();
  return session && oneflexStateOf(session, (await ports.health.all()).get(ONEFLEX_ID), time.now()).kind;
}

/** As status, JSON and alerts show it. */
async function lastError(): Promise<IntegrationError | undefined> {
  const session = await ports.oneflex.store.session();
  return session && oneflexViewOf(session, (await ports.health.all()).get(ONEFLEX_ID), time.now()).lastError;
}

describe('a sign-in', () => {
  test('is stored once OneFlex has said whose it is', async () => {
    await signIn();
    expect((await ports.oneflex.store.session())?.account).toEqual(alice);
    expect(await state()).toBe('fresh');
    expect(await verifyOneflex(ports)).toMatchObject({ account: alice });
  });

  test.each([
    [{ kind: 'expired' } as const, 'oneflex-not-accepted'],
    [{ kind: 'refused', code: 'http-403' } as const, 'oneflex-not-accepted'],
    [{ kind: 'unavailable', code: 'timeout' } as const, 'oneflex-unreachable'],
  ])('that OneFlex answers with %o stores nothing', async (reply, code) => {
    meReply = () => reply;
    await expect(signInToOneflex(ports, tokens())).rejects.toMatchObject({ code });
    expect(await ports.oneflex.store.session()).toBeUndefined();
  });

  test('under a clock that is ahead is fresh, and says by how much', async () => {
    const clockLeadMs = 20 * MINUTE;
    meReply = () => ({ kind: 'account', account: alice, clockLeadMs });
    const issuedNow = { expiresAt: time.now() - clockLeadMs + 15 * MINUTE };
    const expiresAt = time.now() + 15 * MINUTE;
    expect(await signInToOneflex(ports, tokens(issuedNow))).toMatchObject({ expiresAt, clockLeadMs });
    expect(await state()).toBe('fresh');
    // So it is after a silent sign-in.
    silentReply = () => ({ kind: 'signed-in', tokens: tokens(issuedNow) });
    renewReply = () => ({ kind: 'refused', code: 'http-404' });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ kind: 'renewed', expiresAt });
    expect(await state()).toBe('fresh');
  });

  describe('that was left unverified', () => {
    const left = () => ports.oneflex.store.unverified();

    test('is nothing but sealed, until OneFlex has said whose it is', async () => {
      const brought = tokens();
      await keepUnverified(ports, brought, false);
      expect(await ports.oneflex.store.session()).toBeUndefined();
      expect(await renewOneflex(ports, { force: true })).toEqual({ kind: 'skipped', why: 'no-account' });
      expect(await judgeUnverified(ports)).toMatchObject({ kind: 'signed-in', account: alice });
      expect(await ports.oneflex.store.tokens()).toEqual(brought);
      expect(await left()).toBeUndefined();
      expect(await judgeUnverified(ports)).toEqual({ kind: 'none' });
    });

    test('stays while OneFlex cannot be asked', async () => {
      await keepUnverified(ports, tokens(), true);
      meReply = () => ({ kind: 'unavailable', code: 'timeout' });
      await expect(judgeUnverified(ports)).rejects.toMatchObject({ code: 'oneflex-unreachable' });
      expect(await left()).toMatchObject({ replaceAccount: true });
      meReply = () => ({ kind: 'expired' });
      renewReply = () => ({ kind: 'unavailable', code: 'timeout' });
      await expect(judgeUnverified(ports)).rejects.toMatchObject({ code: 'oneflex-unreachable' });
      expect(await left()).toMatchObject({ replaceAccount: true });
    });

    test('and expired is renewed, which is on disk before OneFlex is asked again', async () => {
      await keepUnverified(ports, tokens(), false);
      const replies: ReturnType<typeof meReply>[] = [{ kind: 'expired' }, { kind: 'unavailable', code: 'x' }];
      meReply = () => replies.shift() ?? { kind: 'account', account: alice, clockLeadMs: 0 };
      await expect(judgeUnverified(ports)).rejects.toMatchObject({ code: 'oneflex-unreachable' });
      const renewed = (await left())?.tokens;
      expect(await judgeUnverified(ports)).toMatchObject({ kind: 'signed-in' });
      expect(await ports.oneflex.store.tokens()).toEqual(renewed);
      expect(calls.filter((call) => call === 'token-endpoint')).toHaveLength(1);
    });

    test('is dropped where its token has long expired, and OneFlex only ever fails to renew it', async () => {
      const expiresAt = time.now();
      await keepUnverified(ports, tokens({ expiresAt }), false);
      meReply = () => ({ kind: 'expired' });
      renewReply = () => ({ kind: 'unavailable', code: 'http-503' });
      await expect(judgeUnverified(ports)).rejects.toMatchObject({ code: 'oneflex-unreachable' });
      await time.advance(61 * MINUTE);
      expect(await judgeUnverified(ports)).toEqual({ kind: 'not-accepted' });
      expect(await left()).toBeUndefined();
    });

    test.each(['me', 'token-endpoint'] as const)('is dropped where %s takes it no more', async (which) => {
      await keepUnverified(ports, tokens(which === 'me' ? { refreshToken: undefined } : {}), false);
      meReply = () => ({ kind: 'expired' });
      renewReply = () => ({ kind: 'refused', code: 'http-401' });
      expect(await judgeUnverified(ports)).toEqual({ kind: 'not-accepted' });
      expect(await left()).toBeUndefined();
    });

    test('as another person is dropped, unless that person was agreed to', async () => {
      await signIn();
      const kept = await ports.oneflex.store.tokens();
      meReply = () => ({ kind: 'account', account: bob, clockLeadMs: 0 });
      await keepUnverified(ports, tokens(), false);
      expect(await judgeUnverified(ports)).toEqual({ kind: 'other-account', account: bob, kept: alice });
      expect(await left()).toBeUndefined();
      expect(await ports.oneflex.store.tokens()).toEqual(kept);

      await keepUnverified(ports, tokens(), true);
      expect(await judgeUnverified(ports)).toMatchObject({ kind: 'signed-in', account: bob });
    });

    test.each([
      ['somebody has signed in', 'asked', () => signInToOneflex(ports, tokens())],
      ['the account was forgotten', 'asked', () => forgetOneflex(ports)],
      ['somebody has signed in', 'renewing it', () => signInToOneflex(ports, tokens())],
      ['the account was forgotten', 'renewing it', () => forgetOneflex(ports)],
    ] as const)('is nothing any more once %s, also while OneFlex is %s', async (_, during, meanwhile) => {
      const { api } = ports.oneflex;
      await keepUnverified(ports, tokens(), true);
      let isFirst = true;
      const asked = judgeUnverified({
        ...ports,
        oneflex: {
          ...ports.oneflex,
          api: {
            ...api,
            async me(token) {
              if (during === 'asked') await meanwhile();
              else if (isFirst) {
                isFirst = false;
                return { kind: 'expired' };
              }
              return api.me(token);
            },
            async renew(refreshToken) {
              await meanwhile();
              return api.renew(refreshToken);
            },
          },
        },
      });
      expect(await asked).toEqual({ kind: 'none' });
      expect(await left()).toBeUndefined();
      // The newer one, or nobody.
      const kept = (await ports.oneflex.store.tokens())?.accessToken;
      expect(kept).toEqual(kept && new Secret(`test-access-${issued}`));
    });

    test('is dropped with what the sign-in itself finds out', async () => {
      const brought = tokens();
      await keepUnverified(ports, brought, false);
      meReply = () => ({ kind: 'refused', code: 'http-403' });
      await expect(signInToOneflex(ports, brought)).rejects.toMatchObject({ code: 'oneflex-not-accepted' });
      expect(await left()).toBeUndefined();
    });
  });

  test('of another person replaces nobody unless asked', async () => {
    await signIn();
    meReply = () => ({ kind: 'account', account: bob, clockLeadMs: 0 });
    expect(await signInToOneflex(ports, tokens())).toEqual({
      kind: 'other-account',
      account: bob,
      kept: alice,
    });
    expect((await ports.oneflex.store.session())?.account).toEqual(alice);
    await signInToOneflex(ports, tokens(), { replaceAccount: true });
    expect((await ports.oneflex.store.session())?.account).toEqual(bob);
  });

  test('by pasted tokens keeps the cookies of the same person, and of nobody else', async () => {
    await signIn();
    await signIn({ cookies: undefined });
    expect((await ports.oneflex.store.tokens())?.cookies?.reveal()).toBe('[]');
    meReply = () => ({ kind: 'account', account: bob, clockLeadMs: 0 });
    await signInToOneflex(ports, tokens({ cookies: undefined }), { replaceAccount: true });
    expect((await ports.oneflex.store.tokens())?.cookies).toBeUndefined();
  });

  test('is forgotten with all that belongs to it', async () => {
    await signIn();
    expect(await forgetOneflex(ports)).toBe(true);
    expect(await ports.oneflex.store.tokens()).toBeUndefined();
    expect(await forgetOneflex(ports)).toBe(false);
    await expect(verifyOneflex(ports)).rejects.toMatchObject({ code: 'oneflex-not-signed-in' });
  });

  test('is forgotten only once a renewal under way has ended', async () => {
    await signIn({ refreshToken: undefined });
    let finish: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => (finish = resolve));
    const silentSignIn: SilentSignIn = async () => {
      await blocked;
      return { kind: 'signed-in', tokens: tokens() };
    };
    const renewal = renewOneflex({ ...ports, oneflex: { ...ports.oneflex, silentSignIn } }, { force: true });
    await expect.poll(async () => (await ports.oneflex.store.session())?.isHeld).toBe(true);
    let waits = 0;
    const forgotten = forgetOneflex({ ...ports, owner: 'another-process' }, () => (waits += 1));
    await time.advance(5_000);
    expect(await ports.oneflex.store.session()).toBeDefined();
    finish();
    expect(await renewal).toMatchObject({ kind: 'renewed' });
    await time.advance(1_000);
    expect(await forgotten).toBe(true);
    expect(waits).toBe(1);
    expect(await ports.oneflex.store.session()).toBeUndefined();
  });

  test('is not forgotten while somebody holds it for longer than a renewal takes', async () => {
    await signIn();
    const session = await ports.oneflex.store.session();
    await ports.oneflex.store.claim(session?.chain ?? '', 'hangs', HOUR);
    const [outcome] = await Promise.all([
      Promise.allSettled([forgetOneflex(ports)]),
      time.advance(2 * MINUTE),
    ]);
    expect(outcome).toMatchObject([{ status: 'rejected', reason: { code: 'oneflex-busy' } }]);
    expect((await ports.oneflex.store.session())?.account).toEqual(alice);
  });
});

describe('the ladder', () => {
  test('has nothing to do without an account, and none while the token lives', async () => {
    expect(await renewOneflex(ports)).toEqual({ kind: 'skipped', why: 'no-account' });
    await signIn();
    expect(await renewOneflex(ports)).toMatchObject({ kind: 'unchanged' });
    expect(calls).toEqual([]);
  });

  test('renews 2 to 2.5 minutes before the token dies, by the token endpoint alone', async () => {
    await signIn();
    await time.advance(12.4 * MINUTE);
    expect(await renewOneflex(ports)).toMatchObject({ kind: 'unchanged' });
    await time.advance(0.7 * MINUTE);
    expect(await renewOneflex(ports)).toMatchObject({ kind: 'renewed', by: 'token-endpoint' });
    expect(calls).toEqual(['token-endpoint']);
    expect(await state()).toBe('fresh');
    const kept = await ports.oneflex.store.tokens();
    expect(kept?.accessToken.reveal()).toBe(`test-access-${issued}`);
    expect(kept?.refreshToken?.reveal()).toBe('test-refresh-' + String(issued - 1));
  });

  test('keeps a new refresh token when the endpoint sends one', async () => {
    await signIn();
    const { accessToken, expiresAt, refreshToken } = tokens();
    renewReply = () => ({ kind: 'granted', grant: { accessToken, expiresAt, refreshToken } });
    await renewOneflex(ports, { force: true });
    expect((await ports.oneflex.store.tokens())?.refreshToken?.reveal()).toBe(refreshToken?.reveal());
  });

  test.each([['http-404'], ['http-401']])(
    'takes the second rung when the endpoint refuses (%s)',
    async (code) => {
      await signIn();
      renewReply = () => ({ kind: 'refused', code });
      silentReply = () => ({ kind: 'signed-in', tokens: tokens() });
      expect(await renewOneflex(ports, { force: true })).toMatchObject({
        kind: 'renewed',
        by: 'silent-sign-in',
      });
      expect(calls).toEqual(['token-endpoint', 'silent', 'me']);
    },
  );

  test('takes it, too, when there is no refresh token, or when the endpoint is broken', async () => {
    await signIn({ refreshToken: undefined });
    silentReply = () => ({ kind: 'signed-in', tokens: tokens() });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ by: 'silent-sign-in' });
    renewReply = () => ({ kind: 'unavailable', code: 'http-500' });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ by: 'silent-sign-in' });
  });

  test.each(['http-503', 'http-429'])(
    'is not over for a person without a browser because of one %s',
    async (code) => {
      await signIn();
      renewReply = () => ({ kind: 'unavailable', code });
      silentReply = () => ({ kind: 'unavailable', code: 'no-browser' });
      expect(await renewOneflex(ports, { force: true })).toMatchObject({ kind: 'failed', error: { code } });
      expect(await state()).toBe('retrying');
    },
  );

  test('does not take the token that it has for a new one', async () => {
    await signIn();
    const same = await ports.oneflex.store.tokens();
    if (same === undefined) throw new Error('somebody is signed in');
    const { accessToken, expiresAt } = same;
    renewReply = () => ({ kind: 'granted', grant: { accessToken, expiresAt, refreshToken: undefined } });
    silentReply = () => ({ kind: 'signed-in', tokens: tokens() });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ by: 'silent-sign-in' });
  });

  test('that somebody stops has not failed', async () => {
    await signIn({ refreshToken: undefined });
    silentReply = () => ({ kind: 'unavailable', code: 'cancelled' });
    await renewOneflex(ports, { force: true });
    expect(await state()).toBe('fresh');
  });

  test('starts no browser for a network that is down, and comes back by itself', async () => {
    await signIn();
    renewReply = () => ({ kind: 'unavailable', code: 'ECONNREFUSED' });
    await time.advance(13.5 * MINUTE);
    expect(await renewOneflex(ports)).toMatchObject({ kind: 'failed', error: { code: 'ECONNREFUSED' } });
    expect(calls).toEqual(['token-endpoint']);
    expect(await state()).toBe('retrying');
    renewReply = granted;
    await time.advance(MINUTE);
    expect(await renewOneflex(ports)).toMatchObject({ kind: 'renewed' });
  });

  test('ends with the person: one lapse, said once, and no rung tried again by itself', async () => {
    await signIn();
    renewReply = () => ({ kind: 'refused', code: 'http-401' });
    const worksUntil = (await ports.oneflex.store.session())?.expiresAt;
    const error = { code: 'session-lapsed', class: 'chain-dead', at: time.now() };
    expect(await renewOneflex(ports, { force: true })).toEqual({
      kind: 'person-needed',
      error,
      worksUntil,
      isNew: true,
    });
    expect(await state()).toBe('needs-sign-in');
    calls = [];
    await time.advance(HOUR);
    expect(await renewOneflex(ports)).toEqual({
      kind: 'person-needed',
      error,
      worksUntil: undefined,
      isNew: false,
    });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ kind: 'person-needed', isNew: false });
    expect(calls).toEqual(['token-endpoint', 'silent']);
    const lapses = (await ports.activity.list({ limit: 9 })).filter(({ event }) => event === 'lapsed');
    expect(lapses).toHaveLength(1);
  });

  test('can lead out of a lapse when a person tries again', async () => {
    await signIn();
    renewReply = () => ({ kind: 'refused', code: 'http-401' });
    await renewOneflex(ports, { force: true });
    renewReply = granted;
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ kind: 'renewed' });
    expect(await state()).toBe('fresh');
  });

  test('never takes another person in through the back door', async () => {
    await signIn();
    renewReply = () => ({ kind: 'refused', code: 'http-401' });
    silentReply = () => ({ kind: 'signed-in', tokens: tokens() });
    meReply = () => ({ kind: 'account', account: bob, clockLeadMs: 0 });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ kind: 'person-needed' });
    expect((await ports.oneflex.store.session())?.account).toEqual(alice);
  });

  test('a browser that cannot be started now is no lapse, but one that is not there is', async () => {
    await signIn({ refreshToken: undefined });
    silentReply = () => ({ kind: 'unavailable', code: 'profile-in-use' });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ kind: 'failed' });
    silentReply = () => ({ kind: 'unavailable', code: 'no-browser' });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({
      kind: 'person-needed',
      error: { code: 'no-browser' },
    });
    expect(await lastError()).toMatchObject({ code: 'no-browser', class: 'chain-dead' });
    // Nor does a try that comes to nothing make anybody forget why the person is needed.
    silentReply = () => ({ kind: 'unavailable', code: 'timed-out' });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ kind: 'failed' });
    expect(await lastError()).toMatchObject({ code: 'no-browser', class: 'chain-dead' });
  });

  test.each(['no-sandbox', 'launch-failed'])(
    'nor is one that %s keeps from starting tried again',
    async (code) => {
      await signIn({ refreshToken: undefined });
      silentReply = () => ({ kind: 'unavailable', code });
      expect(await renewOneflex(ports, { force: true })).toMatchObject({
        kind: 'person-needed',
        error: { code },
      });
      expect(await renewOneflex(ports)).toMatchObject({ kind: 'person-needed', isNew: false });
    },
  );

  test.each([
    ['timed-out', 'never-completes'],
    ['profile-in-use', 'profile-occupied'],
  ])('is the person’s when each silent sign-in is %s, an hour after the token died', async (code, why) => {
    await signIn({ refreshToken: undefined });
    silentReply = () => ({ kind: 'unavailable', code });
    // Everything that the daemon does in the first hour.
    const died = (await ports.oneflex.store.session())?.expiresAt ?? 0;
    let last = await renewOneflex(ports);
    while (time.now() <= died + HOUR) {
      expect(last.kind).not.toBe('person-needed');
      await time.advance(MINUTE);
      last = await renewOneflex(ports);
    }
    const untilEscalation = async (): Promise<void> => {
      while (last.kind !== 'person-needed') {
        await time.advance(MINUTE);
        last = await renewOneflex(ports);
      }
    };
    await untilEscalation();
    expect(last).toMatchObject({ error: { code: why, class: 'chain-dead' }, isNew: true });
    expect(time.now() - died).toBeLessThan(1.5 * HOUR);
    expect(await state()).toBe('needs-sign-in');
    expect(await lastError()).toMatchObject({ code: why });
    expect(await renewOneflex(ports)).toMatchObject({ kind: 'person-needed', isNew: false });
  });

  test('is not over at the first tries of a machine that slept', async () => {
    await signIn({ refreshToken: undefined });
    await time.advance(9 * HOUR);
    silentReply = () => ({ kind: 'unavailable', code: 'timed-out' });
    expect(await renewOneflex(ports)).toMatchObject({ kind: 'failed', error: { code: 'timed-out' } });
    silentReply = () => ({ kind: 'signed-in', tokens: tokens() });
    await time.advance(MINUTE);
    expect(await renewOneflex(ports)).toMatchObject({ kind: 'renewed' });
  });

  test('is climbed by one process at a time, and a dead one holds nobody up for long', async () => {
    await signIn();
    let finish: () => void = () => undefined;
    const blocked = new Promise<void>((resolve) => (finish = resolve));
    const slow = { ...ports.oneflex.api, renew: async () => (await blocked, renewReply()) };
    const first = renewOneflex({ ...ports, oneflex: { ...ports.oneflex, api: slow } }, { force: true });
    await expect.poll(async () => (await ports.oneflex.store.session())?.isHeld).toBe(true);
    const second = await renewOneflex({ ...ports, owner: 'another-process' }, { force: true });
    expect(second).toEqual({ kind: 'skipped', why: 'held' });
    finish();
    expect(await first).toMatchObject({ kind: 'renewed' });
    expect(await state()).toBe('fresh');

    const session = await ports.oneflex.store.session();
    await ports.oneflex.store.claim(session?.chain ?? '', 'crashed', 90_000);
    await time.advance(90_000);
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ kind: 'renewed' });
  });

  test('does not undo a sign-in that happened meanwhile', async () => {
    await signIn();
    renewReply = () => ({ kind: 'refused', code: 'http-401' });
    const silentSignIn: SilentSignIn = async () => {
      await signInToOneflex(ports, tokens());
      return { kind: 'person-needed' };
    };
    const result = await renewOneflex(
      { ...ports, oneflex: { ...ports.oneflex, silentSignIn } },
      { force: true },
    );
    expect(result).toEqual({ kind: 'skipped', why: 'held' });
    expect(await state()).toBe('fresh');
  });
});

describe('tokens that could not be written', () => {
  /** The same store on a disk that is full until `makeRoom`. */
  function fullDisk(): { readonly makeRoom: () => void } {
    let isFull = true;
    const { store } = ports.oneflex;
    const renew: typeof store.renew = async (chain, received) => {
      if (isFull) throw new JetonError('file-unwritable', { reason: 'SQLITE_FULL' });
      return store.renew(chain, received);
    };
    ports = { ...ports, oneflex: { ...ports.oneflex, store: { ...store, renew } } };
    return { makeRoom: () => void (isFull = false) };
  }

  test('are kept, and stored before anything new is asked', async () => {
    await signIn();
    const disk = fullDisk();
    const failed = { kind: 'failed', error: { code: 'tokens-not-written', class: 'internal' } };
    expect(await renewOneflex(ports, { force: true })).toMatchObject(failed);
    const received = `test-access-${issued}`;
    expect(await renewOneflex(ports, { force: true })).toMatchObject(failed);
    // Nobody sends the token that they succeed.
    expect(
      await renewOneflex(
        { ...ports, owner: 'other', oneflex: { ...ports.oneflex, inHand: new TokensInHand() } },
        { force: true },
      ),
    ).toEqual({ kind: 'skipped', why: 'held' });
    disk.makeRoom();
    expect(await renewOneflex(ports)).toMatchObject({ kind: 'renewed', by: 'token-endpoint' });
    expect((await ports.oneflex.store.tokens())?.accessToken.reveal()).toBe(received);
    expect(calls).toEqual(['token-endpoint']);
    expect(await state()).toBe('fresh');
    expect(await renewOneflex(ports)).toMatchObject({ kind: 'unchanged' });
  });

  test('are of no use any more when the person has signed in meanwhile', async () => {
    await signIn();
    const disk = fullDisk();
    await renewOneflex(ports, { force: true });
    await signIn();
    disk.makeRoom();
    expect(await renewOneflex(ports)).toEqual({ kind: 'skipped', why: 'held' });
    expect((await ports.oneflex.store.tokens())?.accessToken.reveal()).toBe(`test-access-${issued}`);
    expect(await renewOneflex(ports)).toMatchObject({ kind: 'unchanged' });
  });

  test('are written by a process that ends, as soon as it can be', async () => {
    await signIn();
    const disk = fullDisk();
    await renewOneflex(ports, { force: true });
    const ending = new AbortController();
    const kept = keepTokensInHand(ports, ending.signal);
    await time.advance(2_000);
    expect(ports.oneflex.inHand.received).toBeDefined();
    // Whoever else wants to end waits for the same.
    const alsoKept = keepTokensInHand(ports, AbortSignal.abort());
    disk.makeRoom();
    await time.advance(1_000);
    expect([await kept, await alsoKept]).toEqual([true, true]);
    expect((await ports.oneflex.store.tokens())?.accessToken.reveal()).toBe(`test-access-${issued}`);
  });

  test('hold up the end no longer than they may', async () => {
    await signIn();
    fullDisk();
    await renewOneflex(ports, { force: true });
    expect(await keepTokensInHand(ports, AbortSignal.abort())).toBe(false);
    expect(ports.oneflex.inHand.isBeingWritten).toBe(false);
  });

  test('are safe once written, whatever cannot be noted of it', async () => {
    await signIn();
    const disk = fullDisk();
    await renewOneflex(ports, { force: true });
    disk.makeRoom();
    const save = async (): Promise<never> => Promise.reject(new JetonError('store-busy'));
    const health = overriding(ports.health, { save });
    expect(await keepTokensInHand({ ...ports, health }, AbortSignal.abort())).toBe(true);
    expect((await ports.oneflex.store.tokens())?.accessToken.reveal()).toBe(`test-access-${issued}`);
  });
});

describe('a process that dies at any step of a renewal', () => {
  /** Where it dies, and by what the next one goes on. Refresh tokens are good for one use, without any grace. */
  async function diesAt(step: number) {
    const fate = new Fate(step);
    let isDead = false;
    void fate.died.then(() => (isDead = true));
    const { store, vault } = await openTestStore(temporaryHome());
    const clock = time;
    const onDisk = createOneflexStore({
      store,
      vault,
      clock,
      isDead: (owner) => isDead && owner === 'first',
    });
    let current: Secret | undefined;
    const api: OneflexApi = {
      ...ports.oneflex.api,
      renew: async (refreshToken) => {
        if (current?.equals(refreshToken) !== true) return { kind: 'refused', code: 'http-401' };
        const grant = tokens();
        current = grant.refreshToken;
        return { kind: 'granted', grant };
      },
    };
    const silentSignIn: SilentSignIn = async () => ({ kind: 'signed-in', tokens: tokens() });
    const mortals = <T extends object>(name: string, port: T): T =>
      mortal(port, { step: (what) => fate.step(`${name}.${what}`) });
    const next: OneflexPorts = {
      ...ports,
      health: createHealthStore(store),
      activity: createActivityLog(store),
      oneflex: { store: onDisk, api, silentSignIn, inHand: new TokensInHand() },
      owner: 'second',
    };
    const first: OneflexPorts = {
      ...next,
      health: mortals('health', next.health),
      activity: mortals('activity', next.activity),
      oneflex: {
        store: mortals('store', onDisk),
        api: mortals('api', api),
        silentSignIn,
        inHand: new TokensInHand(),
      },
      owner: 'first',
    };
    const signedIn = tokens();
    current = signedIn.refreshToken;
    await signInToOneflex(next, signedIn);
    await time.advance(13.5 * MINUTE);
    await Promise.race([renewOneflex(first), fate.died]);
    return { steps: fate.steps, next: await renewOneflex(next) };
  }

  test('loses what it had no time to write, and nothing else', async () => {
    const { steps } = await diesAt(Number.POSITIVE_INFINITY);
    const answered = steps.indexOf('api.renew:after');
    // Nothing is done with an answer before it is written.
    expect(steps.slice(answered, answered + 3)).toEqual([
      'api.renew:after',
      'store.renew:before',
      'store.renew:after',
    ]);
    for (let step = 1; step <= steps.length; step += 1) {
      const at = steps[step - 1];
      const { next } = await diesAt(step);
      if (step > answered + 2) expect([at, next]).toMatchObject([at, { kind: 'unchanged' }]);
      // The successor of a single-use token is gone; the session that the browser keeps is the way on.
      else if (step > answered) expect([at, next]).toMatchObject([at, { by: 'silent-sign-in' }]);
      else expect([at, next]).toMatchObject([at, { by: 'token-endpoint' }]);
    }
  });
});

describe('what is learnt of sessions', () => {
  test('the usual length of the past ones says when the person is needed next', async () => {
    for (const hours of [5, 40, 6]) {
      await signIn();
      await time.advance(hours * HOUR);
      renewReply = () => ({ kind: 'refused', code: 'http-401' });
      await renewOneflex(ports, { force: true });
    }
    await signIn();
    const session = await ports.oneflex.store.session();
    if (session === undefined) throw new Error('there is a session');
    expect(expectedEndOf(session, time.now())).toBe(time.now() + 6 * HOUR);
    expect(expectedEndOf(session, time.now() + 7 * HOUR)).toBeUndefined();
  });

  test('nothing is promised before there is anything to learn from', async () => {
    await signIn();
    const session = await ports.oneflex.store.session();
    expect(session && expectedEndOf(session, time.now())).toBeUndefined();
  });
});
