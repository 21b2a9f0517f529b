export const LANGUAGES = ['en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface LanguageRequest {
  /** `--lang`. */
  readonly explicit?: string | undefined;
  /** `language` of settings.json. */
  readonly setting?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The first of these that names a language Jeton has: the option, the setting, the locale; else English. */
export function chooseLanguage({ explicit, setting, env }: LanguageRequest): Language {
  const wishes = [explicit, setting, env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG']];
  return wishes.map(languageIn).find((language) => language !== undefined) ?? 'en';
}

/**
 * The locale for dates: the person's own where it is of that language (`en_US.UTF-8`), else the one whose clock
 * has 24 hours.
 */
export function localeFor(language: Language, env: LanguageRequest['env']): string {
  const [name = ''] = (env['LC_ALL'] || env['LC_TIME'] || env['LANG'] || '').split('.');
  const own = name.replace('_', '-');
  if (/^[a-z]{2}-[A-Z]{2}$/.test(own) && own.startsWith(language)) return own;
  return language === 'en' ? 'en-GB' : 'fr-FR';
}

function languageIn(locale: string | undefined): Language | undefined {
  return LANGUAGES.find((language) => locale?.toLowerCase().startsWith(language));
}
