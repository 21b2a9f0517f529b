/** Which rows are shown, and in which order. */
import type { AppState } from '../../../shared/ipc/bridge.ts';
import { type Standing, STANDING_OF } from '../../standing.ts';

type IntegrationView = AppState['snapshot']['integrations'][number];

/** An integration with what the main process says about it. */
export interface Row {
  readonly view: IntegrationView;
  readonly action: AppState['rows'][number]['action'];
  readonly failure: AppState['rows'][number]['failure'];
}

export const GROUPS = ['all', 'needs-you', 'failing', 'fresh', 'paused'] as const satisfies readonly (
  | 'all'
  | Standing
)[];
export type Group = (typeof GROUPS)[number];
export const ORDERS = ['urgency', 'name', 'expiry', 'renewed'] as const;
export type Order = (typeof ORDERS)[number];

export interface Arrangement {
  readonly text: string;
  readonly group: Group;
  readonly order: Order;
}

export function rowsOf({ snapshot, rows }: Pick<AppState, 'snapshot' | 'rows'>): readonly Row[] {
  return snapshot.integrations.map((view, index) => {
    const { action, failure } = rows[index] ?? { action: 'none', failure: null };
    return { view, action, failure };
  });
}

export function arrange(
  rows: readonly Row[],
  { text, group, order }: Arrangement,
  locale: string,
): readonly Row[] {
  const words = text.toLocaleLowerCase(locale).split(/\s+/).filter(Boolean);
  const byName = new Intl.Collator(locale, { numeric: true, sensitivity: 'base' }).compare;
  const compare = COMPARE[order];
  return rows
    .filter(({ view }) => group === 'all' || standingOf(view) === group)
    .filter(({ view }) => {
      const haystack = `${view.name} ${view.id} ${view.kind}`.toLocaleLowerCase(locale);
      return words.every((word) => haystack.includes(word));
    })
    .toSorted((a, b) => {
      const difference = compare(a, b);
      if (difference !== 0) return difference;
      // The sentence on top calls one of them the first: it is the first here, too.
      const isAsTold = order === 'urgency' && IN_TROUBLE.has(standingOf(a.view));
      return isAsTold ? 0 : byName(a.view.name, b.view.name);
    });
}

const COMPARE: Readonly<Record<Order, (a: Row, b: Row) => number>> = {
  urgency: (a, b) => urgencyOf(a) - urgencyOf(b),
  name: () => 0,
  expiry: (a, b) => (a.view.expiresAt ?? Infinity) - (b.view.expiresAt ?? Infinity) || 0,
  renewed: (a, b) => (b.view.lastRenewedAt ?? 0) - (a.view.lastRenewedAt ?? 0),
};

const IN_TROUBLE: ReadonlySet<Standing> = new Set(['needs-you', 'failing']);

function urgencyOf({ view }: Row): number {
  return GROUPS.indexOf(standingOf(view));
}

function standingOf({ state }: IntegrationView): Standing {
  return STANDING_OF[state.kind];
}
