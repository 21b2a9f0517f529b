import { JetonError } from '../core/errors.ts';
import type { Context } from './context.ts';
import { UsageError } from './usage-error.ts';

/**
 * Asks the person, unless `--yes` said it already. Throws `cancelled`, and `usage` with `why` where nobody can be asked.
 */
export async function requireConsent(
  yes: boolean,
  question: string,
  why: string,
  { input, messages: { t } }: Context,
): Promise<void> {
  if (yes) return;
  if (!input.isTerminal) throw new UsageError(why, t('usage.yes-needed.remedy'));
  if (!(await input.confirm(question))) throw new JetonError('cancelled');
}
