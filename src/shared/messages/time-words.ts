import type { TranslationOf } from './catalogue.ts';

/** How moments are said, in every catalogue. */
export const enTimes = {
  'time.now': 'now',
  'time.just-now': 'just now',
  'time.in.minutes': { one: 'in 1 min', other: 'in {count} min' },
  'time.in.hours': { one: 'in 1 hour', other: 'in {count} hours' },
  'time.in.days': { one: 'in 1 day', other: 'in {count} days' },
  'time.ago.minutes': { one: '1 min ago', other: '{count} min ago' },
  'time.ago.hours': { one: '1 hour ago', other: '{count} hours ago' },
  'time.ago.days': { one: '1 day ago', other: '{count} days ago' },
  'time.every.minutes': { one: 'every minute', other: 'every {count} minutes' },
  'time.every.hours': { one: 'every hour', other: 'every {count} hours' },
  'time.every.days': { one: 'every day', other: 'every {count} days' },
  'time.weekdays': 'Sun Mon Tue Wed Thu Fri Sat',
  'time.absolute-and-relative': '{time}, {relative}',
} as const;

export const frTimes: TranslationOf<typeof enTimes> = {
  'time.now': 'maintenant',
  'time.just-now': 'à l’instant',
  'time.in.minutes': { one: 'dans {count} min', other: 'dans {count} min' },
  'time.in.hours': { one: 'dans {count} h', other: 'dans {count} h' },
  'time.in.days': { one: 'dans {count} jour', other: 'dans {count} jours' },
  'time.ago.minutes': { one: 'il y a {count} min', other: 'il y a {count} min' },
  'time.ago.hours': { one: 'il y a {count} h', other: 'il y a {count} h' },
  'time.ago.days': { one: 'il y a {count} jour', other: 'il y a {count} jours' },
  'time.every.minutes': { one: 'chaque minute', other: 'toutes les {count} minutes' },
  'time.every.hours': { one: 'chaque heure', other: 'toutes les {count} heures' },
  'time.every.days': { one: 'chaque jour', other: 'tous les {count} jours' },
  'time.weekdays': 'dim. lun. mar. mer. jeu. ven. sam.',
  'time.absolute-and-relative': '{time}, {relative}',
};
