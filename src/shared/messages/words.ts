import type { ErrorDetails } from '../../core/errors.ts';
import { JetonError } from '../../core/errors.ts';
import type { IntegrationError } from '../../core/integration.ts';
import { overallOf } from '../../core/overall.ts';
import type { Pause } from '../../core/pause.ts';
import { minutesOf } from '../../core/schedule-interval.ts';
import type { Headline } from '../../core/snapshot.ts';
import type { Messages } from './messages.ts';
import { every, type Times } from './times.ts';

/** What happened, and the one thing to do about it. */
export interface Explanation {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** The one sentence on top of every shell. That a person is needed is said beside the pause; all else waits for its end. */
export function sentenceOf(
  headline: Headline,
  pause: Pause | null,
  messages: Messages,
  times: Times,
): string {
  const sentence = headlineWords(headline, messages, times);
  if (pause === null) return sentence;
  const paused = pauseWords(pause, messages, times);
  return overallOf(headline, { isPaused: true }) === 'needs-you' ? `${sentence} ${paused}` : paused;
}

export function pauseWords({ until }: Pause, { t }: Messages, times: Times): string {
  return until === null ? t('paused.until-resumed') : t('paused.until', { time: times.absolute(until) });
}

function headlineWords(headline: Headline, { t }: Messages, times: Times): string {
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
  const find = (...keys: string[]): string =>
    keys.map((key) => messages.find(key, values)).find((words) => words !== undefined) ?? code;
  return {
    code,
    message: find(`error.${code}.${variant}`, `error.${code}`),
    remedy: find(`remedy.${code}.${variant}`, `remedy.tls.${variant}`, `remedy.${code}`),
  };
}

/** Words for what keeps an integration from being renewed: by its code, else by its class. */
export function explainFailure(error: IntegrationError, id: string, messages: Messages): Explanation {
  const { code } = error;
  const source = id.replace(/:.*/s, '');
  const provider = source === 'oneflex' ? 'oneflex' : 'slack';
  const values = { code, id, fields: namesOfFields(error.fields ?? [], messages) };
  const reason = systemReason(code, messages);
  const ofClass = messages.find(`${provider}.class.${error.class}`, { ...values, code: reason ?? code });
  return {
    code,
    message: messages.find(`${provider}.code.${code}`, values) ?? ofClass ?? code,
    remedy:
      messages.find(`${provider}.fix.${code}`, values) ??
      messages.find(`remedy.tls.${tlsTroubleOf(code)}`) ??
      messages.find(`${provider}.remedy.${error.class}.${source}`, values) ??
      messages.find(`${provider}.remedy.${error.class}`, values) ??
      '',
  };
}

export function namesOfFields(fields: readonly string[], messages: Messages): string {
  return fields.map((field) => messages.find(`field.${field}`) ?? field).join(', ');
}

/** Words for a system's, PostgreSQL's or Slack's code within a sentence; the code where there are none. */
export function reasonFor(code: string, messages: Messages): string {
  const { find } = messages;
  const [, sqlite] = /^(SQLITE_[A-Z]+)_/.exec(code) ?? [];
  const slack = find(`slack.code.${code}`, { fields: '' });
  return (
    systemReason(code, messages) ?? (sqlite && find(`reason.${sqlite}`)) ?? slack?.replace(/\.$/, '') ?? code
  );
}

function systemReason(code: string, { find }: Messages): string | undefined {
  return find(`reason.${code}`) ?? find(`reason.tls.${tlsTroubleOf(code)}`);
}

/**
 * What is wrong with TLS, by Node's codes: those of certificates (nodejs.org/api/tls.html#x509-certificate-error-codes)
 * and OpenSSL's reasons with `ERR_SSL_` before them. A server without TLS gives EPROTO or ERR_SSL_WRONG_VERSION_NUMBER,
 * depending on who writes first (measured, Node 24).
 */
const TLS_TROUBLES: readonly (readonly [codes: RegExp, trouble: string])[] = [
  [/^(EPROTO|tls-unsupported|ERR_SSL_(WRONG_VERSION_NUMBER|HTTP_REQUEST|\w+_TOO_LONG))$/, 'not-spoken'],
  [/^ERR_SSL_/, 'handshake'],
  [/^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT.*)$/, 'authority'],
  [/^(UNABLE_TO_VERIFY_LEAF_SIGNATURE|CERT_UNTRUSTED)$/, 'authority'],
  [/^CERT_HAS_EXPIRED$/, 'expired'],
  [/^CERT_NOT_YET_VALID$/, 'not-yet-valid'],
  [/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, 'name'],
  [/^(CERT_|CRL_|INVALID_CA$|INVALID_PURPOSE$|PATH_LENGTH_EXCEEDED$|UNABLE_TO_DECRYPT_)/, 'certificate'],
];

function tlsTroubleOf(code: string): string | undefined {
  return TLS_TROUBLES.find(([codes]) => codes.test(code))?.[1];
}

function worded(code: string, details: ErrorDetails, messages: Messages): ErrorDetails {
  const { reason, source, missing, part } = details;
  if (code === 'slack-rejected') return { reason: refusalOf(String(reason), messages) };
  if (code === 'schedule-unsupported-interval') {
    const inWords = (interval: unknown): string => every(minutesOf(String(interval)), messages);
    return { asked: inWords(details['asked']), interval: inWords(details['nearest']) };
  }
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
    case 'slack-unreachable':
    case 'oneflex-unreachable':
    case 'webhook-unreachable':
    case 'database-unreachable':
      return tlsTroubleOf(String(details['reason'])) ?? String(details['reason']);
    default:
      return '';
  }
}
