import { assertNever } from './errors.ts';
import type { Headline } from './snapshot.ts';

/** How everything stands, in the few kinds that an icon can show. */
export type Overall = 'fresh' | 'needs-you' | 'failing' | 'paused';

/**
 * What the headline amounts to. That a person is needed is worth knowing while everything is paused, too; the rest is
 * as the person wanted it.
 */
export function overallOf(headline: Headline, { isPaused }: { readonly isPaused: boolean }): Overall {
  const standing = standingOf(headline);
  return isPaused && standing !== 'needs-you' ? 'paused' : standing;
}

function standingOf(headline: Headline): Overall {
  switch (headline.kind) {
    case 'vault-locked':
    case 'database-without-slack':
    case 'person-needed':
    case 'bot-failing':
      return 'needs-you';
    case 'database-unreachable':
    case 'failing':
    case 'export-failing':
    case 'bot-waiting':
      return 'failing';
    case 'renewing':
    case 'due':
    case 'all-fresh':
    case 'empty':
      return 'fresh';
    case 'all-paused':
      return 'paused';
    default:
      return assertNever(headline);
  }
}
