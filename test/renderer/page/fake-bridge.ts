/**
 * `window.jeton` without a main process: a small working one, put in place before the page's own scripts. Whatever the
 * page sends and whatever it is answered is held to the contract, and crosses as a copy, as it does in Electron.
 */
import type { AppState, Payload, Result } from '../../../src/shared/ipc/bridge.ts';
import { subscriptionOf } from '../../../src/shared/ipc/bridge.ts';
import { type Call, CALLS, type Event, EVENTS } from '../../../src/shared/ipc/channels.ts';
import { CONTRACT, EVENT_CONTRACT } from '../../../src/shared/ipc/contract.ts';
import { changeBetween } from '../../../src/shared/ipc/state-change.ts';
import { explainSituation } from '../../../src/shared/messages/words.ts';
import type { FakeControl, FakeOptions, RecordedCall } from './fake-control.ts';
import { createCommands } from './fake-commands.ts';
import { mainMessages, stateOf, type World, worldOf } from './scenarios.ts';

declare global {
  interface Window {
    readonly fake: FakeControl;
    /** When the page began with scripts at all. */
    readonly began: number;
  }
}

/** Of which it is not known here what it takes: the contract has looked at that before. */
type AnyCommand = { run(args: unknown): Promise<unknown> }['run'];

function createFake({ scenario, language, fail }: FakeOptions): {
  /** What `JetonBridge` says of it is what the contract makes of its names. */
  readonly bridge: Readonly<Record<string, unknown>>;
  readonly control: FakeControl;
} {
  let world = worldOf(scenario, Date.now(), language);
  let lastToldAt = 0;
  const calls: RecordedCall[] = [];
  const violations: string[] = [];
  const failures = new Map<Call, { code: string; details: Readonly<Record<string, string | number>> }>();
  if (fail !== undefined) failures.set(fail, { code: 'store-busy', details: { file: 'jeton.db' } });
  const answers = new Map<Call, unknown>();
  const held = new Map<Call, PromiseWithResolvers<void>>();
  const listeners = new Map<Event, Set<(payload: unknown) => void>>(
    EVENTS.map((event) => [event, new Set()]),
  );

  const heldTo = (
    what: string,
    schema: { safeParse(value: unknown): { success: boolean; error?: unknown } },
    value: unknown,
  ): void => {
    const parsed = schema.safeParse(value);
    if (!parsed.success) violations.push(`${what}: ${String(parsed.error)}`);
  };
  const emit = <E extends Event>(event: E, payload: Payload<E>): void => {
    heldTo(event, EVENT_CONTRACT[event], payload);
    const copy = structuredClone(payload);
    lastToldAt = performance.now();
    for (const listener of listeners.get(event) ?? []) listener(copy);
  };
  const miss = (patch: Partial<World>): void => {
    world = { ...world, ...patch, now: Date.now(), revision: world.revision + 1 };
  };
  const change = (patch: Partial<World>): void => {
    const before = stateOf(world);
    miss(patch);
    emit('stateChanged', changeBetween(before, keepingEqual(before, stateOf(world))));
  };
  const commands: Readonly<Record<Call, AnyCommand>> = createCommands({ world: () => world, change, emit });

  const invoke = async (call: Call, given: unknown): Promise<Result<unknown>> => {
    const args = structuredClone(given ?? {});
    calls.push({ call, args });
    heldTo(`${call} takes`, CONTRACT[call].args, args);
    await held.get(call)?.promise;
    const failure = failures.get(call);
    if (failure !== undefined) {
      failures.delete(call);
      const { code, details } = failure;
      return { ok: false, error: explainSituation(code, details, mainMessages(world.language)) };
    }
    const value = answers.has(call) ? answers.get(call) : await commands[call](args);
    answers.delete(call);
    heldTo(`${call} answers`, CONTRACT[call].reply, value);
    return { ok: true, value: structuredClone(value) };
  };
  const functions = CALLS.map((call) => [call, (args?: unknown) => invoke(call, args)] as const);
  const subscriptions = EVENTS.map(
    (event) =>
      [
        subscriptionOf(event),
        (listener: (payload: unknown) => void) => {
          listeners.get(event)?.add(listener);
          return () => void listeners.get(event)?.delete(listener);
        },
      ] as const,
  );
  const control: FakeControl = {
    calls,
    violations,
    // The script that this is in is the first that the page runs.
    ownMs: performance.now() - window.began,
    get lastToldAt() {
      return lastToldAt;
    },
    fail: (call, code, details = {}) => void failures.set(call, { code, details }),
    answer: (call, reply) => void answers.set(call, reply),
    hold: (call) => void held.set(call, Promise.withResolvers()),
    release(call) {
      held.get(call)?.resolve();
      held.delete(call);
    },
    emit,
    become: (next) => change(worldOf(next, Date.now(), world.language)),
    change,
    miss,
    get world() {
      return world;
    },
  };
  return { bridge: Object.fromEntries<unknown>([...functions, ...subscriptions]), control };
}

/** Rows are made anew for each picture; of equal ones the earlier object stays. */
function keepingEqual(before: AppState, after: AppState): AppState {
  const known = new Map(before.rows.map((row) => [JSON.stringify(row), row]));
  return { ...after, rows: after.rows.map((row) => known.get(JSON.stringify(row)) ?? row) };
}

if (window.location.hash !== '') {
  const { bridge, control } = createFake(JSON.parse(decodeURIComponent(window.location.hash.slice(1))));
  Object.assign(window, { jeton: bridge, fake: control });
}
