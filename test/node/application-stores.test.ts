/** What the tray application keeps in jeton.db, and targets that are changed in place. */
import { describe, expect, test } from 'vitest';
import type { Alerted } from '../../src/core/alerts.ts';
import { targetSchema } from '../../src/core/export/target.ts';
import { createAlertStore, createNoticeStore } from '../../src/node/database/alerts.ts';
import { createPauseStore } from '../../src/node/database/pause.ts';
import { createTargetStore } from '../../src/node/database/targets.ts';
import { openTestStore, systemTime } from '../support/open-stores.ts';
import { temporaryHome } from '../support/temporary-home.ts';

test('a pause outlives the process', async () => {
  const home = temporaryHome();
  const pauses = createPauseStore((await openTestStore(home)).store);
  expect(pauses.standing(5)).toBeNull();
  await pauses.save({ until: null });
  await pauses.save({ until: 7 });
  const next = createPauseStore((await openTestStore(home)).store);
  expect(next.standing(5)).toEqual({ until: 7 });
  expect(next.standing(7)).toBeNull();
  await pauses.save(undefined);
  expect(pauses.standing(5)).toBeNull();
});

test('notices and alerts remember each for themselves what they said', async () => {
  const { store } = await openTestStore(temporaryHome());
  const notices = createNoticeStore(store);
  const alerts = createAlertStore({ store, clock: systemTime, isDead: () => false });
  const said: Alerted = { subject: 'local:1', kind: 'needs-reinstall', at: 1, revision: 1, standing: 'open' };
  const alert = { kind: said.kind, subject: said.subject, facts: { name: 'Ops' } };
  const seen: (readonly Alerted[])[] = [];
  const plan = (before: readonly Alerted[]) => {
    seen.push(before);
    return before.length > 0 ? { alerts: [], alerted: before } : { alerts: [alert], alerted: [said] };
  };
  await alerts.start('slack');
  expect(await notices.raise(plan)).toEqual([alert]);
  expect(await notices.raise(plan)).toEqual([]);
  expect(seen.at(-1)).toEqual([said]);
  expect(await alerts.raise(plan)).toEqual([alert]);
  await alerts.stop();
  expect(await notices.raise(plan)).toEqual([]);
});

describe('a target that is changed', () => {
  const target = targetSchema.parse({ name: 'bot', dir: '/srv/bot' });
  const setUp = async () => {
    const { store } = await openTestStore(temporaryHome());
    const targets = createTargetStore({ store, clock: systemTime, isDead: () => false });
    await targets.add(target);
    await targets.recordExport('bot', 'oneflex=1', 5, ['ONEFLEX_TOKEN']);
    return targets;
  };

  test('keeps its past where it stays where it was, and is exported to anew', async () => {
    const targets = await setUp();
    const changed = { ...target, name: 'robot', restart: 'never' } as const;
    expect(await targets.replace('bot', changed)).toBe('replaced');
    expect(await targets.list()).toMatchObject([
      { target: changed, lastExport: { at: 5 }, exportedVersion: undefined },
    ]);
  });

  test('begins anew elsewhere', async () => {
    const targets = await setUp();
    expect(await targets.replace('bot', { ...target, dir: '/srv/other' })).toBe('replaced');
    expect(await targets.list()).toMatchObject([{ target: { dir: '/srv/other' }, lastExport: undefined }]);
  });

  test('takes no other’s name, and is not changed under an export', async () => {
    const targets = await setUp();
    await targets.add({ ...target, name: 'other' });
    expect(await targets.replace('bot', { ...target, name: 'other' })).toBe('name-taken');
    expect(await targets.replace('nobody', target)).toBe('none');
    await targets.claim('bot', 'somebody', 60_000);
    expect(await targets.replace('bot', { ...target, restart: 'never' })).toBe('held');
    await targets.release('bot', 'somebody');
    expect(await targets.replace('bot', { ...target, restart: 'never' })).toBe('replaced');
  });
});
