import type { en } from './en.ts';

/** English is the source: what it says is what every language has to say. */
export type Key = keyof typeof en;

export interface Plural {
  readonly one: string;
  readonly other: string;
}

/** What a language must provide: a form for each, and for each plural category where English has them. */
export type Translation = { readonly [K in Key]: (typeof en)[K] extends string ? string : Plural };

type HolesIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | HolesIn<Rest> : never;

/** The names in a message's holes; a plural always takes `count`. */
type Holes<K extends Key> = (typeof en)[K] extends string
  ? HolesIn<(typeof en)[K]>
  : 'count' | HolesIn<(typeof en)[K][keyof (typeof en)[K]]>;

/** Messages that are said as they are. */
export type PlainKey = { [K in Key]: Parameters<K> extends [] ? K : never }[Key];

export type Parameters<K extends Key> = [Holes<K>] extends [never]
  ? []
  : [parameters: { readonly [Name in Holes<K>]: Name extends 'count' ? number : string | number }];
