/** The tray's menu, as a description: what it says is a function of the state, and Electron is told only changes. */
import type { IntegrationState } from '../core/integration.ts';
import type { AppState, Args, Payload } from '../shared/ipc/bridge.ts';
import type { Messages } from '../shared/messages/messages.ts';

export type TrayCommand =
  | { readonly kind: 'open' }
  | ({ readonly kind: 'show' } & Payload<'viewRequested'>)
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'show-sign-in' }
  | { readonly kind: 'cancel-sign-in' }
  /** The ways out of the sign-in window. */
  | { readonly kind: 'sign-in-elsewhere' }
  | { readonly kind: 'paste-tokens' }
  | { readonly kind: 'renew'; readonly ids: readonly Row['id'][] | 'all' }
  | { readonly kind: 'stop-renewing' }
  | { readonly kind: 'resume'; readonly id: Row['id'] }
  | { readonly kind: 'export'; readonly bot: string }
  | { readonly kind: 'pause-all'; readonly until: Args<'pauseAll'>['until'] }
  | { readonly kind: 'resume-all' }
  | { readonly kind: 'start-at-login'; readonly on: boolean }
  | { readonly kind: 'quit' };

export type TrayItem =
  | { readonly kind: 'text'; readonly label: string }
  | { readonly kind: 'separator' }
  | { readonly kind: 'command'; readonly label: string; readonly does: TrayCommand }
  | { readonly kind: 'checkbox'; readonly label: string; readonly on: boolean; readonly does: TrayCommand }
  | { readonly kind: 'submenu'; readonly label: string; readonly items: readonly TrayItem[] };

type Row = AppState['rows'][number];
type Integration = AppState['snapshot']['integrations'][number];
type Action = Row['action'];

/** More would not fit a small screen; the window has them all. */
const MOST_INTEGRATIONS = 12;
const LONGEST_LABEL = 100;

/** What is shown first. */
const ATTENTION: Readonly<Record<IntegrationState['kind'], number>> = {
  'needs-sign-in': 0,
  'needs-reinstall': 0,
  misconfigured: 0,
  'in-doubt': 1,
  retrying: 1,
  due: 2,
  renewing: 2,
  fresh: 3,
  paused: 4,
};

/** Everything that can be done without the window, so that a desktop without clicks on the icon lacks nothing. */
export function trayMenu(state: AppState, messages: Messages): readonly TrayItem[] {
  const { t } = messages;
  const groups: readonly (readonly TrayItem[])[] = [
    [{ kind: 'text', label: labelOf(state.sentence) }],
    integrationItems(state, messages),
    [...signInItems(state, messages), ...renewItems(state, messages), ...exportItems(state, messages)],
    [pauseItem(state, messages)],
    [{ kind: 'command', label: t('tray.open'), does: { kind: 'open' } }, startAtLoginItem(state, messages)],
    [{ kind: 'command', label: t('tray.quit'), does: { kind: 'quit' } }],
  ];
  const separator: readonly TrayItem[] = [{ kind: 'separator' }];
  return groups
    .filter((group) => group.length > 0)
    .flatMap((group, index) => (index === 0 ? group : separator.concat(group)));
}

function integrationItems({ snapshot, rows }: AppState, messages: Messages): readonly TrayItem[] {
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const sorted = snapshot.integrations.toSorted((a, b) => ATTENTION[a.state.kind] - ATTENTION[b.state.kind]);
  const shown = sorted.length > MOST_INTEGRATIONS ? sorted.slice(0, MOST_INTEGRATIONS - 1) : sorted;
  const items = shown.map((integration) => integrationItem(integration, rowOf.get(integration.id), messages));
  const count = sorted.length - shown.length;
  if (count === 0) return items;
  const more = messages.t('tray.more', { count });
  return [...items, { kind: 'command', label: more, does: { kind: 'show', view: 'integrations', id: null } }];
}

function integrationItem({ id, name, state }: Integration, row: Row | undefined, { t }: Messages): TrayItem {
  const action = row?.action ?? 'none';
  const failure = row?.failure ?? null;
  const details: TrayCommand = { kind: 'show', view: 'integrations', id };
  return {
    kind: 'submenu',
    label: labelOf(t('tray.integration', { name, state: t(`state.${state.kind}`) })),
    items: [
      ...(failure === null ? [] : [{ kind: 'text', label: labelOf(failure.message) } as const]),
      ...(action === 'none'
        ? []
        : [{ kind: 'command', label: t(`tray.action.${action}`), does: commandOf(action, id) } as const]),
      { kind: 'command', label: t('tray.details'), does: details },
    ],
  };
}

/** What needs a form, or a decision, is done in the window. */
function commandOf(action: Exclude<Action, 'none'>, id: Row['id']): TrayCommand {
  switch (action) {
    case 'renew':
      return { kind: 'renew', ids: [id] };
    case 'sign-in':
      return { kind: 'sign-in' };
    case 'resume':
      return { kind: 'resume', id };
    default:
      return { kind: 'show', view: 'integrations', id };
  }
}

/** The person's own browser is not Jeton's to bring to the front. */
function signInItems({ signingInWith }: AppState, { t }: Messages): readonly TrayItem[] {
  if (signingInWith === null)
    return [{ kind: 'command', label: t('tray.reconnect'), does: { kind: 'sign-in' } }];
  const show = { kind: 'command', label: t('tray.show-sign-in'), does: { kind: 'show-sign-in' } } as const;
  const cancel = {
    kind: 'command',
    label: t('tray.cancel-sign-in'),
    does: { kind: 'cancel-sign-in' },
  } as const;
  if (signingInWith === 'own') return [cancel];
  return [
    show,
    { kind: 'command', label: t('tray.sign-in-elsewhere'), does: { kind: 'sign-in-elsewhere' } },
    { kind: 'command', label: t('tray.paste-tokens'), does: { kind: 'paste-tokens' } },
    cancel,
  ];
}

function renewItems({ snapshot, renewing }: AppState, { t }: Messages): readonly TrayItem[] {
  if (renewing !== null) {
    const { done, total, isStopping } = renewing;
    if (isStopping) return [{ kind: 'text', label: t('tray.stopping', { done, total }) }];
    return [
      { kind: 'text', label: t('tray.renewing', { done, total }) },
      { kind: 'command', label: t('tray.stop'), does: { kind: 'stop-renewing' } },
    ];
  }
  if (snapshot.integrations.length === 0) return [];
  return [{ kind: 'command', label: t('tray.renew'), does: { kind: 'renew', ids: 'all' } }];
}

function exportItems({ bots, exporting }: AppState, { t }: Messages): readonly TrayItem[] {
  const [only, ...others] = bots;
  if (only === undefined) return [];
  if (exporting.length > 0) return [{ kind: 'text', label: t('tray.exporting') }];
  const label = t('tray.export');
  const does = (bot: string): TrayCommand => ({ kind: 'export', bot });
  if (others.length === 0) return [{ kind: 'command', label, does: does(only.name) }];
  const items = bots.map(
    ({ name }) => ({ kind: 'command', label: labelOf(name), does: does(name) }) as const,
  );
  return [{ kind: 'submenu', label, items }];
}

function pauseItem({ paused }: AppState, { t }: Messages): TrayItem {
  if (paused !== null) return { kind: 'command', label: t('tray.resume'), does: { kind: 'resume-all' } };
  const items = (['an-hour', 'tomorrow', 'resumed'] as const).map(
    (until) =>
      ({ kind: 'command', label: t(`tray.pause.${until}`), does: { kind: 'pause-all', until } }) as const,
  );
  return { kind: 'submenu', label: t('tray.pause'), items };
}

function startAtLoginItem({ startAtLogin }: AppState, { t }: Messages): TrayItem {
  if (startAtLogin === 'unknown') return { kind: 'text', label: t('tray.start-at-login.unknown') };
  const on = startAtLogin === 'on';
  return { kind: 'checkbox', label: t('tray.start-at-login'), on, does: { kind: 'start-at-login', on: !on } };
}

/** One line of a menu's width, whatever a name consists of. */
function labelOf(text: string): string {
  const line = text.replaceAll(/[\p{C}\p{Zl}\p{Zp} ]+/gu, ' ').trim();
  return line.length <= LONGEST_LABEL ? line : `${line.slice(0, LONGEST_LABEL - 1).toWellFormed()}…`;
}
