import * as z from 'zod/mini';
import { JetonError } from '../core/errors.ts';
import type { IntegrationId } from '../core/integration.ts';
import type { IntegrationView, Snapshot } from '../core/snapshot.ts';
import type { Context } from './context.ts';
import { UsageError } from './usage-error.ts';

export const idOption = z.object({ id: z.optional(z.string()) });

/** The id that was given, as `--id` or bare. Throws UsageError when there is none, or two. */
export function givenId(options: unknown, argument: unknown[], { messages: { t } }: Context): string {
  const { id } = idOption.parse(options);
  const [bare] = z.tuple([z.optional(z.string())]).parse(argument);
  const given = [id, bare].filter((text) => text !== undefined);
  const [only] = given;
  if (only === undefined || given.length > 1) {
    throw new UsageError(t('usage.id-needed'), t('remedy.integration-not-found'));
  }
  return only;
}

/**
 * The integration that a person means by `app:12`, or by `12` where only one has that number. Throws
 * `integration-not-found`, UsageError, or what keeps its source from being read.
 */
export function findIntegration(
  text: string,
  snapshot: Snapshot,
  { messages: { t } }: Context,
): IntegrationView {
  if (text.trim() === '') {
    throw new UsageError(t('usage.missing-value', { name: '--id' }), t('remedy.integration-not-found'));
  }
  const matches = snapshot.integrations.filter(
    ({ id }) => id === text || id === `local:${text}` || id === `app:${text}`,
  );
  const [match] = matches;
  if (match !== undefined && matches.length === 1) return match;
  if (match !== undefined) {
    const remedy = t('usage.id-needed');
    throw new UsageError(t('usage.ambiguous-id', { id: text }), remedy);
  }
  const unread = snapshot.sources.find(
    ({ kind, state }) => state === 'unreachable' && !text.startsWith(other(kind)),
  );
  if (unread?.code !== undefined) throw new JetonError(unread.code, unread.details);
  throw new JetonError('integration-not-found', { id: text });
}

/** As {@link findIntegration}; an id that names its source is taken as it is, and judged by whoever uses it. */
export function findIds(texts: readonly string[], snapshot: Snapshot, context: Context): IntegrationId[] {
  return texts.map((text) => findIntegration(text, snapshot, context).id);
}

function other(kind: 'local' | 'app'): string {
  return kind === 'local' ? 'app:' : 'local:';
}
