import type { Engine } from '../core/engine.ts';
import { JetonError } from '../core/errors.ts';
import type { Settings } from '../core/settings.ts';
import { databaseMark, type EngineOptions, openEngine, type OpenHome } from './open-home.ts';
import type { SettingsFile } from './settings-file.ts';

export interface LiveEngineOptions {
  readonly home: OpenHome;
  readonly settingsFile: Pick<SettingsFile, 'read'>;
  /** For an engine under these settings. */
  readonly optionsFor: (settings: Settings) => Promise<EngineOptions>;
}

/**
 * An engine for a process that lives long: it follows what changes under it, settings.json and the connection to
 * the application's database, by being made anew between two calls. Everything else it looks up at each use: rows,
 * targets, the webhook. What was received and is on no disk yet is the home's, and outlives each engine.
 */
export class LiveEngine {
  readonly #options: LiveEngineOptions;
  readonly #leaving = new Set<Promise<void>>();
  #current: ReturnType<typeof openEngine>;
  /** What the current engine was made for. */
  #madeFor: string;
  #calls = 0;
  #problem: JetonError | undefined;

  private constructor(options: LiveEngineOptions, current: ReturnType<typeof openEngine>) {
    this.#options = options;
    this.#current = current;
    this.#madeFor = markOf(options.home, options.home.options.settings);
  }

  /** Under the settings that the home was opened with. */
  static async open(options: LiveEngineOptions): Promise<LiveEngine> {
    const { home, optionsFor } = options;
    return new LiveEngine(options, openEngine(home, await optionsFor(home.options.settings)));
  }

  /** Why settings.json cannot be read at present: the last good settings hold. As of the last {@link follow}. */
  get settingsProblem(): JetonError | undefined {
    return this.#problem;
  }

  /** See {@link Engine.mayEnd}. */
  get mayEnd(): boolean {
    return this.#current.engine.mayEnd;
  }

  /** See {@link Engine.keepTokensInHand}: for when the process is about to end. */
  keepTokensInHand(signal: AbortSignal): Promise<boolean> {
    return this.use((engine) => engine.keepTokensInHand(signal));
  }

  /** The engine of the moment stays until `call` has come to its end. */
  async use<T>(call: (engine: Engine) => Promise<T>): Promise<T> {
    this.#calls += 1;
    try {
      return await call(this.#current.engine);
    } finally {
      this.#calls -= 1;
    }
  }

  /**
   * Looks whether something changed, which costs a fraction of a millisecond, and makes the engine anew for it;
   * while a call is under way, the next look does. A settings.json that cannot be read
   * leaves the last good settings: `problem` says why, once.
   */
  async follow(): Promise<{ readonly changed: boolean; readonly problem: JetonError | undefined }> {
    const { home } = this.#options;
    const { settings, problem } = this.#readSettings();
    const mark = markOf(home, settings);
    if (mark === this.#madeFor || this.#calls > 0) return { changed: false, problem };
    const options = await this.#options.optionsFor(settings);
    if (this.#calls > 0) return { changed: false, problem };
    const former = this.#current;
    home.adopt(settings);
    this.#current = openEngine(home, options);
    this.#madeFor = mark;
    options.log.info('changes-followed');
    // A database that does not answer any more keeps nobody from the new one.
    const leaving = former.dispose().finally(() => this.#leaving.delete(leaving));
    this.#leaving.add(leaving);
    return { changed: true, problem };
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#leaving, this.#current.dispose()]);
  }

  #readSettings(): { readonly settings: Settings; readonly problem: JetonError | undefined } {
    try {
      const settings = this.#options.settingsFile.read();
      this.#problem = undefined;
      return { settings, problem: undefined };
    } catch (cause) {
      if (!(cause instanceof JetonError)) throw cause;
      const isNew = markOfProblem(cause) !== markOfProblem(this.#problem);
      this.#problem = cause;
      return { settings: this.#options.home.options.settings, problem: isNew ? cause : undefined };
    }
  }
}

function markOfProblem(problem: JetonError | undefined): string | undefined {
  return problem && JSON.stringify([problem.code, problem.details]);
}

function markOf(home: OpenHome, settings: Settings): string {
  return JSON.stringify([settings, databaseMark(home)]);
}
