import { afterEach, describe, expect, it } from 'vitest';
import { Secret } from '../../src/core/secret.ts';
import type { HttpOutcome } from '../../src/core/ports.ts';
import { createHttp } from '../../src/node/http.ts';
import { startSlackSimulator, type SlackSimulator, type SlackSimulatorOptions } from './slack.ts';
import type { SlackClient } from './slack-tokens.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

class TestClock {
  now = Date.parse('2026-03-01T12:00:00Z');
}

async function setUp(options: SlackSimulatorOptions = {}) {
  const clock = new TestClock();
  const slack = await startSlackSimulator({ now: () => clock.now, ...options });
  cleanups.push(() => slack.stop());
  const http = createHttp({ version: '0', env: {} });
  cleanups.push(() => http.dispose());

  return {
    clock,
    slack,
    send: (client: SlackClient, refreshToken: string, timeoutMs = 5_000) =>
      http.send({
        method: 'POST',
        url: `${slack.url}/oauth.v2.access`,
        basic: { user: client.clientId, password: new Secret(client.clientSecret) },
        form: { grant_type: 'refresh_token', refresh_token: new Secret(refreshToken) },
        timeoutMs,
      }),
    call: (method: string, form: Record<string, string>, bearer?: string) =>
      http.send({
        method: 'POST',
        url: `${slack.url}/${method}`,
        form,
        ...(bearer !== undefined && { bearer: new Secret(bearer) }),
        timeoutMs: 5_000,
      }),
  };
}

/** The JSON document of an answer. */
function json(outcome: HttpOutcome): Record<string, unknown> {
  if (outcome.kind !== 'response' || outcome.body.kind !== 'json') throw new TypeError(outcome.kind);
  const { value } = outcome.body;
  if (typeof value !== 'object' || value === null) throw new TypeError('not an object');
  return { ...value };
}

function text(document: Record<string, unknown>, key: string): string {
  const value = document[key];
  if (typeof value !== 'string') throw new TypeError(`${key} is not text`);
  return value;
}

const refused = (error: string) => ({ ok: false, error });

/** No refresh token sent twice, nothing lost: what the real engine is held to as well. */
function expectOneSendEach(slack: SlackSimulator): void {
  expect([...slack.resends().keys()]).toEqual([]);
}

describe('a rotation', () => {
  it('answers with a new pair of the documented shape', async () => {
    const { slack, send } = await setUp();
    const chain = slack.issueChain({ team: { id: 'T1', name: 'One' } });

    const answer = json(await send(chain, chain.refreshToken));

    expect(answer).toEqual({
      ok: true,
      access_token: expect.stringMatching(/^xoxe\.xoxb-1-sim-/),
      refresh_token: expect.stringMatching(/^xoxe-1-sim-/),
      expires_in: 43_200,
      token_type: 'bot',
      scope: 'chat:write',
      bot_user_id: 'UB1',
      app_id: 'A0SIMULATED',
      team: { id: 'T1', name: 'One' },
      enterprise: null,
      is_enterprise_install: false,
    });
    expect(slack.chain(chain)).toMatchObject({
      alive: true,
      refreshToken: answer['refresh_token'],
      accessTokens: [chain.accessToken, answer['access_token']],
      rotations: 1,
    });
    expectOneSendEach(slack);
  });

  it('answers for a user chain at the top level, or under authed_user', async () => {
    const top = await setUp();
    const flat = top.slack.issueChain({ kind: 'user' });
    expect(json(await top.send(flat, flat.refreshToken))).toMatchObject({
      token_type: 'user',
      access_token: expect.stringMatching(/^xoxe\.xoxp-1-sim-/),
    });

    const under = await setUp({ userTokensUnder: 'authed_user' });
    const nested = under.slack.issueChain({ kind: 'user' });
    const answer = json(await under.send(nested, nested.refreshToken));
    expect(answer).not.toHaveProperty('access_token');
    expect(answer).toHaveProperty('authed_user.refresh_token', under.slack.chain(nested).refreshToken);
  });

  it('takes the client from the form as well as from Basic', async () => {
    const { slack, call } = await setUp();
    const chain = slack.issueChain();
    const answer = await call('oauth.v2.access', {
      grant_type: 'refresh_token',
      refresh_token: chain.refreshToken,
      client_id: chain.clientId,
      client_secret: chain.clientSecret,
    });
    expect(json(answer)).toMatchObject({ ok: true });
  });

  it('refuses what Slack refuses, with status 200', async () => {
    const { slack, send, call } = await setUp();
    const chain = slack.issueChain();
    const other = slack.issueClient();
    const stranger = { clientId: '1.1', clientSecret: 'x' };

    const wrongClient = await send(stranger, chain.refreshToken);
    expect(wrongClient).toMatchObject({ status: 200 });
    expect(json(wrongClient)).toEqual(refused('invalid_client_id'));
    expect(json(await send({ ...chain, clientSecret: 'x' }, chain.refreshToken))).toEqual(
      refused('bad_client_secret'),
    );
    expect(json(await send(other, chain.refreshToken))).toEqual(refused('invalid_refresh_token'));
    expect(json(await send(chain, chain.accessToken))).toEqual(refused('invalid_refresh_token'));
    expect(json(await call('oauth.v2.access', { grant_type: 'password' }))).toEqual(
      refused('invalid_grant_type'),
    );
    expect(json(await call('chat.postMessage', {}))).toEqual(refused('unknown_method'));
    expect(slack.count('refused')).toBe(6);
    expect(slack.chain(chain)).toMatchObject({ rotations: 0, refreshToken: chain.refreshToken });
  });
});

describe('a spent refresh token', () => {
  it('answers again within the grace, with the same successor', async () => {
    const { slack, send, clock } = await setUp();
    const chain = slack.issueChain();
    const first = json(await send(chain, chain.refreshToken));
    clock.now += 60 * SECOND;
    const again = json(await send(chain, chain.refreshToken));

    expect(again['refresh_token']).toBe(first['refresh_token']);
    expect(again['access_token']).not.toBe(first['access_token']);
    expect(slack.chain(chain).rotations).toBe(1);
    expect([...slack.resends()]).toEqual([
      [
        'bot-1-refresh-1',
        [
          expect.objectContaining({ outcome: 'spent', number: 1 }),
          expect.objectContaining({ outcome: 'replayed-in-grace', number: 2 }),
        ],
      ],
    ]);
  });

  it('is refused after the grace, and once its successor is spent', async () => {
    const { slack, send, clock } = await setUp({ graceMs: 30 * SECOND });
    const chain = slack.issueChain();
    const { refresh_token: second } = json(await send(chain, chain.refreshToken));
    clock.now += 30 * SECOND + 1;
    expect(json(await send(chain, chain.refreshToken))).toEqual(refused('invalid_refresh_token'));
    expect(slack.chain(chain)).toMatchObject({ alive: true, refreshToken: second });

    await send(chain, String(second));
    await send(chain, slack.chain(chain).refreshToken ?? '');
    expect(json(await send(chain, String(second)))).toEqual(refused('invalid_refresh_token'));
    expect(slack.chain(chain).rotations).toBe(3);
  });

  it('can answer with another pair instead, which makes the first successor void', async () => {
    const { slack, send } = await setUp({ graceAnswer: 'new-pair' });
    const chain = slack.issueChain();
    const first = json(await send(chain, chain.refreshToken));
    const again = json(await send(chain, chain.refreshToken));

    expect(again['refresh_token']).not.toBe(first['refresh_token']);
    expect(json(await send(chain, text(first, 'refresh_token')))).toEqual(refused('invalid_refresh_token'));
    expect(json(await send(chain, text(again, 'refresh_token')))).toMatchObject({ ok: true });
  });
});

describe('access tokens', () => {
  it('are at most two at a time, the oldest is revoked', async () => {
    const { slack, send, call } = await setUp();
    const chain = slack.issueChain();
    const second = json(await send(chain, chain.refreshToken));
    const third = json(await send(chain, text(second, 'refresh_token')));

    expect(slack.chain(chain).accessTokens).toEqual([second['access_token'], third['access_token']]);
    expect(json(await call('auth.test', {}, chain.accessToken))).toEqual(refused('token_revoked'));
    expect(json(await call('auth.test', {}, text(second, 'access_token')))).toMatchObject({ ok: true });
  });

  it('are told their remaining life by auth.test, and expire', async () => {
    const { slack, call, clock } = await setUp();
    const chain = slack.issueChain({ expiresInSeconds: 7_200 });
    expect(chain.expiresAt).toBe(clock.now + 2 * HOUR);
    clock.now += HOUR;
    expect(json(await call('auth.test', {}, chain.accessToken))).toMatchObject({
      ok: true,
      team_id: 'T00000001',
      expires_in: 3_600,
    });
    clock.now += HOUR;
    expect(json(await call('auth.test', {}, chain.accessToken))).toEqual(refused('token_expired'));
    expect(slack.chain(chain).accessTokens).toEqual([]);
    expect(json(await call('auth.test', {}, 'xoxb-nobody'))).toEqual(refused('invalid_auth'));
    expect(json(await call('auth.test', {}))).toEqual(refused('not_authed'));
  });

  it('outlive a revoked refresh token, unless everything is revoked', async () => {
    const { slack, send, call } = await setUp();
    const chain = slack.issueChain();
    slack.revoke(chain);
    expect(json(await send(chain, chain.refreshToken))).toEqual(refused('invalid_refresh_token'));
    expect(json(await call('auth.test', {}, chain.accessToken))).toMatchObject({ ok: true });
    expect(slack.chain(chain)).toMatchObject({ alive: false, refreshToken: undefined });

    slack.revoke(chain, 'everything');
    expect(json(await call('auth.test', {}, chain.accessToken))).toEqual(refused('token_revoked'));
  });
});

it('exchanges a long-lived token once, and leaves it working', async () => {
  const { slack, send, call } = await setUp();
  const { clientId, clientSecret, accessToken } = slack.issueLongLived();
  const form = { client_id: clientId, client_secret: clientSecret, token: accessToken };
  expect(accessToken).toMatch(/^xoxb-sim-/);

  const pair = json(await call('oauth.v2.exchange', form));
  expect(pair).toMatchObject({ ok: true, expires_in: 43_200 });
  expect(json(await call('oauth.v2.exchange', form))).toEqual(refused('token_already_exchanged'));
  expect(json(await call('oauth.v2.exchange', { ...form, token: text(pair, 'access_token') }))).toEqual(
    refused('invalid_token'),
  );
  const stillWorks = json(await call('auth.test', {}, accessToken));
  expect(stillWorks).toMatchObject({ ok: true });
  expect(stillWorks).not.toHaveProperty('expires_in');
  expect(json(await send({ clientId, clientSecret }, text(pair, 'refresh_token')))).toMatchObject({
    ok: true,
  });
});

describe('faults', () => {
  it.each([
    [{ kind: 'error', error: 'service_unavailable' }, { status: 200 }],
    [{ kind: 'error', error: 'fatal_error', processed: true }, { status: 200 }],
    [
      { kind: 'rate-limited', retryAfterSeconds: 30 },
      { status: 429, retryAfterMs: 30_000 },
    ],
    [
      { kind: 'html', status: 500 },
      { status: 500, body: { kind: 'other' } },
    ],
    [{ kind: 'invalid-grant' }, { status: 400, body: { kind: 'json' } }],
    [{ kind: 'reset' }, { kind: 'unanswered', code: 'connection-lost' }],
    [
      { kind: 'reset', processed: true },
      { kind: 'unanswered', code: 'connection-lost' },
    ],
    [{ kind: 'truncated-json' }, { status: 200, body: { kind: 'truncated' } }],
    [{ kind: 'cut-body' }, { kind: 'unanswered', code: 'connection-lost' }],
  ] as const)('%j', async (fault, expected) => {
    const { slack, send } = await setUp();
    const chain = slack.issueChain();
    slack.inject(fault);

    expect(await send(chain, chain.refreshToken)).toMatchObject(expected);

    const spent = 'processed' in fault || fault.kind === 'truncated-json' || fault.kind === 'cut-body';
    expect(slack.chain(chain).rotations).toBe(spent ? 1 : 0);
    expect(slack.ledger).toMatchObject([{ fault: fault.kind, outcome: spent ? 'spent' : 'faulted' }]);
    expect(json(await send(chain, chain.refreshToken))).toMatchObject({ ok: true });
    expect(slack.ledger[1]).toMatchObject({
      fault: undefined,
      outcome: spent ? 'replayed-in-grace' : 'spent',
    });
  });

  it('hangs, before or after processing, until the client gives up', async () => {
    const { slack, send } = await setUp();
    const chain = slack.issueChain();
    slack.inject({ kind: 'hang' });
    slack.inject({ kind: 'hang', processed: true });
    expect(await send(chain, chain.refreshToken, 50)).toEqual({ kind: 'unanswered', code: 'timeout' });
    expect(slack.chain(chain).rotations).toBe(0);
    expect(await send(chain, chain.refreshToken, 50)).toEqual({ kind: 'unanswered', code: 'timeout' });
    expect(slack.chain(chain).rotations).toBe(1);
  });

  it('leaves fields out, wherever they are', async () => {
    const { slack, send } = await setUp({ userTokensUnder: 'authed_user' });
    const bot = slack.issueChain();
    const user = slack.issueChain({ kind: 'user' });
    slack.inject({ kind: 'omit', field: 'refresh_token' }, { chain: bot });
    slack.inject({ kind: 'omit', field: 'expires_in' }, { chain: user });

    const forUser = json(await send(user, user.refreshToken));
    expect(forUser).toHaveProperty('authed_user.refresh_token');
    expect(forUser).not.toHaveProperty('authed_user.expires_in');
    const forBot = json(await send(bot, bot.refreshToken));
    expect(forBot).toMatchObject({ ok: true, expires_in: 43_200 });
    expect(forBot).not.toHaveProperty('refresh_token');
  });

  it('strikes the aimed-at requests only, as many times as said', async () => {
    const { slack, send, call } = await setUp();
    const chain = slack.issueChain();
    const other = slack.issueChain();
    slack.inject({ kind: 'error', error: 'internal_error' }, { chain: other.refreshToken, times: 2 });
    slack.inject({ kind: 'error', error: 'accesslimited' }, { request: 3 });
    slack.inject({ kind: 'error', error: 'not_now' }, { method: 'auth.test' });

    expect(json(await send(chain, chain.refreshToken))).toMatchObject({ ok: true });
    expect(json(await send(other, other.refreshToken))).toEqual(refused('internal_error'));
    expect(json(await send(chain, slack.chain(chain).refreshToken ?? ''))).toEqual(refused('accesslimited'));
    expect(json(await send(other, other.refreshToken))).toEqual(refused('internal_error'));
    expect(json(await send(other, other.refreshToken))).toMatchObject({ ok: true });
    expect(json(await call('auth.test', {}, chain.accessToken))).toEqual(refused('not_now'));

    slack.inject({ kind: 'reset' }, { times: Infinity });
    slack.clearFaults();
    expect(json(await call('auth.test', {}, chain.accessToken))).toMatchObject({ ok: true });
  });

  it('takes its time with the aimed-at requests', async () => {
    const { slack, send } = await setUp();
    const slow = slack.issueChain();
    const quick = slack.issueChain();
    slack.inject({ kind: 'none', latency: 200 }, { chain: slow });
    const first = await Promise.race([
      send(slow, slow.refreshToken).then(() => 'slow'),
      send(quick, quick.refreshToken).then(() => 'quick'),
    ]);
    expect(first).toBe('quick');
    await slack.waitFor(({ chain, outcome }) => chain === slow.label && outcome === 'spent');
  });

  it('shows its own clock in the Date header, skewed when asked', async () => {
    const { slack, send, clock } = await setUp();
    const chain = slack.issueChain();
    slack.inject({ kind: 'none', dateSkewMs: 2 * HOUR });
    expect(await send(chain, chain.refreshToken)).toMatchObject({ serverDate: clock.now + 2 * HOUR });
    expect(await send(chain, chain.refreshToken)).toMatchObject({ serverDate: clock.now });
  });
});

it('limits the rate as a token bucket, with whole seconds in Retry-After', async () => {
  const { slack, send, clock } = await setUp({ ratePerMinute: 30, burst: 2 });
  const a = slack.issueChain();
  const b = slack.issueChain();
  const c = slack.issueChain();
  const d = slack.issueChain();
  expect(await send(a, a.refreshToken)).toMatchObject({ status: 200 });
  expect(await send(b, b.refreshToken)).toMatchObject({ status: 200 });
  const limited = await send(c, c.refreshToken);
  expect(limited).toMatchObject({ status: 429, retryAfterMs: 2_000 });
  expect(json(limited)).toEqual(refused('ratelimited'));
  clock.now += 2 * SECOND;
  expect(await send(c, c.refreshToken)).toMatchObject({ status: 200 });
  expect(await send(d, d.refreshToken)).toMatchObject({ status: 429 });
  expect(slack.count('rate-limited')).toBe(2);
  expect(slack.chain(d).rotations).toBe(0);
});

it('serves 200 requests at once at 100 ms each', async () => {
  const { slack, send } = await setUp({ latency: { min: 90, max: 110 } });
  const chains = Array.from({ length: 200 }, () => slack.issueChain());
  const startedAt = performance.now();
  const answers = await Promise.all(chains.map((chain) => send(chain, chain.refreshToken, 20_000)));
  const elapsed = performance.now() - startedAt;

  expect(answers.filter((answer) => json(answer)['ok'] === true)).toHaveLength(200);
  expect(slack.count('spent')).toBe(200);
  expect(slack.peakConcurrency).toBeGreaterThan(20);
  // One after the other they would take 20 s.
  expect(elapsed).toBeLessThan(5_000);
  expectOneSendEach(slack);
});

it('tells when something has happened, past or to come', async () => {
  const { slack, send } = await setUp({ latency: 20 });
  const chain = slack.issueChain();
  const spent = slack.waitFor((entry) => entry.outcome === 'spent');
  const answer = send(chain, chain.refreshToken);
  expect(await spent).toMatchObject({ number: 1, chain: 'bot-1', token: 'bot-1-refresh-1' });
  expect(await slack.waitFor((entry) => entry.number === 1)).toBe(slack.ledger[0]);
  await answer;
});

it('knows every secret it ever issued, and keeps them out of the ledger', async () => {
  const { slack, send } = await setUp();
  const chain = slack.issueChain();
  const { accessToken } = slack.issueLongLived();
  const pair = json(await send(chain, chain.refreshToken));
  expect(new Set(slack.secrets())).toEqual(
    new Set([
      chain.clientSecret,
      chain.accessToken,
      chain.refreshToken,
      accessToken,
      pair['access_token'],
      pair['refresh_token'],
    ]),
  );
  const ledger = JSON.stringify(slack.ledger);
  for (const secret of slack.secrets()) expect(ledger).not.toContain(secret);
});

it('stops with requests hanging and connections kept alive', async () => {
  const { slack, send } = await setUp();
  const chain = slack.issueChain();
  await send(chain, chain.refreshToken);
  slack.inject({ kind: 'hang' });
  const hanging = send(chain, chain.refreshToken);
  await slack.waitFor((entry) => entry.outcome === 'faulted');
  await slack.stop();
  expect(await hanging).toEqual({ kind: 'unanswered', code: 'connection-lost' });
  expect(await send(chain, chain.refreshToken)).toMatchObject({ kind: 'not-sent', code: 'ECONNREFUSED' });
});
