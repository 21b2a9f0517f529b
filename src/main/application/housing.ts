import type { Alert, AlertWords } from '../../core/alerts.ts';
import { codeOf, JetonError } from '../../core/errors.ts';
import type { Settings } from '../../core/settings.ts';
import { LiveEngine } from '../../node/live-engine.ts';
import type { FileLogger } from '../../node/logger.ts';
import { openHome, type OpenHome } from '../../node/open-home.ts';
import { prepareHome } from '../../node/paths.ts';
import type { SettingsFile } from '../../node/settings-file.ts';
import type { Stop } from '../../node/stop.ts';
import { tokenKeeper } from '../../node/token-keeper.ts';
import type { Desktop } from '../desktop.ts';
import type { Open } from './surroundings.ts';

export interface HousingOptions {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly version: string;
  readonly desktop: Pick<Desktop, 'isScreenLocked' | 'signInWindow'>;
  readonly settingsFile: SettingsFile;
  readonly log: FileLogger;
  readonly stop: Stop;
  readonly alertWords: (alert: Alert) => AlertWords;
  /** Settings that hold from now on. */
  readonly adopt: (settings: Settings) => Promise<void>;
}

interface Opened {
  readonly home: OpenHome;
  readonly live: LiveEngine;
  dispose(): Promise<void>;
}

/**
 * The home, held open for as long as the application runs; or why it cannot be, which passes or is mended:
 * {@link retry} tries again.
 */
export class Housing {
  readonly #options: HousingOptions;
  readonly #underWay = new Set<Promise<unknown>>();
  #opened: Opened | undefined;
  #opening: Promise<void> | undefined;
  #retrying = Promise.resolve();
  #trouble: unknown;

  constructor(options: HousingOptions) {
    this.#options = options;
  }

  /** Why the home is not open. */
  get trouble(): unknown {
    return this.#trouble;
  }

  /** Why settings.json is not followed; the last good settings hold. */
  get settingsProblem(): JetonError | undefined {
    return this.#opened?.live.settingsProblem;
  }

  get isBusy(): boolean {
    return this.#underWay.size > 0;
  }

  /** False while a pair, or tokens, are being brought to a disk. */
  get mayEnd(): boolean {
    return this.#opened?.live.mayEnd ?? true;
  }

  /** What can be read of the open home at once, without the engine; `undefined` where it is not open. */
  get home(): OpenHome | undefined {
    return this.#opened?.home;
  }

  /** Opens the home unless it is open. Never rejects: see {@link trouble}. */
  open(): Promise<void> {
    if (this.#opened !== undefined || this.#options.stop.stopping.aborted) return Promise.resolve();
    this.#opening ??= this.#open().finally(() => (this.#opening = undefined));
    return this.#opening;
  }

  /**
   * Opens the home again, also where it is open and cannot be read any more. One after the other: what was mended just
   * before the question is seen.
   */
  retry(): Promise<void> {
    this.#retrying = this.#retrying.then(() => this.#retry());
    return this.#retrying;
  }

  async #retry(): Promise<void> {
    while (this.#opening !== undefined) await this.#opening;
    const opened = this.#opened;
    if (opened === undefined) return this.open();
    if ((await isReadable(opened)) || this.#options.stop.stopping.aborted) return;
    // Whoever wants the home from now on waits for it.
    this.#opening ??= this.#reopen(opened).finally(() => (this.#opening = undefined));
    await this.#opening;
  }

  async #reopen(former: Opened): Promise<void> {
    // A rotation that is under way may hold a pair which is on no disk yet.
    await Promise.allSettled(this.#underWay);
    await this.#close(former);
    this.#opened = undefined;
    if (!this.#options.stop.stopping.aborted) await this.#open();
  }

  /** Throws why the home cannot be used, or `cancelled` once Jeton is ending. */
  async use<T>(work: (open: Open) => Promise<T>): Promise<T> {
    if (this.#options.stop.stopping.aborted) throw new JetonError('cancelled');
    return this.finish(work);
  }

  /** As {@link use}, and also while Jeton is ending: for what was received by then, and would be lost. */
  async finish<T>(work: (open: Open) => Promise<T>): Promise<T> {
    const { log } = this.#options;
    // Nothing comes between the last look and being under way.
    while (this.#opening !== undefined) await this.#opening;
    const opened = this.#opened;
    if (opened === undefined) throw this.#trouble ?? new JetonError('cancelled');
    const { home, live } = opened;
    const call = live.use((engine) => work({ home, engine, log }));
    this.#underWay.add(call);
    try {
      return await call;
    } finally {
      this.#underWay.delete(call);
    }
  }

  /** Goes by what changed in settings.json and in the connection to the database, unless something is under way. */
  async follow(): Promise<void> {
    const { log } = this.#options;
    const followed = await this.#opened?.live.follow();
    if (followed?.problem === undefined) return;
    const { code, details } = followed.problem;
    log.warn('settings-not-followed', { code, key: details['key'], line: details['line'] });
  }

  /** Waits for what is under way, keeps what was received, and closes everything. */
  async dispose(): Promise<void> {
    while (this.#opening !== undefined) await this.#opening;
    await Promise.allSettled(this.#underWay);
    // Still there for whoever asks whether it may be left: see mayEnd.
    await this.#close(this.#opened);
    this.#opened = undefined;
  }

  /** What cannot be written any more is no reason to stay. */
  async #close(opened: Opened | undefined): Promise<void> {
    await opened?.dispose().catch((cause: unknown) => {
      this.#options.log.error('home-not-closed', { code: codeOf(cause) });
    });
  }

  async #open(): Promise<void> {
    const { folder, env, desktop, settingsFile, log, adopt } = this.#options;
    try {
      prepareHome(folder);
      const settings = settingsFile.read();
      await adopt(settings);
      const home = openHome({
        home: folder,
        env,
        settings,
        isSomebodyThere: () => !desktop.isScreenLocked(),
      });
      try {
        this.#opened = await this.#openOver(home);
      } catch (cause) {
        await home.dispose();
        throw cause;
      }
      if (this.#trouble !== undefined) log.info('home-opened-again');
      this.#trouble = undefined;
    } catch (cause) {
      const code = codeOf(cause);
      if (this.#trouble === undefined || codeOf(this.#trouble) !== code)
        log.error('home-not-opened', { code });
      this.#trouble = cause;
    }
  }

  async #openOver(home: OpenHome): Promise<Opened> {
    const { settingsFile, version, desktop, log, alertWords, adopt } = this.#options;
    const { stop, end } = stopOfAnOpening(this.#options.stop);
    const live = await LiveEngine.open({
      home,
      settingsFile,
      async optionsFor(settings) {
        await adopt(settings);
        log.adopt(settings.log);
        const isOwn = settings.oneflex.signInWith === 'own';
        const silentBrowser = isOwn ? home.browser : desktop.signInWindow;
        return { log, version, abort: stop.abort, claims: true, silentBrowser, alertWords };
      },
    });
    // Nobody is there to be told: the log says it, and the next renewal finds out.
    const keepTokens = tokenKeeper({ home, engine: live, log, stop, onLost: () => undefined });
    return {
      home,
      live,
      async dispose() {
        await keepTokens();
        end();
        await live.dispose();
        await home.dispose();
      },
    };
  }
}

/** What listens to it hears nothing any more once that opening of the home has come to its end. */
function stopOfAnOpening(whole: Stop): { readonly stop: Stop; readonly end: () => void } {
  const ended = new AbortController();
  const follow = (signal: AbortSignal): AbortSignal => {
    const own = new AbortController();
    if (signal.aborted) own.abort();
    signal.addEventListener('abort', () => own.abort(), { signal: ended.signal });
    return own.signal;
  };
  const { stopping, abort } = whole;
  return { stop: { ...whole, stopping: follow(stopping), abort: follow(abort) }, end: () => ended.abort() };
}

async function isReadable({ live }: Opened): Promise<boolean> {
  try {
    await live.use((engine) => engine.snapshot());
    return true;
  } catch {
    return false;
  }
}
