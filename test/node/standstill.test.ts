import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Standstill, type Halt } from '../../src/node/sso/standstill.ts';

let halts: Halt[];
let standstill: Standstill;

beforeEach(() => {
  vi.useFakeTimers();
  halts = [];
  standstill = new Standstill((halt) => {
    halts.push(halt);
    standstill.dispose();
  });
});
afterEach(() => {
  standstill.dispose();
  vi.useRealTimers();
});

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test('a page after which three seconds nothing is asked for waits for a person', async () => {
  standstill.requested(1);
  standstill.arrived('login.test', 200);
  standstill.ended(1);
  await pass(2_999);
  expect(halts).toEqual([]);
  await pass(1);
  expect(halts).toEqual([{ kind: 'person-needed', host: 'login.test' }]);
});

test('a chain of redirects goes on, however long it is', async () => {
  for (let hop = 0; hop < 10; hop++) {
    standstill.requested(hop);
    standstill.arrived(`hop-${hop}.test`, 302);
    standstill.ended(hop);
    await pass(2_900);
  }
  expect(halts).toEqual([]);
});

test('a page that keeps talking to its server gets ten seconds, and one that waits for an answer as well', async () => {
  standstill.requested('page');
  standstill.arrived('login.test', 200);
  standstill.ended('page');
  standstill.requested('long poll');
  await pass(4_000);
  for (let poll = 0; poll < 5; poll++) {
    standstill.requested(poll);
    standstill.ended(poll);
    await pass(1_000);
  }
  expect(halts).toEqual([]);
  await pass(1_000);
  expect(halts).toEqual([{ kind: 'person-needed', host: 'login.test' }]);
});

test('a server that fails is not a form', async () => {
  standstill.requested(1);
  standstill.arrived('sso.test', 503);
  standstill.ended(1);
  await pass(3_000);
  expect(halts).toEqual([{ kind: 'unreachable', host: 'sso.test', code: 'http-503' }]);
});

test('a host that does not answer is said at once, a page that was left is not', async () => {
  standstill.failedToArrive('sso.test', 'net::ERR_ABORTED');
  expect(halts).toEqual([]);
  standstill.failedToArrive('sso.test', 'net::ERR_NAME_NOT_RESOLVED');
  expect(halts).toEqual([{ kind: 'unreachable', host: 'sso.test', code: 'ERR_NAME_NOT_RESOLVED' }]);
});

test('nothing is judged before anything has arrived, nor after the end', async () => {
  standstill.requested(1);
  standstill.ended(1);
  await pass(20_000);
  standstill.arrived('login.test', 200);
  standstill.dispose();
  standstill.ended(2);
  await pass(20_000);
  expect(halts).toEqual([]);
});
