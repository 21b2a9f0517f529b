import type { en } from '../en.ts';

/** Other words for some of the keys of a catalogue. */
export type Override = { readonly [K in keyof typeof en]?: string };
