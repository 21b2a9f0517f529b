import { describe, expect, test } from 'vitest';
import type { ElectronHost } from './host.ts';
import type { HostileIpc, HostileReply } from './protocol.ts';
import { startFixture } from './told.ts';

const fixtureWindow = async (): Promise<ElectronHost> => (await startFixture('window')).host;

/** Electron's words for a value that the structured clone algorithm refuses. */
const NOT_CLONED = 'Error: An object could not be cloned.';

interface Bridge {
  echo(value: unknown): Promise<{ value: unknown; url: string; isTop: boolean; origin: string }>;
  odd(): Promise<unknown>;
  onTold(listener: (payload: { at: Date }) => void): () => void;
}

declare global {
  var fixture: Bridge;
  var told: Promise<{ at: Date }>;
}

// https://www.electronjs.org/docs/latest/tutorial/ipc and …/tutorial/context-isolation
describe('a window with a preload script', () => {
  test('asks the main process and is told, in values of the structured clone algorithm', async () => {
    const fixtures = await startFixture('window');
    const { host } = fixtures;
    const page = await host.windows.page(({ url }) => url.startsWith('app:'));

    const answer = await page.evaluate(async () => {
      const { value, ...frame } = await fixture.echo(new Map([[1, new Date(5)]]));
      return { entry: [...(value as Map<number, Date>)].map(([key, date]) => [key, date.getTime()]), frame };
    });
    expect(answer).toEqual({
      entry: [[1, 5]],
      frame: { url: 'app://fixture/index.html', isTop: true, origin: 'app://fixture' },
    });

    const functions = await page.evaluate(() => fixture.echo(() => undefined).catch(String));
    expect(functions).toBe(NOT_CLONED);
    expect(await page.evaluate(() => fixture.odd().catch(String))).toBe(
      `Error: Error invoking remote method 'fixture:odd': ${NOT_CLONED}`,
    );

    await page.evaluate(() => {
      globalThis.told = new Promise((resolve) => {
        const unsubscribe = fixture.onTold((payload) => {
          unsubscribe();
          resolve(payload);
        });
      });
    });
    const clickedAt = Date.now();
    await host.tray.click();
    expect(await page.evaluate(async () => (await told).at.getTime())).toBe(0);
    expect(await fixtures.hear('not sent')).toBe(NOT_CLONED);
    expect((await host.messagesSentAt()).filter((moment) => moment >= clickedAt)).not.toEqual([]);
  });

  test('is known by the address it has when it asks', async () => {
    const host = await fixtureWindow();
    const page = await host.windows.page(({ url }) => url.startsWith('app:'));
    await page.evaluate("history.pushState(null, '', '/moved?on=1#here')");
    const { url } = await page.evaluate(() => fixture.echo(null));
    expect(url).toBe('app://fixture/moved?on=1#here');
  });

  test('shows the page the bridge, frozen, and nothing of Electron', async () => {
    const host = await fixtureWindow();
    const page = await host.windows.page(({ url }) => url.startsWith('app:'));
    const seen = await page.evaluate(() => ({
      bridge: Object.keys(fixture),
      isFrozen: Object.isFrozen(fixture),
      globals: Object.keys(globalThis).filter((key) => /electron|ipc|require|preload/i.test(key)),
    }));
    expect(seen).toEqual({ bridge: ['echo', 'odd', 'onTold'], isFrozen: true, globals: [] });
  });
});

// https://www.electronjs.org/docs/latest/api/protocol#protocolhandlescheme-handler
test('the policy that a handler of a scheme sends with a page holds', async () => {
  const host = await fixtureWindow();
  const page = await host.windows.page(({ url }) => url.startsWith('app:'));
  expect(await page.title()).toBe('Fixture');
});

// https://www.electronjs.org/docs/latest/api/tray
test('a person clicks the tray and chooses from its menu', async () => {
  const host = await fixtureWindow();
  expect(host.tray.lines()).toEqual(['Open', '—', 'Quit']);
  await host.tray.choose('Open');
  expect(host.state.windows[0]?.visibility).toBe('shown');
  await host.tray.choose('Quit');
  expect(await host.exited()).toEqual({ code: 0, signal: null });
});

// https://www.electronjs.org/docs/latest/tutorial/security#17-validate-the-sender-of-all-ipc-messages
test('a test can send what no window of the application sends', async () => {
  const host = await fixtureWindow();
  await host.windows.one(({ url }) => url.startsWith('app:'));
  const echo = (frame: HostileIpc['frame']): Promise<HostileReply> =>
    host.sendIpc({ channel: 'fixture:echo', args: ['hello'], frame });
  expect(await echo({ kind: 'child', url: 'https://evil.test/frame' })).toEqual({
    kind: 'answered',
    value: { value: 'hello', url: 'https://evil.test/frame', isTop: false, origin: 'https://evil.test' },
  });
  expect(await echo({ kind: 'top', url: 'app://other/' })).toMatchObject({
    value: { isTop: true, origin: 'app://other' },
  });
  // The frame is gone: https://www.electronjs.org/docs/latest/api/structures/ipc-main-invoke-event
  expect(await echo({ kind: 'null' })).toMatchObject({ value: { isTop: false } });
  expect(await host.sendIpc({ channel: 'fixture:none', args: [], frame: { kind: 'own' } })).toEqual({
    kind: 'rejected',
    message: "Error invoking remote method 'fixture:none': Error: No handler registered for 'fixture:none'",
  });
});
