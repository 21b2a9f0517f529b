import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import * as z from 'zod/mini';
import type { Application } from '../../src/main/application.ts';
import { openApplication } from '../../src/main/application/open.ts';
import { settingsSchema } from '../../src/core/settings.ts';
import { createLogger } from '../../src/node/logger.ts';
import { openHome, type OpenHome } from '../../src/node/open-home.ts';
import { openSettingsFile, type SettingsFile } from '../../src/node/settings-file.ts';
import type { AppState, Args, Payload, Reply } from '../../src/shared/ipc/bridge.ts';
import { type Call, EVENTS, type Event } from '../../src/shared/ipc/channels.ts';
import { CONTRACT, EVENT_CONTRACT } from '../../src/shared/ipc/contract.ts';
import type { Explanation } from '../../src/shared/messages/words.ts';
import { FakeDesktop } from '../fakes/fake-desktop.ts';
import { type SlackSimulator, type SlackSimulatorOptions, startSlackSimulator } from '../simulators/slack.ts';
import {
  startWorldlineSimulator,
  type WorldlineOptions,
  type WorldlineSimulator,
} from '../simulators/worldline.ts';
import { TEST_KEY } from './open-stores.ts';
import { temporaryHome } from './temporary-home.ts';

export interface RunningApplication {
  readonly application: Application;
  /** Everything that it pushed. */
  readonly states: readonly AppState[];
  readonly events: readonly { readonly event: Event; readonly payload: unknown }[];
  /** What comes in and what goes out is held to the contract, as the IPC does it. */
  readonly call: <C extends Call>(call: C, args?: Args<C>) => Promise<Reply<C>>;
  /** The words of whatever the call throws. */
  readonly refusalOf: <C extends Call>(call: C, args?: Args<C>) => Promise<Explanation>;
  /** The first state, present or to come, of which it holds. */
  readonly until: (holds: (state: AppState) => boolean) => Promise<AppState>;
  readonly untilEvent: <E extends Event>(
    event: E,
    holds: (payload: Payload<E>) => boolean,
  ) => Promise<Payload<E>>;
}

export interface ApplicationWorld {
  readonly folder: string;
  readonly keyFile: string;
  readonly env: NodeJS.ProcessEnv;
  readonly desktop: FakeDesktop;
  readonly slack: SlackSimulator;
  readonly worldline: WorldlineSimulator;
  readonly settingsFile: SettingsFile;
  /** What the main process says that it refused. */
  refusedCalls: number;
  start(): Promise<RunningApplication>;
  /** The same home as another process has it open. */
  elsewhere(): Promise<OpenHome>;
  /** Everything that any of its applications told anybody, as text. */
  told(): string;
  /** What `addSlack` takes for a newly installed app. */
  newApp(name?: string): Args<'addSlack'> & { readonly chain: string };
  /** A bot's folder with a `.env`, for `saveTarget`. */
  newBot(mappings?: Args<'saveTarget'>['target']['mappings']): {
    readonly file: string;
    readonly target: Args<'saveTarget'>['target'];
  };
}

export async function createApplicationWorld(
  slackOptions: SlackSimulatorOptions = {},
  worldlineOptions: WorldlineOptions = {},
): Promise<ApplicationWorld> {
  const root = temporaryHome();
  const folder = join(root, 'home');
  const keyFile = join(root, 'key');
  writeFileSync(keyFile, `${TEST_KEY}\n`, { mode: 0o600 });
  const slack = await startSlackSimulator(slackOptions);
  // A name that Node resolves, too.
  const worldline = await startWorldlineSimulator({
    host: 'localhost',
    tokenEndpoint: 'off',
    ...worldlineOptions,
  });
  onTestFinished(async () => void (await Promise.all([slack.stop(), worldline.stop()])));
  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    JETON_MASTER_KEY_FILE: keyFile,
    JETON_SLACK_API_URL: slack.url,
    JETON_ONEFLEX_URL: worldline.url,
  };
  const desktop = new FakeDesktop();
  const settingsFile = openSettingsFile(folder, env);
  const told: string[] = [];
  let apps = 0;

  const world: ApplicationWorld = {
    folder,
    keyFile,
    refusedCalls: 0,
    env,
    desktop,
    slack,
    worldline,
    settingsFile,
    async start() {
      const application = await openApplication({
        home: folder,
        root: join(import.meta.dirname, '../..'),
        env,
        desktop,
        log: createLogger({ home: folder, kind: 'tray', ...settingsSchema.parse({}).log, verbose: false }),
        version: '0.0.0',
        refusedCalls: () => world.refusedCalls,
      });
      onTestFinished(() => application.close());
      return watch(application, told);
    },
    async elsewhere() {
      const home = openHome({ home: folder, env, settings: settingsFile.read() });
      onTestFinished(() => home.dispose());
      if ((await home.vault.status()).state === 'missing') await home.vault.init();
      return home;
    },
    told: () => [...told, JSON.stringify(desktop.notices)].join('\n'),
    newApp(name) {
      apps += 1;
      const { label: chain, clientId, clientSecret, refreshToken } = slack.issueChain();
      return { name: name ?? `Team ${apps}`, clientId, clientSecret, refreshToken, chain };
    },
    newBot(mappings) {
      const dir = join(root, 'bot');
      mkdirSync(dir, { recursive: true });
      const file = join(dir, '.env');
      writeFileSync(file, 'OTHER=1\n');
      return {
        file,
        target: { name: 'bot', dir, envFile: '.env', restart: 'never', ...(mappings && { mappings }) },
      };
    },
  };
  return world;
}

function watch(application: Application, told: string[]): RunningApplication {
  const states: AppState[] = [];
  const events: { event: Event; payload: unknown }[] = [];
  const tell = (what: unknown): void => void told.push(JSON.stringify(what) ?? '');
  for (const event of EVENTS) {
    application.on(event, (payload) => {
      EVENT_CONTRACT[event].parse(payload);
      events.push({ event, payload });
      tell(payload);
    });
  }
  application.on('stateChanged', () => void states.push(application.state));
  tell(application.state);

  const call = async <C extends Call>(name: C, args?: Args<C>): Promise<Reply<C>> => {
    const accepted = CONTRACT[name].args.parse(args ?? {});
    const reply: unknown = await Reflect.apply(application.commands[name], undefined, [accepted]);
    tell(reply);
    const { reply: schema } = CONTRACT[name];
    schema.parse(reply);
    return z.custom<Reply<C>>((value) => schema.safeParse(value).success).parse(reply);
  };
  return {
    application,
    states,
    events,
    call,
    async refusalOf(name, args) {
      try {
        await call(name, args);
      } catch (thrown) {
        const explanation = application.explain(thrown);
        tell(explanation);
        return explanation;
      }
      throw new Error(`${name} went well`);
    },
    until: (holds) => {
      if (holds(application.state)) return Promise.resolve(application.state);
      return new Promise((resolve) => {
        const stop = application.on('stateChanged', () => {
          const { state } = application;
          if (!holds(state)) return;
          stop();
          resolve(state);
        });
      });
    },
    untilEvent: (event, holds) =>
      new Promise((resolve) => {
        const stop = application.on(event, (payload) => {
          if (!holds(payload)) return;
          stop();
          resolve(payload);
        });
      }),
  };
}
