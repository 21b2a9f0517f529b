/** What the window knows about settings by their keys. One it does not know is shown by its key. */
import type { Reply } from '../../../shared/ipc/bridge.ts';
import type { PlainWindowKey } from '../../../shared/messages/window/window-messages.ts';

export type Setting = Reply<'listSettings'>['settings'][number];
export type SettingValue = Setting['value'];

export const GROUPS = [
  'general',
  'oneflex',
  'database',
  'slack',
  'alerts',
  'vault',
  'schedule',
  'log',
  'other',
] as const;
type Group = (typeof GROUPS)[number];

export interface KnownSetting {
  readonly label: PlainWindowKey;
  readonly hint?: PlainWindowKey;
  /** Where there are a few to choose from. */
  readonly choices?: readonly (readonly [value: string, words: PlainWindowKey])[];
}

/** Written by what is beside them. */
export const HIDDEN: ReadonlySet<string> = new Set(['schedule.everyMinutes']);

const KNOWN: ReadonlyMap<string, KnownSetting> = new Map<string, KnownSetting>([
  [
    'language',
    {
      label: 'setting.language',
      choices: [
        ['auto', 'setting.language.auto'],
        ['en', 'setting.language.en'],
        ['fr', 'setting.language.fr'],
      ],
    },
  ],
  [
    'theme',
    {
      label: 'setting.theme',
      choices: [
        ['system', 'setting.theme.system'],
        ['light', 'setting.theme.light'],
        ['dark', 'setting.theme.dark'],
      ],
    },
  ],
  ['slack.apiUrl', { label: 'setting.slack.apiUrl', hint: 'setting.slack.apiUrl.hint' }],
  ['slack.concurrency', { label: 'setting.slack.concurrency' }],
  [
    'oneflex.signInWith',
    {
      label: 'setting.oneflex.signInWith',
      choices: [
        ['window', 'setting.oneflex.signInWith.window'],
        ['own', 'setting.oneflex.signInWith.own'],
      ],
    },
  ],
  ['oneflex.signInHosts', { label: 'setting.oneflex.signInHosts', hint: 'setting.oneflex.signInHosts.hint' }],
  ['oneflex.url', { label: 'setting.oneflex.url' }],
  ['oneflex.browser', { label: 'setting.oneflex.browser', hint: 'setting.oneflex.browser.hint' }],
  ['database.integrationTable', { label: 'setting.database.integrationTable' }],
  ['database.userIntegrationTable', { label: 'setting.database.userIntegrationTable' }],
  [
    'log.level',
    {
      label: 'setting.log.level',
      choices: [
        ['debug', 'setting.log.level.debug'],
        ['info', 'setting.log.level.info'],
        ['warn', 'setting.log.level.warn'],
        ['error', 'setting.log.level.error'],
      ],
    },
  ],
  ['log.maxBytes', { label: 'setting.log.maxBytes' }],
]);

export function knownSetting(key: string): KnownSetting | undefined {
  return KNOWN.get(key);
}

export function groupOf(key: string): Group {
  if (key === 'language' || key === 'theme') return 'general';
  const [first] = key.split('.');
  return GROUPS.find((group) => group === first) ?? 'other';
}
