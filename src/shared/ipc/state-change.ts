/** How one edition of the state becomes the next: both ends of `stateChanged`. */
import type { AppState, StateChange } from './bridge.ts';

type View = AppState['snapshot']['integrations'][number];
type Row = AppState['rows'][number];

/**
 * What leads from one state to a later one. Parts that are the same object in both count as unchanged, and no others:
 * whoever composes states keeps what is equal.
 */
export function changeBetween(before: AppState, after: AppState): StateChange {
  const { edition, rows, snapshot, ...others } = after;
  const { integrations, ...restOfSnapshot } = snapshot;
  const earlier = new Map(pairsOf(before).map((pair) => [pair.view.id, pair]));
  const order = integrations.map(({ id }) => id);
  return {
    follows: before.edition,
    edition,
    rest: { ...others, snapshot: restOfSnapshot },
    rows: pairsOf({ snapshot, rows }).filter(({ view, row }) => {
      const known = earlier.get(view.id);
      return known?.view !== view || known.row !== row;
    }),
    order: areSame(idsOf(before), order) ? null : order,
  };
}

/** The state after a change; `undefined` where that follows another one. What did not change is the same object. */
export function stateAfter(before: AppState, change: StateChange): AppState | undefined {
  const { follows, edition, rest, order } = change;
  if (follows !== before.edition) return undefined;
  const pairs = new Map([...pairsOf(before), ...change.rows].map((pair) => [pair.view.id, pair]));
  const integrations: View[] = [];
  const rows: Row[] = [];
  for (const id of order ?? idsOf(before)) {
    const pair = pairs.get(id);
    if (pair === undefined) return undefined;
    integrations.push(pair.view);
    rows.push(pair.row);
  }
  return { ...rest, edition, snapshot: { ...rest.snapshot, integrations }, rows };
}

function pairsOf({
  snapshot,
  rows,
}: Pick<AppState, 'snapshot' | 'rows'>): { readonly view: View; readonly row: Row }[] {
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  return snapshot.integrations.flatMap((view) => {
    const row = rowOf.get(view.id);
    return row === undefined ? [] : [{ view, row }];
  });
}

function idsOf({ snapshot }: AppState): readonly View['id'][] {
  return snapshot.integrations.map(({ id }) => id);
}

function areSame(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index]);
}
