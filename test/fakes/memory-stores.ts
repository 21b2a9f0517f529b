import type { ChainId, Health, IntegrationId } from '../../src/core/integration.ts';
import type {
  Activity,
  ActivityFilter,
  ActivityLog,
  Clock,
  HealthStore,
  Journal,
  JournalEntry,
} from '../../src/core/ports.ts';
import { blankHealth } from '../../src/core/schedule.ts';
import { fingerprint } from '../../src/node/fingerprint.ts';

const KEEP_SETTLED_MS = 12 * 60 * 60 * 1000;
const KEEP_ACTIVITY_MS = 90 * 24 * 60 * 60 * 1000;
const KEPT_ACTIVITIES = 10_000;

/** Held, like the other two, to test/contracts/stores.ts. */
export class MemoryJournal implements Journal {
  readonly #entries: { readonly entry: JournalEntry; settledAt: number | undefined }[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async record(entry: Omit<JournalEntry, 'entryId' | 'newChain'>): Promise<JournalEntry> {
    const complete = {
      ...entry,
      entryId: this.#entries.length + 1,
      newChain: fingerprint(entry.pair.refreshToken),
    };
    this.#entries.push({ entry: complete, settledAt: undefined });
    return complete;
  }

  async pending(): Promise<readonly JournalEntry[]> {
    return this.#entries.filter(({ settledAt }) => settledAt === undefined).map(({ entry }) => entry);
  }

  async findBySpent(chain: ChainId): Promise<JournalEntry | undefined> {
    const oldest = this.#clock.now() - KEEP_SETTLED_MS;
    return this.#entries.findLast(
      ({ entry, settledAt }) => entry.spentChain === chain && (settledAt ?? oldest) >= oldest,
    )?.entry;
  }

  async remove(entryId: number): Promise<void> {
    const found = this.#entries.find(({ entry }) => entry.entryId === entryId);
    if (found !== undefined) found.settledAt ??= this.#clock.now();
  }
}

export class MemoryHealthStore implements HealthStore {
  readonly #all = new Map<IntegrationId, Health>();
  #revision = 0;

  async all(): Promise<ReadonlyMap<IntegrationId, Health>> {
    return new Map([...this.#all].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  async save(health: Health): Promise<void> {
    this.#all.set(health.id, { ...health, paused: this.#all.get(health.id)?.paused ?? false });
    this.#revision += 1;
  }

  async setPaused(id: IntegrationId, chain: ChainId | undefined, paused: boolean): Promise<void> {
    this.#all.set(id, { ...(this.#all.get(id) ?? blankHealth(id, chain)), paused });
    this.#revision += 1;
  }

  async remove(id: IntegrationId): Promise<void> {
    if (this.#all.delete(id)) this.#revision += 1;
  }

  async revision(): Promise<number> {
    return this.#revision;
  }
}

export class MemoryActivityLog implements ActivityLog {
  #activities: Activity[] = [];
  #total = 0;

  async record(activity: Activity): Promise<void> {
    this.#activities.push(activity);
    this.#total += 1;
    if (this.#activities.length > KEPT_ACTIVITIES) this.#activities.shift();
    const oldest = activity.at - KEEP_ACTIVITY_MS;
    if (this.#activities.some(({ at }) => at < oldest)) {
      this.#activities = this.#activities.filter(({ at }) => at >= oldest);
    }
  }

  async list({ id, fits = () => true, limit }: ActivityFilter): Promise<readonly Activity[]> {
    return this.#activities
      .filter((activity) => (id === undefined || activity.id === id) && fits(activity))
      .toReversed()
      .slice(0, limit);
  }

  async total(): Promise<number> {
    return this.#total;
  }
}
