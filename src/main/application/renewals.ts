import type { AcceptedArgs, AppState, Reply } from '../../shared/ipc/bridge.ts';
import type { RefreshProgress } from '../../core/slack/refresh.ts';

/**
 * So often it is told how far they came, and not before that much has gone by: what is over sooner needs no words, the
 * second press of a double click meets no “Stop”, and an open menu is not made anew under somebody's hand all the time.
 */
const TELL_EVERY_MS = 1_000;

type Asked = Pick<AcceptedArgs<'refresh'>, 'ids' | 'force'>;

/** What whoever carries out a renewal is given. */
export interface BegunRenewal {
  /** Nothing more is to be begun. What is under way is brought to its end: a token that was sent is spent. */
  readonly signal: AbortSignal;
  readonly progressed: (progress: RefreshProgress) => void;
}

interface Run {
  readonly asked: string;
  readonly stop: AbortController;
  readonly reply: Promise<Reply<'refresh'>>;
  progress: RefreshProgress;
}

/** The renewals that a person asked for: one at a time of the same, counted together, and stopped together. */
export class Renewals {
  readonly #changed: () => void;
  readonly #underWay = new Set<Run>();
  #shown: AppState['renewing'] = null;
  #telling: NodeJS.Timeout | undefined;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** How far they came when that was last told. */
  get shown(): AppState['renewing'] {
    return this.#shown;
  }

  /** Whoever asks for what is under way gets its answer; of what was stopped that would be half of one. */
  run(asked: Asked, renew: (begun: BegunRenewal) => Promise<Reply<'refresh'>>): Promise<Reply<'refresh'>> {
    const key = keyOf(asked);
    const same = [...this.#underWay].find((run) => run.asked === key && !run.stop.signal.aborted);
    return (same ?? this.#begin(key, renew)).reply;
  }

  /** Leaves what has not begun. */
  stop(): void {
    for (const { stop } of this.#underWay) stop.abort();
    this.#tell();
  }

  #begin(asked: string, renew: (begun: BegunRenewal) => Promise<Reply<'refresh'>>): Run {
    const stop = new AbortController();
    const { promise: begun, resolve: begin } = Promise.withResolvers<BegunRenewal>();
    const run: Run = {
      asked,
      stop,
      reply: begun.then(renew).finally(() => this.#end(run)),
      progress: { done: 0, total: 0 },
    };
    this.#underWay.add(run);
    this.#telling ??= setInterval(() => this.#tell(), TELL_EVERY_MS);
    begin({ signal: stop.signal, progressed: (progress) => void (run.progress = progress) });
    return run;
  }

  #end(run: Run): void {
    this.#underWay.delete(run);
    if (this.#underWay.size === 0) {
      clearInterval(this.#telling);
      this.#telling = undefined;
    }
    this.#tell();
  }

  #tell(): void {
    const before = this.#shown;
    this.#shown = this.#now();
    if (before !== null || this.#shown !== null) this.#changed();
  }

  /** `null` also before it is known what there is to do, and where that is nothing. */
  #now(): AppState['renewing'] {
    const runs = [...this.#underWay];
    const sum = (count: keyof RefreshProgress): number =>
      runs.reduce((whole, { progress }) => whole + progress[count], 0);
    const total = sum('total');
    if (total === 0) return null;
    return { done: sum('done'), total, isStopping: runs.every(({ stop }) => stop.signal.aborted) };
  }
}

function keyOf({ ids, force = false }: Asked): string {
  return JSON.stringify([force, ids === undefined ? 'all' : [...new Set(ids)].sort()]);
}
