import { EventEmitter } from 'node:events';
import type { Application, Told } from '../../src/main/application.ts';
import type { AcceptedArgs, AppState, Payload, Reply } from '../../src/shared/ipc/bridge.ts';
import { CALLS, type Call, type Event } from '../../src/shared/ipc/channels.ts';
import { en } from '../../src/shared/messages/en.ts';
import { createMessages, type Messages } from '../../src/shared/messages/messages.ts';
import { explain } from '../../src/shared/messages/words.ts';

type Answers = { readonly [C in Call]?: (args: AcceptedArgs<C>) => Promise<Reply<C>> };

/** An application whose state is set by hand; a command answers what it was told to, and is written down. */
export class FakeApplication implements Application {
  state: AppState;
  /** Of whom notifications told something while a command ran. */
  toldOf: readonly string[] = [];
  messages: Messages = createMessages<typeof en>(en, 'en', 'en-GB');
  readonly isBusy = false;
  readonly mayEnd = true;
  readonly calls: { readonly call: Call; readonly args: unknown }[] = [];
  readonly commands: Application['commands'];
  readonly #events = new EventEmitter();

  constructor(state: Partial<AppState> = {}, answers: Answers = {}) {
    this.state = { ...emptyState(), ...state };
    const commands = CALLS.map((call) => {
      const command = (args: never): Promise<unknown> => {
        this.calls.push({ call, args });
        if (call === 'getState') return Promise.resolve(this.state);
        const answer = answers[call] as ((args: never) => Promise<unknown>) | undefined;
        return answer === undefined ? Promise.resolve(null) : answer(args);
      };
      return [call, command];
    });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one for each call, by the line above
    this.commands = Object.fromEntries(commands) as Application['commands'];
  }

  explain(thrown: unknown): ReturnType<typeof explain> {
    return explain(thrown, this.messages);
  }

  on<E extends Event>(event: E, listener: (payload: Payload<E>) => void): () => void {
    this.#events.on(event, listener);
    return () => void this.#events.off(event, listener);
  }

  emit<E extends Event>(event: E, payload: Payload<E>): void {
    this.#events.emit(event, payload);
  }

  async toldSince(): Promise<Told> {
    return { integrations: new Set(this.toldOf), bots: new Set(this.toldOf) };
  }

  wake(): void {}

  showing(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Of an application that was just installed. */
export function emptyState(): AppState {
  return {
    edition: 1,
    snapshot: {
      revision: 1,
      headline: { kind: 'empty' },
      vault: { state: 'ready', keySource: 'keychain' },
      sources: [],
      integrations: [],
      targets: [],
    },
    sentence: 'Nothing to keep fresh yet.',
    overall: 'fresh',
    rows: [],
    bots: [],
    databaseProblem: null,
    trouble: null,
    vaultProblem: null,
    settingsProblem: null,
    language: 'en',
    locale: 'en-GB',
    theme: 'system',
    version: '0.0.0',
    platform: 'linux',
    homeFolder: '/home/somebody/.config/Jeton',
    paused: null,
    signingIn: false,
    signingInWith: null,
    exporting: [],
    renewing: null,
    startAtLogin: 'off',
  };
}
