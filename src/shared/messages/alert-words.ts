import type { Alert, AlertFacts, AlertWords } from '../../core/alerts.ts';
import type { IntegrationError } from '../../core/integration.ts';
import type { Messages } from './messages.ts';
import { explainRestartReason } from './restart-words.ts';
import { createTimes } from './times.ts';
import { explainFailure, explainSituation } from './words.ts';

const CLASS_OF = {
  'needs-reinstall': 'chain-dead',
  'needs-sign-in': 'chain-dead',
  'app-misconfigured': 'misconfigured',
  'unknown-answer': 'unknown',
} as const;

/** What happened; why, until when things still work, and the one thing to do. `now` is epoch milliseconds. */
export function wordsOfAlert(alert: Alert, messages: Messages, now: number): AlertWords {
  const { t } = messages;
  if (alert.kind === 'all-well') return { title: t('alert.all-well'), description: t('alert.all-well.why') };
  const { subject, facts } = alert;
  const { name, code = '', count = 1 } = facts;
  const title =
    alert.kind === 'app-misconfigured' || alert.kind === 'unknown-answer'
      ? t(`alert.${alert.kind}`, { name, count })
      : t(`alert.${alert.kind}`, { name });
  switch (alert.kind) {
    case 'needs-reinstall':
    case 'needs-sign-in':
    case 'app-misconfigured':
    case 'unknown-answer': {
      const error: IntegrationError = { code, class: CLASS_OF[alert.kind], at: now };
      const { message, remedy } = explainFailure(error, subject, messages);
      return { title, description: joined(message, lifeLeft(facts, messages, now), remedy) };
    }
    case 'export-failed': {
      const { message, remedy } = explainSituation(code, facts.details ?? {}, messages);
      return { title, description: joined(message, remedy) };
    }
    case 'restart-failed': {
      const { message, remedy } = explainRestartReason(code, messages);
      return { title, description: joined(message, remedy) };
    }
  }
}

/** Absolute: nobody knows when the message is read. */
function lifeLeft({ worksUntil }: AlertFacts, messages: Messages, now: number): string {
  if (worksUntil === undefined || worksUntil <= now) return messages.t('alert.works-no-more');
  return messages.t('alert.works-until', { time: createTimes(messages, now).absolute(worksUntil) });
}

function joined(...sentences: readonly string[]): string {
  return sentences.join(' ').trim();
}
