import { beforeEach, describe, expect, test, vi } from 'vitest';
import { emptySnapshot } from '../../../src/core/snapshot.ts';
import { appStateOf } from '../../../src/main/application/app-state.ts';
import { Publisher } from '../../../src/main/application/publisher.ts';
import { Words } from '../../../src/main/application/words.ts';
import type { StateChange } from '../../../src/shared/ipc/bridge.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let words: Words;
let nextRunAt: number;
let revision: number;
let looks: number;
let pushed: StateChange[];
let publisher: Publisher;

beforeEach(async () => {
  words = await Words.load('en-GB', 'auto');
  vi.useFakeTimers({ now: Date.UTC(2026, 2, 10, 12) });
  nextRunAt = Date.now() + 5 * HOUR;
  revision = 1;
  looks = 0;
  pushed = [];
  const snapshot = () => ({
    ...emptySnapshot(),
    revision,
    headline: { kind: 'all-fresh', count: 2, nextRunAt, sessionEndsAt: undefined } as const,
  });
  publisher = new Publisher({
    look: async () => {
      looks += 1;
      return snapshot();
    },
    compose: () =>
      appStateOf(
        {
          snapshot: snapshot(),
          isFirst: false,
          trouble: undefined,
          vaultProblem: undefined,
          settingsProblem: undefined,
        },
        {
          theme: 'system',
          paused: null,
          signingInWith: null,
          exporting: [],
          renewing: null,
          startAtLogin: 'off',
          version: '0',
          platform: 'linux',
          homeFolder: '/home',
        },
        words,
      ),
    revision: async () => revision,
    isBusy: () => false,
    onChange: (change) => pushed.push(change),
  });
  return () => {
    publisher.dispose();
    vi.useRealTimers();
  };
});

describe('the state that is pushed', () => {
  test('is looked at when another process has written, within two seconds, or at once while it is shown', async () => {
    await publisher.look();
    expect(looks).toBe(1);
    await vi.advanceTimersByTimeAsync(10_000);
    expect({ looks, pushed: pushed.length }).toEqual({ looks: 1, pushed: 0 });
    revision = 2;
    await vi.advanceTimersByTimeAsync(2_000);
    expect({ looks, pushed: pushed.length }).toEqual({ looks: 2, pushed: 1 });
    publisher.showing(true);
    revision = 3;
    await vi.advanceTimersByTimeAsync(250);
    expect(pushed.at(-1)?.rest.snapshot.revision).toBe(3);
  });

  test('comes once for changes that come together', async () => {
    publisher.changed();
    publisher.changed();
    await vi.advanceTimersByTimeAsync(100);
    expect(looks).toBe(1);
  });

  test('keeps its words by the minute while it is shown, and roughly while nobody looks', async () => {
    const goOn = async (minutes: number): Promise<void> => {
      await vi.advanceTimersByTimeAsync(minutes * MINUTE);
      publisher.publish();
    };
    nextRunAt = Date.now() + 60 * MINUTE;
    publisher.publish();
    pushed.length = 0;
    for (let minute = 0; minute < 9; minute += 1) await goOn(1);
    expect(pushed).toEqual([]);
    await goOn(1);
    expect(pushed.map(({ rest }) => rest.sentence)).toEqual([
      'Everything is fresh: 2 integrations. Next check in 50 min.',
    ]);
    publisher.showing(true);
    await goOn(1);
    await goOn(1);
    expect(pushed.slice(1).map(({ rest }) => rest.sentence)).toEqual([
      'Everything is fresh: 2 integrations. Next check in 49 min.',
      'Everything is fresh: 2 integrations. Next check in 48 min.',
    ]);
  });

  test('shows no name as somebody wrote it who put a token there', () => {
    const headline = { kind: 'person-needed', count: 1, name: 'Ops xoxb-1-test-7' } as const;
    const picture = {
      isFirst: false,
      trouble: undefined,
      vaultProblem: undefined,
      settingsProblem: undefined,
    };
    const doings = { ...publisher.state, platform: 'linux' } as const;
    const state = appStateOf({ ...picture, snapshot: { ...emptySnapshot(), headline } }, doings, words);
    expect(state.sentence).toBe('Ops [secret] needs you.');
    expect(JSON.stringify(state)).not.toContain('xoxb');
  });

  test('does nothing any more once it is disposed of', async () => {
    publisher.dispose();
    publisher.changed();
    revision = 9;
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect({ looks, pushed }).toEqual({ looks: 0, pushed: [] });
  });
});
