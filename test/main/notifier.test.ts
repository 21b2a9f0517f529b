/** Notifications of a system that says why one is gone, as Windows does. */
import { expect, test, vi } from 'vitest';
import type { NoticeTarget } from '../../src/main/desktop.ts';
import { Notifier } from '../../src/main/notifier.ts';

const shown = vi.hoisted(() => [] as { emit(event: string, details?: unknown): boolean; isHeld: boolean }[]);
vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events');
  /** One that nobody holds is collected, and with it whoever listens. */
  class Notification extends EventEmitter {
    isHeld = true;
    static isSupported = () => true;
    show = () => void shown.push(this);
    close = () => void (this.isHeld = false);
  }
  return { Notification };
});

test('one that has only moved into the system’s list is held, and gone once the application ends', () => {
  const followed: NoticeTarget[] = [];
  const notifier = new Notifier((target) => followed.push(target));
  notifier.show({ title: 'OneFlex', body: 'needs you', leadsTo: { kind: 'sign-in' } });
  notifier.show({ title: 'The bot', body: 'was restarted', leadsTo: { kind: 'sign-in' } });
  const [moved, dismissed] = shown;
  moved?.emit('close', { reason: 'timedOut' });
  dismissed?.emit('close', { reason: 'userCanceled' });
  moved?.emit('click');
  expect(followed).toEqual([{ kind: 'sign-in' }]);

  notifier.show({ title: 'OneFlex', body: 'needs you', leadsTo: { kind: 'sign-in' } });
  shown[2]?.emit('close', { reason: 'timedOut' });
  notifier.dispose();
  expect(shown.map(({ isHeld }) => isHeld)).toEqual([true, true, false]);
});
