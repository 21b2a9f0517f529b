/** The window's own words, and what it computes without a page. */
import { describe, expect, test } from 'vitest';
import { integrationView } from '../fakes/integration-view.ts';
import { CRON_INTERVALS } from '../../src/core/schedule-interval.ts';
import { arrange, type Row } from '../../src/renderer/views/integrations/arrange.ts';
import { INTERVALS } from '../../src/renderer/views/settings/intervals.ts';
import { weekOf } from '../../src/renderer/views/integrations/week.ts';
import { en } from '../../src/shared/messages/window/en.ts';
import { fr } from '../../src/shared/messages/window/fr.ts';
import { loadWindowMessages } from '../../src/shared/messages/window/window-messages.ts';

type Message = string | { readonly one: string; readonly other: string };

describe('the window’s words', () => {
  const french: Record<string, Message> = fr;
  const holesOf = (message: Message): string[] =>
    [...new Set((typeof message === 'string' ? message : message.other).match(/\{[\w-]+\}/g) ?? [])].sort();

  test('have the same keys and holes in both languages, and are nowhere empty', () => {
    expect(Object.keys(fr).sort()).toEqual(Object.keys(en).sort());
    for (const [key, message] of Object.entries<Message>(en)) {
      expect({ key, holes: holesOf(french[key] ?? '') }).toEqual({ key, holes: holesOf(message) });
    }
    for (const message of [...Object.values<Message>(en), ...Object.values<Message>(fr)]) {
      expect(typeof message === 'string' ? message : message.one && message.other).not.toBe('');
    }
  });

  test('follow the typography of their language', () => {
    const all = (messages: Record<string, Message>): string[] =>
      Object.values(messages).flatMap((message) =>
        typeof message === 'string' ? message : [message.one, message.other],
      );
    expect(all(en).filter((text) => /['"]/.test(text))).toEqual([]);
    expect(all(fr).filter((text) => /['"]| [:;?!%»]|« /.test(text))).toEqual([]);
  });

  test('have a plural of their own', async () => {
    const { t } = await loadWindowMessages('fr', 'fr-FR');
    expect(t('list.count', { count: 0 })).toBe('0 intégration');
    expect(t('list.count', { count: 2 })).toBe('2 intégrations');
  });
});

test('the schedule is offered every interval that the command line takes', () => {
  expect(INTERVALS).toEqual(CRON_INTERVALS);
});

describe('a week', () => {
  const at = (text: string): number => new Date(text).getTime();
  const entry = (time: string, event: string) =>
    ({ at: at(time), id: 'local:1', name: 'Ops', event, what: event, tone: 'plain' }) as const;

  test('is seven days in quarters, today last', () => {
    const now = at('2026-11-28T13:00:00');
    const days = weekOf(
      [
        entry('2026-11-28T00:00:00', 'renewed'),
        entry('2026-11-28T07:00:00', 'renewed'),
        entry('2026-11-28T11:59:59', 'renewal-failed'),
        entry('2026-11-22T23:59:59', 'recovered'),
        entry('2026-11-21T23:59:59', 'renewed'),
        entry('2026-11-27T12:00:00', 'paused'),
      ],
      now,
    );
    expect(days.map(({ slots }) => slots.join(' '))).toEqual([
      'slept slept slept renewed',
      ...Array.from({ length: 5 }, () => 'slept slept slept slept'),
      'renewed failed slept ahead',
    ]);
    expect(days.at(-1)).toMatchObject({ renewed: 2, failed: 1, at: at('2026-11-28T00:00:00') });
  });
});

describe('the order of rows', () => {
  const row = (name: string, kind: 'fresh' | 'due' | 'paused' | 'needs-sign-in' | 'in-doubt'): Row => ({
    action: 'none',
    failure: null,
    view: integrationView({ id: `local:${name}`, name, state: { kind } }),
  });
  const rows = [
    row('é2', 'fresh'),
    row('e10', 'due'),
    row('Z', 'paused'),
    row('b', 'in-doubt'),
    row('a', 'needs-sign-in'),
  ];
  const names = (text: string, group: 'all' | 'fresh', order: 'urgency' | 'name'): string[] =>
    arrange(rows, { text, group, order }, 'fr-FR').map(({ view }) => view.name);

  test('is by how much a person is needed; what is due and what is fresh do not change places', () => {
    expect(names('', 'all', 'urgency')).toEqual(['a', 'b', 'é2', 'e10', 'Z']);
    expect(names('', 'all', 'name')).toEqual(['a', 'b', 'é2', 'e10', 'Z']);
    expect(names('', 'fresh', 'name')).toEqual(['é2', 'e10']);
    expect(names('LOCAL:Z', 'all', 'name')).toEqual(['Z']);
  });
});
