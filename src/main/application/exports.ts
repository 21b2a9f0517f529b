import type { ExportWatcher } from '../../core/engine.ts';
import { codeOf } from '../../core/errors.ts';
import type { ExportRequest } from '../../core/export/export.ts';
import { findTarget, oneflexTargets } from '../../core/export/find-target.ts';
import { scrub } from '../../core/scrub.ts';
import { exportAndLook, type ExportOutcome } from '../../node/reports/export-outcome.ts';
import { ensureVault } from '../../node/vault/ensure-vault.ts';
import type { Open, Surroundings } from './surroundings.ts';

/**
 * Exports that a person asked for, or that follow from what a person did; those of the daemon are shown, and cancelled,
 * with them.
 */
export class Exports {
  readonly #surroundings: Surroundings;
  readonly #onOutcome: (outcome: ExportOutcome) => void;
  /** Each with its target. */
  readonly #underWay = new Map<AbortController, string>();

  constructor(surroundings: Surroundings, onOutcome: (outcome: ExportOutcome) => void) {
    this.#surroundings = surroundings;
    this.#onOutcome = onOutcome;
  }

  /** The targets that are exported to now, each once. */
  get names(): readonly string[] {
    return [...new Set(this.#underWay.values())];
  }

  /** For the daemon's. */
  get watcher(): Pick<ExportWatcher, 'onBegin' | 'onLine'> {
    const { announcer, changed } = this.#surroundings;
    return {
      onBegin: (name) => {
        // Of one name there may be two for a moment: of the engine that goes, and of the one that comes.
        const own = new AbortController();
        this.#underWay.set(own, name);
        changed();
        return {
          signal: own.signal,
          onEnd: () => {
            this.#underWay.delete(own);
            changed();
          },
        };
      },
      onLine: (name, line) => announcer.tell('exportLine', { name, line: scrub(line) }),
    };
  }

  /** A dry run exports nothing, so nobody is shown that it does. Throws `target-not-found`, or as the vault does. */
  async run(request: Omit<ExportRequest, 'signal' | 'onLine'>): Promise<readonly ExportOutcome[]> {
    const { use, changed } = this.#surroundings;
    return use(async (open) => {
      const { home } = open;
      const all = (await home.targetStore.list()).map(({ target }) => target.name);
      for (const name of request.names ?? []) await findTarget(home.targetStore, name);
      if (all.length === 0) return [];
      if (request.dryRun !== true) await ensureVault(home.vault);
      // Each has an end of its own: who cancels one leaves the others going.
      const begun = all
        .filter((name) => request.names?.includes(name) ?? true)
        .map((name) => ({ name, own: new AbortController() }));
      if (request.dryRun !== true) {
        for (const { name, own } of begun) this.#underWay.set(own, name);
        changed();
      }
      try {
        const outcomes: ExportOutcome[] = [];
        for (const { name, own } of begun) {
          const ended = await this.#runOne(open, { ...request, names: [name], signal: own.signal });
          // Before anybody sees that it is over.
          ended.forEach(this.#onOutcome);
          outcomes.push(...ended);
          if (this.#underWay.delete(own)) changed();
        }
        return outcomes;
      } finally {
        for (const { own } of begun) if (this.#underWay.delete(own)) changed();
      }
    });
  }

  async #runOne(open: Open, request: ExportRequest): Promise<readonly ExportOutcome[]> {
    const { stop, announcer } = this.#surroundings;
    try {
      return await exportAndLook(open, {
        ...request,
        signal: AbortSignal.any([request.signal ?? [], stop.stopping].flat()),
        onLine: (name, line) => announcer.tell('exportLine', { name, line: scrub(line) }),
      });
    } catch (cause) {
      // Removed before its turn came, by somebody else.
      if (codeOf(cause) === 'target-not-found') return [];
      throw cause;
    }
  }

  /** Brings renewed OneFlex tokens to the bots that want them, without anybody waiting for it. */
  async followOneflex(trigger: 'interactive' | 'background'): Promise<void> {
    const { use, log } = this.#surroundings;
    try {
      const names = await use(({ home }) => oneflexTargets(home.targetStore));
      if (names.length > 0) await this.run({ names, trigger });
    } catch (cause) {
      // The daemon finds what is owed.
      log.warn('export-after-sign-in-failed', { code: codeOf(cause) });
    }
  }

  cancel(name: string): void {
    for (const [own, target] of this.#underWay) if (target === name) own.abort();
  }
}
