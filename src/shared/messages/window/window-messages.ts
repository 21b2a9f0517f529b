import type { ParametersOf, TranslationOf } from '../catalogue.ts';
import type { Language } from '../language.ts';
import { createMessages, type MessagesOf } from '../messages.ts';
import type { en } from './en.ts';

export type WindowCatalogue = typeof en;
export type WindowKey = keyof WindowCatalogue;
export type WindowMessages = MessagesOf<WindowCatalogue>;

/** Messages that are said as they are. */
export type PlainWindowKey = {
  [K in WindowKey]: ParametersOf<WindowCatalogue[K]> extends [] ? K : never;
}[WindowKey];

/** Loads one language and leaves the other on disk. */
export async function loadWindowMessages(language: Language, locale: string): Promise<WindowMessages> {
  const translation: TranslationOf<WindowCatalogue> =
    language === 'fr' ? (await import('./fr.ts')).fr : (await import('./en.ts')).en;
  return createMessages<WindowCatalogue>(translation, language, locale);
}
