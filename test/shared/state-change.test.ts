import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IntegrationState } from '../../src/core/integration.ts';
import type { AppState } from '../../src/shared/ipc/bridge.ts';
import { EVENT_CONTRACT } from '../../src/shared/ipc/contract.ts';
import { changeBetween, stateAfter } from '../../src/shared/ipc/state-change.ts';
import { emptyState } from '../fakes/fake-application.ts';
import { integrationView } from '../fakes/integration-view.ts';

type Kind = Exclude<IntegrationState['kind'], 'retrying' | 'needs-reinstall'>;

/** One object for each number and kind, as whoever composes states keeps what is equal. */
const VIEWS = new Map<string, { view: ReturnType<typeof integrationView>; row: AppState['rows'][number] }>();
function known(number: number, kind: Kind) {
  const key = `${number} ${kind}`;
  const id = `local:${number}` as const;
  const pair = VIEWS.get(key) ?? {
    view: integrationView({ id, name: `Team ${number}`, state: { kind } }),
    row: { id, action: kind === 'fresh' ? ('renew' as const) : ('none' as const), failure: null },
  };
  VIEWS.set(key, pair);
  return pair;
}

function stateOf(edition: number, integrations: readonly (readonly [number, Kind])[]): AppState {
  const pairs = integrations.map(([number, kind]) => known(number, kind));
  const { snapshot, ...rest } = emptyState();
  return {
    ...rest,
    edition,
    sentence: `The ${edition}th.`,
    snapshot: { ...snapshot, revision: edition, integrations: pairs.map(({ view }) => view) },
    rows: pairs.map(({ row }) => row),
  };
}

const integrations = fc.uniqueArray(
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.constantFrom<Kind>('fresh', 'due', 'renewing')),
  { selector: ([number]) => number },
);

describe('a change', () => {
  test('makes one state the next, whatever came, went, moved or changed; what did not is the same object', () => {
    fc.assert(
      fc.property(integrations, integrations, (some, others) => {
        const [before, after] = [stateOf(4, some), stateOf(5, others)];
        const crossed = structuredClone(changeBetween(before, after));
        EVENT_CONTRACT.stateChanged.parse(crossed);
        const next = stateAfter(before, crossed);
        expect(next).toEqual(after);
        for (const view of before.snapshot.integrations) {
          if (after.snapshot.integrations.includes(view)) expect(next?.snapshot.integrations).toContain(view);
        }
      }),
    );
  });

  test('carries of 500 integrations the one that changed', () => {
    const all = Array.from({ length: 500 }, (_, index) => [index + 1, 'due'] as const);
    const before = stateOf(1, all);
    const change = changeBetween(
      before,
      stateOf(
        2,
        all.map(([number, kind]) => [number, number === 7 ? 'renewing' : kind]),
      ),
    );
    expect(change.rows.map(({ view }) => view.id)).toEqual(['local:7']);
    expect(change.order).toBeNull();
    expect(JSON.stringify(change).length).toBeLessThan(2_000);
  });

  test('makes nothing of a state that it does not follow, or that lacks what it leaves out', () => {
    const [first, second, third] = [stateOf(1, []), stateOf(2, [[1, 'due']]), stateOf(3, [[1, 'due']])];
    const change = changeBetween(second, third);
    expect(stateAfter(first, change)).toBeUndefined();
    expect(stateAfter({ ...first, edition: 2 }, { ...change, order: ['local:1'] })).toBeUndefined();
  });
});
