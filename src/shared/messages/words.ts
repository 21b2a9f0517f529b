import type { ErrorDetails } from '../../core/errors.ts';
import { JetonError } from '../../core/errors.ts';
import type { IntegrationError } from '../../core/integration.ts';
import type { Headline } from '../../core/snapshot.ts';
import type { Messages } from './messages.ts';
import type { Times } from './times.ts';

/** What happened, and the one thing to do about it. */
export interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** The one sentence on top of every shell. */
export function sentenceOf(headline: Headline, { t }: Messages, times: Times): string {
  switch (headline.kind) {
    case 'person-needed':
    case 'failing':
    case 'due':
      return t(`headline.${headline.kind}`, headline);
    case 'renewing':
      return t('headline.renewing', headline);
    case 'export-failing':
    case 'bot-failing':
    case 'bot-waiting':
      return t(`headline.${headline.kind}`, headline);
    case 'all-fresh': {
      const { nextRunAt, sessionEndsAt } = headline;
      const fresh = t('headline.all-fresh', headline);
      // When the person is needed says more than when Jeton looks again.
      if (sessionEndsAt !== undefined) {
        return `${fresh} ${t('headline.session', { when: times.absolute(sessionEndsAt) })}`;
      }
      if (nextRunAt === undefined) return fresh;
      return `${fresh} ${t('headline.all-fresh.next', { when: times.relative(nextRunAt) })}`;
    }
    default:
      return t(`headline.${headline.kind}`);
  }
}

/** Words for whatever was thrown. What is not a {@link JetonError} is a bug, and only its name is told. */
export function explain(thrown: unknown, messages: Messages): Explanation {
  if (!(thrown instanceof JetonError)) {
    const name = thrown instanceof Error ? thrown.name : typeof thrown;
    return {
      code: 'internal',
      message: messages.t('error.internal', { name }),
      remedy: messages.t('remedy.internal'),
    };
  }
  return explainSituation(thrown.code, thrown.details, messages);
}

/** By an `ErrorCode`; one that another version of Jeton wrote down stands for itself. */
export function explainSituation(code: string, details: ErrorDetails, messages: Messages): Explanation {
  const variant = variantOf(code, details);
  const values = { ...details, ...worded(code, details, messages) };
  const find = (kind: 'error' | 'remedy'): string =>
    messages.find(`${kind}.${code}.${variant}`, values) ?? messages.find(`${kind}.${code}`, values) ?? code;
  return { code, message: find('error'), remedy: find('remedy') };
}

/** Words for what keeps an integration from being renewed: by its code, else by its class. */
export function explainFailure(error: IntegrationError, id: string, messages: Messages): Explanation {
  const { code } = error;
  const source = id.replace(/:.*/s, '');
  const provider = source === 'oneflex' ? 'oneflex' : 'slack';
  const values = { code, id, fields: namesOfFields(error.fields ?? [], messages) };
  const reason = messages.find(`reason.${code}`);
  const ofClass = messages.find(`${provider}.class.${error.class}`, { ...values, code: reason ?? code });
  return {
    code,
    message: messages.find(`${provider}.code.${code}`, values) ?? ofClass ?? code,
    remedy:
      messages.find(`${provider}.fix.${code}`, values) ??
      messages.find(`${provider}.remedy.${error.class}.${source}`, values) ??
      messages.find(`${provider}.remedy.${error.class}`, values) ??
      '',
  };
}

export function namesOfFields(fields: readonly string[], messages: Messages): string {
  return fields.map((field) => messages.find(`field.${field}`) ?? field).join(', ');
}

/** Words for a system's, PostgreSQL's or Slack's code within a sentence; the code where there are none. */
export function reasonFor(code: string, { find }: Messages): string {
  const [, sqlite] = /^(SQLITE_[A-Z]+)_/.exec(code) ?? [];
  const slack = find(`slack.code.${code}`, { fields: '' });
  return find(`reason.${code}`) ?? (sqlite && find(`reason.${sqlite}`)) ?? slack?.replace(/\.$/, '') ?? code;
}

function worded(code: string, details: ErrorDetails, messages: Messages): ErrorDetails {
  const { reason, source, missing, part } = details;
  if (code === 'slack-rejected') return { reason: refusalOf(String(reason), messages) };
  if (code === 'target-invalid') return { expected: messages.find(`target.takes.${part}`) ?? '' };
  return {
    ...(reason !== undefined && { reason: reasonFor(String(reason), messages) }),
    ...(source !== undefined && { source: messages.find(`key-source.${source}`) ?? source }),
    ...(code === 'integration-incomplete' &&
      missing !== undefined && { missing: namesOfFields(String(missing).split(', '), messages) }),
  };
}

function refusalOf(code: string, { find }: Messages): string {
  return find(`slack.code.${code}`) ?? find('slack.class.unknown', { code }) ?? code;
}

/** The few situations whose words depend on more than their code. */
function variantOf(code: string, details: ErrorDetails): string {
  switch (code) {
    case 'settings-invalid':
      if (details['problem'] !== 'value') return String(details['problem']);
      return details['line'] === 0 ? '' : 'at-line';
    case 'integration-read-only':
      return String(details['action'] ?? '');
    case 'database-tables-missing':
      return ['column', 'table'].find((part) => details[part] !== undefined) ?? '';
    case 'store-corrupt':
      return details['backup'] === undefined ? '' : 'backup';
    case 'vault-locked':
      return details['reason'] === 'service-gone' ? 'service-gone' : String(details['source']);
    case 'vault-key-unusable':
      return details['source'] === 'keychain' ? 'keychain' : '';
    case 'file-unwritable':
    case 'env-file-unreadable':
      return String(details['reason']);
    default:
      return '';
  }
}
