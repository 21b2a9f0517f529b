/** How integrations look: shared by the commands that show them. */
import type { IntegrationState } from '../core/integration.ts';
import type { IntegrationView } from '../core/snapshot.ts';
import type { RefreshResult } from '../core/slack/refresh.ts';
import type { Explanation } from '../shared/messages/words.ts';
import { explainFailure } from '../shared/messages/words.ts';
import type { Context } from './context.ts';
import type { Colour } from './output.ts';
import { wrap } from './table.ts';

/** Told apart by shape and word, not only by colour. */
const LOOK: Readonly<Record<IntegrationState['kind'], readonly [symbol: string, colour: Colour]>> = {
  fresh: ['●', 'green'],
  due: ['◐', 'yellow'],
  renewing: ['↻', 'cyan'],
  'in-doubt': ['?', 'yellow'],
  retrying: ['↺', 'yellow'],
  'needs-sign-in': ['✗', 'red'],
  'needs-reinstall': ['✗', 'red'],
  misconfigured: ['✗', 'red'],
  paused: ['‖', 'dim'],
};

const OUTCOME_LOOK: Readonly<Record<RefreshResult['outcome'], readonly [symbol: string, colour: Colour]>> = {
  renewed: ['✓', 'green'],
  'would-renew': ['◐', 'yellow'],
  unchanged: ['●', 'green'],
  skipped: ['‖', 'dim'],
  failed: ['✗', 'red'],
};

export function stateCell({ state }: IntegrationView, { output, messages }: Context): string {
  const [symbol, colour] = LOOK[state.kind];
  return output.colour(colour, `${symbol} ${messages.t(`state.${state.kind}`)}`);
}

export function outcomeCell({ outcome }: RefreshResult, { output, messages }: Context): string {
  const [symbol, colour] = OUTCOME_LOOK[outcome];
  return output.colour(colour, `${symbol} ${messages.t(`outcome.${outcome}`)}`);
}

export { shownName as nameCell } from '../core/scrub.ts';

export function failureOf(
  { id, error }: { readonly id: IntegrationView['id']; readonly error: IntegrationView['lastError'] },
  { messages }: Context,
): Explanation | undefined {
  return error === undefined ? undefined : explainFailure(error, id, messages);
}

/** What is wrong and what to do, to stand under a row of a table. */
export function noteLines(explanation: Explanation, { output }: Context, more?: string): string[] {
  const { message, remedy } = explanation;
  const text = more === undefined ? message : `${message} ${more}`;
  return [
    ...wrap(text, output.width, '    '),
    ...wrap(`→ ${remedy}`, output.width, '    ').map((line) => output.colour('bold', line)),
  ];
}

/** The same where it is the news itself, below what it is about. */
export function problemLines({ message, remedy }: Explanation, { output }: Context): string[] {
  return [
    ...wrap(`${output.colour('red', '✗')} ${message}`, output.width, '  '),
    ...wrap(`→ ${remedy}`, output.width, '    ').map((line) => output.colour('bold', line)),
  ];
}

/** Until when an access token is of use that nobody will renew; nothing where nobody knows. */
export function lifeWords(
  expiresAt: number | undefined,
  { messages: { t }, times }: Context,
): string | undefined {
  if (expiresAt === undefined) return undefined;
  if (expiresAt <= Date.now()) return t('works-no-more');
  return t('works-until', { time: times.absolute(expiresAt), relative: times.relative(expiresAt) });
}

/** ISO 8601, UTC. */
export function isoOrNull(moment: number | undefined): string | null {
  return moment === undefined ? null : new Date(moment).toISOString();
}
