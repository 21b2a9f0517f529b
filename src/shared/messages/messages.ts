import type { Key, Parameters, Plural, Translation } from './catalogue.ts';
import type { Language } from './language.ts';

type Values = Readonly<Record<string, string | number>>;

/** The words of one language. */
export interface Messages {
  readonly language: Language;
  /** BCP 47, for dates. */
  readonly locale: string;
  /** The message of a key, its holes filled. */
  readonly t: <K extends Key>(key: K, ...parameters: Parameters<K>) => string;
  /** For keys that are put together from codes: `undefined` where there is no such message. */
  readonly find: (key: string, values?: Values) => string | undefined;
}

/** Loads one language and leaves the others on disk. */
export async function loadMessages(language: Language, locale: string): Promise<Messages> {
  const translation: Translation =
    language === 'fr' ? (await import('./fr.ts')).fr : (await import('./en.ts')).en;
  const all = new Map<string, string | Plural>(Object.entries(translation));
  const plurals = new Intl.PluralRules(locale);

  const textOf = (message: string | Plural, values: Values): string => {
    if (typeof message === 'string') return fill(message, values);
    const one = plurals.select(Number(values['count'])) === 'one';
    return fill(one ? message.one : message.other, values);
  };
  return {
    language,
    locale,
    t: (key, ...[values]) => textOf(translation[key], values ?? {}),
    find(key, values = {}) {
      const message = all.get(key);
      return message === undefined ? undefined : textOf(message, values);
    },
  };
}

function fill(text: string, values: Values): string {
  return text.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => String(values[name] ?? '?'));
}
