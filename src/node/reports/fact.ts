import type { Explanation } from '../../shared/messages/words.ts';
import type { Messages } from '../../shared/messages/messages.ts';
import type { Times } from '../../shared/messages/times.ts';

/** One line of a report, in words; both shells show reports as lists of them. */
export interface Fact {
  readonly label: string;
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'warning' | 'problem';
  readonly remedy: string | null;
}

/** In whose words and zone a report is written. */
export interface Wording {
  readonly messages: Messages;
  readonly times: Times;
}

export function plainFact(label: string, text: string): Fact {
  return { label, text, tone: 'plain', remedy: null };
}

export function goodFact(label: string, text: string): Fact {
  return { label, text, tone: 'good', remedy: null };
}

export function warningFact(label: string, text: string): Fact {
  return { label, text, tone: 'warning', remedy: null };
}

export function problemFact(label: string, { message, remedy }: Explanation): Fact {
  return { label, text: message, tone: 'problem', remedy };
}
