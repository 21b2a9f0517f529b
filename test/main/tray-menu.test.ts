import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { IntegrationState } from '../../src/core/integration.ts';
import { trayMenu, type TrayItem } from '../../src/main/tray-menu.ts';
import type { AppState } from '../../src/shared/ipc/bridge.ts';
import { en } from '../../src/shared/messages/en.ts';
import { fr } from '../../src/shared/messages/fr.ts';
import { createMessages } from '../../src/shared/messages/messages.ts';
import { integrationView } from '../fakes/integration-view.ts';
import { emptyState } from '../fakes/fake-application.ts';

const english = createMessages<typeof en>(en, 'en', 'en-GB');
const french = createMessages<typeof en>(fr, 'fr', 'fr-FR');

type Integration = AppState['snapshot']['integrations'][number];
type Row = AppState['rows'][number];

function integration(number: number, state: IntegrationState, name = `Team ${number}`): Integration {
  return integrationView({ id: `local:${number}`, name, state });
}

function stateWith(
  integrations: readonly Integration[],
  actions: Readonly<Record<string, Row['action']>> = {},
  rest: Partial<AppState> = {},
): AppState {
  const state = emptyState();
  const rows = integrations.map(({ id }): Row => ({ id, action: actions[id] ?? 'none', failure: null }));
  return { ...state, snapshot: { ...state.snapshot, integrations }, rows, ...rest };
}

const labels = (items: readonly TrayItem[]): string[] =>
  items.map((item) => (item.kind === 'separator' ? '—' : item.label));

function find(items: readonly TrayItem[], label: string): TrayItem {
  const found = items.find((item) => item.kind !== 'separator' && item.label === label);
  if (found === undefined) throw new Error(`no ${label} in ${labels(items).join(' | ')}`);
  return found;
}

function itemsOf(item: TrayItem): readonly TrayItem[] {
  if (item.kind !== 'submenu') throw new Error(`${item.kind} is no submenu`);
  return item.items;
}

describe('the menu', () => {
  test('has everything that an empty home can do', () => {
    const menu = trayMenu(emptyState(), english);
    expect(labels(menu)).toEqual([
      'Nothing to keep fresh yet.',
      '—',
      'Reconnect OneFlex…',
      '—',
      'Pause',
      '—',
      'Open Jeton',
      'Start at login',
      '—',
      'Quit Jeton',
    ]);
    expect(menu[0]).toEqual({ kind: 'text', label: 'Nothing to keep fresh yet.' });
  });

  test('shows what needs attention first, in the words of the language', () => {
    const state = stateWith([
      integration(1, { kind: 'fresh' }),
      integration(2, { kind: 'paused' }),
      integration(3, { kind: 'retrying', until: 0 }),
      integration(4, { kind: 'needs-reinstall', worksUntil: undefined }),
      integration(5, { kind: 'fresh' }),
    ]);
    expect(labels(trayMenu(state, english)).slice(2, 7)).toEqual([
      'Team 4: reinstall',
      'Team 3: retrying',
      'Team 1: fresh',
      'Team 5: fresh',
      'Team 2: paused',
    ]);
    expect(labels(trayMenu(state, french))[2]).toMatch(/^Team 4\u00a0: /);
  });

  test('does at once what needs no form, and leads to the window for the rest', () => {
    const actions = ['renew', 'sign-in', 'resume', 'exchange', 'update', 'backfill', 'reinstall'] as const;
    const does = actions.map((action) => {
      const menu = trayMenu(stateWith([integration(7, { kind: 'fresh' })], { 'local:7': action }), english);
      const [first] = itemsOf(find(menu, 'Team 7: fresh'));
      return first?.kind === 'command' ? first.does : undefined;
    });
    const shown = { kind: 'show', view: 'integrations', id: 'local:7' };
    expect(does).toEqual([
      { kind: 'renew', ids: ['local:7'] },
      { kind: 'sign-in' },
      { kind: 'resume', id: 'local:7' },
      shown,
      shown,
      shown,
      shown,
    ]);
  });

  test('says why something is not fresh', () => {
    const state = stateWith([integration(1, { kind: 'misconfigured' })]);
    const failure = { code: 'x', message: 'The client id is wrong.', remedy: 'Correct it.' };
    const menu = trayMenu({ ...state, rows: [{ id: 'local:1', action: 'update', failure }] }, english);
    expect(labels(itemsOf(find(menu, 'Team 1: incomplete')))).toEqual([
      'The client id is wrong.',
      'Enter new credentials…',
      'Show details',
    ]);
  });

  test('has no more than twelve rows, the last of which leads to the others', () => {
    const many = Array.from({ length: 500 }, (_, index) => integration(index, { kind: 'fresh' }));
    const menu = trayMenu(stateWith(many), english);
    expect(labels(menu).filter((label) => label.startsWith('Team'))).toHaveLength(11);
    expect(find(menu, '489 more…')).toMatchObject({ does: { kind: 'show', id: null } });
    expect(labels(trayMenu(stateWith(many.slice(0, 12)), english)).join()).not.toContain('more');
  });

  test('exports to the only bot, or to one of several, and to none meanwhile', () => {
    const bot = (name: string): AppState['bots'][number] => ({ name, health: 'well', failure: null });
    const one = trayMenu({ ...emptyState(), bots: [bot('desk')] }, english);
    expect(find(one, 'Export and restart')).toMatchObject({ does: { kind: 'export', bot: 'desk' } });
    const two = trayMenu({ ...emptyState(), bots: [bot('desk'), bot('nas')] }, english);
    expect(itemsOf(find(two, 'Export and restart'))).toMatchObject([
      { label: 'desk', does: { bot: 'desk' } },
      { label: 'nas', does: { bot: 'nas' } },
    ]);
    const busy = trayMenu({ ...emptyState(), bots: [bot('desk')], exporting: ['desk'] }, english);
    expect(find(busy, 'Exporting…')).toMatchObject({ kind: 'text' });
  });

  test('says how far a renewal has come, with a way to stop it in place of another one', () => {
    const row = [integration(1, { kind: 'due' })];
    const renewing = { done: 37, total: 500, isStopping: false };
    const menu = trayMenu(stateWith(row, {}, { renewing }), english);
    expect(find(menu, 'Renewing… 37 of 500')).toMatchObject({ kind: 'text' });
    expect(find(menu, 'Stop')).toMatchObject({ does: { kind: 'stop-renewing' } });
    expect(labels(menu)).not.toContain('Renew now');
    const stopping = { ...renewing, isStopping: true };
    const labelsThen = labels(trayMenu(stateWith(row, {}, { renewing: stopping }), english));
    expect(labelsThen).toContain('Stopping… 37 of 500');
    expect(labelsThen).not.toContain('Stop');
    expect(labels(trayMenu(stateWith(row, {}, { renewing }), french))).toContain('Arrêter');
    expect(find(trayMenu(stateWith(row), english), 'Renew now')).toMatchObject({ does: { ids: 'all' } });
  });

  test('pauses in three ways, and resumes in one', () => {
    const pause = itemsOf(find(trayMenu(emptyState(), english), 'Pause'));
    expect(pause.map((item) => (item.kind === 'command' ? item.does : undefined))).toEqual([
      { kind: 'pause-all', until: 'an-hour' },
      { kind: 'pause-all', until: 'tomorrow' },
      { kind: 'pause-all', until: 'resumed' },
    ]);
    const paused = trayMenu({ ...emptyState(), paused: { until: null } }, english);
    expect(find(paused, 'Resume')).toMatchObject({ does: { kind: 'resume-all' } });
  });

  test('switches the start at login where it is known, and says so where it is not', () => {
    const itemAt = (startAtLogin: AppState['startAtLogin'], label: string): TrayItem =>
      find(trayMenu({ ...emptyState(), startAtLogin }, english), label);
    expect(itemAt('on', 'Start at login')).toMatchObject({ on: true, does: { on: false } });
    expect(itemAt('off', 'Start at login')).toMatchObject({ on: false, does: { on: true } });
    expect(itemAt('unknown', 'Start at login: unknown here')).toMatchObject({ kind: 'text' });
  });

  test('leads to the sign-in that is under way where it is Jeton’s, and out of it wherever it is', () => {
    const window = trayMenu({ ...emptyState(), signingIn: true, signingInWith: 'window' }, english);
    expect(find(window, 'Show the sign-in window')).toMatchObject({ does: { kind: 'show-sign-in' } });
    expect(find(window, 'Cancel the sign-in')).toMatchObject({ does: { kind: 'cancel-sign-in' } });
    expect(find(window, 'Use my own browser instead')).toMatchObject({ does: { kind: 'sign-in-elsewhere' } });
    expect(find(window, 'Paste tokens instead…')).toMatchObject({ does: { kind: 'paste-tokens' } });
    const own = trayMenu({ ...emptyState(), signingIn: true, signingInWith: 'own' }, english);
    expect(find(own, 'Cancel the sign-in')).toMatchObject({ does: { kind: 'cancel-sign-in' } });
    expect(labels(own)).not.toContain('Show the sign-in window');
    expect(labels(own)).not.toContain('Use my own browser instead');
    expect(labels(own)).not.toContain('Reconnect OneFlex…');
  });

  test('stays one line of bearable width, whatever a name consists of', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
        const menu = trayMenu(stateWith([integration(1, { kind: 'fresh' }, name)]), english);
        for (const label of labels(menu)) {
          expect(label.length).toBeLessThanOrEqual(100);
          expect(label).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
        }
      }),
    );
  });

  test('is the same for the same state: nothing flickers', () => {
    const state = stateWith([integration(1, { kind: 'fresh' })]);
    expect(trayMenu(state, english)).toEqual(trayMenu(structuredClone(state), english));
  });
});
