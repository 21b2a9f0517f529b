/** The ladder and the sign-in, over the real store; OneFlex and the browser are scripted. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { OneflexAccount, OneflexApi } from '../../../src/core/oneflex/api.ts';
import type { OneflexPorts } from '../../../src/core/oneflex/renew.ts';
import { renewOneflex } from '../../../src/core/oneflex/renew.ts';
import { expectedEndOf, ONEFLEX_ID, oneflexStateOf } from '../../../src/core/oneflex/session.ts';
import { forgetOneflex, signInToOneflex, verifyOneflex } from '../../../src/core/oneflex/sign-in.ts';
import type { KeptTokens, SilentSignIn } from '../../../src/core/ports.ts';
import { Secret } from '../../../src/core/secret.ts';
import { createActivityLog } from '../../../src/node/database/activity.ts';
import { createHealthStore } from '../../../src/node/database/health.ts';
import { createOneflexStore } from '../../../src/node/database/oneflex.ts';
import { fingerprint } from '../../../src/node/fingerprint.ts';
import { VirtualTime } from '../../fakes/virtual-time.ts';
import { silent } from '../../support/engine-world.ts';
import { openTestStore } from '../../support/open-stores.ts';
import { temporaryHome } from '../../support/temporary-home.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const alice: OneflexAccount = { id: '7', email: 'alice@example.test', fullName: 'Alice Example' };
const bob: OneflexAccount = { id: '8', email: 'bob@example.test', fullName: 'Bob Example' };

let time: VirtualTime;
let ports: OneflexPorts;
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
  meReply = () => ({ kind: 'account', account: alice });
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
    },
    health: createHealthStore(store),
    activity: createActivityLog(store),
    clock: time,
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

describe('a sign-in', () => {
  test('is stored once OneFlex has said whose it is', async () => {
    await signIn();
    expect((await ports.oneflex.store.session())?.account).toEqual(alice);
    expect(await state()).toBe('fresh');
    expect(await verifyOneflex(ports)).toEqual(alice);
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

  test('of another person replaces nobody unless asked', async () => {
    await signIn();
    meReply = () => ({ kind: 'account', account: bob });
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
    meReply = () => ({ kind: 'account', account: bob });
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
    expect(await renewOneflex(ports, { force: true })).toEqual({
      kind: 'person-needed',
      worksUntil,
      isNew: true,
    });
    expect(await state()).toBe('needs-sign-in');
    calls = [];
    await time.advance(HOUR);
    expect(await renewOneflex(ports)).toEqual({ kind: 'person-needed', worksUntil: undefined, isNew: false });
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
    meReply = () => ({ kind: 'account', account: bob });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ kind: 'person-needed' });
    expect((await ports.oneflex.store.session())?.account).toEqual(alice);
  });

  test('a browser that cannot be started now is no lapse, but one that is not there is', async () => {
    await signIn({ refreshToken: undefined });
    silentReply = () => ({ kind: 'unavailable', code: 'profile-in-use' });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ kind: 'failed' });
    silentReply = () => ({ kind: 'unavailable', code: 'no-browser' });
    expect(await renewOneflex(ports, { force: true })).toMatchObject({ kind: 'person-needed' });
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
