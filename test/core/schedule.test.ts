import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FailureClass, Health, IntegrationId, SlackIntegration } from '../../src/core/integration.ts';
import type { Plan } from '../../src/core/schedule.ts';
import { backoffMs, blankHealth, memoriesOf, planFor, stateOf } from '../../src/core/schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 2, 10, 12);
const CHAIN = '00000000aaaa';

function row(change: Partial<SlackIntegration> = {}): SlackIntegration {
  return {
    id: 'local:1',
    name: 'Team',
    enabled: true,
    defect: undefined,
    missing: [],
    chain: CHAIN,
    app: undefined,
    tokenKind: 'rotating',
    expiresAt: NOW + 10 * HOUR,
    lease: undefined,
    ...change,
  };
}

function health(change: Partial<Health> = {}): Health {
  return { ...blankHealth('local:1', CHAIN), verifyAt: NOW + HOUR, ...change };
}

describe('what is remembered of rows', () => {
  const ids = fc.array(
    fc.oneof(
      fc.nat(300).map((number): IntegrationId => `app:${number}`),
      fc.nat(30).map((number): IntegrationId => `local:${number}`),
      fc.uuid().map((uuid): IntegrationId => `app:${uuid}`),
    ),
  );

  test('is what a look-up finds, whatever the order and whatever is missing', () => {
    fc.assert(
      fc.property(ids, ids, (listed, known) => {
        const remembered = new Map(known.map((id) => [id, blankHealth(id, CHAIN)]));
        const rows = [...new Set([...listed, ...known.slice(3)])].map((id) => row({ id }));
        expect(memoriesOf(rows, remembered)).toEqual(rows.map(({ id }) => remembered.get(id)));
      }),
    );
  });

  test('is looked up only where a row does not come in its turn', () => {
    const numbers = Array.from({ length: 1200 }, (_, number): IntegrationId => `app:${number}`);
    const remembered = new Map(numbers.toSorted().map((id) => [id, blankHealth(id, CHAIN)]));
    let lookups = 0;
    const get = remembered.get.bind(remembered);
    remembered.get = (id) => {
      lookups += 1;
      return get(id);
    };
    // Rows were added that nothing is known of, and others removed: neither disturbs the turn.
    const rows = [...numbers.filter((_, number) => number % 10 !== 7), 'app:1300' as const].map((id) =>
      row({ id }),
    );
    expect(memoriesOf(rows, remembered).map((memory) => memory?.id)).toEqual([
      ...rows.slice(0, -1).map(({ id }) => id),
      undefined,
    ]);
    expect(lookups).toBe(1);
  });
});

describe('the plan', () => {
  test('leaves a fresh token alone until half of its life', () => {
    const plan = planFor(row({ expiresAt: NOW + 10 * HOUR }), health({ verifyAt: NOW + 4 * HOUR }), {
      now: NOW,
    });
    expect(plan).toEqual({ action: 'wait', until: NOW + 4 * HOUR });
  });

  test.each([
    ['at half-life', row({ expiresAt: NOW + 6 * HOUR }), {}],
    ['when it is dead', row({ expiresAt: NOW - 3 * HOUR }), {}],
    ['when there is no access token', row({ missing: ['access_token'] }), {}],
    ['when it would die before the next run', row({ expiresAt: NOW + 9 * HOUR }), { nextRunInMs: 8 * HOUR }],
    ['when asked', row({ expiresAt: NOW + 12 * HOUR }), { force: true }],
  ])('renews %s', (_, integration, options) => {
    expect(planFor(integration, health(), { now: NOW, ...options })).toMatchObject({ action: 'renew' });
  });

  test('half-life is half of the life the token really has', () => {
    const short = { lastRenewedAt: NOW - 2 * HOUR, verifyAt: NOW + 3 * HOUR };
    expect(planFor(row({ expiresAt: NOW + 4 * HOUR }), health(short), { now: NOW }).action).toBe('wait');
    expect(planFor(row({ expiresAt: NOW + 2 * HOUR }), health(short), { now: NOW }).action).toBe('renew');
  });

  test('rows with different chains are not all renewed in the same minute', () => {
    const untils = ['00000000', '40000000', '80000000', 'c0000000'].map((chain) => {
      const plan = planFor(
        row({ chain, expiresAt: NOW + 8 * HOUR }),
        { ...health({ verifyAt: NOW + 4 * HOUR }), chain },
        { now: NOW },
      );
      return plan.action === 'wait' ? plan.until : 0;
    });
    expect(new Set(untils).size).toBe(4);
    expect(Math.max(...untils) - Math.min(...untils)).toBeLessThanOrEqual(36 * MINUTE);
  });

  test.each(['00000000', '80000000', 'ffffffff'])(
    'renews the chain %s at the moment it said before',
    (chain) => {
      const renewAt = NOW + 2 * HOUR - Math.round(36 * MINUTE * (Number.parseInt(chain, 16) / 2 ** 32));
      const integration = row({ chain, expiresAt: NOW + 8 * HOUR });
      const at = (now: number): Plan => {
        const memory = { ...health({ verifyAt: now + 4 * HOUR }), chain };
        const plan = planFor(integration, memory, { now });
        return plan.action === 'wait' ? { ...plan, until: Math.round(plan.until) } : plan;
      };
      for (const early of [2 * HOUR, HOUR, 1]) {
        expect(at(renewAt - early)).toEqual({ action: 'wait', until: renewAt });
      }
      for (const late of [1, 36 * MINUTE, HOUR]) {
        expect(at(renewAt + late)).toEqual({ action: 'renew', reason: 'half-life' });
      }
    },
  );

  test.each([
    ['an expiry that nobody wrote down', row({ expiresAt: undefined }), undefined, 'expiry-unknown'],
    [
      'an expiry further away than tokens live',
      row({ expiresAt: NOW + 30 * HOUR }),
      undefined,
      'expiry-implausible',
    ],
    ['a token not verified for 4 hours', row(), health({ verifyAt: NOW }), 'routine'],
    ['a verification planned under another clock', row(), health({ verifyAt: NOW + DAY }), 'routine'],
  ])('verifies %s', (_, integration, memory, reason) => {
    expect(planFor(integration, memory, { now: NOW })).toEqual({ action: 'verify', reason });
  });

  test('does not ask about an unknown expiry again before its time', () => {
    const plan = planFor(row({ expiresAt: undefined }), health({ verifyAt: NOW + HOUR }), { now: NOW });
    expect(plan).toEqual({ action: 'wait', until: NOW + HOUR });
  });

  test.each([
    ['paused here', row(), health({ paused: true }), 'paused'],
    ['switched off there', row({ enabled: false }), health(), 'paused'],
    ['lacking its client secret', row({ missing: ['client_secret'] }), health(), 'incomplete'],
    ['with a broken config', row({ defect: 'config-broken' }), health(), 'incomplete'],
    ['long-lived', row({ tokenKind: 'long-lived' }), health(), 'long-lived'],
    ['held by another', row({ lease: lease('held') }), health(), 'held'],
    ['dead', row(), health({ condition: 'dead' }), 'dead'],
  ])('leaves alone a row that is %s', (_, integration, memory, why) => {
    expect(planFor({ ...integration, expiresAt: NOW }, memory, { now: NOW })).toEqual({
      action: 'none',
      why,
    });
  });

  test('a row left in doubt is renewed at once, fresh as its token may be', () => {
    const plan = planFor(row({ lease: lease('abandoned') }), health(), { now: NOW });
    expect(plan).toEqual({ action: 'renew', reason: 'in-doubt' });
  });

  test('what we remember of another chain does not bind', () => {
    const dead = { ...health({ condition: 'dead', retryAt: NOW + HOUR }), chain: 'another' };
    expect(planFor(row({ expiresAt: NOW }), dead, { now: NOW })).toMatchObject({ action: 'renew' });
  });

  test('a pause outlives a rotation by somebody else', () => {
    const paused = { ...health({ paused: true }), chain: 'another' };
    expect(planFor(row(), paused, { now: NOW })).toEqual({ action: 'none', why: 'paused' });
  });

  test('waits as long as a failure asks, and not a moment that another clock wrote', () => {
    const due = row({ expiresAt: NOW });
    expect(planFor(due, health({ retryAt: NOW + MINUTE }), { now: NOW })).toEqual({
      action: 'wait',
      until: NOW + MINUTE,
    });
    expect(planFor(due, health({ retryAt: NOW + DAY }), { now: NOW })).toMatchObject({ action: 'renew' });
  });

  test('somebody who asks does not wait for a backoff, but for Slack’s word', () => {
    const failed = (code: string, retryAt: number): Health =>
      health({ attempts: 1, retryAt, lastError: { code, class: 'transient', at: NOW - MINUTE } });
    const plan = (memory: Health, integration = row()): Plan =>
      planFor(integration, memory, { now: NOW, asked: true });
    const soon = NOW - MINUTE / 2 + 45_000;
    expect(plan(failed('http-503', NOW - MINUTE + 30_000))).toMatchObject({ action: 'wait' });
    expect(plan({ ...failed('http-503', soon), attempts: 4 })).toEqual({ action: 'renew', reason: 'asked' });
    expect(plan({ ...failed('ratelimited', soon), attempts: 4 })).toEqual({ action: 'wait', until: soon });
    // So long only a Retry-After takes after a first failure.
    expect(plan(failed('http-503', NOW + HOUR))).toEqual({ action: 'wait', until: NOW + HOUR });
    expect(plan(failed('http-503', NOW + 1), row({ enabled: false }))).toMatchObject({ why: 'paused' });
    const doubted = health({ condition: 'in-doubt', attempts: 4, retryAt: soon });
    expect(plan(doubted, row({ lease: lease('abandoned') }))).toMatchObject({ reason: 'in-doubt' });
  });

  test('a renewal in the future means that the clock was set back: once more, now', () => {
    const plan = planFor(row(), health({ lastRenewedAt: NOW + 2 * HOUR }), { now: NOW });
    expect(plan).toEqual({ action: 'renew', reason: 'clock-moved' });
  });
});

describe('plan and state', () => {
  const moment = fc.integer({ min: NOW - 40 * DAY, max: NOW + 40 * DAY });
  const optional = fc.option(moment, { nil: undefined });
  const anyRow = fc.record({
    enabled: fc.boolean(),
    missing: fc.subarray(['access_token', 'refresh_token', 'client_id', 'client_secret'] as const),
    tokenKind: fc.constantFrom('rotating', 'long-lived', 'unknown'),
    expiresAt: optional,
    lease: fc.constantFrom(undefined, lease('held'), lease('abandoned')),
  });
  const anyHealth = fc.record({
    condition: fc.constantFrom('ok', 'in-doubt', 'retrying', 'dead', 'misconfigured', 'environment'),
    attempts: fc.nat(50),
    retryAt: optional,
    lastRenewedAt: optional,
    verifyAt: optional,
    learntExpiresAt: optional,
    paused: fc.boolean(),
  });

  test('agree: what is shown as due, in doubt or fresh is what the next run does', () => {
    fc.assert(
      fc.property(anyRow, anyHealth, (rowChange, healthChange) => {
        const integration = row(rowChange);
        const memory = health(healthChange);
        const plan = planFor(integration, memory, { now: NOW });
        const state = stateOf(integration, memory, NOW);
        if (state.kind === 'due') expect(plan.action).toBe('renew');
        if (state.kind === 'fresh') expect(['wait', 'verify']).toContain(plan.action);
        if (state.kind === 'paused') expect(plan).toEqual({ action: 'none', why: 'paused' });
        if (plan.action === 'wait') expect(plan.until).toBeGreaterThan(NOW);
        if (plan.action === 'none')
          expect(['due', 'fresh', 'retrying', 'in-doubt']).not.toContain(state.kind);
      }),
      { numRuns: 2000 },
    );
  });

  test('nothing that can be renewed waits longer than its token lives, whatever was written down', () => {
    fc.assert(
      fc.property(anyRow, anyHealth, (rowChange, healthChange) => {
        const integration = row({ ...rowChange, missing: [], tokenKind: 'rotating' });
        const plan = planFor(integration, health(healthChange), { now: NOW });
        if (plan.action === 'wait') expect(plan.until - NOW).toBeLessThanOrEqual(6 * HOUR);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('backoff', () => {
  const classes: FailureClass[] = [
    'in-doubt',
    'transient',
    'unknown',
    'internal',
    'environment',
    'misconfigured',
  ];

  test('grows to a cap, never to zero, never before Retry-After', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...classes),
        fc.integer({ min: 1, max: 10_000 }),
        fc.option(fc.nat(HOUR), { nil: undefined }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (failureClass, attempts, retryAfterMs, chance) => {
          const wait = backoffMs(failureClass, attempts, retryAfterMs, chance);
          expect(wait).toBeGreaterThanOrEqual(Math.max(2500, retryAfterMs ?? 0));
          expect(wait).toBeLessThanOrEqual(4 * HOUR);
          expect(backoffMs(failureClass, attempts + 1, retryAfterMs, chance)).toBeGreaterThanOrEqual(wait);
        },
      ),
    );
  });
});

function lease(standing: 'held' | 'abandoned'): SlackIntegration['lease'] {
  return { owner: 'somebody', chain: CHAIN, until: NOW + MINUTE, standing };
}
