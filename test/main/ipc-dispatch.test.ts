import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { JetonError } from '../../src/core/errors.ts';
import { Dispatcher, type Sender } from '../../src/main/ipc-dispatch.ts';
import { CALLS, type Call } from '../../src/shared/ipc/channels.ts';
import { FakeApplication } from '../fakes/fake-application.ts';

const mainContents = { name: 'the main window’s contents' };
const topFrame = { origin: 'app://jeton', url: 'app://jeton/index.html', parent: null };
const window: Sender = { sender: mainContents, senderFrame: topFrame };

let logged: unknown[];
let now: number;
let dispatcher: Dispatcher;

function dispatcherOf(application: FakeApplication): Dispatcher {
  const log = (event: string, fields: unknown): void => void logged.push([event, fields]);
  return new Dispatcher({
    application,
    trusted: () => mainContents,
    log: { warn: log, error: log },
    now: () => now,
  });
}

let application: FakeApplication;
beforeEach(() => {
  logged = [];
  now = 0;
  application = new FakeApplication();
  dispatcher = dispatcherOf(application);
});

/** Nothing was done, and the answer is in words. */
async function expectRefused(answer: Promise<unknown>, code: string): Promise<void> {
  expect(await answer).toEqual({
    ok: false,
    error: { code, message: expect.stringMatching(/\w/), remedy: expect.stringMatching(/\w/) },
  });
  expect(application.calls).toEqual([]);
}

test('the window is answered', async () => {
  expect(await dispatcher.answer('getState', window, [{}])).toEqual({ ok: true, value: application.state });
  expect(await dispatcher.answer('removeTarget', window, [{ name: 'desk' }])).toEqual({
    ok: true,
    value: null,
  });
  expect(application.calls.map(({ call }) => call)).toEqual(['getState', 'removeTarget']);
});

describe('who is not the window’s own page gets nothing:', () => {
  test.each<[what: string, from: Sender]>([
    ['no frame at all', { sender: mainContents, senderFrame: null }],
    ['other contents', { sender: { ...mainContents }, senderFrame: topFrame }],
    ['no contents', { sender: undefined, senderFrame: topFrame }],
    ['a frame in the page', { sender: mainContents, senderFrame: { ...topFrame, parent: topFrame } }],
    [
      'a page of the web',
      {
        sender: mainContents,
        senderFrame: { origin: 'https://jeton', url: 'https://jeton/index.html', parent: null },
      },
    ],
    [
      'an origin that looks like it',
      { sender: mainContents, senderFrame: { ...topFrame, origin: 'app://jeton.evil.test' } },
    ],
    ['an opaque origin', { sender: mainContents, senderFrame: { ...topFrame, origin: 'null' } }],
    [
      'an address elsewhere',
      { sender: mainContents, senderFrame: { ...topFrame, url: 'data:text/html,hello' } },
    ],
  ])('%s', async (_, from) => {
    for (const call of CALLS) await expectRefused(dispatcher.answer(call, from, [{}]), 'call-foreign');
    expect(dispatcher.refused).toEqual({ foreign: CALLS.length, oversize: 0, malformed: 0 });
  });

  test('everybody, while there is no window', async () => {
    const closed = new Dispatcher({
      application,
      trusted: () => undefined,
      log: { warn: () => undefined, error: () => undefined },
      now: () => 0,
    });
    await expectRefused(
      closed.answer('getState', { sender: undefined, senderFrame: topFrame }, [{}]),
      'call-foreign',
    );
  });
});

describe('what does not fit gets nothing:', () => {
  test('a megabyte', async () => {
    const text = 'x'.repeat(1_048_576);
    for (const call of CALLS)
      await expectRefused(dispatcher.answer(call, window, [{ text }]), 'call-oversize');
    await expectRefused(
      dispatcher.answer('setSetting', window, [[new Uint8Array(1_048_576)]]),
      'call-oversize',
    );
  });

  test('a log that is copied may be larger than a form', async () => {
    const text = '→'.repeat(200_000);
    expect(await dispatcher.answer('copyText', window, [{ text }])).toEqual({ ok: true, value: null });
    application.calls.length = 0;
    await expectRefused(
      dispatcher.answer('setWebhook', window, [{ url: text, test: false }]),
      'call-oversize',
    );
  });

  test.each<[what: string, args: readonly unknown[]]>([
    ['nothing', []],
    ['two arguments', [{}, {}]],
    ['null', [null]],
    ['undefined', [undefined]],
    ['a key that is not known', [{ name: 'desk', path: '/etc/passwd' }]],
    ['another type', [{ name: 7 }]],
    ['an object in place of a text', [{ name: { toString: 'desk' } }]],
    ['a list', [['desk']]],
    ['a map', [new Map([['name', 'desk']])]],
    ['what does not cross', [{ name: () => 'desk' }]],
    ['a name that is too long', [{ name: 'x'.repeat(201) }]],
  ])('%s', async (_, args) => {
    await expectRefused(dispatcher.answer('removeTarget', window, args), 'call-malformed');
  });

  test.each<[what: string, value: unknown]>([
    ['a map', new Map()],
    ['a set', new Set()],
    ['a list', []],
    ['a date', new Date(0)],
    ['bytes', new Uint8Array()],
    ['an error', new Error('none')],
  ])('%s without anything in it, where a call takes an object without keys', async (_, value) => {
    await expectRefused(dispatcher.answer('cancelSignIn', window, [value]), 'call-malformed');
  });

  test('something that contains itself', async () => {
    const endless: Record<string, unknown> = {};
    endless['name'] = endless;
    await expectRefused(dispatcher.answer('removeTarget', window, [endless]), 'call-malformed');
  });

  test('a thousand payloads that chance made', async () => {
    // What anything could accept would be a call without arguments.
    const payload = fc
      .anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withNullPrototype: true,
      })
      .filter(
        (value) => !(typeof value === 'object' && value !== null && Reflect.ownKeys(value).length === 0),
      );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom<Call[]>(...CALLS), payload, async (call, value) => {
        const result = await dispatcher.answer(call, window, [value]);
        expect(result).toMatchObject({ ok: false, error: { code: 'call-malformed' } });
      }),
      { numRuns: 1_000 },
    );
    expect(application.calls).toEqual([]);
    expect(dispatcher.refused.malformed).toBe(1_000);
  });
});

test('refusals are counted, and logged once a minute without what was sent', async () => {
  const secret = 'xoxe-1-test-refresh-7';
  for (now of [0, 1, 59_999, 60_000]) await dispatcher.answer('removeTarget', window, [{ [secret]: secret }]);
  expect(logged).toEqual([
    ['window-call-refused', { call: 'removeTarget', foreign: 0, oversize: 0, malformed: 1 }],
    ['window-call-refused', { call: 'removeTarget', foreign: 0, oversize: 0, malformed: 4 }],
  ]);
});

test('a reply that the contract does not know stays here, and so does what it held', async () => {
  const leaky = new FakeApplication(
    {},
    {
      renewOneflex: () =>
        Promise.resolve({ renewed: true, explanation: null, accessToken: 'eyJ-test-token' }),
      // @ts-expect-error -- a bug that the compiler would find
      listTargets: () => Promise.resolve({ targets: 'eyJ-test-token' }),
    },
  );
  const answers = [
    await dispatcherOf(leaky).answer('renewOneflex', window, [{}]),
    await dispatcherOf(leaky).answer('listTargets', window, [{}]),
  ];
  expect(answers).toMatchObject([
    { ok: false, error: { code: 'internal' } },
    { ok: false, error: { code: 'internal' } },
  ]);
  expect(JSON.stringify([answers, logged])).not.toContain('eyJ');
  expect(logged).toEqual([
    ['reply-does-not-fit', { call: 'renewOneflex', where: '' }],
    ['reply-does-not-fit', { call: 'listTargets', where: 'targets' }],
  ]);
});

test('a situation of the person’s comes in words; a bug names itself and nothing more', async () => {
  const failing = new FakeApplication(
    {},
    {
      retry: () => Promise.reject(new JetonError('store-busy', { file: 'jeton.db' })),
      refresh: () => Promise.reject(new RangeError('eyJ-test-token')),
    },
  );
  expect(await dispatcherOf(failing).answer('retry', window, [{}])).toMatchObject({
    ok: false,
    error: { code: 'store-busy', message: 'jeton.db is kept busy by another process.' },
  });
  const bug = await dispatcherOf(failing).answer('refresh', window, [{}]);
  expect(bug).toMatchObject({ ok: false, error: { code: 'internal' } });
  expect(JSON.stringify(bug)).not.toContain('eyJ');
});

test('not even words that fail make a call reject', async () => {
  const speechless = new FakeApplication({}, { retry: () => Promise.reject(new Error('first')) });
  speechless.explain = () => {
    throw new Error('second');
  };
  expect(await dispatcherOf(speechless).answer('retry', window, [{}])).toMatchObject({ ok: false });
});

test('an event that does not fit is not told', () => {
  expect(dispatcher.checked('logLines', { lines: ['a'] })).toEqual({ lines: ['a'] });
  // @ts-expect-error -- a bug that the compiler would find
  expect(dispatcher.checked('logLines', { lines: [{ token: 'eyJ-test-token' }] })).toBeUndefined();
  expect(logged).toEqual([['event-does-not-fit', { event: 'logLines', where: 'lines.0' }]]);
});
