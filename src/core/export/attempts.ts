import { backoffMs } from '../schedule.ts';

/** Between two looks at a bot that was not well after its restart. */
const LOOK_AGAIN_MS = 5 * 60_000;

/** When a process that exports by itself may turn to a target again. */
export class ExportAttempts {
  readonly #failures = new Map<string, { readonly attempts: number; readonly retryAt: number }>();
  readonly #lookedAt = new Map<string, number>();

  /** One whose file lags behind is tried unless that failed a moment ago; any other is only looked at. */
  isDue(name: string, isStale: boolean, now: number): boolean {
    if ((this.#failures.get(name)?.retryAt ?? 0) > now) return false;
    return isStale || (this.#lookedAt.get(name) ?? 0) + LOOK_AGAIN_MS <= now;
  }

  /** `random` is at least 0 and below 1. */
  note(name: string, isDone: boolean, now: number, random: number): void {
    this.#lookedAt.set(name, now);
    if (isDone) {
      this.#failures.delete(name);
      return;
    }
    const attempts = 1 + (this.#failures.get(name)?.attempts ?? 0);
    const retryAt = now + backoffMs('transient', attempts, undefined, random);
    this.#failures.set(name, { attempts, retryAt });
  }
}
