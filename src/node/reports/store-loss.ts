import { shownName } from '../../core/scrub.ts';
import type { KeptIntegration, RestoreLoss } from '../database/recovery.ts';
import type { Wording } from './fact.ts';

/** What is lost when a backup takes the place of jeton.db, and what a person has to do about it. */
export function lossWords(
  { newestAt, replaced, added, isKnown }: RestoreLoss,
  { messages: { t }, times }: Wording,
): string[] {
  const listed = (rows: readonly KeptIntegration[]): string =>
    rows.map(({ id, name }) => `${shownName(name)} (${id})`).join(', ');
  const when = newestAt === undefined ? t('time.unknown') : times.both(newestAt);
  return [
    t('store.loss', { when }),
    ...(added.length === 0 ? [] : [t('store.loss.added', { names: listed(added) })]),
    ...(replaced.length === 0
      ? []
      : [
          t(isKnown ? 'store.loss.replaced' : 'store.loss.maybe-replaced', { names: listed(replaced) }),
          t('store.loss.replaced.remedy'),
        ]),
    ...(isKnown ? [] : [t('store.loss.unknown')]),
  ];
}
