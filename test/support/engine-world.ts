import type {
  ActivityLog,
  HealthStore,
  IntegrationSource,
  Journal,
  LocalIntegrations,
  Logger,
  Random,
} from '../../src/core/ports.ts';
import type { EnginePorts } from '../../src/core/engine.ts';
import { ExportAttempts } from '../../src/core/export/attempts.ts';
import type { ExportPorts } from '../../src/core/export/export.ts';
import { type OneflexPorts, TokensInHand } from '../../src/core/oneflex/renew.ts';
import type { SlackApi } from '../../src/core/slack/api.ts';
import { RateLimiter } from '../../src/core/slack/rate-limiter.ts';
import { PairsInHand } from '../../src/core/slack/renew.ts';
import type { RefreshPorts } from '../../src/core/slack/refresh.ts';
import { fingerprint } from '../../src/node/fingerprint.ts';
import { MemorySlack } from '../fakes/memory-slack.ts';
import { MemoryLocalIntegrations, MemoryRows, MemorySource } from '../fakes/memory-source.ts';
import { MemoryActivityLog, MemoryHealthStore, MemoryJournal } from '../fakes/memory-stores.ts';
import { VirtualTime } from '../fakes/virtual-time.ts';

export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const nobodySignedIn: OneflexPorts['oneflex'] = {
  store: {
    session: async () => undefined,
    tokens: async () => undefined,
    signIn: async () => 'superseded',
    keepUnverified: async () => 'saved',
    unverified: async () => undefined,
    dropUnverified: async () => undefined,
    renew: async () => 'superseded',
    lapse: async () => 'superseded',
    claim: async () => false,
    release: async () => undefined,
    forget: async () => 'none',
  },
  api: {
    me: async () => ({ kind: 'expired' }),
    renew: async () => ({ kind: 'refused', code: 'http-401' }),
  },
  silentSignIn: undefined,
  inHand: new TokensInHand(),
};

const noTargets: ExportPorts['targets'] = {
  store: {
    list: async () => [],
    add: async () => false,
    remove: async () => false,
    replace: async () => 'none',
    savePending: async () => undefined,
    recordExport: async () => undefined,
    recordExportFailure: async () => undefined,
    recordRestart: async () => undefined,
    claim: async () => false,
    release: async () => undefined,
  },
  open: async () => Promise.reject(new Error('there are no targets')),
  sessionCookies: async () => [],
};

/** What outlives a process: Slack, the rows, and what each machine keeps on its disk. */
export class World {
  readonly time = new VirtualTime(Date.UTC(2026, 2, 10, 12));
  readonly slack: MemorySlack;
  readonly rows = { local: new MemoryRows('local'), app: new MemoryRows('app') };
  readonly #disks = new Map<string, { journal: Journal; health: HealthStore; activity: ActivityLog }>();
  readonly #dead = new Set<string>();
  #lastOwner = 0;

  constructor(graceMs?: number) {
    this.slack = new MemorySlack(this.time, graceMs);
  }

  /** The ports of a new process on `machine`. Each of its calls passes through `fate`, who may end it there. */
  startProcess(
    machine = 'home',
    fate: Fate = new Fate(),
  ): RefreshPorts & OneflexPorts & ExportPorts & Pick<EnginePorts, 'local' | 'exportAttempts'> {
    this.#lastOwner += 1;
    const owner = `${machine}/${this.#lastOwner}`;
    void fate.died.then(() => this.#dead.add(owner));
    const disk = this.disk(machine);
    const isDead = (other: string): boolean => other.startsWith(`${machine}/`) && this.#dead.has(other);
    const opened = { clock: this.time, isDead };
    const local = mortal<LocalIntegrations>(
      new MemoryLocalIntegrations({ ...opened, rows: this.rows.local }),
      fate,
    );
    const app = mortal<IntegrationSource>(new MemorySource({ ...opened, rows: this.rows.app }), fate);
    const random: Random = { next: () => 0.5 };
    return {
      owner,
      local,
      sources: [local, app],
      slack: mortal<SlackApi>(this.slack, fate),
      journal: mortal(disk.journal, fate),
      health: mortal(disk.health, fate),
      activity: mortal(disk.activity, fate),
      limiter: new RateLimiter(8, this.time, this.time),
      clock: this.time,
      timer: this.time,
      random,
      fingerprint,
      pairsInHand: new PairsInHand(),
      exportAttempts: new ExportAttempts(),
      oneflex: nobodySignedIn,
      targets: noTargets,
      log: silent,
      vault: {
        status: async () => ({ state: 'ready', keySource: 'test' }),
        ensureReady: async () => undefined,
      },
    };
  }

  disk(machine: string): { journal: Journal; health: HealthStore; activity: ActivityLog } {
    const known = this.#disks.get(machine);
    if (known !== undefined) return known;
    const disk = {
      journal: new MemoryJournal(this.time),
      health: new MemoryHealthStore(),
      activity: new MemoryActivityLog(),
    };
    this.#disks.set(machine, disk);
    return disk;
  }
}

/** Ends a process at its n-th step: from there on none of its calls happens or answers, as after SIGKILL. */
export class Fate {
  readonly died: Promise<void>;
  readonly #diesAt: number;
  #resolve: () => void = () => undefined;
  /** `refresh:before`, `refresh:after`, … in the order they came. */
  readonly steps: string[] = [];

  constructor(diesAt = Number.POSITIVE_INFINITY) {
    this.#diesAt = diesAt;
    this.died = new Promise((resolve) => (this.#resolve = resolve));
  }

  /** Never resolves for a dead process. */
  async step(what: string): Promise<void> {
    this.steps.push(what);
    if (this.steps.length < this.#diesAt) return;
    this.#resolve();
    await new Promise<never>(() => undefined);
  }
}

/** Every call of the port has two moments at which the process can die: before it happens, and after. */
export function mortal<T extends object>(port: T, fate: { step(what: string): Promise<void> }): T {
  return new Proxy(port, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        await fate.step(`${String(name)}:before`);
        const result: unknown = await Reflect.apply(value, target, args);
        await fate.step(`${String(name)}:after`);
        return result;
      };
    },
  });
}

/** The port, but for some of its methods. */
export function overriding<T extends object>(port: T, methods: Partial<T>): T {
  return new Proxy(port, {
    get: (target, name) => Reflect.get(name in methods ? methods : target, name),
  });
}
