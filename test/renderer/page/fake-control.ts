/** What a test may do with the fake main process, from outside of the page. */
import type { AppState, Payload, Reply } from '../../../src/shared/ipc/bridge.ts';
import type { Call, Event } from '../../../src/shared/ipc/channels.ts';
import type { Scenario, World } from './scenarios.ts';

export interface FakeOptions {
  readonly scenario: Scenario;
  readonly language: AppState['language'];
  /** The first of these calls fails. */
  readonly fail?: Call;
}

export interface RecordedCall {
  readonly call: Call;
  readonly args: unknown;
}

/** What a test does with it, from outside of the page. */
export interface FakeControl {
  readonly calls: RecordedCall[];
  /** What broke the contract. */
  readonly violations: string[];
  /** How long the fake took to be there, which is nothing of the window's; milliseconds. */
  readonly ownMs: number;
  /** When the page was last told something, on its own clock. */
  readonly lastToldAt: number;
  /** The next such call fails with this situation. */
  fail(call: Call, code: string, details?: Readonly<Record<string, string | number>>): void;
  /** The next such call answers this. */
  answer<C extends Call>(call: C, reply: Reply<C>): void;
  /** Such calls wait until they are released. */
  hold(call: Call): void;
  release(call: Call): void;
  emit<E extends Event>(event: E, payload: Payload<E>): void;
  /** Goes over to another world, and says so. */
  become(scenario: Scenario): void;
  change(patch: Partial<World>): void;
  /** The same, and the page does not hear of it. */
  miss(patch: Partial<World>): void;
  readonly world: World;
}
