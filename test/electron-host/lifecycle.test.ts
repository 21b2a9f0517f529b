/** https://www.electronjs.org/docs/latest/api/app and …/api/browser-window */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryHome } from '../support/temporary-home.ts';
import { startFixture } from './told.ts';

test('the name and folders are those of the start', async () => {
  const home = temporaryHome();
  const fixture = await startFixture('lifecycle', { home, env: { KEEP: 'no' } });
  expect(await fixture.hear('paths')).toEqual({ userData: home, logs: join(home, 'logs'), name: 'Fixture' });
});

// …/api/command-line, and of enableSandbox RemoveNoSandboxSwitch in Electron's shell/browser/api/electron_api_app.cc.
test('switches are those of the start, but --no-sandbox, which enableSandbox takes away', async () => {
  const args = ['--no-sandbox', '--depth=2'];
  const fixture = await startFixture('lifecycle', { args, env: { KEEP: 'no' } });
  expect(await fixture.hear('no-sandbox')).toEqual({ isStillThere: false, depth: '2' });
});

// …/api/app#apprequestsingleinstancelockadditionaldata
describe('a second instance', () => {
  test('ends, and the first is told with what and from where', async () => {
    const home = temporaryHome();
    const first = await startFixture('lifecycle', { home, env: { KEEP: 'no' } });
    await first.hear('running');
    const exit = await first.host.startSecond('--please');
    expect(exit).toEqual({ code: 0, signal: null });
    expect(await first.hear('second-instance')).toEqual({
      last: '--please',
      folder: process.cwd(),
      data: { from: 'first' },
    });
  });

  test('of another home is a first one, and so is one that comes when the first was killed', async () => {
    const home = temporaryHome();
    const first = await startFixture('lifecycle', { home, env: { KEEP: 'no' } });
    const other = await startFixture('lifecycle', { env: { KEEP: 'no' } });
    await other.hear('running');
    await first.host.dispose();
    const next = await startFixture('lifecycle', { home, env: { KEEP: 'no' } });
    await next.hear('running');
    expect(next.heard('not the first')).toEqual([]);
  });
});

// …/api/app#event-before-quit
describe('the end', () => {
  test('is announced in order', async () => {
    const fixture = await startFixture('lifecycle', { env: { KEEP: 'no' } });
    await fixture.hear('running');
    expect(await fixture.host.quit()).toEqual({ code: 0, signal: null });
    expect(fixture.whats().slice(-4)).toEqual(['before-quit', 'will-quit', 'quit', 'exit']);
  });

  test.each([
    ['before-quit', []],
    ['will-quit', ['will-quit']],
  ])('waits for who prevents %s, and comes when asked again', async (LAST_WORDS, alsoBefore) => {
    const fixture = await startFixture('lifecycle', { env: { KEEP: 'no', LAST_WORDS } });
    await fixture.hear('running');
    await fixture.host.quit();
    // …/api/app#apprelaunchoptions
    expect(fixture.host.state.relaunch).toEqual({ args: ['--again'] });
    expect(fixture.whats().slice(fixture.whats().indexOf('running') + 1)).toEqual([
      'before-quit',
      ...alsoBefore,
      'last words',
      'before-quit',
      'will-quit',
      'quit',
      'exit',
    ]);
  });
});

// …/api/power-monitor#event-shutdown-linux-macos
describe('a machine that shuts down', () => {
  test('waits for who prevents it, and quits', async () => {
    const fixture = await startFixture('lifecycle', { env: { KEEP: 'no', SHUTDOWN: 'waits' } });
    await fixture.hear('running');
    await fixture.host.power.shutdown();
    expect(await fixture.host.exited()).toEqual({ code: 0, signal: null });
    expect(fixture.whats().slice(-5)).toEqual(['shutdown', 'before-quit', 'will-quit', 'quit', 'exit']);
  });

  test('waits for nobody else', async () => {
    const fixture = await startFixture('lifecycle', { env: { KEEP: 'no' } });
    await fixture.hear('running');
    await fixture.host.power.shutdown();
    expect(await fixture.host.exited()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(fixture.whats().at(-1)).toBe('shutdown');
  });
});

/** Waits for it in the page; Playwright's own way counts frames, which a hidden page has none of. */
function visibilityIs(visibility: 'visible' | 'hidden'): string {
  return `new Promise((resolve) => {
    const look = () => { if (document.visibilityState === '${visibility}') resolve(true); };
    document.addEventListener('visibilitychange', look);
    look();
  })`;
}

// …/api/browser-window#event-close
test('a window that prevents its close stays, hidden, until the application ends', async () => {
  const fixture = await startFixture('lifecycle');
  const { host } = fixture;
  const { id, visibility } = await host.windows.one();
  expect(visibility).toBe('hidden');
  await host.startSecond();
  await host.until('it is shown', ({ windows }) => windows[0]?.visibility === 'shown');
  const page = await host.windows.page();
  expect(await page.evaluate(visibilityIs('visible'))).toBe(true);
  await host.windows.close(id);
  expect(host.state.windows).toMatchObject([{ id, visibility: 'hidden', isFocused: false }]);
  expect(await page.evaluate(visibilityIs('hidden'))).toBe(true);
  await host.activate();
  expect(await fixture.hear('activate')).toEqual({ hasVisibleWindows: false });
  await host.quit();
  expect(fixture.whats()).toEqual([
    'paths',
    'running',
    'second-instance',
    'show',
    'focus',
    'blur',
    'hide',
    'activate',
    'before-quit',
    'closed',
    'will-quit',
    'quit',
    'exit',
  ]);
});
