/** Where integrations are kept, and why such a place could not be read: told alike by all commands that read them. */
import type { RefreshReport } from '../core/slack/refresh.ts';
import type { SourceStatus } from '../core/snapshot.ts';
import type { Messages } from '../shared/messages/messages.ts';
import type { Explanation } from '../shared/messages/words.ts';
import { explainSituation } from '../shared/messages/words.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** A source that could not be read, and why. */
export type UnreadSource = RefreshReport['unreachable'][number];

export function unreadSources(sources: readonly SourceStatus[]): UnreadSource[] {
  return sources.flatMap(({ kind, code, details = {} }) =>
    code === undefined ? [] : [{ source: kind, code, details }],
  );
}

export function explainUnread({ code, details }: UnreadSource, messages: Messages): Explanation {
  return explainSituation(code, details, messages);
}

/** With --json; `error` as for a command that fails. */
export function sourcesDocument(sources: readonly SourceStatus[], messages: Messages) {
  return sources.map((status) => {
    const [unread] = unreadSources([status]);
    return {
      source: status.kind,
      state: status.state,
      error: unread === undefined ? null : explainUnread(unread, messages),
    };
  });
}

/** The same of those that could not be read, where nothing is known of the others. */
export function unreadDocument(unread: readonly UnreadSource[], messages: Messages) {
  const statuses = unread.map(
    ({ source, ...why }) => ({ kind: source, state: 'unreachable', ...why }) as const,
  );
  return sourcesDocument(statuses, messages);
}

/** What a command ends with that could read all but these. */
export function exitCodeOfUnread(unread: readonly UnreadSource[]): ExitCode {
  if (unread.length === 0) return EXIT.ok;
  return unread.some(({ code }) => code.startsWith('vault-')) ? EXIT.vault : EXIT.configuration;
}
