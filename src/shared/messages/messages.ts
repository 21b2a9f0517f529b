import type { Catalogue, ParametersOf, Plural, Translation, TranslationOf } from './catalogue.ts';
import type { en } from './en.ts';
import type { Language } from './language.ts';

type Values = Readonly<Record<string, string | number>>;

/** The words of one language, by the keys of the English catalogue `C`. */
export interface MessagesOf<C extends Catalogue> {
  readonly language: Language;
  /** BCP 47, for dates. */
  readonly locale: string;
  /** The message of a key, its holes filled. */
  readonly t: <K extends keyof C>(key: K, ...parameters: ParametersOf<C[K]>) => string;
  /** For keys that are put together from codes: `undefined` where there is no such message. */
  readonly find: (key: string, values?: Values) => string | undefined;
}

export type Messages = MessagesOf<typeof en>;

/** Loads one language and leaves the others on disk. */
export async function loadMessages(language: Language, locale: string): Promise<Messages> {
  const translation: Translation =
    language === 'fr' ? (await import('./fr.ts')).fr : (await import('./en.ts')).en;
  return createMessages<typeof en>(translation, language, locale);
}

/** The same as the tray application says it: what it tells somebody to do is done in its window. */
export async function loadApplicationMessages(language: Language, locale: string): Promise<Messages> {
  const translation: Translation =
    language === 'fr'
      ? { ...(await import('./fr.ts')).fr, ...(await import('./application/fr.ts')).frInApplication }
      : { ...(await import('./en.ts')).en, ...(await import('./application/en.ts')).enInApplication };
  return createMessages<typeof en>(translation, language, locale);
}

export function createMessages<C extends Catalogue>(
  translation: TranslationOf<C>,
  language: Language,
  locale: string,
): MessagesOf<C> {
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
