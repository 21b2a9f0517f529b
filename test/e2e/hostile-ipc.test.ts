/**
 * Calls that no page of Jeton's made, to the main process of the built application: each is answered in words, nothing
 * of it is done, and a good call works afterwards. Frames are forged, which the stand-in alone lets a test do.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CALLS, channelOf, EVENTS } from '../../src/shared/ipc/channels.ts';
import { type ElectronHost, startHost } from '../electron-host/host.ts';
import { DELIVER, ISOLATED_WORLD } from '../electron-host/stand-in/page-scripts.ts';
import type { HostileReply } from '../electron-host/protocol.ts';
import { expectNoneBack } from './secrets-in-forms.ts';
import { prepareSignInStage, type SignInStage } from './sign-in-stage.ts';

const MAIN = join(import.meta.dirname, '../../out/main/index.js');
/** In whatever is sent; it must not come back, nor be written down. */
const MARK = 'xoxe-1-hostile-mark';
const RUNS = 1_000;

describe('on the stand-in', () => {
  let stage: SignInStage;
  let host: ElectronHost;
  let page: Page;
  let mainWindow: number;

  beforeAll(async () => {
    stage = await prepareSignInStage();
    const { home } = stage;
    host = await startHost({ main: MAIN, home, env: { ...stage.env, JETON_HOME: home } });
    ({ id: mainWindow } = await host.windows.one(({ url }) => url.startsWith('app://')));
    page = await host.windows.page(({ id }) => id === mainWindow);
    await page.getByRole('heading').first().waitFor();
  });
  afterAll(async () => {
    await host?.dispose();
    await stage?.dispose();
  });

  const own = { kind: 'own' } as const;

  const invoke = (
    call: string,
    args: readonly unknown[],
    frame: Parameters<ElectronHost['sendIpc']>[0]['frame'] = own,
    windowId = mainWindow,
  ): Promise<HostileReply> => host.sendIpc({ channel: `jeton:${call}`, args, frame, windowId });

  const refused = (code: string) => ({
    kind: 'answered',
    value: { ok: false, error: { code, message: expect.stringMatching(/\S/), remedy: expect.any(String) } },
  });

  async function expectGoodCall(): Promise<void> {
    const state: unknown = await page.evaluate('window.jeton.getState()');
    expect(state).toMatchObject({ ok: true, value: { version: expect.any(String) } });
  }

  /** Channels on which the main process speaks to a page, from now on: heard where preload scripts are. */
  async function listenIn(shown: Page): Promise<() => Promise<unknown>> {
    const session = await shown.context().newCDPSession(shown);
    const worlds: { readonly id: number; readonly name: string }[] = [];
    session.on('Runtime.executionContextCreated', ({ context }) => worlds.push(context));
    await session.send('Runtime.enable');
    const contextId = worlds.find(({ name }) => name === ISOLATED_WORLD)?.id;
    const evaluate = async (expression: string): Promise<unknown> => {
      const options = { expression, returnByValue: true, ...(contextId !== undefined && { contextId }) };
      return (await session.send('Runtime.evaluate', options)).result.value;
    };
    await evaluate(`{
      globalThis.heard = [];
      const deliver = ${DELIVER};
      ${DELIVER} = (text) => {
        const { kind, channel } = JSON.parse(text);
        if (kind === 'message') heard.push(channel);
        deliver(text);
      };
    }`);
    return () => evaluate('heard');
  }

  /** What the application wrote down, and said. */
  function logs(): string {
    const folder = join(stage.home, 'logs');
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .concat(host.output)
      .join('\n');
  }

  describe('who is nobody', () => {
    test.each([
      ['a frame that is gone', { kind: 'null' } as const],
      ['a page of another host', { kind: 'top', url: 'https://evil.test/' } as const],
      ['a page on this machine', { kind: 'top', url: 'file:///tmp/index.html' } as const],
      ['an empty page', { kind: 'top', url: 'about:blank' } as const],
      ['another host of the same scheme', { kind: 'top', url: 'app://evil/index.html' } as const],
      ['a host that begins alike', { kind: 'top', url: 'app://jeton.evil/index.html' } as const],
      ['a name before the host', { kind: 'top', url: 'app://jeton@evil/index.html' } as const],
      ['a port', { kind: 'top', url: 'app://jeton:80/index.html' } as const],
      ['a frame in the page', { kind: 'child', url: 'https://evil.test/' } as const],
      ['a frame in the page, at its own address', { kind: 'child', url: 'app://jeton/index.html' } as const],
    ])('%s is answered nothing, whatever it calls', async (_, frame) => {
      for (const call of CALLS)
        expect(await invoke(call, [{}], frame), call).toEqual(refused('call-foreign'));
      await expectGoodCall();
    });

    test('the sign-in window is answered nothing, even as if it were the main one, and hears no event', async () => {
      await host.tray.choose('Reconnect OneFlex…');
      const signIn = await host.windows.one(({ url }) => url.startsWith('http://login.localhost'));
      const at = { kind: 'top', url: 'app://jeton/index.html' } as const;
      for (const call of CALLS) {
        expect(await invoke(call, [{}], own, signIn.id), call).toEqual(refused('call-foreign'));
        expect(await invoke(call, [{}], at, signIn.id), call).toEqual(refused('call-foreign'));
      }
      const shown = await host.windows.page(({ id }) => id === signIn.id);
      const [heard, heardBySignIn] = [await listenIn(page), await listenIn(shown)];
      await page.evaluate(`jeton.setSetting({ key: 'theme', value: 'dark' })`);
      await page.evaluate(`jeton.setSetting({ key: 'theme', value: 'system' })`);
      await expect.poll(heard).toContain('jeton:stateChanged');
      expect(await heardBySignIn()).toEqual([]);
      await host.windows.close(signIn.id);
      await host.until('one window is left', ({ windows }) => windows.length === 1);
      await expectGoodCall();
    });
  });

  describe('what is nothing', () => {
    test('a megabyte is refused before anybody looks into it', async () => {
      const heavy = `${MARK}${'x'.repeat(1024 * 1024)}`;
      for (const call of CALLS) {
        expect(await invoke(call, [{ text: heavy }]), call).toEqual(refused('call-oversize'));
        expect(await invoke(call, [heavy]), call).toEqual(refused('call-oversize'));
      }
      await expectGoodCall();
    });

    test.each([
      ['nothing', []],
      ['two arguments', [{}, {}]],
      ['null', [null]],
      ['a list', [[]]],
      ['a text', [MARK]],
      ['a key too many', [{ [MARK]: MARK }]],
      ['a prototype of its own', [JSON.parse(`{"__proto__":{"isAdmin":"${MARK}"}}`)]],
      ['a constructor', [JSON.parse(`{"constructor":{"prototype":{"isAdmin":"${MARK}"}}}`)]],
      ['a map', [new Map([['ids', [MARK]]])]],
      ['bytes', [new Uint8Array(1_000)]],
    ])('%s does not fit any call', async (_, args) => {
      for (const call of CALLS) expect(await invoke(call, args), call).toEqual(refused('call-malformed'));
      expect(await invoke('setSetting', [JSON.parse(`{"key":"__proto__","value":"${MARK}"}`)])).toMatchObject(
        {
          value: { ok: false },
        },
      );
      expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
      await expectGoodCall();
    });

    test('a channel that is none is not there, and an event’s cannot be called', async () => {
      for (const channel of [
        'jeton:',
        'jeton:constructor',
        'jeton:__proto__',
        'ELECTRON_BROWSER_REQUIRE',
        ...EVENTS.map(channelOf),
      ]) {
        const reply = await host.sendIpc({ channel, args: [{}], frame: own, windowId: mainWindow });
        expect(reply).toEqual({
          kind: 'rejected',
          message: expect.stringContaining('No handler registered'),
        });
        // Nobody listens to messages that want no answer.
        await host.sendIpc({ kind: 'send', channel, args: [{}], frame: own, windowId: mainWindow });
      }
      await expectGoodCall();
    });
  });

  test(`${RUNS} random payloads over all channels change nothing, and come back in words alone`, async () => {
    const before = await page.evaluate('window.jeton.listSettings()');
    const payload = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
      withNullPrototype: false,
      maxDepth: 3,
      key: fc.oneof(
        fc.string(),
        fc.constantFrom(
          '__proto__',
          'constructor',
          'prototype',
          'toString',
          'id',
          'ids',
          'name',
          'key',
          'value',
        ),
      ),
    });
    // Of calls that take nothing, `{}` is a good one, and does what it says.
    const isGood = (value: unknown): boolean =>
      typeof value === 'object' &&
      value !== null &&
      Object.getPrototypeOf(value) === Object.prototype &&
      Object.keys(value).every((key) => Reflect.get(value, key) === undefined);
    const property = fc.asyncProperty(
      fc.constantFrom(...CALLS),
      fc.array(payload, { maxLength: 2 }).filter((args) => !(args.length === 1 && isGood(args[0]))),
      async (call, args) => {
        const reply = await invoke(call, args);
        expect(reply.kind).toBe('answered');
        expect(reply).toMatchObject({
          value: { ok: false, error: { message: expect.stringMatching(/\S/), remedy: expect.any(String) } },
        });
      },
    );
    const details = await fc.check(property, { numRuns: RUNS, endOnFailure: true });
    console.log(`random payloads: seed ${details.seed}, ${details.numRuns} runs`);
    if (details.failed) throw new Error(fc.defaultReportMessage(details), { cause: details.errorInstance });
    expect(await page.evaluate('window.jeton.listSettings()')).toEqual(before);
    await expectGoodCall();
  }, 60_000);

  test('what was refused is counted in the log, and nothing of what came with it is there', async () => {
    const text = logs();
    expect(text).toContain('window-call-refused');
    expect(text).toMatch(/foreign/);
    expect(text).not.toContain(MARK);
    expect(text).not.toContain("Error occurred in handler for 'jeton:getState'");
    // Whoever examines Jeton is told of it.
    expect(JSON.stringify(await page.evaluate('jeton.examine()'))).toMatch(/refused/i);
  });

  test('a secret that a form sends does not come back, whatever becomes of it', async () => {
    await expectNoneBack(page, MARK);
    expect(logs()).not.toContain(MARK);
    await expectGoodCall();
  });
});
