import type { en } from './en.ts';

export interface Plural {
  readonly one: string;
  readonly other: string;
}

/** Words by key, in one language. The English one is the source: what it says is what every language has to say. */
export type Catalogue = Readonly<Record<string, string | Plural>>;

/** What a language must provide: a form for each, and for each plural category where English has them. */
export type TranslationOf<C extends Catalogue> = {
  readonly [K in keyof C]: C[K] extends string ? string : Plural;
};

type HolesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | HolesIn<Rest> : never;

/** The names in a message's holes; a plural always takes `count`. */
type Holes<Message> = Message extends string ? HolesIn<Message> : 'count' | HolesIn<Message[keyof Message]>;

export type ParametersOf<Message> = [Holes<Message>] extends [never]
  ? []
  : [parameters: { readonly [Name in Holes<Message>]: Name extends 'count' ? number : string | number }];

/** Of the catalogue that command line and main process share. */
export type Translation = TranslationOf<typeof en>;
export type Key = keyof typeof en;

/** Messages that are said as they are. */
export type PlainKey = { [K in Key]: ParametersOf<(typeof en)[K]> extends [] ? K : never }[Key];
