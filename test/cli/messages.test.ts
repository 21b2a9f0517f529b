import { describe, expect, test } from 'vitest';
import { EXIT_CODE_OF } from '../../src/cli/exit-codes.ts';
import { JetonError } from '../../src/core/errors.ts';
import { parseInterval } from '../../src/core/schedule-interval.ts';
import { intervalWords } from '../../src/node/reports/schedule-words.ts';
import { chooseLanguage, localeFor } from '../../src/shared/messages/language.ts';
import { conditions } from '../../src/node/postgres/database-error.ts';
import { en } from '../../src/shared/messages/en.ts';
import { frInApplication } from '../../src/shared/messages/application/fr.ts';
import { fr } from '../../src/shared/messages/fr.ts';
import { loadApplicationMessages, loadMessages } from '../../src/shared/messages/messages.ts';
import { createTimes } from '../../src/shared/messages/times.ts';
import { fr as frInWindow } from '../../src/shared/messages/window/fr.ts';
import { explain, explainFailure, reasonFor } from '../../src/shared/messages/words.ts';

type Message = string | { readonly one: string; readonly other: string };

const HOUR = 3_600_000;
const failureClasses = [
  'chain-dead',
  'misconfigured',
  'transient',
  'in-doubt',
  'environment',
  'unknown',
  'internal',
] as const;

function holesOf(message: Message): string[] {
  const text = typeof message === 'string' ? message : message.other;
  return [...new Set(text.match(/\{[\w-]+\}/g) ?? [])].sort();
}

describe('the messages', () => {
  test('have the same keys and the same holes in both languages', () => {
    expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
    const french: Record<string, Message> = fr;
    for (const [key, message] of Object.entries<Message>(en)) {
      expect({ key, holes: holesOf(french[key] ?? '') }).toEqual({ key, holes: holesOf(message) });
    }
  });

  test('are nowhere empty', () => {
    for (const message of [...Object.values<Message>(en), ...Object.values<Message>(fr)]) {
      expect(typeof message === 'string' ? message : message.one && message.other).not.toBe('');
    }
  });

  test.each(['en', 'fr'] as const)('say every situation and its remedy in %s', async (language) => {
    const messages = await loadMessages(language, language);
    for (const code of Object.keys(EXIT_CODE_OF)) {
      expect(messages.find(`error.${code}`) ?? code).not.toBe(code);
      expect(messages.find(`remedy.${code}`) ?? code).not.toBe(code);
    }
  });

  test.each([...conditions.values()])('have words for what PostgreSQL calls %s', async (reason) => {
    for (const language of ['en', 'fr'] as const) {
      expect(reasonFor(reason, await loadMessages(language, language))).not.toBe(reason);
    }
  });

  test.each([
    ['EPROTO', 'does not speak TLS', 'host and port'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS', 'host and port'],
    ['ERR_SSL_PACKET_LENGTH_TOO_LONG', 'does not speak TLS', 'host and port'],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'cannot agree', 'too old'],
    ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', 'cannot agree', 'too old'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed', 'NODE_EXTRA_CA_CERTS'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown authority', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_GET_ISSUER_CERT', 'unknown authority', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unknown authority', 'NODE_EXTRA_CA_CERTS'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unknown authority', 'NODE_EXTRA_CA_CERTS'],
    ['CERT_HAS_EXPIRED', 'has expired', 'clock'],
    ['CERT_NOT_YET_VALID', 'not valid yet', 'clock'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another name', 'address'],
    ['HOSTNAME_MISMATCH', 'another name', 'address'],
    ['CERT_REVOKED', 'not valid', 'runs that server'],
  ])('say what %s is, and that something is to be done about it', async (code, why, what) => {
    for (const language of ['en', 'fr'] as const) {
      const messages = await loadMessages(language, language);
      const error = { code, class: 'transient', at: 0 } as const;
      const words = [
        explainFailure(error, 'app:1', messages),
        explainFailure(error, 'oneflex:1', messages),
        ...(['slack-unreachable', 'oneflex-unreachable', 'webhook-unreachable'] as const).map((situation) =>
          explain(new JetonError(situation, { reason: code, host: 'jeton.test' }), messages),
        ),
      ];
      for (const { message, remedy } of words) {
        expect(message).not.toContain(code);
        expect(remedy).not.toMatch(
          /Nothing to do|Rien à faire|HTTPS_PROXY is honoured|HTTPS_PROXY est respecté/,
        );
        if (language === 'en') expect([message, remedy].join(' ')).toMatch(new RegExp(`${why}.*${what}`));
      }
    }
  });

  test.each([
    ['tls-unsupported', 'sslmode=disable'],
    ['not-postgresql', 'host and port'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'sslrootcert'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'sslmode=verify-ca'],
    ['CERT_HAS_EXPIRED', 'clock'],
    ['ECONNREFUSED', 'Check that it runs'],
  ])('say what is to be done about a database that gives %s', async (reason, what) => {
    const problem = new JetonError('database-unreachable', { reason, host: 'jeton.test' });
    const { message, remedy } = explain(problem, await loadMessages('en', 'en'));
    expect(message).not.toContain(reason);
    expect(remedy).toContain(what);
  });

  test.each(failureClasses)('explain a code of the class %s that nobody knows', async (failureClass) => {
    const messages = await loadMessages('en', 'en');
    const error = { code: 'brand_new_code', class: failureClass, at: 0 };
    const { message, remedy } = explainFailure(error, 'app:1', messages);
    expect(message).toContain('brand_new_code');
    expect(remedy).not.toBe('');
  });

  test('never repeat what an unexpected error says', async () => {
    const messages = await loadMessages('en', 'en');
    expect(JSON.stringify(explain(new TypeError('token xoxe-1-test-refresh-7'), messages))).not.toContain(
      'xoxe',
    );
  });

  test('count', async () => {
    const english = await loadMessages('en', 'en-GB');
    const french = await loadMessages('fr', 'fr-FR');
    expect(english.t('refresh.failed', { count: 1 })).toBe('1 failed');
    expect(english.t('refresh.renewed', { count: 3 })).toBe('3 renewed');
    // French counts nothing as one.
    expect(french.t('refresh.renewed', { count: 0 })).toBe('0 renouvelée');
    expect(french.t('refresh.renewed', { count: 2 })).toBe('2 renouvelées');
  });
});

describe('the language', () => {
  test('is the one asked for, else the setting’s, else the locale’s, else English', () => {
    const env = { LANG: 'fr_FR.UTF-8' };
    expect(chooseLanguage({ explicit: 'en', setting: 'fr', env })).toBe('en');
    expect(chooseLanguage({ setting: 'en', env })).toBe('en');
    expect(chooseLanguage({ setting: 'auto', env })).toBe('fr');
    expect(chooseLanguage({ env: { LC_ALL: 'fr_CA.UTF-8', LANG: 'en_US.UTF-8' } })).toBe('fr');
    expect(chooseLanguage({ env: { LANG: 'de_DE.UTF-8' } })).toBe('en');
    expect(chooseLanguage({ env: {} })).toBe('en');
  });

  test('comes with the person’s own locale where that is of the language', () => {
    expect(localeFor('en', { LANG: 'en_US.UTF-8' })).toBe('en-US');
    expect(localeFor('en', { LANG: 'C' })).toBe('en-GB');
    expect(localeFor('fr', { LANG: 'en_US.UTF-8' })).toBe('fr-FR');
  });
});

describe('how often something happens', () => {
  const refused = (asked: string): JetonError => {
    try {
      parseInterval(asked);
    } catch (thrown) {
      if (thrown instanceof JetonError) return thrown;
    }
    throw new Error(`${asked} was taken`);
  };

  test.each([
    ['11h', 'every 11 hours', 'every 12 hours', 'toutes les 11 heures', 'toutes les 12 heures'],
    ['2d', 'every 2 days', 'every day', 'tous les 2 jours', 'chaque jour'],
    ['50m', 'every 50 minutes', 'every hour', 'toutes les 50 minutes', 'chaque heure'],
  ])('is said in words, for %s as well', async (asked, ...[english, nearest, french, proche]) => {
    const error = refused(asked);
    const inEnglish = explain(error, await loadApplicationMessages('en', 'en'));
    expect(inEnglish.message).toBe(`A crontab cannot run ${english}.`);
    expect(inEnglish.remedy).toBe(`The nearest it can: ${nearest}.`);
    const inFrench = explain(error, await loadApplicationMessages('fr', 'fr'));
    expect(inFrench.message).toContain(` ${french}.`);
    expect(inFrench.remedy).toContain(` ${proche}.`);
  });

  test('is a whole phrase where it is nobody’s usual interval', async () => {
    const french = await loadMessages('fr', 'fr');
    const interval = intervalWords(undefined, french);
    expect(french.t('schedule.status.installed', { interval, where: 'crontab' })).toBe(
      'Installée\u00a0: à votre propre rythme (crontab).',
    );
  });
});

describe('French', () => {
  test('elides before OneFlex', () => {
    for (const words of [fr, frInApplication, frInWindow] satisfies readonly Record<string, Message>[]) {
      for (const message of Object.values<Message>(words)) {
        const text = typeof message === 'string' ? message : `${message.one} ${message.other}`;
        expect(text).not.toMatch(/(?<!\p{L})(de|que|jusque|ne|le) OneFlex/iu);
      }
    }
  });

  test('says what has just happened as what has happened', async () => {
    const { relative } = createTimes(await loadMessages('fr', 'fr-FR'), HOUR);
    expect(relative(HOUR - 10_000)).toBe('à l’instant');
    expect(relative(HOUR + 10_000)).toBe('maintenant');
  });
});

describe('times', () => {
  const now = new Date(2026, 0, 15, 12, 0).getTime();

  test('are relative, in the unit that fits', async () => {
    const { relative } = createTimes(await loadMessages('en', 'en-GB'), now);
    expect(relative(now + 10_000)).toBe('now');
    expect(relative(now - 10_000)).toBe('just now');
    expect(relative(now - 45_000)).toBe('1 min ago');
    expect(relative(now + 20 * 60_000)).toBe('in 20 min');
    expect(relative(now + 5 * HOUR)).toBe('in 5 hours');
    expect(relative(now - 72 * HOUR)).toBe('3 days ago');
  });

  test('are absolute, with as much of the date as it takes', async () => {
    const { absolute } = createTimes(await loadMessages('en', 'en-GB'), now);
    expect(absolute(now + HOUR)).toBe('13:00');
    expect(absolute(now + 24 * HOUR)).toBe('Fri 12:00');
    expect(absolute(now + 30 * 24 * HOUR)).toContain('14 Feb');
    expect(absolute(now - 365 * 24 * HOUR)).toContain('2025');
  });

  test('are French in French, and twelve hours long where that is the custom', async () => {
    const french = createTimes(await loadMessages('fr', 'fr-FR'), now);
    expect(french.relative(now + 5 * HOUR)).toBe('dans 5 h');
    expect(french.absolute(now + 24 * HOUR)).toBe('ven. 12:00');
    const american = createTimes(await loadMessages('en', 'en-US'), now);
    expect(american.absolute(now + 3 * HOUR)).toMatch(/^03:00\sPM$/);
  });
});
